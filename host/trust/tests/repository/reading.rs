//! What a good repository gives.

use bailiwick_terms::{Limits, WIT_VERSION};
use bailiwick_trust::*;

use crate::mesh::{BOOKINGS, MASK, Mesh, TRIM, approval, component, digest, key, module, start};

#[test]
fn an_approved_module_comes_with_what_it_was_granted() {
    let mesh = Mesh::new();
    let mut granted = approval(MASK);
    granted.grants.read.insert("pii".parse().unwrap());
    granted.grants.remove.insert("pii".parse().unwrap());
    granted.limits = Limits { call_ms: 250, ..Limits::default() };
    granted.note = "reviewed by two".to_owned();
    mesh.commit(Change::new().approve(granted.clone()));

    let mask = mesh.module(MASK).unwrap();
    assert_eq!(mask.name(), &module(MASK));
    assert_eq!(mask.digest(), &digest(MASK));
    assert_eq!(**mask.bytes(), *component(MASK));
    assert_eq!(mask.approval(), &granted);
    assert_eq!(mask.approval().wit, WIT_VERSION);
    assert_eq!(mask.grants(), &granted.grants);
    assert_eq!(mask.limits().call_ms, 250);
    assert_eq!(mask.approval_sha256().len(), 64);
}

#[test]
fn documents_come_with_what_vouches_for_them() {
    let mesh = Mesh::new();
    let repository = mesh.open().unwrap();
    let framework = repository.framework().unwrap();
    assert_eq!(**framework.bytes(), *b"labels: [pii]\n");
    assert_eq!((framework.role(), framework.role_version()), ("targets", 2));
    assert_eq!(framework.path(), "framework.yaml");
    assert_eq!(framework.sha256(), ModuleDigest::of(framework.bytes()).to_string());

    let product = BOOKINGS.parse().unwrap();
    let contract = repository.contract(&product).unwrap();
    assert_eq!(**contract.bytes(), *b"kind: DataContract\n");
    assert_eq!((contract.role(), contract.role_version()), ("sales", 1));
    let bindings = repository.bindings(&product).unwrap();
    assert_eq!(bindings.path(), "domains/sales/products/bookings/bindings.yaml");
}

#[test]
fn everything_published_is_listed() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().onboard("ops".parse().unwrap(), Signers::one(key().public())));
    let repository = mesh.open().unwrap();
    let modules = repository.modules();
    let listed: Vec<_> = modules.found.iter().map(|m| (m.name.to_string(), m.digest)).collect();
    assert_eq!(listed, [(TRIM.to_owned(), digest(TRIM)), (MASK.to_owned(), digest(MASK))]);
    let products = repository.products();
    assert_eq!(products.found, [BOOKINGS.parse().unwrap()]);
    // A domain that has not published is not broken.
    assert!(modules.broken.is_empty() && products.broken.is_empty());
    let domains: Vec<_> = repository.domains().iter().map(ToString::to_string).collect();
    assert_eq!(domains, ["hr", "ops", "sales"]);
}

#[test]
fn versions_name_the_state() {
    let mesh = Mesh::new();
    let versions = mesh.open().unwrap().versions();
    let json = serde_json::to_string(&versions).unwrap();
    insta::assert_snapshot!(json, @r#"{"root":1,"timestamp":2,"snapshot":2,"targets":2,"domains":{"hr":1,"sales":1}}"#);
    let next = mesh.commit(Change::new().renew("hr".parse().unwrap()));
    assert_eq!(next, mesh.open().unwrap().versions());
    assert_eq!((next.timestamp, next.snapshot, next.targets), (3, 3, 2));
    assert_eq!(next.domains.into_values().collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let mesh = Mesh::new();
    mesh.commit(Change::new().onboard("ops".parse().unwrap(), Signers::one(key().public())));
    let repository = mesh.open().unwrap();
    let missing = |name: &str| repository.module(&module(name)).unwrap_err();
    insta::assert_snapshot!(missing("sales/mask@1.0.1"), @"module sales/mask@1.0.1 is not published; versions that are: 1.0.0");
    insta::assert_snapshot!(missing("sales/other@1.0.0"), @"module sales/other@1.0.0 is not published; versions that are: none");
    insta::assert_snapshot!(missing("nobody/mask@1.0.0"), @"domain `nobody` is not in the repository; onboarded are: hr, ops, sales");
    insta::assert_snapshot!(missing("ops/mask@1.0.0"), @"domain `ops` has not published anything yet; have it publish");
    let long = format!("sales/mask@1.0.0-{}", "a".repeat(60));
    insta::assert_snapshot!(missing(&long), @"the version of module sales/mask is 66 bytes long; use at most 64");
    let product = "sales/nothing".parse().unwrap();
    insta::assert_snapshot!(repository.contract(&product).unwrap_err(), @"domains/sales/products/nothing/contract.yaml is not published; its domain must publish it first; is the product's name right?");
}

#[test]
fn a_repository_stays_in_the_state_it_was_opened_in() {
    let mesh = Mesh::new();
    let repository = mesh.open().unwrap();
    mesh.commit(
        Change::new()
            .contract(BOOKINGS.parse().unwrap(), *b"kind: DataContract # second\n")
            .deny(digest(MASK), "leaks"),
    );
    let product = BOOKINGS.parse().unwrap();
    assert_eq!(**repository.contract(&product).unwrap().bytes(), *b"kind: DataContract\n");
    assert!(repository.module(&module(MASK)).is_ok());
    assert_eq!(repository.now(), start());
    assert_eq!(mesh.open().unwrap().contract(&product).unwrap().role_version(), 2);
}

#[test]
fn a_modules_tests_are_signed_by_its_domain_and_are_no_module() {
    let mesh = Mesh::new();
    let sales = module(MASK);
    assert!(mesh.open().unwrap().cases(&sales).unwrap().is_none());

    mesh.commit(Change::new().cases(sales.clone(), *b"{\"cases\": []}"));
    let repository = mesh.open().unwrap();
    let cases = repository.cases(&sales).unwrap().unwrap();
    assert_eq!(**cases.bytes(), *b"{\"cases\": []}");
    assert_eq!((cases.role(), cases.role_version()), ("sales", 2));
    assert_eq!(cases.path(), "domains/sales/modules/mask/1.0.0.cases.json");
    assert_eq!(repository.modules().found.len(), 2);

    // Others may follow, for the same version of the module.
    mesh.commit(Change::new().cases(sales.clone(), *b"{}"));
    assert_eq!(**mesh.open().unwrap().cases(&sales).unwrap().unwrap().bytes(), *b"{}");
    let unknown = mesh.open().unwrap().cases(&module("nobody/mask@1.0.0"));
    assert!(matches!(unknown.unwrap_err(), TrustError::UnknownDomain { .. }));
}
