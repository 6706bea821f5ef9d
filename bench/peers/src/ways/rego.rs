//! Rego by `regorus`: one evaluation a row, by its interpreter or its virtual machine.

use std::sync::Arc;

use anyhow::Context;
use arrow_array::builder::{BooleanBuilder, Float64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, BooleanArray, RecordBatch};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::value::Object;
use regorus::{Engine, Value};

use super::{Way, bailiwick, plugin};
use crate::answer::{Governed, Judged, Rates};
use crate::rows::{AMOUNT, EMAIL, Rows};

/// A policy and the rule of it that is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    file: &'static str,
    text: &'static str,
    rule: &'static str,
}

pub(crate) const GOVERN: Policy = Policy {
    file: "govern.rego",
    text: include_str!("../../policies/govern.rego"),
    rule: "data.govern.row",
};

pub(crate) const JUDGE: Policy = Policy {
    file: "judge.rego",
    text: include_str!("../../policies/judge.rego"),
    rule: "data.judge.verdict",
};

/// What evaluates a policy.
pub(crate) trait Evaluator: Sized {
    fn of(policy: Policy) -> anyhow::Result<Self>;

    fn evaluate(&mut self, input: Value) -> anyhow::Result<Value>;
}

/// The interpreter, which regorus is known for.
pub(crate) struct Interpreter {
    engine: Engine,
    rule: &'static str,
}

impl Evaluator for Interpreter {
    fn of(policy: Policy) -> anyhow::Result<Self> {
        let mut engine = Engine::new();
        engine.add_policy(policy.file.to_owned(), policy.text.to_owned())?;
        Ok(Self { engine, rule: policy.rule })
    }

    fn evaluate(&mut self, input: Value) -> anyhow::Result<Value> {
        self.engine.set_input(input);
        self.engine.eval_rule(self.rule.to_owned())
    }
}

/// The virtual machine.
pub(crate) struct Machine(RegoVM);

impl Evaluator for Machine {
    fn of(policy: Policy) -> anyhow::Result<Self> {
        let mut engine = Interpreter::of(policy)?.engine;
        let compiled = engine.compile_with_entrypoint(&policy.rule.into())?;
        let program = Compiler::compile_from_policy(&compiled, &[policy.rule])
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut machine = RegoVM::new_with_policy(compiled);
        machine.load_program(program);
        Ok(Self(machine))
    }

    fn evaluate(&mut self, input: Value) -> anyhow::Result<Value> {
        self.0.set_input(input);
        self.0.execute().map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// The names of members, made once.
struct Names {
    email: Value,
    amount: Value,
    outside: Value,
    missing: Value,
}

impl Names {
    fn new() -> Self {
        let [email, amount, outside, missing] =
            ["email", "amount", "outside", "missing"].map(Value::from);
        Self { email, amount, outside, missing }
    }
}

fn member<'a>(value: &'a Value, name: &Value) -> anyhow::Result<&'a Value> {
    value.as_object()?.get(name).with_context(|| format!("the policy left {name} undefined"))
}

/// Masks and clamps each row.
pub(crate) struct Govern<'a, E> {
    rows: &'a Rows,
    evaluator: E,
    names: Names,
}

impl<'a, E: Evaluator> Govern<'a, E> {
    pub(crate) fn new(rows: &'a Rows) -> anyhow::Result<Self> {
        Ok(Self { rows, evaluator: E::of(GOVERN)?, names: Names::new() })
    }

    fn govern(&mut self, batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
        let names = &self.names;
        let mut emails = StringBuilder::with_capacity(batch.num_rows(), 0);
        let mut amounts = Float64Builder::with_capacity(batch.num_rows());
        let given = batch.column(EMAIL).as_string::<i32>().iter();
        for (email, amount) in given.zip(batch.column(AMOUNT).as_primitive::<Float64Type>()) {
            let input: Object = [
                (names.email.clone(), email.map_or(Value::Null, Value::from)),
                (names.amount.clone(), amount.map_or(Value::Null, Value::from)),
            ]
            .into_iter()
            .collect();
            let row = self.evaluator.evaluate(input.into())?;
            match member(&row, &names.email)? {
                Value::Null => emails.append_null(),
                email => emails.append_value(email.as_string()?),
            }
            match member(&row, &names.amount)? {
                Value::Null => amounts.append_null(),
                amount => amounts.append_value(amount.as_f64()?),
            }
        }
        let mut columns = batch.columns().to_vec();
        columns[EMAIL] = Arc::new(emails.finish());
        columns[AMOUNT] = Arc::new(amounts.finish());
        Ok(RecordBatch::try_new(batch.schema(), columns)?)
    }
}

impl<E: Evaluator> Way for Govern<'_, E> {
    type Output = Vec<RecordBatch>;
    type Answer = Governed;

    fn run(&mut self) -> anyhow::Result<Vec<RecordBatch>> {
        self.rows.batches().iter().map(|batch| self.govern(batch)).collect()
    }

    fn answer(batches: &Vec<RecordBatch>) -> anyhow::Result<Governed> {
        Ok(bailiwick::governed(batches))
    }
}

/// Judges each row.
pub(crate) struct Judge<'a, E> {
    rows: &'a Rows,
    evaluator: E,
    names: Names,
}

impl<'a, E: Evaluator> Judge<'a, E> {
    pub(crate) fn new(rows: &'a Rows) -> anyhow::Result<Self> {
        Ok(Self { rows, evaluator: E::of(JUDGE)?, names: Names::new() })
    }

    fn judge(&mut self, batch: &RecordBatch) -> anyhow::Result<BooleanArray> {
        let names = &self.names;
        let mut verdicts = BooleanBuilder::with_capacity(batch.num_rows());
        for amount in batch.column(AMOUNT).as_primitive::<Float64Type>() {
            let amount = amount.map_or(Value::Null, Value::from);
            let input: Object = [(names.amount.clone(), amount)].into_iter().collect();
            let verdict = self.evaluator.evaluate(input.into())?;
            let missing = *member(&verdict, &names.missing)?.as_bool()?;
            let outside = *member(&verdict, &names.outside)?.as_bool()?;
            verdicts.append_option((!missing).then_some(outside));
        }
        Ok(verdicts.finish())
    }
}

impl<E: Evaluator> Way for Judge<'_, E> {
    type Output = (Vec<BooleanArray>, Rates);
    type Answer = Judged;

    fn run(&mut self) -> anyhow::Result<Self::Output> {
        let (mut verdicts, mut rates) = (Vec::new(), Rates::default());
        for batch in self.rows.batches() {
            let outside = self.judge(batch)?;
            rates += Rates { outside: outside.true_count(), missing: outside.null_count() };
            verdicts.push(outside);
        }
        Ok((verdicts, rates))
    }

    fn answer((verdicts, rates): &Self::Output) -> anyhow::Result<Judged> {
        Ok(plugin::judged(verdicts, *rates))
    }
}
