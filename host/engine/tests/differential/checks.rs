//! Every standard check, as a component in the sandbox, against figures that were computed
//! without it: the cases of `tests/checks`, which the modules also pass natively.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int32Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{Schema, SchemaRef};
use bailiwick_engine::{Check, Conditions, Granularity, Measure, Module};
use serde_json::Value;

use crate::support::guest;

const EXPECTED: &str = include_str!("../../../../tests/checks/expected/checks.json");

/// Rows of a batch.
const BATCH: usize = 77;

/// The parts of which the states are merged.
const PARTS: usize = 8;

fn column(kind: &str, values: &[Value]) -> ArrayRef {
    let integers = || values.iter().map(Value::as_i64);
    let floats =
        || values.iter().map(|value| value.as_str().map(|text| text.parse::<f64>().unwrap()));
    let narrow = || integers().map(|value| value.map(|value| i32::try_from(value).unwrap()));
    match kind {
        "float64" => Arc::new(floats().collect::<Float64Array>()),
        "float32" => Arc::new(floats().map(|v| v.map(|v| v as f32)).collect::<Float32Array>()),
        "int64" => Arc::new(integers().collect::<Int64Array>()),
        "int32" => Arc::new(narrow().collect::<Int32Array>()),
        "int8" => Arc::new(narrow().map(|v| v.map(|v| v as i8)).collect::<Int8Array>()),
        "date32" => Arc::new(narrow().collect::<Date32Array>()),
        "timestamp" => {
            Arc::new(integers().collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        "decimal" => {
            let values = integers().map(|value| value.map(i128::from));
            Arc::new(values.collect::<Decimal128Array>().with_precision_and_scale(20, 2).unwrap())
        }
        "bool" => Arc::new(values.iter().map(Value::as_bool).collect::<BooleanArray>()),
        "utf8" => Arc::new(values.iter().map(Value::as_str).collect::<StringArray>()),
        other => panic!("no test has a column of type {other}"),
    }
}

/// One binding on its rows.
struct Case<'c> {
    stated: &'c Value,
    module: Module,
    columns: Vec<&'c str>,
    rows: RecordBatch,
}

impl<'c> Case<'c> {
    fn new(stated: &'c Value, columns: &Value) -> Self {
        let name = stated["module"].as_str().unwrap();
        let names: Vec<&str> = stated["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut length = 0;
        let arrays: Vec<(&str, ArrayRef)> = names
            .iter()
            .map(|name| {
                let values = columns[*name]["values"].as_array().unwrap();
                (*name, column(columns[*name]["type"].as_str().unwrap(), values))
            })
            .collect();
        for values in columns.as_object().unwrap().values() {
            length = values["values"].as_array().unwrap().len();
        }
        let rows = if arrays.is_empty() {
            let options = RecordBatchOptions::new().with_row_count(Some(length));
            RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options)
        } else {
            RecordBatch::try_from_iter(arrays)
        };
        let module = guest(name.to_owned().leak());
        Self { stated, module, columns: names, rows: rows.unwrap() }
    }

    fn what(&self) -> String {
        format!("{} on {:?} with {}", self.stated["module"], self.columns, self.stated["settings"])
    }

    fn open(&self) -> Check {
        let schema: SchemaRef = self.rows.schema();
        let settings = self.stated["settings"].to_string();
        let opened = self.module.check(&settings, &schema, &self.columns, &Conditions::default());
        opened.unwrap_or_else(|error| panic!("{}: {error}", self.what()))
    }

    /// Pushes rows batch by batch; the rows that fail each rule, by its id.
    fn push(&self, check: &mut Check, rows: Range<usize>) -> BTreeMap<String, Vec<usize>> {
        let ids = check.plan().rules.iter().filter(|rule| rule.granularity == Granularity::Row);
        let ids: Vec<String> = ids.map(|rule| rule.id.clone()).collect();
        let mut failing: BTreeMap<_, Vec<usize>> =
            ids.iter().map(|id| (id.clone(), Vec::new())).collect();
        for start in rows.clone().step_by(BATCH) {
            let length = BATCH.min(rows.end - start);
            let bits = check.push(&self.rows.slice(start, length)).unwrap();
            for (id, bits) in ids.iter().zip(&bits) {
                failing.get_mut(id).unwrap().extend(bits.set_indices().map(|row| start + row));
            }
        }
        failing
    }

    /// The measures out of parts, the states of the later ones merged into the first.
    fn in_parts(&self) -> Vec<Measure> {
        let length = self.rows.num_rows().div_ceil(PARTS);
        let mut parts = (0..PARTS).map(|part| {
            let mut check = self.open();
            let end = self.rows.num_rows().min((part + 1) * length);
            self.push(&mut check, part * length..end);
            check
        });
        let mut whole = parts.next().unwrap();
        for mut part in parts {
            whole.merge(&part.state().unwrap()).unwrap();
        }
        whole.conclude().unwrap()
    }
}

#[test]
fn every_check_finds_in_the_sandbox_what_was_computed_without_it() {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    for stated in expected["cases"].as_array().unwrap() {
        let case = Case::new(stated, &expected["columns"]);
        let mut check = case.open();
        let failing = case.push(&mut check, 0..case.rows.num_rows());
        for (rule, rows) in stated["failing"].as_object().unwrap() {
            let rows: Vec<usize> =
                rows.as_array().unwrap().iter().map(|row| row.as_u64().unwrap() as usize).collect();
            assert_eq!(failing[rule], rows, "{}: rows of {rule}", case.what());
        }
        let measures = check.conclude().unwrap();
        let relative = stated["relative"].as_f64().unwrap();
        for (rule, wanted) in stated["measures"].as_object().unwrap() {
            for (name, wanted) in wanted.as_object().unwrap() {
                let own = measures.iter().find(|own| own.rule == *rule && own.name == *name);
                let own = own.map(|own| own.value);
                let fits = match (own, wanted.as_f64()) {
                    (Some(own), Some(wanted)) => (own - wanted).abs() <= wanted.abs() * relative,
                    (own, wanted) => own.is_none() && wanted.is_none(),
                };
                assert!(fits, "{}: {name} of {rule} is {own:?}, not {wanted}", case.what());
            }
        }
        assert_eq!(case.in_parts(), measures, "{} in parts", case.what());
    }
}
