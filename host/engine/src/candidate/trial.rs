//! What a module under review makes of rows that its tests made up.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use bailiwick_columnar::ColumnarError;
use bailiwick_terms::PartName;

use super::Candidate;
use crate::{
    Conditions, EngineError, Granularity, Keyring, Kind, Measure, Module, Pushed, References,
    Shape, TableSchemas,
};

/// Rows that somebody made up, for a module to show what it makes of them.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its settings as a binding's become: JSON text, with programs for expressions.
    pub settings: String,
    /// The rows, as one batch.
    pub rows: RecordBatch,
    /// The columns of the rows that it is bound to, in order.
    pub bound: Vec<String>,
    /// Keys that were made up too. It may use them all, whatever names its grants have, if it
    /// may use the service at all.
    pub keys: Keyring,
    /// Reference tables that were made up too.
    pub references: References,
}

/// What a module made of a [`Trial`].
#[derive(Debug, Clone)]
pub enum Tried {
    /// Map: the columns that it wrote.
    Written(RecordBatch),
    /// Filter: a set bit for each row that stays.
    Kept(BooleanBuffer),
    /// Reshape: all rows that it gave.
    Rows(RecordBatch),
    /// Check: what it found.
    Judged {
        /// Each rule of single rows, with a set bit for each row that fails.
        failing: Vec<(String, BooleanBuffer)>,
        /// The figures over all rows.
        measures: Vec<Measure>,
    },
}

impl Candidate {
    /// Plans, opens, pushes and ends once, in a fresh sandbox, under the limits that the
    /// module would have. Its words are shown, for nothing in a trial is anybody's.
    ///
    /// # Errors
    /// [`EngineError::Fault`] where it refuses settings, columns or rows, traps, goes past a
    /// limit or breaks the contract; [`EngineError::Columns`] where the columns cannot cross.
    pub fn try_out(&self, trial: &Trial) -> Result<Tried, EngineError> {
        let mut grants = self.grants().clone();
        for keys in [&mut grants.services.pseudonym, &mut grants.services.encryption] {
            if !keys.is_empty() {
                keys.extend(trial.keys.names().cloned());
            }
        }
        let module = self.0.granted(grants).with_tables(schemas(&trial.references));
        let schema = trial.rows.schema();
        let bound: Vec<&str> = trial.bound.iter().map(String::as_str).collect();
        let columns = module.bound(&schema, &bound)?;
        let conditions = Conditions {
            keys: trial.keys.clone(),
            references: trial.references.clone(),
            ..Conditions::default()
        };
        match module.description().kind {
            Kind::Transform => transformed(&module, trial, &columns, &conditions),
            Kind::Quality => judged(&module, trial, &columns, &conditions),
        }
    }
}

fn schemas(references: &References) -> TableSchemas {
    let of = |name: &PartName| Some((name.clone(), references.get(name)?.schema()));
    references.names().filter_map(of).collect()
}

fn transformed(
    module: &Module,
    trial: &Trial,
    columns: &Schema,
    conditions: &Conditions,
) -> Result<Tried, EngineError> {
    let Trial { settings, rows, .. } = trial;
    let refused = |source: ArrowError| EngineError::Columns {
        module: module.name().clone(),
        source: ColumnarError::from(source),
    };
    let plan = module.plan_transform(settings, columns)?;
    let mut stage = module.open_stage(settings, &plan, &rows.schema(), conditions)?;
    let pushed = stage.push(rows)?;
    let last = stage.finish()?;
    let written: SchemaRef = Arc::new(Schema::new(plan.writes));
    Ok(match (plan.shape, pushed) {
        (Shape::Map, Pushed::Replaced(batch)) => {
            let places = written.fields().iter().map(|field| batch.schema().index_of(field.name()));
            let places = places.collect::<Result<Vec<_>, _>>().map_err(refused)?;
            Tried::Written(batch.project(&places).map_err(refused)?)
        }
        (Shape::Filter, Pushed::Kept(keep)) => Tried::Kept(keep),
        (_, pushed) => {
            let first = match pushed {
                Pushed::Rows(rows) => Some(rows),
                _ => None,
            };
            let given: Vec<RecordBatch> = first.into_iter().chain(last).collect();
            Tried::Rows(concat_batches(&written, &given).map_err(refused)?)
        }
    })
}

fn judged(
    module: &Module,
    trial: &Trial,
    columns: &Schema,
    conditions: &Conditions,
) -> Result<Tried, EngineError> {
    let Trial { settings, rows, .. } = trial;
    let plan = module.plan_check(settings, columns)?;
    let mut check = module.open_check(settings, &plan, &rows.schema(), conditions)?;
    let bits = check.push(rows)?;
    let measures = check.conclude()?;
    let of_rows = plan.rules.into_iter().filter(|rule| rule.granularity == Granularity::Row);
    let failing = of_rows.map(|rule| rule.id).zip(bits).collect();
    Ok(Tried::Judged { failing, measures })
}
