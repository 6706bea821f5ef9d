//! What central governance took back: bytes, a version, a domain.

use bailiwick_trust::*;

use crate::mesh::{BOOKINGS, MASK, Mesh, TRIM, approval, component, digest, module};

#[test]
fn a_version_whatever_its_bytes() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().deny_module(module(MASK), "superseded"));
    let error = mesh.module(MASK).unwrap_err();
    insta::assert_snapshot!(error.to_string().replace(&digest(MASK).to_string(), "…"), @"module sales/mask@1.0.0 (sha256 …) was revoked by central governance: superseded; use another version");
    assert!(mesh.module(TRIM).is_ok());
    // The same bytes as another version are another matter.
    let next = "sales/mask@1.0.1";
    let mut change = Change::new();
    change.module(module(next), component(MASK));
    change.approve(Approval { digest: digest(MASK), ..approval(next) });
    mesh.commit(&change);
    assert!(mesh.module(next).is_ok());
}

#[test]
fn a_version_that_is_not_there_yet() {
    let mesh = Mesh::new();
    let next = "sales/mask@1.0.1";
    mesh.commit(Change::new().deny_module(module(next), "known to be bad"));
    let mut change = Change::new();
    change.module(module(next), component(next)).approve(approval(next));
    mesh.commit(&change);
    assert!(matches!(mesh.module(next).unwrap_err(), TrustError::Denied { .. }));
    assert!(mesh.module(MASK).is_ok());
}

#[test]
fn a_domain_with_all_that_it_signed() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().deny_domain("sales".parse().unwrap(), "its keys are lost"));
    let repository = mesh.open().unwrap();
    let product = BOOKINGS.parse().unwrap();
    insta::assert_snapshot!(repository.module(&module(MASK)).unwrap_err(), @"domain `sales` was revoked by central governance, with all that it signed: its keys are lost; use another domain's products and modules");
    for document in [repository.contract(&product), repository.bindings(&product)] {
        assert!(matches!(document.unwrap_err(), TrustError::DeniedDomain { .. }));
    }
    // The others go on, and it is named where all are listed.
    assert!(repository.module(&module(TRIM)).is_ok());
    let modules = repository.modules();
    assert_eq!(modules.found.len(), 1);
    let broken: Vec<_> = modules.broken.iter().map(|broken| broken.domain.as_str()).collect();
    assert_eq!(broken, ["sales"]);
    // Neither new keys nor a new approval undo it.
    let mut change = Change::new();
    change
        .onboard("sales".parse().unwrap(), Signers::one(mesh.hr.public()))
        .approve(approval(MASK));
    mesh.commit(&change);
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::DeniedDomain { .. }));
}

#[test]
fn what_was_taken_back_stays_so() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().deny_module(module(MASK), "first"));
    mesh.commit(Change::new().deny(digest("other"), "second"));
    mesh.commit(Change::new().deny_domain("hr".parse().unwrap(), "third"));
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::Denied { .. }));
    assert!(matches!(mesh.module(TRIM).unwrap_err(), TrustError::DeniedDomain { .. }));
}
