//! One step of the plan, opened.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, FieldRef, SchemaRef};
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::{
    Check, CheckPlan, Conditions, EngineError, Granularity, GuestText, Keyring, LogLevel, LogLine,
    Pushed, Rule, Shape, Stage, TransformPlan,
};
use bailiwick_governance as governance;
use bailiwick_governance::{ColumnRead, Step, Work};
use bailiwick_terms::{ProductName, Read};

use crate::gate::Tally;
use crate::marks::Marked;
use crate::report::{RuleReport, StepReport};
use crate::{PipelineError, Prepared};

/// A step of the plan, opened.
pub(crate) struct OpenStep {
    product: ProductName,
    step: Step,
    rows: u64,
    work: OpenWork,
}

enum OpenWork {
    Transform(Box<Stage>),
    Check(Box<Check>, Tally),
}

impl OpenStep {
    /// Opens a step for batches of `schema`, which becomes the schema of what it gives.
    pub(crate) fn open(
        prepared: &Prepared,
        step: &Step,
        keys: &Keyring,
        schema: &mut SchemaRef,
    ) -> Result<Self, PipelineError> {
        let product = prepared.plan.product.clone();
        let Some(module) = prepared.modules.get(&step.module) else {
            let detail = format!("step {} has no module", step.id);
            return Err(PipelineError::Accounting { product, detail });
        };
        let conditions = Conditions {
            limits: Some(step.limits.clone()),
            keys: keys.clone(),
            withhold_text: !step.reads_labels.is_empty(),
        };
        let settings = step.settings_json();
        let reads: Vec<Read> = step.reads.iter().map(ColumnRead::to_read).collect();
        let stage = |writes: &[Field], shape| {
            let plan = TransformPlan {
                reads: reads.clone(),
                writes: refs(writes),
                shape,
                ordering: step.ordering,
            };
            module.open_stage(&settings, &plan, schema, &conditions)
        };
        let opened = match &step.work {
            Work::Map { writes } => stage(writes, Shape::Map).map(OpenWork::transform),
            Work::Filter => stage(&[], Shape::Filter).map(OpenWork::transform),
            Work::Reshape { writes } => stage(writes, Shape::Reshape).map(OpenWork::transform),
            Work::Check { rules, on_failure } => {
                let plan = CheckPlan {
                    reads: reads.clone(),
                    rules: rules.iter().map(|planned| engine_rule(&planned.rule)).collect(),
                    ordering: step.ordering,
                };
                let tally = Tally::new(&step.id, rules, *on_failure);
                let check = module.open_check(&settings, &plan, schema, &conditions);
                check.map(|check| OpenWork::Check(Box::new(check), tally))
            }
        };
        let work = opened.map_err(|source| failed(&product, step, source))?;
        if let OpenWork::Transform(stage) = &work {
            *schema = Arc::clone(stage.schema());
        }
        Ok(Self { product, step: step.clone(), rows: 0, work })
    }

    /// A map, a filter or a check does its work on a batch. Gives how many rows a
    /// filter dropped.
    pub(crate) fn apply(&mut self, marked: &mut Marked) -> Result<u64, PipelineError> {
        let rows = marked.batch.num_rows() as u64;
        self.rows += rows;
        let columns = |source: ColumnarError| PipelineError::Columns {
            product: self.product.clone(),
            source,
        };
        match &mut self.work {
            OpenWork::Transform(stage) => {
                let pushed = stage
                    .push(&marked.batch)
                    .map_err(|source| failed(&self.product, &self.step, source))?;
                match pushed {
                    Pushed::Replaced(batch) => marked.batch = batch,
                    Pushed::Kept(keep) => return marked.filter(keep).map_err(columns),
                    // A reshape ends its segment and never gets here.
                    Pushed::Rows(_) | Pushed::Nothing => {}
                }
                Ok(0)
            }
            OpenWork::Check(check, tally) => {
                let failing = check
                    .push(&marked.batch)
                    .map_err(|source| failed(&self.product, &self.step, source))?;
                let quarantines = tally.quarantines();
                let counts = failing.iter().map(|bits| bits.count_set_bits() as u64);
                let names = tally.count(rows, counts);
                if quarantines {
                    for (name, bits) in names.iter().zip(failing) {
                        marked.mark(name, bits);
                    }
                }
                Ok(0)
            }
        }
    }

    /// A reshape takes in a batch, and may give rows.
    pub(crate) fn reshape(
        &mut self,
        batch: &RecordBatch,
    ) -> Result<Option<RecordBatch>, PipelineError> {
        self.rows += batch.num_rows() as u64;
        match &mut self.work {
            OpenWork::Transform(stage) => {
                stage.apply(batch).map_err(|source| failed(&self.product, &self.step, source))
            }
            OpenWork::Check(..) => Ok(None),
        }
    }

    /// Ends a transform's input; a reshape may give rows.
    pub(crate) fn finish(&mut self) -> Result<Option<RecordBatch>, PipelineError> {
        match &mut self.work {
            OpenWork::Transform(stage) => {
                stage.finish().map_err(|source| failed(&self.product, &self.step, source))
            }
            OpenWork::Check(..) => Ok(None),
        }
    }

    /// Ends the step: a check gives its findings.
    pub(crate) fn conclude(self) -> Result<(StepReport, Vec<RuleReport>), PipelineError> {
        let Self { product, step, rows, work } = self;
        let (bytes_in, log, rules) = match work {
            OpenWork::Transform(mut stage) => (stage.bytes_in(), stage.take_log(), Vec::new()),
            OpenWork::Check(mut check, tally) => {
                let measures =
                    check.conclude().map_err(|source| failed(&product, &step, source))?;
                (check.bytes_in(), check.take_log(), tally.conclude(&step, &measures))
            }
        };
        let report = StepReport {
            step: step.id,
            module: step.module,
            digest: step.digest,
            rows,
            bytes_in,
            log: log.iter().map(in_words).collect(),
        };
        Ok((report, rules))
    }
}

impl OpenWork {
    fn transform(stage: Stage) -> Self {
        Self::Transform(Box::new(stage))
    }
}

fn failed(product: &ProductName, step: &Step, source: EngineError) -> PipelineError {
    PipelineError::Module { product: product.clone(), step: step.id.clone(), source }
}

fn refs(fields: &[Field]) -> Vec<FieldRef> {
    fields.iter().cloned().map(Arc::new).collect()
}

fn engine_rule(rule: &governance::Rule) -> Rule {
    Rule {
        id: rule.id.clone(),
        summary: GuestText::new(&rule.summary),
        dimension: rule.dimension.clone(),
        granularity: match rule.granularity {
            governance::Granularity::Row => Granularity::Row,
            governance::Granularity::Dataset => Granularity::Dataset,
        },
    }
}

fn in_words(line: &LogLine) -> String {
    let level = match line.level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
    };
    format!("{level}: {}", line.text)
}
