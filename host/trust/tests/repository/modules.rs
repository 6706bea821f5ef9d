//! What keeps a module from running.

use std::fs;

use bailiwick_trust::*;
use serde_json::json;

use crate::mesh::{MASK, Mesh, TRIM, approval, component, digest, hours, module, start};

const PRINTED: &str = "sales/mask@1.0.1";

/// The mesh with one more module, approved as given.
fn approved(change_approval: impl FnOnce(&mut Approval)) -> Mesh {
    let mesh = Mesh::new();
    let mut approval = approval(PRINTED);
    change_approval(&mut approval);
    mesh.commit(Change::new().module(module(PRINTED), component(PRINTED)).approve(approval));
    mesh
}

#[test]
fn changed_bytes() {
    let mesh = Mesh::new();
    let file = mesh.component_file(MASK);
    let mut bytes = component(MASK);
    bytes[5] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let TrustError::TamperedModule { what: "sha256", .. } = mesh.module(MASK).unwrap_err() else {
        panic!()
    };
    assert!(mesh.module(TRIM).is_ok());

    fs::write(&file, [component(MASK), vec![0]].concat()).unwrap();
    insta::assert_snapshot!(mesh.module(MASK).unwrap_err(), @"module sales/mask@1.0.0 is not what its domain signed: length is more than 34, expected 34; it was changed after it was signed: fetch the repository again, and do not run this copy");
    fs::write(&file, &component(MASK)[1..]).unwrap();
    insta::assert_snapshot!(mesh.module(MASK).unwrap_err(), @"module sales/mask@1.0.0 is not what its domain signed: length is 33, expected 34; it was changed after it was signed: fetch the repository again, and do not run this copy");
    fs::remove_file(&file).unwrap();
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::Missing { .. }));
}

#[test]
fn no_approval() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().module(module(PRINTED), component(PRINTED)));
    insta::assert_snapshot!(mesh.module(PRINTED).unwrap_err(), @"module sales/mask@1.0.1 (sha256 eb6d68c7a7dba0eeae54398cd2da251bde9d2d80f5d2b53a46de9ee6675015b9) is not approved; ask central governance to review and approve this digest");
    // The same bytes under an approved name do not help.
    mesh.commit(Change::new().module(module("sales/mask@1.0.2"), component(MASK)));
    let error = mesh.module("sales/mask@1.0.2").unwrap_err();
    assert!(matches!(error, TrustError::Unapproved { .. }), "{error}");
    assert!(mesh.module(MASK).is_ok());
}

#[test]
fn an_approval_of_other_bytes() {
    let mesh = Mesh::new();
    let mut change = Change::new();
    change.module(module(PRINTED), component(PRINTED));
    change.approve(Approval { digest: digest(MASK), ..approval(PRINTED) });
    mesh.commit(&change);
    assert!(matches!(mesh.module(PRINTED).unwrap_err(), TrustError::Unapproved { .. }));
}

#[test]
fn an_approval_that_says_something_else_than_its_name() {
    let mesh = Mesh::new();
    let path = format!("approvals/sales/mask/1.0.0.{}.json", digest(MASK));
    let sign = |approval: &[u8]| {
        let target = mesh.put_target(&path, approval);
        mesh.craft("targets", &[&mesh.central[0], &mesh.central[2]], |signed| {
            signed["targets"][&path] = target;
        });
        mesh.module(MASK)
    };
    let as_json = |approval: &Approval| serde_json::to_vec(approval).unwrap();
    assert!(sign(&as_json(&approval(MASK))).is_ok());

    let other = Approval { module: module("sales/mask@9.0.0"), ..approval(MASK) };
    insta::assert_snapshot!(sign(&as_json(&other)).unwrap_err(), @"the approval of module sales/mask@1.0.0 speaks of another module: it says sales/mask@9.0.0, expected sales/mask@1.0.0; ask central governance to approve this module again");
    let other = Approval { digest: digest(TRIM), ..approval(MASK) };
    let error = sign(&as_json(&other)).unwrap_err();
    assert!(matches!(error, TrustError::OtherApproval { what: "digest", .. }), "{error}");

    let mut unknown = serde_json::to_value(approval(MASK)).unwrap();
    unknown["grants"]["network"] = json!(true);
    let error = sign(unknown.to_string().as_bytes()).unwrap_err();
    assert!(matches!(error, TrustError::Malformed { .. }), "{error}");
    assert!(error.to_string().contains("unknown field `network`"), "{error}");
}

#[test]
fn an_approval_out_of_its_time() {
    let mesh = approved(|approval| {
        approval.not_before = Some(start() + hours(1));
        approval.expires = start() + hours(2);
    });
    let at = |now| mesh.open_at(now).unwrap().module(&module(PRINTED));
    let second = hours(0) + jiff::SignedDuration::from_secs(1);
    insta::assert_snapshot!(at(start() + hours(1) - second).unwrap_err(), @"the approval of module sales/mask@1.0.1 begins at 2026-03-01T13:00:00Z and it is 2026-03-01T12:59:59Z; wait, or use the version approved now");
    assert!(at(start() + hours(1)).is_ok());
    assert!(at(start() + hours(2) - second).is_ok());
    insta::assert_snapshot!(at(start() + hours(2)).unwrap_err(), @"the approval of module sales/mask@1.0.1 expired at 2026-03-01T14:00:00Z and it is 2026-03-01T14:00:00Z; ask central governance to approve it again");
}

#[test]
fn an_approval_for_another_interface() {
    let mesh = approved(|approval| approval.wit = "0.0.9".to_owned());
    insta::assert_snapshot!(mesh.module(PRINTED).unwrap_err(), @"module sales/mask@1.0.1 was approved for version 0.0.9 of the module interface and this release has 0.3.0; rebuild the module, publish it as a new version and have it approved");
}

#[test]
fn a_revoked_digest() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().deny(digest(MASK), "writes names\u{1b}[2J into its log"));
    let error = mesh.module(MASK).unwrap_err();
    assert!(matches!(error, TrustError::Denied { .. }));
    insta::assert_snapshot!(error.to_string().replace(&digest(MASK).to_string(), "…"), @r#"module sales/mask@1.0.0 (sha256 …) was revoked by central governance: writes names\u{1b}[2J into its log; use another version"#);
    assert!(mesh.module(TRIM).is_ok());
    // Approving it again does not undo that, nor does a second entry.
    mesh.commit(Change::new().approve(approval(MASK)).deny(digest(TRIM), "also"));
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::Denied { .. }));
    assert!(matches!(mesh.module(TRIM).unwrap_err(), TrustError::Denied { .. }));
}

#[test]
fn a_withdrawn_approval() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().withdraw(module(MASK), digest(MASK)));
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::Unapproved { .. }));
    assert!(mesh.module(TRIM).is_ok());
}

#[test]
fn a_deny_list_that_is_gone() {
    let mesh = Mesh::new();
    mesh.craft("targets", &[&mesh.central[0], &mesh.central[1]], |signed| {
        signed["targets"].as_object_mut().unwrap().remove("deny.json");
    });
    insta::assert_snapshot!(mesh.open().unwrap_err(), @"deny.json is not published; central governance must sign one, even if it is empty");
}

#[test]
fn one_approval_for_each_version_of_the_same_bytes() {
    let mesh = Mesh::new();
    let second = Approval { digest: digest(MASK), ..approval("sales/mask@1.0.2") };
    let mut change = Change::new();
    change.module(module("sales/mask@1.0.2"), component(MASK)).approve(second);
    mesh.commit(&change);
    assert!(mesh.module("sales/mask@1.0.2").is_ok());
    assert!(mesh.module(MASK).is_ok());
}
