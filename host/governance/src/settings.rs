//! The settings of one module, outside of a plan.

use arrow_schema::Field;
use bailiwick_expression::compile_settings;
use serde_json::Value;

use crate::document::canonical;
use crate::json_schema::settings_violations;

/// Why settings are not a module's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct SettingsError(Vec<String>);

/// Settings as a plan would have them for a module that is bound to these columns: held to
/// the module's schema, and with a program in the place of each expression.
///
/// # Errors
/// All that does not fit the schema, or each expression that is none over these columns.
pub fn module_settings(
    schema: &Value,
    settings: &Value,
    columns: &[Field],
) -> Result<Value, SettingsError> {
    let broken = settings_violations(&schema.to_string(), settings)
        .map_err(|error| SettingsError(vec![error.to_string()]))?;
    if !broken.is_empty() {
        return Err(SettingsError(broken.iter().map(ToString::to_string).collect()));
    }
    compile_settings(schema, settings, columns)
        .map(canonical)
        .map_err(|errors| SettingsError(errors.iter().map(ToString::to_string).collect()))
}
