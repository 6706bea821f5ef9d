//! What a domain is trusted with besides its own contracts, bindings and modules.

use bailiwick_trust::*;
use proptest::prelude::*;

use crate::mesh::{MASK, Mesh, component, key, module, start};

const RATES: &str = "reference/rates/2026.csv";

fn domain(name: &str) -> DomainName {
    name.parse().unwrap()
}

fn scope(of: &str, patterns: &[&str]) -> Change {
    let mut change = Change::new();
    change.scope(domain(of), patterns.iter().map(|pattern| pattern.parse().unwrap()));
    change
}

fn refused(mesh: &Mesh, change: &Change) -> String {
    mesh.publisher.commit(change, &mesh.keys(), start()).unwrap_err().to_string()
}

#[test]
fn a_file_at_such_a_path_is_the_domains_by_its_threshold() {
    let mesh = Mesh::new();
    let signers = [key(), key(), key()];
    let (ops, new) = (domain("ops"), scope("ops", &["reference/rates/*", "shared/ops-?.json"]));
    let two_of_three = Signers::of(2, signers.iter().map(SigningKey::public)).unwrap();
    mesh.commit(new.clone().onboard(ops.clone(), two_of_three));
    let mut change = Change::new();
    change.file(ops.clone(), RATES, *b"usd,1.1\n");
    let publish = |keys: &[&SigningKey]| mesh.publisher.commit(&change, keys, start());
    assert!(matches!(
        publish(&[&signers[0], &mesh.online, &mesh.sales]),
        Err(PublishError::MissingKeys { .. })
    ));
    publish(&[&signers[0], &signers[2], &mesh.online]).unwrap();
    let repository = mesh.open().unwrap();
    let file = repository.file(&ops, RATES).unwrap();
    assert_eq!((&**file.bytes(), file.role()), (&b"usd,1.1\n"[..], "ops"));
    // It is nobody else's, and no other domain is the worse for it.
    let error = repository.file(&domain("sales"), RATES).unwrap_err();
    assert!(matches!(error, TrustError::NotSignedByDomain { .. }), "{error}");
    assert_eq!(**repository.module(&module(MASK)).unwrap().bytes(), *component(MASK));
}

#[test]
fn the_signers_see_all_of_it_and_the_domain_need_not_sign() {
    let mesh = Mesh::new();
    let long = format!("reference/{}/*", "x".repeat(220));
    let change = scope("sales", &["reference/rates/*", &long]);
    let pending = mesh.publisher.prepare(&change, start()).unwrap();
    let shown: Vec<String> = pending
        .changes()
        .unwrap()
        .iter()
        .flat_map(|role| role.differences.iter().map(ToString::to_string))
        .collect();
    assert!(
        shown.iter().any(|line| line.ends_with(&format!("reference/rates/*, {long}"))),
        "{shown:?}"
    );
    let central = [&mesh.central[0], &mesh.central[2], &mesh.online];
    mesh.publisher.commit(&change, &central, start()).unwrap();
    assert_eq!(**mesh.module(MASK).unwrap().bytes(), *component(MASK));
    // The same again is no change.
    assert!(mesh.publisher.prepare(&change, start()).unwrap().is_empty());
}

#[test]
fn it_stays_when_keys_are_replaced_and_ends_when_it_is_stated_anew() {
    let mesh = Mesh::new();
    let sales = domain("sales");
    mesh.commit(scope("sales", &["reference/rates/*"]).file(sales.clone(), RATES, *b"1"));
    let new = key();
    let mut change = Change::new();
    change.onboard(sales.clone(), Signers::one(new.public()));
    mesh.publisher
        .commit(&change, &[&mesh.central[0], &mesh.central[1], &mesh.online, &new], start())
        .unwrap();
    assert!(mesh.open().unwrap().file(&sales, RATES).is_ok());
    mesh.commit(&scope("sales", &["reference/prices/*"]));
    // The domain still lists it, and nobody trusts it with that.
    let error = mesh.open().unwrap().file(&sales, RATES).unwrap_err();
    assert!(matches!(error, TrustError::UnknownDocument { .. }), "{error}");
}

#[test]
fn a_file_outside_of_it_is_not_published() {
    let mesh = Mesh::new();
    mesh.commit(&scope("sales", &["reference/rates/*", "domains/sales/modules/*/*"]));
    let publish = |path: &str| {
        let mut change = Change::new();
        change.file(domain("sales"), path, *b"x");
        refused(&mesh, &change)
    };
    insta::assert_snapshot!(publish("reference/prices/2026.csv"), @r#"domain `sales` is not trusted with a file at "reference/prices/2026.csv"; besides contracts, bindings and modules it may publish: reference/rates/*"#);
    // `*` stops at a slash, and what has checks of its own does not come as any file.
    for path in [
        "reference/rates/a/b",
        "reference/rates/..",
        "domains/sales/modules/mask/9.0.0.wasm",
        "domains/sales/products/bookings/contract.yaml",
        "framework.yaml",
    ] {
        assert!(publish(path).contains("is not trusted with a file at"), "{path}");
    }
}

#[test]
fn what_is_central_governances_or_anothers_cannot_be_had() {
    let mesh = Mesh::new();
    insta::assert_snapshot!(refused(&mesh, &scope("sales", &["approvals/sales/*/*"])), @r#"domain `sales` cannot be trusted with "approvals/sales/*/*": approvals are central governance's"#);
    insta::assert_snapshot!(refused(&mesh, &scope("sales", &["domains/hr/products/*/*"])), @r#"domain `sales` cannot be trusted with "domains/hr/products/*/*": below `domains/` its own are `domains/sales/`"#);
    insta::assert_snapshot!(refused(&mesh, &scope("sales", &["domains/*/products/*/*"])), @r#"domain `sales` cannot be trusted with "domains/*/products/*/*": below `domains/` its own are `domains/sales/`"#);
    insta::assert_snapshot!(refused(&mesh, &scope("nobody", &["reference/*"])), @"domain `nobody` is not onboarded; central governance must onboard it first");
    mesh.commit(&scope("hr", &["reference/*/people-?.csv"]));
    insta::assert_snapshot!(refused(&mesh, &scope("sales", &["reference/2026/*"])), @r#"domain `hr` cannot be trusted with "reference/*/people-?.csv": domain `sales` is trusted with "reference/2026/*", and some path matches both; a path is one domain's"#);
    mesh.commit(&scope("sales", &["reference/2026/sales*", "domains/sales/reference/*"]));
}

#[test]
fn what_is_no_pattern_of_a_domains_files() {
    let wrong = |pattern: &str| pattern.parse::<PathPattern>().unwrap_err().to_string();
    insta::assert_snapshot!(wrong("framework.yaml"), @r#""framework.yaml" is not the pattern of a domain's files: what lies at the top is central governance's; begin with a folder"#);
    insta::assert_snapshot!(wrong("*/x"), @r#""*/x" is not the pattern of a domain's files: its first part must be a name without wildcards"#);
    insta::assert_snapshot!(wrong("a/**"), @r#""a/**" is not the pattern of a domain's files: its wildcards can be `*` and `?`, within one part of the path"#);
    insta::assert_snapshot!(wrong("a/[bc]"), @r#""a/[bc]" is not the pattern of a domain's files: its wildcards can be `*` and `?`, within one part of the path"#);
    insta::assert_snapshot!(wrong("a/../b"), @r#""a/../b" is not the pattern of a domain's files: its parts must be names, none of them empty, `.` or `..`, without backslashes, colons and control characters"#);
    for pattern in ["", "a", "/a", "a/", "a//b", "./a", "a/b\\c", "a/{b,c}", "a/b\nc", "?/x"] {
        assert!(pattern.parse::<PathPattern>().is_err(), "{pattern:?}");
    }
    assert!(format!("a/{}", "b".repeat(255)).parse::<PathPattern>().is_err());
    assert!(format!("a/{}", "b".repeat(254)).parse::<PathPattern>().is_ok());
}

#[test]
fn nobody_is_asked_to_sign_a_scope_that_cannot_be() {
    use crate::crafted::sign;
    let mesh = Mesh::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pending");
    mesh.publisher
        .prepare(&scope("sales", &["reference/*"]), start())
        .unwrap()
        .save(&path)
        .unwrap();
    let root = mesh.publisher.trusted_root();
    Pending::open(&path, Some(root)).unwrap();
    let file = path.join("metadata/3.targets.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut document: serde_json::Value =
        serde_json::from_str(&text.replace("reference/*", "approvals/*")).unwrap();
    sign(&mut document, &[]);
    std::fs::write(&file, document.to_string()).unwrap();
    let error = Pending::open(&path, Some(root)).unwrap_err().to_string();
    assert!(error.contains("approvals are central governance's"), "{error}");
}

/// Whether a part of a path matches, told in the plainest way.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            glob(rest, text) || text.split_first().is_some_and(|(_, text)| glob(pattern, text))
        }
        (Some((b'?', rest)), Some((_, text))) => glob(rest, text),
        (Some((one, rest)), Some((other, text))) => one == other && glob(rest, text),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn two_overlap_if_some_path_matches_both(
        one in "[ab*?]{1,4}".prop_filter("one star at a time", |text| !text.contains("**")),
        other in "[ab*?]{1,4}".prop_filter("one star at a time", |text| !text.contains("**")),
    ) {
        // A path that matches both, if there is one, is no longer than both.
        let texts = (1..=8_u32).flat_map(|length| (0..1_u32 << length).map(move |bits| {
            (0..length).map(|bit| if bits >> bit & 1 == 0 { b'a' } else { b'b' }).collect::<Vec<_>>()
        }));
        let both = |text: &Vec<u8>| glob(one.as_bytes(), text) && glob(other.as_bytes(), text);
        let expected = texts.into_iter().any(|text| both(&text));
        thread_local!(static MESH: Mesh = Mesh::new());
        let found = MESH.with(|mesh| {
            let mut change = scope("sales", &[&format!("x/{one}")]);
            change.scope(domain("hr"), [format!("x/{other}").parse().unwrap()]);
            mesh.publisher.prepare(&change, start())
        });
        match found {
            Ok(_) => prop_assert!(!expected),
            Err(PublishError::Overlap { .. }) => prop_assert!(expected),
            Err(error) => panic!("{error}"),
        }
    }
}
