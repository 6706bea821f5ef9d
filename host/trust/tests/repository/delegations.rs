//! What a domain can and cannot do.

use std::fs;

use bailiwick_trust::*;
use serde_json::{Value, json};

use crate::crafted::{describe, sign};
use crate::mesh::{BOOKINGS, MASK, Mesh, TRIM, component, digest, hours, key, module, start};

fn public(key: &SigningKey) -> Value {
    json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": key.public().to_string() },
    })
}

fn delegation(name: &str, key: &SigningKey, paths: &[&str]) -> Value {
    json!({
        "name": name,
        "keyids": [key.public().id()],
        "threshold": 1,
        "paths": paths,
        "terminating": false,
    })
}

/// Puts the first metadata of a role that is not published yet.
fn put_role(mesh: &Mesh, name: &str, key: &SigningKey, signed: &Value) {
    let mut document = json!({ "signed": signed });
    sign(&mut document, &[key]);
    mesh.write(&format!("metadata/1.{name}.json"), &document);
    let file = mesh.current("snapshot");
    let mut snapshot = mesh.read(&file);
    snapshot["signed"]["meta"][format!("{name}.json")] = describe(b"", json!(1));
    mesh.write(&file, &snapshot);
    mesh.describe();
}

fn role(targets: Value) -> Value {
    json!({
        "_type": "targets",
        "spec_version": "1.0.33",
        "version": 1,
        "expires": (start() + hours(10)).to_string(),
        "targets": targets,
    })
}

#[test]
fn a_broken_domain_stops_nobody_else() {
    let mesh = Mesh::new();
    let file = mesh.path(&mesh.current("sales"));
    let good = fs::read(&file).unwrap();
    let expect_broken = || {
        let repository = mesh.open().unwrap();
        assert!(repository.module(&module(MASK)).is_err());
        assert!(repository.contract(&BOOKINGS.parse().unwrap()).is_err());
        assert!(repository.module(&module(TRIM)).is_ok());
        assert!(repository.framework().is_ok());
        let modules = repository.modules();
        assert_eq!(modules.found.iter().map(|m| m.digest).collect::<Vec<_>>(), [digest(TRIM)]);
        let broken: Vec<_> = modules.broken.iter().map(|b| b.domain.as_str()).collect();
        assert_eq!(broken, ["sales"]);
    };
    for broken in [&b""[..], b"{", b"[[[[", &good[..good.len() - 1], &vec![b'['; 100_000]] {
        fs::write(&file, broken).unwrap();
        // Both as damage on the way and as what the snapshot describes.
        expect_broken();
        mesh.describe();
        expect_broken();
    }
    fs::remove_file(&file).unwrap();
    expect_broken();
}

#[test]
fn a_target_outside_the_domains_paths_is_nothing() {
    let mesh = Mesh::new();
    let forged = component("forged");
    let path = "domains/hr/modules/trim/9.0.0.wasm";
    let target = mesh.put_target(path, &forged);
    let mut change = Change::new();
    let name = module("hr/trim@9.0.0");
    let until = start() + hours(100);
    change.approve(Approval::new(name.clone(), ModuleDigest::of(&forged), until));
    mesh.commit(&change);
    mesh.craft("sales", &[&mesh.sales], |signed| {
        for path in [
            path,
            "domains/sales/modules/../../hr/modules/trim/9.0.0.wasm",
            "domains/sales/modules/mask/../9.0.0.wasm",
            "domains/sales/../hr/modules/trim/9.0.0.wasm",
            "/etc/passwd",
            "framework.yaml",
            "approvals/hr/trim/x.json",
            "domains/sales/modules/mask/deeper/9.0.0.wasm",
            "domains/sales/modules/mask/not a version.wasm",
        ] {
            signed["targets"][path] = target.clone();
        }
    });
    let repository = mesh.open().unwrap();
    let error = repository.module(&name).unwrap_err();
    assert!(matches!(error, TrustError::UnknownModule { .. }), "{error}");
    // Nor does it appear as if it could be asked for.
    let listed: Vec<_> = repository.modules().found.iter().map(|m| m.name.to_string()).collect();
    assert_eq!(listed, [TRIM, MASK]);
    assert_eq!(**repository.framework().unwrap().bytes(), *b"labels: [pii]\n");
}

#[test]
fn target_names_that_mean_nothing() {
    for name in ["", "..", "/", ".", "../..", "a/../..", "//", "\0", "../../metadata/x"] {
        let mesh = Mesh::new();
        let target = mesh.put_target("x", b"x");
        mesh.craft("sales", &[&mesh.sales], |signed| signed["targets"][name] = target);
        let repository = mesh.open().unwrap();
        // Refused or ignored, never followed.
        let _ = repository.module(&module(MASK));
        assert_eq!(
            repository.modules().found.iter().filter(|m| m.digest == digest(TRIM)).count(),
            1
        );
        assert!(repository.module(&module(TRIM)).is_ok());
    }
}

#[test]
fn only_the_domain_vouches_for_its_modules() {
    // Even central governance does not publish in a domain's name.
    let mesh = Mesh::new();
    let path = "domains/sales/modules/mask/1.0.0.wasm";
    let target = mesh.put_target(path, &component(MASK));
    mesh.craft("targets", &[&mesh.central[0], &mesh.central[1]], |signed| {
        signed["targets"][path] = target;
    });
    insta::assert_snapshot!(mesh.module(MASK).unwrap_err(), @"domains/sales/modules/mask/1.0.0.wasm is vouched for by role `targets` and not by domain `sales`; central governance must leave it to the domain");
}

#[test]
fn a_domain_can_delegate_further_within_its_paths() {
    let mesh = Mesh::new();
    let team = key();
    let inner = component("inner");
    let path = "domains/sales/modules/inner/1.0.0.wasm";
    let outside = "domains/hr/modules/inner/1.0.0.wasm";
    let target = mesh.put_target(path, &inner);
    mesh.put_target(outside, &inner);
    let mut change = Change::new();
    for name in ["sales/inner@1.0.0", "hr/inner@1.0.0"] {
        let until = start() + hours(100);
        change.approve(Approval::new(module(name), ModuleDigest::of(&inner), until));
    }
    mesh.commit(&change);
    let patterns = ["domains/sales/modules/in?er/*", "domains/hr/modules/*/*"];
    mesh.craft("sales", &[&mesh.sales], |signed| {
        signed["delegations"] = json!({
            "keys": { team.public().id(): public(&team) },
            "roles": [delegation("team", &team, &patterns)],
        });
    });
    // Not published yet: what the domain signs itself is not affected.
    assert!(mesh.module(MASK).is_ok());
    assert!(mesh.module("sales/inner@1.0.0").is_err());

    put_role(&mesh, "team", &team, &role(json!({ path: target, outside: target })));
    assert_eq!(**mesh.module("sales/inner@1.0.0").unwrap().bytes(), *inner);
    assert!(matches!(mesh.module("hr/inner@1.0.0").unwrap_err(), TrustError::UnknownModule { .. }));
    // The wildcard stops at a slash, and the pattern is the domain's to choose.
    mesh.craft("sales", &[&mesh.sales], |signed| {
        signed["delegations"]["roles"][0]["paths"] = json!(["domains/sales/*"]);
    });
    assert!(matches!(
        mesh.module("sales/inner@1.0.0").unwrap_err(),
        TrustError::UnknownModule { .. }
    ));
}

#[test]
fn after_a_terminating_delegation_no_other_is_asked() {
    let mesh = Mesh::new();
    let (first, second) = (key(), key());
    let path = "domains/sales/modules/inner/1.0.0.wasm";
    let target = mesh.put_target(path, &component("inner"));
    let delegate = |names: [&str; 2], terminating: bool| {
        mesh.craft("sales", &[&mesh.sales], |signed| {
            let paths = ["domains/sales/modules/inner/*"];
            let mut roles =
                json!([delegation(names[0], &first, &paths), delegation(names[1], &second, &paths)]);
            roles[0]["terminating"] = json!(terminating);
            signed["delegations"] = json!({
                "keys": { first.public().id(): public(&first), second.public().id(): public(&second) },
                "roles": roles,
            });
        });
        mesh.module("sales/inner@1.0.0").unwrap_err()
    };
    delegate(["first", "second"], false);
    put_role(&mesh, "first", &first, &role(json!({})));
    put_role(&mesh, "second", &second, &role(json!({ path: target })));
    // Found, and then not approved; or not found.
    let error = delegate(["first", "second"], false);
    assert!(matches!(error, TrustError::Unapproved { .. }), "{error}");
    let error = delegate(["first", "second"], true);
    assert!(matches!(error, TrustError::UnknownModule { .. }), "{error}");
    // Which keys count for a role must not depend on the order.
    let error = delegate(["second", "second"], false);
    assert!(error.to_string().contains("delegated twice"), "{error}");
}

#[test]
fn a_circle_of_delegations_ends() {
    let mesh = Mesh::new();
    let sales = public(&mesh.sales);
    mesh.craft("sales", &[&mesh.sales], |signed| {
        signed["delegations"] = json!({
            "keys": { mesh.sales.public().id(): sales },
            "roles": [delegation("sales", &mesh.sales, &["domains/sales/modules/*/*"])],
        });
    });
    assert!(mesh.module(MASK).is_ok());
    assert!(matches!(
        mesh.module("sales/none@1.0.0").unwrap_err(),
        TrustError::UnknownModule { .. }
    ));
}

#[test]
fn a_chain_of_delegations_is_bounded() {
    let mesh = Mesh::new();
    let pattern = "domains/sales/modules/*/*";
    let next = |name: &str| {
        json!({
            "keys": { mesh.sales.public().id(): public(&mesh.sales) },
            "roles": [delegation(name, &mesh.sales, &[pattern])],
        })
    };
    let path = "domains/sales/modules/deep/1.0.0.wasm";
    let target = mesh.put_target(path, &component("deep"));
    // `sales` is the first that is visited, the last of the chain lists the target.
    let chain = |roles: usize| {
        mesh.craft("sales", &[&mesh.sales], |signed| signed["delegations"] = next("link-2"));
        for link in 2..=roles {
            let mut signed = role(json!({}));
            if link < roles {
                signed["delegations"] = next(&format!("link-{}", link + 1));
            } else {
                signed["targets"][path] = target.clone();
            }
            put_role(&mesh, &format!("link-{link}"), &mesh.sales, &signed);
        }
        mesh.module("sales/deep@1.0.0").unwrap_err()
    };
    let error = chain(bounds::MAX_ROLES_VISITED);
    assert!(matches!(error, TrustError::Unapproved { .. }), "{error}");
    insta::assert_snapshot!(chain(bounds::MAX_ROLES_VISITED + 1), @"domains/sales/modules/deep/1.0.0.wasm was not found within 32 delegated roles; shorten the delegations to it");
}

#[test]
fn patterns_that_are_costly_or_ambiguous() {
    let refuse = |paths: &[String]| {
        let mesh = Mesh::new();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        mesh.craft("sales", &[&mesh.sales], |signed| {
            signed["delegations"] =
                json!({ "keys": {}, "roles": [delegation("x", &mesh.sales, &paths)] });
        });
        assert!(mesh.module(TRIM).is_ok());
        mesh.module(MASK).err().map(|error| error.to_string())
    };
    let longest = bounds::MAX_PATTERN_BYTES;
    assert_eq!(refuse(&["a".repeat(longest)]), None);
    assert_eq!(refuse(&vec!["a".to_owned(); bounds::MAX_PATTERNS]), None);
    insta::assert_snapshot!(refuse(&["a".repeat(longest + 1)]).unwrap(), @"metadata/1.sales.json is malformed: a path pattern is longer than 256 bytes; fetch the repository again or ask its publisher");
    insta::assert_snapshot!(refuse(&vec!["a".to_owned(); bounds::MAX_PATTERNS + 1]).unwrap(), @"metadata/1.sales.json is malformed: it delegates 8193 path patterns, at most 8192 are read; fetch the repository again or ask its publisher");
    insta::assert_snapshot!(refuse(&["domains/**/x".to_owned()]).unwrap(), @r#"metadata/1.sales.json is malformed: path pattern "domains/**/x" has wildcards other than `*` and `?`; fetch the repository again or ask its publisher"#);
    for wildcard in ["[a-z]", "{a,b}", "\\*", "]", "}"] {
        assert!(refuse(&[wildcard.to_owned()]).is_some(), "{wildcard}");
    }
    assert_eq!(refuse(&[format!("{}b", "*a".repeat(100))]), None);
}

#[test]
fn a_role_whose_name_leads_elsewhere() {
    let mesh = Mesh::new();
    fs::write(mesh.path("outside.json"), "{}").unwrap();
    let name = "/../../outside";
    mesh.craft("sales", &[&mesh.sales], |signed| {
        signed["delegations"] = json!({
            "keys": { mesh.sales.public().id(): public(&mesh.sales) },
            "roles": [delegation(name, &mesh.sales, &["domains/sales/modules/*/*"])],
        });
    });
    let file = mesh.current("snapshot");
    let mut snapshot = mesh.read(&file);
    snapshot["signed"]["meta"][format!("{name}.json")] = describe(b"{}", json!(1));
    mesh.write(&file, &snapshot);
    // The file that it would lead to does not change what is described.
    mesh.describe();
    let error = mesh.module("sales/none@1.0.0").unwrap_err();
    insta::assert_snapshot!(error, @"metadata/1.%2F..%2F..%2Foutside.json is missing; check that this is the repository's folder and a whole copy of it");
}
