//! The rows that a check judges.

use arrow_schema::{Field, Schema};
use bailiwick_expression::{PREDICATE, Purpose, compile};
use bailiwick_terms::{ModuleName, Ordering};
use serde_json::{Value, json};

use super::Walk;
use super::column::Column;
use super::policy::Bound;
use crate::catalog::{ModuleFacts, Shape, TableSchemas};
use crate::document::canonical;
use crate::plan::{ColumnRead, Reason, RowFilter};
use crate::refusal::{Refusal, RefusalRule};

/// A filter of a check's rows, and the columns that it reads as they stand.
pub(super) struct PlannedRows {
    pub(super) filter: RowFilter,
    pub(super) reads: Vec<Column>,
}

impl Walk<'_> {
    /// The filter that a policy's `where` asks for, if it has one.
    pub(super) fn row_filter(
        &self,
        bound: &Bound<'_>,
    ) -> Result<Option<PlannedRows>, Vec<Refusal>> {
        let Some(predicate) = &bound.policy.rows else { return Ok(None) };
        // A rule of the contract knows no bindings: the standard filter decides its rows where
        // these name none.
        let standard = self.documents.framework.standard_checks.as_ref();
        let of_contract = matches!(bound.reason, Reason::Contract { .. });
        let standard = standard.filter(|_| of_contract).and_then(|checks| checks.module("filter"));
        let Some(module) = self.documents.bindings.row_filter.as_ref().or(standard.as_ref()) else {
            return Err(vec![
                bound.refusal(
                    RefusalRule::Policy,
                    None,
                    "no module is named that decides its `where`".to_owned(),
                    "state `rowFilter` beside `policies` in the bindings, such as \
                 governance/filter@0.1.0"
                        .to_owned(),
                ),
            ]);
        };
        self.planned_rows(bound, predicate, module).map(Some)
    }

    fn planned_rows(
        &self,
        bound: &Bound<'_>,
        predicate: &str,
        module: &ModuleName,
    ) -> Result<PlannedRows, Vec<Refusal>> {
        let refuse = |rule, column: Option<&str>, found: String, remedy: Option<String>| {
            vec![bound.refusal(rule, column, found, remedy)]
        };
        let fields: Vec<Field> = self.columns.iter().map(|column| column.field.clone()).collect();
        let program = compile(predicate, &fields, Purpose::Predicate).map_err(|error| {
            refuse(RefusalRule::Settings, None, format!("`where`: {error}"), None)
        })?;
        let named = |name: &str| self.columns.iter().find(|column| column.name() == name);
        let input: Vec<&Column> =
            program.columns.iter().filter_map(|column| named(&column.name)).collect();
        let told = |error: crate::catalog::CatalogError| {
            refuse(RefusalRule::Module, None, error.to_string(), None)
        };
        let facts = self.catalog.module(module).map_err(told)?;
        if !decides_rows(&facts) {
            return Err(refuse(
                RefusalRule::Policy,
                None,
                format!("`rowFilter` names {module}, which has no predicate `where` to set"),
                Some("name a filter that has, such as the standard module `filter`".to_owned()),
            ));
        }
        let settings = canonical(json!({ "where": program }));
        let schema = Schema::new(input.iter().map(|c| c.field.clone()).collect::<Vec<_>>());
        let plan = self.catalog.plan_transform(
            module,
            &settings.to_string(),
            &schema,
            &TableSchemas::new(),
        );
        let plan = plan.map_err(told)?;
        if plan.shape != Shape::Filter || plan.ordering != Ordering::Independent {
            return Err(refuse(
                RefusalRule::Policy,
                None,
                format!(
                    "`rowFilter` names {module}, which is no filter that judges rows one by one"
                ),
                Some("name one that is, such as the standard module `filter`".to_owned()),
            ));
        }
        let mut wrong = Vec::new();
        let mut reads = Vec::new();
        let mut columns = Vec::new();
        for read in &plan.reads {
            let Some(column) = input.iter().find(|column| column.name() == read.column) else {
                wrong.extend(refuse(
                    RefusalRule::ModulePlan,
                    Some(&read.column),
                    format!(
                        "{module} plans to read column `{}`, which `where` does not name",
                        read.column
                    ),
                    Some("name another version of the module".to_owned()),
                ));
                continue;
            };
            for label in column.labels.keys().filter(|label| !facts.grants.read.contains(*label)) {
                wrong.extend(refuse(
                    RefusalRule::LabelGrant,
                    Some(column.name()),
                    format!(
                        "`where` has {module} read column `{}`, which is labelled `{label}`, and \
                         its approval does not grant that label",
                        column.name()
                    ),
                    Some(format!(
                        "ask central governance for an approval that may read `{label}`, or pick \
                         rows by other columns"
                    )),
                ));
            }
            columns.push(ColumnRead { field: column.field.clone(), part: read.part });
            reads.push((*column).clone());
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let filter = RowFilter {
            predicate: predicate.to_owned(),
            module: module.clone(),
            digest: facts.digest,
            reads: columns,
            settings,
            limits: facts.limits.capped_by(&self.documents.framework.limits),
        };
        Ok(PlannedRows { filter, reads })
    }
}

/// Whether the module's settings have a predicate `where`.
fn decides_rows(facts: &ModuleFacts) -> bool {
    let schema: Value = serde_json::from_str(&facts.settings_schema).unwrap_or_default();
    let place = schema.pointer("/properties/where");
    // The place may refer to a definition.
    let referred = place
        .and_then(|place| place.get("$ref"))
        .and_then(Value::as_str)
        .and_then(|reference| schema.pointer(reference.strip_prefix('#')?));
    let format =
        |of: Option<&Value>| of.and_then(|of| of.get("format")?.as_str().map(str::to_owned));
    format(place).or_else(|| format(referred)).as_deref() == Some(PREDICATE)
}
