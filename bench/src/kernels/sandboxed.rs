//! The policies in their sandbox.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::bail;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{Field, FieldRef, SchemaRef};
use bailiwick_columnar::Projection;
use bailiwick_engine::{Check, Conditions, Module, Pushed, References, Stage};
use bailiwick_expression::compile_settings;
use bailiwick_guest::testing::Lookups;
use bailiwick_guest::wire;
use serde_json::Value;

use super::work::{conditions, measures};
use super::{Answer, State, Work, looked_up};
use crate::Modules;
use crate::data::Table;

/// The settings as the planner gives them to the module: expressions compiled.
fn compiled(
    module: &Module,
    settings: &Value,
    columns: &[&str],
    schema: &SchemaRef,
) -> anyhow::Result<String> {
    let of_settings = serde_json::from_str(&module.description().settings_schema.to_string())?;
    let fields = columns.iter().map(|name| schema.field_with_name(name).cloned());
    let fields = fields.collect::<Result<Vec<Field>, _>>()?;
    match compile_settings(&of_settings, settings, &fields) {
        Ok(compiled) => Ok(compiled.to_string()),
        Err(errors) => bail!("{}: {errors:?}", module.name()),
    }
}

/// One opened step.
#[derive(Debug)]
pub enum SandboxedStep {
    /// Of a transform.
    Stage(Box<Stage>),
    /// Of a check.
    Check(Box<Check>),
}

/// The steps of a work, each opened in its sandbox.
#[derive(Debug)]
pub struct Sandboxed {
    steps: Vec<SandboxedStep>,
    /// The settings of each, expressions compiled.
    settings: Vec<String>,
    /// Where each step takes its columns from.
    projections: Vec<Projection>,
    /// The tables that steps look rows up in.
    references: References,
    /// Whether checks measure at the end.
    judges: bool,
}

impl Sandboxed {
    /// Opens all steps of a work, for batches of a table's schema.
    ///
    /// # Errors
    /// Where a module refuses its settings or columns.
    pub fn open(work: &Work, table: &Table, modules: &Modules) -> anyhow::Result<Self> {
        let mut schema: SchemaRef = Arc::clone(table.schema());
        let (mut steps, mut texts, mut projections) = (Vec::new(), Vec::new(), Vec::new());
        let references = looked_up::references(work, table)?;
        let conditions = Conditions { references: references.clone(), ..conditions()? };
        for step in &work.steps {
            let module = looked_up::bound(&modules.module(step.module)?, &references);
            let settings = compiled(&module, &step.settings, step.columns, &schema)?;
            let opened = if module.description().kind == bailiwick_engine::Kind::Quality {
                let check = module.check(&settings, &schema, step.columns, &conditions)?;
                projections.push(Projection::new(&schema, &check.plan().reads)?);
                SandboxedStep::Check(Box::new(check))
            } else {
                let stage = module.stage(&settings, &schema, step.columns, &conditions)?;
                projections.push(Projection::new(&schema, &stage.plan().reads)?);
                schema = Arc::clone(stage.schema());
                SandboxedStep::Stage(Box::new(stage))
            };
            steps.push(opened);
            texts.push(settings);
        }
        let judges = work.state == State::Judged;
        Ok(Self { steps, settings: texts, projections, references, judges })
    }

    /// What the steps look up, answered natively by the same index; none: nothing.
    ///
    /// # Errors
    /// Where a table is not as a plan says.
    pub fn lookups(&self) -> anyhow::Result<Option<Rc<dyn Lookups>>> {
        let planned = self.steps.iter().flat_map(|step| match step {
            SandboxedStep::Stage(stage) => stage.plan().lookups.iter(),
            SandboxedStep::Check(check) => check.plan().lookups.iter(),
        });
        looked_up::natively(&planned.cloned().collect::<Vec<_>>(), &self.references)
    }

    /// The settings that each step was opened with, as JSON text.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(String::as_str)
    }

    /// The fields that each step reads.
    pub fn reads(&self) -> impl Iterator<Item = &[FieldRef]> {
        self.projections.iter().map(Projection::fields)
    }

    /// The fields that each step writes; none for a check.
    pub fn writes(&self) -> impl Iterator<Item = &[FieldRef]> {
        self.steps.iter().map(|step| match step {
            SandboxedStep::Stage(stage) => stage.plan().writes.as_slice(),
            SandboxedStep::Check(_) => &[],
        })
    }

    /// What crosses into each step with each batch: batch by batch, step by step.
    ///
    /// # Errors
    /// Where a column cannot cross.
    pub fn wires(&self, table: &Table) -> anyhow::Result<Vec<Vec<wire::Batch>>> {
        let wires =
            |batch| self.projections.iter().map(|projection| wire(projection, batch)).collect();
        table.batches().iter().map(wires).collect()
    }

    /// Pushes all batches through all steps, and drops what comes of it.
    ///
    /// # Errors
    /// Where a module fails.
    #[inline]
    pub fn run(&mut self, table: &Table) -> anyhow::Result<()> {
        for batch in table.batches() {
            match self.steps.as_mut_slice() {
                [SandboxedStep::Check(check)] => drop(black_box(check.push(batch)?)),
                [SandboxedStep::Stage(stage)] => drop(black_box(stage.push(batch)?)),
                steps => drop(black_box(chained(steps, batch)?)),
            }
        }
        Ok(())
    }

    /// Ends the input, and drops what comes of it.
    ///
    /// # Errors
    /// Where a module fails.
    pub fn end(&mut self) -> anyhow::Result<()> {
        for step in &mut self.steps {
            match step {
                SandboxedStep::Stage(stage) => drop(black_box(stage.finish()?)),
                SandboxedStep::Check(check) if self.judges => drop(black_box(check.conclude()?)),
                SandboxedStep::Check(_) => {}
            }
        }
        Ok(())
    }

    /// What comes of a table, which is its whole input.
    ///
    /// # Errors
    /// Where a module fails.
    pub fn answer(&mut self, table: &Table) -> anyhow::Result<Answer> {
        let mut answer = Answer::default();
        for batch in table.batches() {
            answer.push(match self.steps.as_mut_slice() {
                [SandboxedStep::Check(check)] => {
                    check.push(batch)?.into_iter().map(bools).collect()
                }
                [SandboxedStep::Stage(stage)] => columns(stage, batch)?,
                steps => {
                    let writes: Vec<_> = written(steps);
                    let batch = chained(steps, batch)?;
                    writes.iter().filter_map(|name| batch.column_by_name(name).cloned()).collect()
                }
            });
        }
        let mut rest = Vec::new();
        for step in &mut self.steps {
            match step {
                SandboxedStep::Stage(stage) => {
                    let batch = stage.finish()?;
                    rest.extend(batch.iter().flat_map(|batch| batch.columns()).cloned());
                }
                SandboxedStep::Check(check) if self.judges => {
                    rest.push(measures(check.conclude()?.iter().map(|measure| measure.value)));
                }
                SandboxedStep::Check(_) => {}
            }
        }
        answer.push(rest);
        Ok(answer)
    }
}

/// One batch through several maps.
fn chained(steps: &mut [SandboxedStep], batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let mut batch = batch.clone();
    for step in steps {
        let SandboxedStep::Stage(stage) = step else { bail!("a check is no step of several") };
        match stage.push(&batch)? {
            Pushed::Replaced(replaced) => batch = replaced,
            _ => bail!("only maps are steps of several"),
        }
    }
    Ok(batch)
}

fn written(steps: &[SandboxedStep]) -> Vec<String> {
    let names = |step: &SandboxedStep| match step {
        SandboxedStep::Stage(stage) => {
            stage.plan().writes.iter().map(|field| field.name().clone()).collect()
        }
        SandboxedStep::Check(_) => Vec::new(),
    };
    steps.iter().flat_map(names).collect()
}

/// What one stage makes of one batch.
fn columns(stage: &mut Stage, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>> {
    Ok(match stage.push(batch)? {
        Pushed::Replaced(batch) => {
            let writes = stage.plan().writes.iter();
            writes.filter_map(|field| batch.column_by_name(field.name()).cloned()).collect()
        }
        Pushed::Kept(keep) => vec![bools(keep)],
        Pushed::Rows(rows) => rows.columns().to_vec(),
        Pushed::Nothing => Vec::new(),
    })
}

fn bools(bits: BooleanBuffer) -> ArrayRef {
    Arc::new(BooleanArray::new(bits, None))
}

/// A batch as it crosses, in buffers of its own.
fn wire(projection: &Projection, batch: &RecordBatch) -> anyhow::Result<wire::Batch> {
    let lowered = projection.lower(batch)?;
    let node = |node: &bailiwick_columnar::WireNode| wire::Node {
        length: node.length,
        null_count: node.null_count,
    };
    Ok(wire::Batch {
        rows: lowered.rows,
        nodes: lowered.nodes.iter().map(node).collect(),
        buffers: lowered.buffers.iter().map(|buffer| buffer.to_vec()).collect(),
    })
}
