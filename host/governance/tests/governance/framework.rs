//! `framework.yaml`: what is read, and what is wrong with it.

use bailiwick_governance::Framework;

use crate::mesh::{Mesh, changed};

fn refused(from: &str, to: &str) -> String {
    let text = changed(&Mesh::sales().framework, from, to);
    Framework::read("framework.yaml", &text).unwrap_err().to_string()
}

#[test]
fn a_port_that_is_named_has_its_own_clearance() {
    let framework = Framework::read("framework.yaml", &Mesh::sales().framework).unwrap();
    let cleared = |product: &str, port: &str| {
        let labels = framework.clearance.of(&product.parse().unwrap(), &port.parse().unwrap());
        labels.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(cleared("sales/insurance", "claims"), ["pii"]);
    assert!(cleared("sales/insurance", "other").is_empty());
    assert!(cleared("sales/bookings", "claims").is_empty());
}

#[test]
fn what_it_does_not_cap_is_not_capped() {
    let framework = Framework::read("framework.yaml", &Mesh::sales().framework).unwrap();
    assert_eq!(framework.limits.call_ms, 2000);
    assert_eq!(framework.limits.memory_bytes, u64::MAX);
    assert_eq!(framework.limits.fuel, None);
}

#[test]
fn faults_are_named_with_their_place() {
    insta::assert_snapshot!(refused("at: publish", "at: ingest"), @r#"framework.yaml: at /obligations/0/at: found "ingest", expected "publish": this version enforces obligations only where a product is published"#);
    insta::assert_snapshot!(refused("when: {label: pii}", "when: {label: ppi}"), @"framework.yaml: at /obligations/0/when/label: label `ppi` is not declared: add it to `labels`");
    insta::assert_snapshot!(refused("when: {label: pii}", "when: {}"), @"framework.yaml: at /obligations/0/when: expected at least one of label, domain, logical_type and tag");
    insta::assert_snapshot!(refused("when: {label: pii}", "when: {logical_type: int}"), @r#"framework.yaml: at /obligations/0/when/logical_type: found "int", expected one of string, date, timestamp, time, number, integer, object, array, boolean, map, vector"#);
    insta::assert_snapshot!(refused("{module: governance/mask}", "{module: governance/mask@1.0.0}"), @r#"framework.yaml: obligations[0].require: "governance/mask@1.0.0" is not a module: expected `domain/module`, such as `governance/mask` at line 9 column 14"#);
    insta::assert_snapshot!(refused("default: []", "default: [secret]"), @"framework.yaml: at /clearance/default: label `secret` is not declared: add it to `labels`");
    insta::assert_snapshot!(refused("quarantine: {clearance: []}", "quarantine: {clearance: [secret]}"), @"framework.yaml: at /quarantine/clearance: label `secret` is not declared: add it to `labels`");
    insta::assert_snapshot!(refused("name: restricted,", "name: pii,"), @"framework.yaml: at /labels/1/name: a label before it is called `pii` too");
    insta::assert_snapshot!(refused("call_ms: 2000", "call_s: 2"), @"framework.yaml: limits: unknown field `call_s`, expected one of `module_bytes`, `settings_bytes`, `memory_bytes`, `table_elements`, `call_ms`, `fuel`, `output_rows`, `output_bytes`, `log_bytes`, `isolation` at line 11 column 10");
    insta::assert_snapshot!(refused("call_ms: 2000", "call_ms: -1"), @"framework.yaml: limits.call_ms: invalid type: integer `-1`, expected a whole number, 0 or more at line 11 column 19");
}
