//! An author's module as a component's exports: the generated types to ours and back.

use core::cell::RefCell;
use core::marker::PhantomData;

use crate::bindings::module::exports::bailiwick::policy::module as modules;
use crate::bindings::quality::exports::bailiwick::policy::quality as checks;
use crate::bindings::transform::bailiwick::policy::columnar;
use crate::bindings::transform::exports::bailiwick::policy::transform as transforms;
use crate::runtime::{CheckModule, Output, Shape, Transform};
use crate::{About, Check, Error, Granularity, Lookup, Ordering, Part, Read, Scope, wire};

/// The exports of a transform.
pub struct TransformExport<T>(PhantomData<T>);

/// The exports of a check.
pub struct CheckExport<M>(PhantomData<M>);

/// An opened transform, behind the shared reference that a resource gives.
pub struct Stage<T>(RefCell<T>);

/// An opened check, behind the shared reference that a resource gives.
pub struct OpenedCheck<M>(RefCell<CheckModule<M>>);

pub(crate) fn fields_in(fields: Vec<columnar::Field>) -> Vec<wire::Field> {
    let field = |field: columnar::Field| wire::Field {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        children: field.children,
        metadata: field.metadata,
    };
    fields.into_iter().map(field).collect()
}

fn fields_out(fields: Vec<wire::Field>) -> Vec<columnar::Field> {
    let field = |field: wire::Field| columnar::Field {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        children: field.children,
        metadata: field.metadata,
    };
    fields.into_iter().map(field).collect()
}

pub(crate) fn batch_in(batch: columnar::Batch) -> wire::Batch {
    let node =
        |node: columnar::Node| wire::Node { length: node.length, null_count: node.null_count };
    wire::Batch {
        rows: batch.rows,
        nodes: batch.nodes.into_iter().map(node).collect(),
        buffers: batch.buffers,
    }
}

pub(crate) fn batch_out(batch: wire::Batch) -> columnar::Batch {
    let node =
        |node: wire::Node| columnar::Node { length: node.length, null_count: node.null_count };
    columnar::Batch {
        rows: batch.rows,
        nodes: batch.nodes.into_iter().map(node).collect(),
        buffers: batch.buffers,
    }
}

fn reads_out(reads: Vec<Read>) -> Vec<columnar::Read> {
    let read = |read: Read| columnar::Read {
        column: read.column,
        part: match read.part {
            Part::Values => columnar::Part::Values,
            Part::Presence => columnar::Part::Presence,
        },
    };
    reads.into_iter().map(read).collect()
}

fn lookups_out(lookups: Vec<Lookup>) -> Vec<columnar::Lookup> {
    let lookup = |lookup: Lookup| columnar::Lookup {
        table: lookup.table,
        on: fields_out(lookup.on),
        columns: lookup.columns,
    };
    lookups.into_iter().map(lookup).collect()
}

fn ordering_out(ordering: Ordering) -> columnar::Ordering {
    match ordering {
        Ordering::Independent => columnar::Ordering::Independent,
        Ordering::Ordered => columnar::Ordering::Ordered,
    }
}

fn error_out(error: Error) -> columnar::Error {
    match error {
        Error::Settings(text) => columnar::Error::Settings(text),
        Error::Fields(text) => columnar::Error::Fields(text),
        Error::Data(text) => columnar::Error::Data(text),
    }
}

fn description(about: About, kind: modules::Kind, settings_schema: String) -> modules::Description {
    modules::Description {
        name: about.name.into(),
        version: about.version.into(),
        summary: about.summary.into(),
        kind,
        scope: match about.scope {
            Scope::Column => modules::Scope::Column,
            Scope::Columns => modules::Scope::Columns,
        },
        settings_schema,
    }
}

impl<T: Transform> modules::Guest for TransformExport<T> {
    fn describe() -> modules::Description {
        description(T::ABOUT, modules::Kind::Transform, T::settings_schema())
    }
}

impl<T: Transform> transforms::Guest for TransformExport<T> {
    type Stage = Stage<T>;

    fn plan(
        settings: String,
        input: Vec<columnar::Field>,
    ) -> Result<transforms::PlanResult, columnar::Error> {
        let plan = T::plan(&settings, fields_in(input)).map_err(error_out)?;
        Ok(transforms::PlanResult {
            reads: reads_out(plan.reads),
            writes: fields_out(crate::Schema::new(plan.writes).to_wire()),
            shape: match T::SHAPE {
                Shape::Map => transforms::Shape::Map,
                Shape::Filter => transforms::Shape::Filter,
                Shape::Reshape => transforms::Shape::Reshape,
            },
            ordering: ordering_out(plan.ordering.unwrap_or(T::ORDERING)),
            lookups: lookups_out(plan.lookups),
        })
    }
}

impl<T: Transform> transforms::GuestStage for Stage<T> {
    fn open(
        settings: String,
        reads: Vec<columnar::Field>,
    ) -> Result<transforms::Stage, columnar::Error> {
        let stage = T::open(&settings, fields_in(reads)).map_err(error_out)?;
        Ok(transforms::Stage::new(Self(RefCell::new(stage))))
    }

    fn push(&self, rows: columnar::Batch) -> Result<transforms::Output, columnar::Error> {
        let output = self.0.borrow_mut().push(batch_in(rows)).map_err(error_out)?;
        Ok(match output {
            Output::Columns(batch) => transforms::Output::Columns(batch_out(batch)),
            Output::Keep(bitmap) => transforms::Output::Keep(bitmap),
            Output::Rows(batch) => transforms::Output::Rows(batch_out(batch)),
            Output::Nothing => transforms::Output::Nothing,
        })
    }

    fn finish(&self) -> Result<Option<columnar::Batch>, columnar::Error> {
        let rest = self.0.borrow_mut().finish().map_err(error_out)?;
        Ok(rest.map(batch_out))
    }

    fn state(&self) -> Result<Vec<u8>, columnar::Error> {
        self.0.borrow().state().map_err(error_out)
    }

    fn merge(&self, state: Vec<u8>) -> Result<(), columnar::Error> {
        self.0.borrow_mut().merge(&state).map_err(error_out)
    }
}

impl<M: Check> modules::Guest for CheckExport<M> {
    fn describe() -> modules::Description {
        let schema = CheckModule::<M>::settings_schema();
        description(CheckModule::<M>::ABOUT, modules::Kind::Quality, schema)
    }
}

impl<M: Check> checks::Guest for CheckExport<M> {
    type Check = OpenedCheck<M>;

    fn plan(
        settings: String,
        input: Vec<columnar::Field>,
    ) -> Result<checks::PlanResult, columnar::Error> {
        let plan = CheckModule::<M>::plan(&settings, fields_in(input)).map_err(error_out)?;
        let rule = |rule: crate::Rule| checks::Rule {
            id: rule.id,
            summary: rule.summary,
            dimension: rule.dimension.as_str().into(),
            granularity: match rule.granularity {
                Granularity::Row => checks::Granularity::Row,
                Granularity::Dataset => checks::Granularity::Dataset,
            },
        };
        let rules = plan.rules.into_iter().map(rule).collect();
        let ordering = ordering_out(plan.ordering.unwrap_or(CheckModule::<M>::ORDERING));
        let lookups = lookups_out(plan.lookups);
        Ok(checks::PlanResult { reads: reads_out(plan.reads), rules, ordering, lookups })
    }
}

impl<M: Check> checks::GuestCheck for OpenedCheck<M> {
    fn open(
        settings: String,
        reads: Vec<columnar::Field>,
    ) -> Result<checks::Check, columnar::Error> {
        let check = CheckModule::open(&settings, fields_in(reads)).map_err(error_out)?;
        Ok(checks::Check::new(Self(RefCell::new(check))))
    }

    fn push(&self, rows: columnar::Batch) -> Result<Vec<Vec<u8>>, columnar::Error> {
        self.0.borrow_mut().push(batch_in(rows)).map_err(error_out)
    }

    fn state(&self) -> Result<Vec<u8>, columnar::Error> {
        self.0.borrow().state().map_err(error_out)
    }

    fn merge(&self, state: Vec<u8>) -> Result<(), columnar::Error> {
        self.0.borrow_mut().merge(&state).map_err(error_out)
    }

    fn conclude(&self) -> Result<Vec<checks::Measure>, columnar::Error> {
        let measures = self.0.borrow_mut().conclude().map_err(error_out)?;
        let measure = |measure: crate::Measure| checks::Measure {
            rule: measure.rule,
            name: measure.name,
            value: measure.value,
        };
        Ok(measures.into_iter().map(measure).collect())
    }
}
