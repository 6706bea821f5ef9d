//! Quality rules of contracts: executed, or told of as not; severity, dimension, tags.

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_governance::{
    Bindings, Bound, Contract, Granularity, OnFailure, Plan, PlannedRule, Reason, Scope, Severity,
    Threshold, Unit, Work, explanation,
};

use crate::catalog::Answer;
use crate::mesh::{Mesh, changed};

const SQL: &str = r#"- {type: sql, name: fresh ids, query: "select max(id) from {object}", mustBeGreaterThan: 0}"#;

/// The mesh with the standard checks, and with these rules of column `id` of the output.
fn with_rules(rules: &str) -> Mesh {
    let mut mesh = Mesh::sales().contract(SQL, rules).framework(
        "quarantine: {clearance: []}",
        "quarantine: {clearance: []}\nstandard_checks: {domain: governance, version: 2.0.0}",
    );
    let of_rows = [("complete", Granularity::Row)];
    for name in ["completeness", "allowed-values", "pattern", "unique"] {
        mesh.catalog.check(&format!("governance/{name}@2.0.0"), Scope::Columns, &of_rows);
    }
    let of_all = [("row-count", Granularity::Dataset)];
    mesh.catalog.check("governance/row-count@2.0.0", Scope::Columns, &of_all);
    mesh
}

/// Why each rule is not executed, by name.
fn not_executed(plan: &Plan) -> BTreeMap<&str, &str> {
    let of = plan.contract_quality.iter();
    of.filter_map(|rule| Some((rule.rule.as_str(), rule.not_executed.as_deref()?))).collect()
}

fn rules<'p>(plan: &'p Plan, step: &str) -> (&'p [PlannedRule], OnFailure) {
    let found = plan.steps.iter().find(|found| found.id == step);
    let found = found.unwrap_or_else(|| panic!("no step {step} of {:?}", plan.contract_quality));
    let Work::Check { rules, on_failure } = &found.work else { panic!("{step} is no check") };
    (rules, *on_failure)
}

#[test]
fn each_metric_is_executed_by_its_check_under_its_threshold() {
    let lines = [
        "- {metric: nullValues, id: nulls, mustBe: 0, dimension: completeness, tags: [night]}",
        "- {metric: missingValues, id: missing, unit: percent, mustBeLessThan: 5, \
            arguments: {missingValues: [null, '', n/a]}}",
        "- {metric: invalidValues, id: valid, mustBeLessOrEqualTo: 2, severity: warning, \
            arguments: {validValues: [1, 2, null]}}",
        "- {metric: invalidValues, id: form, mustBeBetween: [0, 9], \
            arguments: {pattern: '^[A-Z]+$'}}",
        "- {metric: duplicateValues, id: twice, mustNotBe: 7}",
    ];
    let plan = with_rules(&lines.join("\n          ")).plan();
    assert_eq!(not_executed(&plan), BTreeMap::new());
    let settings = |step: &str| {
        let step = plan.steps.iter().find(|found| found.id == step).unwrap();
        format!("{} {}", step.module.module(), step.settings)
    };
    assert_eq!(settings("contract-nulls"), "completeness {}");
    assert_eq!(settings("contract-missing"), r#"completeness {"missing":["","n/a"]}"#);
    assert_eq!(settings("contract-valid"), r#"allowed-values {"values":[1,2]}"#);
    assert_eq!(settings("contract-form"), r#"pattern {"pattern":"^[A-Z]+$"}"#);
    assert_eq!(settings("contract-twice"), "unique {}");
    let thresholds = [
        ("contract-nulls", Unit::Rows, Bound::MustBe(0.0)),
        ("contract-missing", Unit::Percent, Bound::MustBeLessThan(5.0)),
        ("contract-valid", Unit::Rows, Bound::MustBeLessOrEqualTo(2.0)),
        ("contract-form", Unit::Rows, Bound::MustBeBetween(0.0, 9.0)),
        ("contract-twice", Unit::Rows, Bound::MustNotBe(7.0)),
    ];
    for (step, unit, bound) in thresholds {
        assert_eq!(rules(&plan, step).0[0].threshold, Some(Threshold { unit, bound }), "{step}");
    }
    let (nulls, on_failure) = rules(&plan, "contract-nulls");
    assert_eq!(on_failure, OnFailure::Block);
    assert_eq!(nulls[0].rule.dimension, "completeness");
    assert_eq!(nulls[0].tags, ["night"]);
    let (valid, on_failure) = rules(&plan, "contract-valid");
    assert_eq!((valid[0].severity, on_failure), (Severity::Warn, OnFailure::Observe));
    let step = plan.steps.iter().find(|step| step.id == "contract-nulls").unwrap();
    let reason = Reason::Contract {
        object: "bookings".to_owned(),
        column: Some("id".to_owned()),
        rule: "nulls".to_owned(),
    };
    assert_eq!(step.because, [reason]);
}

#[test]
fn rules_of_an_object_count_its_rows_and_its_keys() {
    let mesh = with_rules("[]").contract(
        "  - name: bookings\n    logicalType: object\n",
        "  - name: bookings\n    logicalType: object\n    quality:\n      \
           - {metric: rowCount, id: rows, mustBeGreaterThan: 10}\n      \
           - {metric: duplicateValues, id: key, mustBe: 0, \
              arguments: {properties: [id, distance]}}\n",
    );
    let mesh = mesh.framework("version: 2.0.0", "version: 2.0.0, on_failure: quarantine");
    let plan = mesh.plan();
    assert_eq!(not_executed(&plan), BTreeMap::new());
    // Of a number of rows there is none to keep back.
    assert_eq!(rules(&plan, "contract-rows").1, OnFailure::Block);
    assert_eq!(rules(&plan, "contract-key").1, OnFailure::Quarantine);
    let key = plan.steps.iter().find(|step| step.id == "contract-key").unwrap();
    let read: Vec<&str> = key.reads.iter().map(|read| read.name()).collect();
    assert_eq!(read, ["id", "distance"]);
}

#[test]
fn what_cannot_be_executed_is_told_and_never_passed_over() {
    let lines = [
        "- {type: text, name: prose, description: verified by the system}",
        "- {type: sql, name: query, query: select 1, mustBe: 1}",
        "- {type: custom, name: other, engine: soda, implementation: 'checks: []'}",
        "- {metric: rowCount, name: level, mustBe: 1}",
        "- {metric: missingValues, name: list, mustBe: 0}",
        "- {metric: missingValues, name: null not missing, mustBe: 0, \
            arguments: {missingValues: ['']}}",
        "- {metric: invalidValues, name: nothing valid, mustBe: 0}",
        "- {metric: nullValues, name: unit, unit: bushels, mustBe: 0}",
        "- {metric: nullValues, name: no number, mustBe: none}",
        "- {metric: duplicateValues, name: not approved, mustBe: 0}",
        "- {type: custom, name: unknown module, engine: bailiwick, \
            implementation: {module: governance/none@1.0.0}}",
        "- {type: custom, name: transform, engine: bailiwick, \
            implementation: {module: governance/mask@1.0.0, settings: {method: hash}}}",
        "- {type: custom, name: unknown word, engine: bailiwick, implementation: {modul: x}}",
    ];
    let mut mesh = with_rules(&lines.join("\n          "));
    mesh.catalog.0.remove(&"governance/unique@2.0.0".parse().unwrap());
    let plan = mesh.plan();
    insta::assert_snapshot!(
        not_executed(&plan).iter().map(|(name, because)| format!("{name}: {because}\n")).collect::<String>(),
        @r#"
    level: `rowCount` is for an object, not for a column
    list: it has no list `arguments.missingValues`
    no number: "none" is no number
    not approved: module governance/unique@2.0.0 is not approved by central governance
    nothing valid: it has neither `arguments.validValues` nor `arguments.pattern`
    null not missing: its `missingValues` leave out null, which is always missing here
    other: it is for the engine "soda": bind a check, or state `engine: bailiwick`
    prose: it is prose
    query: it is not of the form `SELECT COUNT(*) FROM {object} WHERE …`, or with MIN, MAX, SUM, AVG or COUNT of a column, or COUNT(column) / COUNT(*)
    transform: governance/mask@1.0.0 is a transform: a contract checks
    unit: its unit "bushels" is neither rows nor percent
    unknown module: module governance/none@1.0.0 is not approved by central governance
    unknown word: unknown field `modul`, expected one of `id`, `module`, `columns`, `labels`, `references`, `where`, `settings`, `on_failure`, `severity`, `dimension`, `tags`, `on_fault`, `max_fault_rows`, `max_fault_p…
    "#
    );
    let told = explanation(&plan);
    for name in not_executed(&plan).keys() {
        assert!(told.contains(&format!("quality rule {name:?} of bookings.id")), "{told}");
    }
}

#[test]
fn a_query_of_one_figure_is_executed_over_the_rows_that_it_speaks_of() {
    let lines = [
        "- {type: sql, id: rows, mustBeGreaterThan: 0, query: 'SELECT COUNT(*) FROM {object}'}",
        "- {type: sql, id: far, mustBe: 0, severity: warning, \
            query: 'select count(*) from ${object} where distance > 9000 or {property} = 0'}",
        "- {type: sql, id: there, mustBeLessThan: 3600, \
            query: 'SELECT COUNT(${column}) FROM bookings'}",
        "- {type: sql, id: different, mustBe: 3, \
            query: 'select count(distinct {property}) as n from {object} where distance > 1;'}",
        "- {type: sql, id: mean, mustBeBetween: [1, 2], query: 'select avg(distance) from {table}'}",
        "- {type: sql, id: other-table, mustBe: 0, query: 'select count(*) from payments'}",
        "- {type: sql, id: join, mustBe: 0, query: 'select count(*) from {object}, payments'}",
        "- {type: sql, id: no-column, mustBe: 0, query: 'select min(fare) from {object}'}",
        "- {type: sql, id: no-query, mustBe: 0, query: ''}",
        "- {type: sql, id: function, mustBe: 0, \
            query: 'select count(*) from {object} where soundex(id) = 1'}",
    ];
    let mut mesh = with_rules(&lines.join("\n          "));
    let of_all = [("value", Granularity::Dataset)];
    for name in ["distinct", "statistics"] {
        mesh.catalog.check(&format!("governance/{name}@2.0.0"), Scope::Columns, &of_all);
    }
    let filter = "governance/filter@2.0.0";
    mesh.catalog.add(filter, Scope::Columns, &[], Answer::Filters);
    mesh.catalog.get(filter).facts.settings_schema =
        r#"{"properties": {"where": {"type": "string", "format": "sql-predicate"}}}"#.to_owned();
    let plan = mesh.plan();
    let told: Vec<String> =
        not_executed(&plan).iter().map(|(name, because)| format!("{name}: {because}")).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    let step =
        |id: &str| plan.steps.iter().find(|step| step.id == format!("contract-{id}")).unwrap();
    let rows = |id: &str| step(id).rows.as_ref().map(|rows| rows.predicate.as_str());
    let module = |id: &str| step(id).module.module().as_str().to_owned();
    assert_eq!((module("rows").as_str(), rows("rows")), ("row-count", None));
    assert_eq!(rows("far"), Some("distance > 9000 OR \"id\" = 0"));
    assert_eq!(
        (module("there").as_str(), rows("there")),
        ("row-count", Some("\"id\" IS NOT NULL"))
    );
    assert_eq!(
        (module("different").as_str(), rows("different")),
        ("distinct", Some("distance > 1"))
    );
    assert_eq!(step("mean").settings, serde_json::json!({"figures": ["mean"]}));
    let (found, on_failure) = rules(&plan, "contract-far");
    assert_eq!(found[0].threshold.unwrap().bound, Bound::MustBe(0.0));
    assert_eq!(on_failure, OnFailure::Observe);
}

#[test]
fn shares_are_held_as_they_are_told() {
    let lines = [
        "- {type: sql, id: filled, mustBeGreaterThan: 0.95, \
            query: 'SELECT 1.0 * COUNT({property}) / COUNT(*) FROM {object}'}",
        "- {type: sql, id: percent, mustBeBetween: [95, 100], query: 'SELECT COUNT(distance) * \
            100.0 / NULLIF(COUNT(*), 0) FROM {object} WHERE id > 1'}",
        "- {type: sql, id: unlike, mustBeLessThan: 0.5, \
            query: 'SELECT COUNT(DISTINCT distance) / COUNT(distance) FROM {object}'}",
        "- {type: sql, id: other, mustBe: 1, \
            query: 'SELECT COUNT(DISTINCT distance) / COUNT(*) FROM {object}'}",
    ];
    let mut mesh = with_rules(&lines.join("\n          "))
        .framework("version: 2.0.0", "version: 2.0.0, on_failure: quarantine");
    let of_all = [("distinct-ratio", Granularity::Dataset)];
    mesh.catalog.check("governance/distinct@2.0.0", Scope::Columns, &of_all);
    let filter = "governance/filter@2.0.0";
    mesh.catalog.add(filter, Scope::Columns, &[], Answer::Filters);
    mesh.catalog.get(filter).facts.settings_schema =
        r#"{"properties": {"where": {"type": "string", "format": "sql-predicate"}}}"#.to_owned();
    let plan = mesh.plan();
    assert_eq!(not_executed(&plan).keys().collect::<Vec<_>>(), [&"other"]);
    let (filled, on_failure) = rules(&plan, "contract-filled");
    let share = |bound| Some(Threshold { unit: Unit::Ratio, bound });
    assert_eq!(filled[0].threshold, share(Bound::MustBeGreaterThan(0.95)));
    // It is a figure: no row is kept back for it.
    assert_eq!(on_failure, OnFailure::Block);
    let (percent, _) = rules(&plan, "contract-percent");
    assert_eq!(percent[0].threshold, share(Bound::MustBeBetween(0.95, 1.0)));
    let step = |id: &str| plan.steps.iter().find(|step| step.id == id).unwrap();
    let modules =
        ["contract-filled", "contract-unlike"].map(|id| step(id).module.module().as_str());
    assert_eq!(modules, ["completeness", "distinct"]);
    assert_eq!(step("contract-percent").rows.as_ref().unwrap().predicate, "id > 1");
    assert_eq!(step("contract-unlike").settings, serde_json::json!({"rules": ["distinct-ratio"]}));
}

#[test]
fn a_query_is_of_the_time_that_is_stated() {
    let rule = "- {type: sql, id: late, mustBe: 0, \
                query: \"select count(*) from {object} where distance = '{as-of}'\"}";
    let mesh = with_rules(rule);
    let told = not_executed(&mesh.plan())["late"].to_owned();
    assert_eq!(told, "its query names `{as-of}`: run it with `--as-of TIME`");
    let mut contract = Contract::read("contract.yaml", &mesh.contract).unwrap();
    contract.govern_as_of("2026-01-31T06:00:00Z");
    let query = contract.objects.iter().flat_map(|object| &object.properties);
    let query = query.flat_map(|property| &property.quality).find_map(|rule| rule.query.as_ref());
    assert_eq!(
        query.unwrap(),
        "select count(*) from {object} where distance = '2026-01-31T06:00:00Z'"
    );
}

#[test]
fn without_standard_checks_no_library_rule_is_executed() {
    let mesh = Mesh::sales().contract(SQL, "- {metric: nullValues, name: nulls, mustBe: 0}");
    let plan = mesh.plan();
    assert_eq!(not_executed(&plan)["nulls"], "the framework names no `standard_checks`");
    assert_eq!(plan.steps, Mesh::sales().plan().steps);
}

#[test]
fn a_rule_of_our_own_engine_is_a_policy() {
    let own = "- {type: custom, name: own, engine: bailiwick, implementation: {module: \
               governance/range@1.0.0, columns: [distance], settings: {max: 9}, on_failure: \
               quarantine, threshold: {unit: percent, mustBeLessThan: 3}}}";
    let plan = with_rules(own).plan();
    let (rules, on_failure) = rules(&plan, "contract-own");
    assert_eq!(on_failure, OnFailure::Quarantine);
    let bound = Bound::MustBeLessThan(3.0);
    assert_eq!(rules[0].threshold, Some(Threshold { unit: Unit::Percent, bound }));
    let text = own.replace("{module:", "'{module:").replace("3}}}", "3}}'}");
    assert_eq!(with_rules(&text).plan().steps, plan.steps);
}

#[test]
fn a_pattern_is_sought_in_the_text_as_json_schema_has_it() {
    let found = |pattern: &str| {
        let rule = format!(
            "- {{metric: invalidValues, id: a, mustBe: 0, arguments: {{pattern: '{pattern}'}}}}"
        );
        let plan = with_rules(&rule).plan();
        plan.steps.last().unwrap().settings["pattern"].as_str().unwrap().to_owned()
    };
    assert_eq!(found("^a|b$"), "(?s:.*)(?:^a|b$)(?s:.*)");
    assert_eq!(found("[0-9]"), "(?s:.*)(?:[0-9])(?s:.*)");
    assert_eq!(found("^[0-9]$"), "^[0-9]$");
}

#[test]
fn policies_state_severity_dimension_and_tags() {
    let plan = Mesh::sales()
        .bindings(
            "    on_failure: quarantine\n",
            "    severity: warn\n    dimension: ac\n    tags: [finance]\n",
        )
        .plan();
    let (rules, on_failure) = rules(&plan, "distance-range");
    assert_eq!(on_failure, OnFailure::Observe);
    assert_eq!(rules[0].rule.dimension, "accuracy");
    assert_eq!(
        (rules[0].severity, rules[0].tags.as_slice()),
        (Severity::Warn, &["finance".to_owned()][..])
    );
}

#[test]
fn a_time_stands_in_for_settings_that_ask_for_it() {
    let text = changed(
        include_str!("documents/bindings.yaml"),
        "settings: {min: 0}",
        "settings: {min: '{as-of}', deep: [{max: '{as-of}'}], not: 'at {as-of}'}",
    );
    let mut bindings = Bindings::read("bindings.yaml", &text).unwrap();
    bindings.govern_as_of("2026-01-31T06:00:00Z");
    assert_eq!(
        bindings.policies[2].settings.to_string(),
        r#"{"deep":[{"max":"2026-01-31T06:00:00Z"}],"min":"2026-01-31T06:00:00Z","not":"at {as-of}"}"#
    );
}

#[test]
fn a_warning_keeps_no_row_back() {
    let bindings = include_str!("documents/bindings.yaml");
    let text = changed(
        bindings,
        "    on_failure: quarantine\n",
        "    on_failure: quarantine\n    severity: info\n",
    );
    insta::assert_snapshot!(
        Bindings::read("bindings.yaml", &text).unwrap_err(),
        @"bindings.yaml: at /policies/2/on_failure: found `quarantine` with `severity: info`, for which every row stays: state `on_failure: observe`, or leave out one of them"
    );
    let transform = Mesh::sales()
        .bindings("settings: {method: email}", "settings: {method: email}\n    tags: [x]");
    assert!(transform.refused().contains("`tags` is for checks"), "{}", transform.refused());
}

#[test]
fn every_example_of_the_standard_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/governance/documents/odcs");
    let mut rules = 0;
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let contract = Contract::read(&path.display().to_string(), &text);
            let contract = contract.unwrap_or_else(|error| panic!("{error}"));
            files += 1;
            for object in &contract.objects {
                rules += object.quality.len();
                rules += object.properties.iter().map(|own| own.quality.len()).sum::<usize>();
            }
        }
    }
    assert_eq!((files, rules), (18, 7));
}
