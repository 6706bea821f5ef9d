//! Expressions in a policy's settings.

use arrow_schema::Field;
use bailiwick_expression::{SettingError, columns_of, compile_settings};
use serde_json::Value;

use super::Walk;
use super::policy::Bound;
use crate::bindings::Selection;
use crate::catalog::Scope;
use crate::document::canonical;
use crate::refusal::{Refusal, RefusalRule};

/// The policy's settings with a program in the place of each expression, as the module's
/// schema says where those are.
pub(super) fn compiled(bound: &Bound<'_>, input: &[Field]) -> Result<Value, Vec<Refusal>> {
    let settings = &bound.policy.settings;
    // One that is no JSON was refused before.
    let schema: Value = serde_json::from_str(&bound.facts.settings_schema).unwrap_or_default();
    let compiled = compile_settings(&schema, settings, input);
    compiled.map(canonical).map_err(|errors| {
        let refusal = |error: SettingError| {
            bound.refusal(RefusalRule::Settings, None, error.to_string(), None)
        };
        errors.into_iter().map(refusal).collect()
    })
}

impl Walk<'_> {
    /// The columns that a policy is bound to which states none: those that its expressions
    /// name, if it has any.
    pub(super) fn named_in_expressions(
        &self,
        bound: &Bound<'_>,
    ) -> Result<Vec<String>, Vec<Refusal>> {
        let states_none = matches!(bound.policy.columns, Selection::Nothing);
        if !states_none || bound.facts.scope != Scope::Columns {
            return Ok(Vec::new());
        }
        let fields: Vec<Field> = self.columns.iter().map(|column| column.field.clone()).collect();
        let compiled = compiled(bound, &fields)?;
        Ok(columns_of(&compiled).into_iter().map(str::to_owned).collect())
    }
}
