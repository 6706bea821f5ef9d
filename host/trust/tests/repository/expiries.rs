//! What has expired does not count, from the second that it says.

use bailiwick_trust::*;
use jiff::{SignedDuration, Timestamp};

use crate::mesh::{MASK, Mesh, TRIM, hours, module, start};

const LONG: SignedDuration = SignedDuration::from_hours(1000);

fn lifetimes() -> Lifetimes {
    Lifetimes { root: LONG, targets: LONG, domain: LONG, snapshot: LONG, timestamp: LONG }
}

fn last_second() -> Timestamp {
    start() + hours(1) - SignedDuration::from_secs(1)
}

/// The error once the one role has expired; fine a second before.
fn expired(lifetimes: Lifetimes) -> String {
    let mesh = Mesh::with(lifetimes);
    mesh.open_at(last_second()).unwrap();
    let error = mesh.open_at(start() + hours(1)).unwrap_err();
    assert!(matches!(error, TrustError::Expired { .. }), "{error}");
    error.to_string()
}

#[test]
fn each_top_level_role() {
    let short = hours(1);
    let root = expired(Lifetimes { root: short, ..lifetimes() });
    insta::assert_snapshot!(root, @"the repository's `root` metadata expired at 2026-03-01T13:00:00Z and it is 2026-03-01T13:00:00Z; fetch the current repository, or have its publisher renew it");
    let targets = expired(Lifetimes { targets: short, ..lifetimes() });
    assert!(targets.contains("`targets` metadata expired"), "{targets}");
    let snapshot = expired(Lifetimes { snapshot: short, ..lifetimes() });
    assert!(snapshot.contains("`snapshot` metadata expired"), "{snapshot}");
    let timestamp = expired(Lifetimes { timestamp: short, ..lifetimes() });
    assert!(timestamp.contains("`timestamp` metadata expired"), "{timestamp}");
}

#[test]
fn a_domain_alone() {
    let mesh = Mesh::with(Lifetimes { domain: hours(1), ..lifetimes() });
    let later = start() + hours(1);
    mesh.open_at(last_second()).unwrap().module(&module(MASK)).unwrap();
    // One of the two renews.
    let mut change = Change::new();
    change.renew("hr".parse().unwrap());
    mesh.publisher.commit(&change, &[&mesh.hr, &mesh.online], last_second()).unwrap();

    let repository = mesh.open_at(later).unwrap();
    insta::assert_snapshot!(repository.module(&module(MASK)).unwrap_err(), @"what domain `sales` signed expired at 2026-03-01T13:00:00Z and it is 2026-03-01T13:00:00Z; have the domain renew it");
    assert!(repository.module(&module(TRIM)).is_ok());
    let modules = repository.modules();
    assert_eq!(modules.found.len(), 1);
    assert_eq!(modules.broken.len(), 1);
    assert_eq!(modules.broken[0].domain.as_str(), "sales");
    assert!(matches!(modules.broken[0].error, TrustError::DomainExpired { .. }));
}

#[test]
fn an_expired_repository_can_be_renewed() {
    let mesh = Mesh::new();
    let later = start() + hours(24 * 100);
    assert!(mesh.open_at(later).is_err());
    let mut change = Change::new();
    change.renew_governance();
    change.renew("sales".parse().unwrap());
    mesh.publisher.commit(&change, &mesh.keys(), later).unwrap();
    let repository = mesh.open_at(later).unwrap();
    let error = repository.module(&module(MASK)).unwrap_err();
    assert!(matches!(error, TrustError::ApprovalExpired { .. }), "{error}");
    let error = repository.module(&module(TRIM)).unwrap_err();
    assert!(matches!(error, TrustError::DomainExpired { .. }), "{error}");
}
