//! Runs of a module over rows.

use super::Rows;
use super::{compile::compiled, host};
use crate::runtime::{CheckModule, FilterModule, MapModule, Output, ReshapeModule, Transform};
use crate::{
    Bits, Check, CheckPlan, Filter, Granularity, Map, Measure, Plan, Reshape, Result, Rule, Schema,
};

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The rules, as planned.
    pub rules: Vec<Rule>,
    /// For each rule about rows, in that order: for each row, whether it fails.
    pub failing: Vec<Vec<bool>>,
    /// The figures.
    pub measures: Vec<Measure>,
}

impl Verdict {
    /// The rows that fail the rule of that id.
    pub fn failing(&self, rule: &str) -> Vec<usize> {
        let of_rows = self.rules.iter().filter(|rule| rule.granularity == Granularity::Row);
        let found = of_rows.zip(&self.failing).find(|(known, _)| known.id == rule);
        let Some((_, rows)) = found else { panic!("no rule {rule:?} about rows") };
        rows.iter().enumerate().filter(|(_, fails)| **fails).map(|(row, _)| row).collect()
    }

    /// The figure of that rule and name.
    pub fn measure(&self, rule: &str, name: &str) -> f64 {
        let found = self.measures.iter().find(|found| found.rule == rule && found.name == name);
        match found {
            Some(measure) => measure.value,
            None => panic!("no measure {name:?} of rule {rule:?}"),
        }
    }
}

/// The plan, and the settings that it was made of, expressions compiled.
fn plan<T: Transform>(settings: &str, input: &Schema) -> Result<(Plan, String)> {
    let settings = compiled(&T::settings_schema(), settings, input)?;
    host::planning();
    let plan = T::plan(&settings, input.to_wire())?;
    // What crosses must come back as the same.
    let writes = Schema::from_wire(Schema::new(plan.writes).to_wire())?.fields;
    Ok((Plan { writes, ..plan }, settings))
}

fn planned<T: Transform>(settings: &str, input: &Schema) -> Result<Plan> {
    plan::<T>(settings, input).map(|(plan, _)| plan)
}

fn open<T: Transform>(settings: &str, plan: &Plan, input: &Rows) -> Result<T> {
    host::plan_lookups(plan.lookups.clone());
    T::open(settings, input.project(&plan.reads).schema().to_wire())
}

/// What a map plans.
pub fn plan_map<M: Map>(settings: &str, input: &Schema) -> Result<Plan> {
    planned::<MapModule<M>>(settings, input)
}

/// What a reshape plans.
pub fn plan_reshape<M: Reshape>(settings: &str, input: &Schema) -> Result<Plan> {
    planned::<ReshapeModule<M>>(settings, input)
}

/// What a filter plans.
pub fn plan_filter<M: Filter>(settings: &str, input: &Schema) -> Result<Plan> {
    planned::<FilterModule<M>>(settings, input)
}

/// What a check plans.
pub fn plan_check<M: Check>(settings: &str, input: &Schema) -> Result<CheckPlan> {
    let settings = compiled(&CheckModule::<M>::settings_schema(), settings, input)?;
    host::planning();
    CheckModule::<M>::plan(&settings, input.to_wire())
}

/// The columns that a map writes, for these rows, given settings as JSON text.
pub fn map<M: Map>(settings: &str, rows: &Rows) -> Result<Rows> {
    let (plan, settings) = plan::<MapModule<M>>(settings, rows.schema())?;
    let mut module = open::<MapModule<M>>(&settings, &plan, rows)?;
    match module.push(rows.project(&plan.reads).to_wire())? {
        Output::Columns(batch) => {
            assert_eq!(batch.rows as usize, rows.len(), "rows that a map gave back");
            Ok(Rows::from_wire(&plan.writes, batch))
        }
        other => panic!("a map gave back {other:?}"),
    }
}

/// For each row, whether a filter keeps it, given settings as JSON text.
pub fn filter<M: Filter>(settings: &str, rows: &Rows) -> Result<Vec<bool>> {
    let (plan, settings) = plan::<FilterModule<M>>(settings, rows.schema())?;
    let mut module = open::<FilterModule<M>>(&settings, &plan, rows)?;
    match module.push(rows.project(&plan.reads).to_wire())? {
        Output::Keep(bitmap) => Ok(bits(&bitmap, rows.len())),
        other => panic!("a filter gave back {other:?}"),
    }
}

/// All batches that a reshape gives, those of `finish` last, given settings as JSON
/// text and batches of one schema.
pub fn reshape<M: Reshape>(settings: &str, batches: &[Rows]) -> Result<Vec<Rows>> {
    reshape_in_parts::<M>(settings, &[batches])
}

/// The same with one opened module for each part; the first takes in the states of
/// the others, in order.
pub fn reshape_in_parts<M: Reshape>(settings: &str, parts: &[&[Rows]]) -> Result<Vec<Rows>> {
    let Some(first) = parts.iter().find_map(|part| part.first()) else {
        panic!("no batch: give one without rows")
    };
    let (plan, settings) = plan::<ReshapeModule<M>>(settings, first.schema())?;
    let mut out = Vec::new();
    let mut whole: Option<ReshapeModule<M>> = None;
    for part in parts {
        let mut module = open::<ReshapeModule<M>>(&settings, &plan, first)?;
        for rows in *part {
            match module.push(rows.project(&plan.reads).to_wire())? {
                Output::Rows(batch) => out.push(Rows::from_wire(&plan.writes, batch)),
                Output::Nothing => {}
                other => panic!("a reshape gave back {other:?}"),
            }
        }
        match &mut whole {
            None => whole = Some(module),
            Some(whole) => whole.merge(&module.state()?)?,
        }
    }
    let rest = whole.as_mut().map(Transform::finish).transpose()?.flatten();
    out.extend(rest.map(|batch| Rows::from_wire(&plan.writes, batch)));
    Ok(out)
}

/// What a check finds in these batches of one schema, given settings as JSON text.
pub fn check<M: Check>(settings: &str, batches: &[Rows]) -> Result<Verdict> {
    check_in_parts::<M>(settings, &[batches])
}

/// The same with one opened check for each part; the first takes in the states of
/// the others, in order.
pub fn check_in_parts<M: Check>(settings: &str, parts: &[&[Rows]]) -> Result<Verdict> {
    let Some(first) = parts.iter().find_map(|part| part.first()) else {
        panic!("no batch: give one without rows")
    };
    let settings = compiled(&CheckModule::<M>::settings_schema(), settings, first.schema())?;
    host::planning();
    let CheckPlan { reads, rules, lookups, .. } =
        CheckModule::<M>::plan(&settings, first.schema().to_wire())?;
    host::plan_lookups(lookups);
    let of_rows = rules.iter().filter(|rule| rule.granularity == Granularity::Row).count();
    let mut failing = vec![Vec::new(); of_rows];
    let mut whole: Option<CheckModule<M>> = None;
    for part in parts {
        let schema = first.project(&reads).schema().to_wire();
        let mut module = CheckModule::<M>::open(&settings, schema)?;
        for rows in *part {
            let bitmaps = module.push(rows.project(&reads).to_wire())?;
            assert_eq!(bitmaps.len(), of_rows, "bitmaps that a check gave back");
            for (all, bitmap) in failing.iter_mut().zip(&bitmaps) {
                all.extend(bits(bitmap, rows.len()));
            }
        }
        match &mut whole {
            None => whole = Some(module),
            Some(whole) => whole.merge(&module.state()?)?,
        }
    }
    let measures = whole.as_mut().map(CheckModule::conclude).transpose()?.unwrap_or_default();
    for measure in &measures {
        assert!(measure.value.is_finite(), "measure {:?} is not finite", measure.name);
        assert!(
            rules.iter().any(|rule| rule.id == measure.rule),
            "measure {:?} belongs to no rule",
            measure.name
        );
    }
    Ok(Verdict { rules, failing, measures })
}

fn bits(bitmap: &[u8], rows: usize) -> Vec<bool> {
    assert_eq!(bitmap.len(), rows.div_ceil(8), "bytes of a bitmap of {rows} rows");
    let behind = Bits::new(bitmap, bitmap.len() * 8)
        .map_or(0, |bits| bits.iter().skip(rows).filter(|bit| *bit).count());
    assert_eq!(behind, 0, "set bits behind the last row of a bitmap");
    Bits::new(bitmap, rows).map(|bits| bits.iter().collect()).unwrap_or_default()
}
