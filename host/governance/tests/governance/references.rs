//! Reference tables: what is known of their columns, and what comes of looking them up.

use std::collections::BTreeSet;

use arrow_schema::{DataType, Field};
use bailiwick_governance::{
    Bindings, Format, InfluenceKind, LabelReason, Lookup, MAX_TARGETS, PlannedSource,
    ReferenceColumn, Shape, SignedTable, Statement, TransformPlan,
};
use bailiwick_terms::{Ordering, Read};

use crate::catalog::Answer;
use crate::mesh::{Mesh, changed};

const SPEED: &str = "sales/derive@0.3.0";

/// `derive-speed` looks up these columns of table `carriers` by the code of the carrier.
fn looking_up(given: &[&str]) -> Mesh {
    let mut mesh = Mesh::sales()
        .contract(
            "  - name: bookings\n",
            "  - name: carriers\n    properties:\n      - {name: code, logicalType: string}\n      \
             - {name: boss, logicalType: string, classification: pii}\n      \
             - {name: rating, logicalType: number}\n  - name: bookings\n",
        )
        .bindings(
            "policies:\n",
            "references: {carriers: {object: carriers, location: carriers.csv}}\npolicies:\n",
        )
        .bindings(
            "    columns: [distance, minutes]\n",
            "    columns: [distance, minutes]\n    references: [carriers]\n",
        );
    let derive = mesh.catalog.get(SPEED);
    derive.facts.grants.services.lookup = true;
    derive.answer = Answer::Plans(TransformPlan {
        reads: vec![Read::values("distance")],
        writes: vec![Field::new("speed", DataType::Float64, true)],
        shape: Shape::Map,
        ordering: Ordering::Independent,
        lookups: vec![Lookup {
            table: "carriers".parse().unwrap(),
            on: vec![Field::new("code", DataType::Utf8, true)],
            columns: given.iter().map(|name| (*name).to_owned()).collect(),
        }],
    });
    mesh
}

fn column(name: &str) -> ReferenceColumn {
    ReferenceColumn { table: "carriers".parse().unwrap(), column: name.to_owned() }
}

#[test]
fn what_is_written_depends_on_what_is_looked_up_and_on_nothing_else_of_the_table() {
    let plan = looking_up(&["rating"]).plan();
    let [reference] = plan.references.as_slice() else { panic!("{:?}", plan.references) };
    let read: Vec<_> = reference.columns.iter().map(|own| own.field.name().as_str()).collect();
    assert_eq!(read, ["code", "rating"]);
    let of = |name: &str| plan.output.columns.iter().find(|own| own.field.name() == name).unwrap();
    assert_eq!(of("speed").references, BTreeSet::from([column("code"), column("rating")]));
    assert_eq!(of("speed").origins, BTreeSet::from(["distance".to_owned()]));
    assert!(of("distance").references.is_empty());
    let may_change = |name: &str| {
        let dependence = plan.reference_dependence(&column(name));
        let outputs = plan.output.columns.iter().map(|own| own.field.name().clone());
        outputs.filter(|name| dependence.may_change(name)).collect::<Vec<_>>()
    };
    assert_eq!(may_change("rating"), ["speed"]);
    assert!(may_change("boss").is_empty());
}

#[test]
fn the_label_of_a_column_that_is_looked_up_needs_a_grant() {
    insta::assert_snapshot!(looking_up(&["boss"]).refused(), @r"
    policy `derive-speed`: sales/derive@0.3.0 reads column `carriers.boss`, which is labelled `pii`, and its approval does not grant that label; ask central governance for an approval that may read `pii`, or leave `carriers.boss` out of the policy
    output port `bookings`: column `speed` is labelled `pii` (step `derive-speed` read column `carriers.boss`, which carries it), and the port is not cleared for that label; bind a module to it whose approval removes `pii`, take the column out of object `bookings`, or ask central governance to clear the port
    output port `bookings`: obligation `pii-masked` is not met on column `speed` (personal data leaves masked); bind governance/mask to column `speed`
    ");
}

#[test]
fn labels_and_obligations_come_along() {
    let mut mesh = looking_up(&["boss"]);
    mesh.catalog.get(SPEED).facts.grants.read = ["pii".parse().unwrap()].into();
    insta::assert_snapshot!(mesh.refused(), @r"
    output port `bookings`: column `speed` is labelled `pii` (step `derive-speed` read column `carriers.boss`, which carries it), and the port is not cleared for that label; bind a module to it whose approval removes `pii`, take the column out of object `bookings`, or ask central governance to clear the port
    output port `bookings`: obligation `pii-masked` is not met on column `speed` (personal data leaves masked); bind governance/mask to column `speed`
    ");
    // Where its approval lets the module end the label, the obligation is left.
    mesh.catalog.get(SPEED).facts.grants.remove = ["pii".parse().unwrap()].into();
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: obligation `pii-masked` is not met on column `speed` (personal data leaves masked); bind governance/mask to column `speed`");
}

#[test]
fn the_reason_of_a_label_names_table_and_column() {
    let mut mesh = looking_up(&["boss"]);
    mesh.catalog.get(SPEED).facts.grants.read = ["pii".parse().unwrap()].into();
    let mesh = mesh
        .contract(
            "      - {name: speed, logicalType: number}",
            "      - {name: speed, logicalType: number, classification: pii}",
        )
        .framework("  default: []", "  default: [pii]")
        .framework("when: {label: pii}", "when: {label: restricted}");
    let plan = mesh.plan();
    let speed = plan.output.columns.iter().find(|own| own.field.name() == "speed").unwrap();
    let [label] = speed.labels.as_slice() else { panic!("{:?}", speed.labels) };
    let because = LabelReason::Read { step: "derive-speed".into(), column: "carriers.boss".into() };
    assert_eq!(label.because, because);
    let step = plan.steps.iter().find(|step| step.id == "derive-speed").unwrap();
    assert_eq!(step.reads_labels, BTreeSet::from(["pii".parse().unwrap()]), "its words");
}

#[test]
fn a_table_that_a_filter_looks_up_decides_which_rows_there_are() {
    let mut mesh = looking_up(&[]);
    let Answer::Plans(plan) = &mut mesh.catalog.get(SPEED).answer else { panic!("no plan") };
    (plan.shape, plan.writes) = (Shape::Filter, Vec::new());
    let mesh = mesh.contract("      - {name: speed, logicalType: number}\n", "");
    let plan = mesh.plan();
    let of_table = plan.influences.iter().filter(|own| own.table.is_some());
    let of_table: Vec<_> = of_table.map(|own| (own.column.as_str(), own.kind)).collect();
    assert_eq!(of_table, [("code", InfluenceKind::Filter)]);
    assert!(plan.reference_dependence(&column("code")).selects_rows());
    assert!(!plan.dependence("code").selects_rows(), "a column of the input of that name");
}

#[test]
fn a_module_is_held_to_the_tables_that_it_is_given() {
    let mut mesh = looking_up(&["salary"]);
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: sales/derive@0.3.0 plans to look up column `salary` of table `carriers`, which it is not given; bind another version of the module");
    mesh.catalog.get(SPEED).facts.grants.services.lookup = false;
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: `references`, and the approval of sales/derive@0.3.0 does not let it look rows up; leave them out, or ask central governance for an approval with `services: {lookup: true}`");
    let mesh = mesh.bindings("    references: [carriers]\n", "");
    insta::assert_snapshot!(mesh.refused(), @r"
    policy `derive-speed`: sales/derive@0.3.0 plans to look up column `code` of table `carriers`, which it is not given; bind another version of the module
    policy `derive-speed`: sales/derive@0.3.0 plans to look up column `salary` of table `carriers`, which it is not given; bind another version of the module
    ");
}

#[test]
fn a_reference_that_contradicts_itself_is_refused() {
    let refused = |references: &str| {
        let text = changed(
            &Mesh::sales().bindings,
            "policies:\n",
            &format!("references: {{carriers: {references}}}\npolicies:\n"),
        );
        Bindings::read("bindings.yaml", &text).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused("{object: carriers}"), @"bindings.yaml: at /references/carriers: expected either `object` and `location` (and `format`), or `product` and `from`, or `domain` and `target` (and `format`)");
    insta::assert_snapshot!(refused("{object: carriers, location: ../carriers.csv}"), @r#"bindings.yaml: at /references/carriers/location: found "../carriers.csv", expected a path within the folder of references: relative to it, and without `..`"#);
    insta::assert_snapshot!(refused("{object: carriers, location: 'file:///c.csv'}"), @r#"bindings.yaml: at /references/carriers/location: found "file:///c.csv", expected a path within the folder of references: relative to it, and without `..`"#);
    insta::assert_snapshot!(refused("{domain: world, target: carriers}"), @r#"bindings.yaml: at /references/carriers/target: the extension of "carriers" is of no known format: state `format` (parquet, csv, ndjson or arrow)"#);
    insta::assert_snapshot!(refused("{object: carriers, location: carriers.xlsx}"), @r#"bindings.yaml: at /references/carriers/location: the extension of "carriers.xlsx" is of no known format: state `format` (parquet, csv, ndjson or arrow)"#);
}

const CARRIERS: &str = "
apiVersion: v3.1.0
kind: DataContract
id: carriers
version: 4.0.0
status: active
schema:
  - name: carriers
    properties:
      - {name: code, logicalType: string}
      - {name: boss, logicalType: string}
      - {name: rating, logicalType: number, tags: [pii]}
";

fn signed(contract: &str) -> Result<SignedTable, String> {
    let (domain, target) = ("world".parse().unwrap(), "reference/carriers.csv");
    let table = SignedTable::read(&domain, target, "5e", ("carriers.odcs.yaml", contract));
    table.map_err(|error| error.to_string())
}

#[test]
fn a_signed_table_is_what_its_own_contract_says() {
    let mut mesh = looking_up(&["boss"]).bindings(
        "{object: carriers, location: carriers.csv}",
        "{domain: world, target: reference/carriers.csv}",
    );
    insta::assert_snapshot!(mesh.refused(), @"reference `carriers`: domain world has published no table reference/carriers.csv; publish it first, or name another");
    mesh.tables = vec![signed(CARRIERS).unwrap()];
    // The product's own contract says `boss: pii` of a table of that name, and is not asked.
    let plan = mesh.plan();
    let source = PlannedSource::Target {
        domain: "world".parse().unwrap(),
        target: "reference/carriers.csv".into(),
        format: Format::Csv,
        sha256: "5e".into(),
        contract_version: "4.0.0".into(),
    };
    assert_eq!(plan.references[0].source, source);
    // Another table is another plan.
    mesh.tables[0].sha256 = "5f".into();
    assert_ne!(mesh.plan().digest().unwrap(), plan.digest().unwrap());

    let mut mesh = looking_up(&["rating"]).bindings(
        "{object: carriers, location: carriers.csv}",
        "{domain: world, target: reference/carriers.csv}",
    );
    mesh.tables = vec![signed(CARRIERS).unwrap()];
    let refused = mesh.refused();
    assert!(
        refused.contains("reads column `carriers.rating`, which is labelled `pii`"),
        "{refused}"
    );
    mesh.catalog.get(SPEED).facts.grants.read = ["pii".parse().unwrap()].into();
    mesh.catalog.get(SPEED).facts.grants.remove = ["pii".parse().unwrap()].into();
    let mesh = mesh.framework("when: {label: pii}", "when: {label: restricted}");
    let [label] = mesh.plan().references[0].columns[1].labels.clone().try_into().unwrap();
    let because = LabelReason::Target {
        target: "reference/carriers.csv".into(),
        column: "rating".into(),
        by: Statement::Tag,
    };
    assert_eq!(label.because, because);
    assert_eq!(because.to_string(), "a tag of rating in the contract of reference/carriers.csv");
}

#[test]
fn signed_tables_are_no_more_than_are_fetched_at_once() {
    let read = |tables: usize| {
        let tables = (0..tables).map(|at| format!("t{at}: {{domain: world, target: t/{at}.csv}}"));
        let references =
            format!("references: {{{}}}\npolicies:\n", tables.collect::<Vec<_>>().join(", "));
        let text = changed(&Mesh::sales().bindings, "policies:\n", &references);
        Bindings::read("bindings.yaml", &text).map_err(|error| error.to_string())
    };
    assert_eq!(read(MAX_TARGETS).unwrap().references.len(), MAX_TARGETS);
    insta::assert_snapshot!(read(MAX_TARGETS + 1).unwrap_err(), @"bindings.yaml: at /references: found 17 tables of the repository, expected at most 16");
}

#[test]
fn a_contract_beside_a_table_describes_that_alone() {
    let refused = |from: &str, to: &str| signed(&changed(CARRIERS, from, to)).unwrap_err();
    insta::assert_snapshot!(refused("  - name: carriers\n", "  - name: towns\n  - name: carriers\n"), @"carriers.odcs.yaml: at /schema: found 2 objects, expected the one that describes the table");
    insta::assert_snapshot!(refused("{name: boss, logicalType: string}", "{name: boss, logicalType: map}"), @r#"carriers.odcs.yaml: at /schema/0/properties/1/logicalType: "map" is not one of "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean" (in carriers.boss)"#);
    let untyped = refused("{name: boss, logicalType: string}", "{name: boss, logicalType: array}");
    assert!(untyped.contains("at /schema/0/properties/1: column `boss` "), "{untyped}");
    for (target, contract) in [
        ("reference/carriers.csv", "reference/carriers.odcs.yaml"),
        ("reference/v1.2/carriers", "reference/v1.2/carriers.odcs.yaml"),
        ("reference/.carriers", "reference/.carriers.odcs.yaml"),
        ("carriers.2026.parquet", "carriers.2026.odcs.yaml"),
    ] {
        assert_eq!(SignedTable::contract_of(target), contract);
    }
}
