//! Whatever lies in the folder, opening it ends in an error and not in a panic, an
//! endless read or a trusted module.

use std::fs;

use bailiwick_trust::*;
use serde_json::json;

use crate::crafted::put;
use crate::mesh::{MASK, Mesh, module, start};

const ROLES: [&str; 4] = ["timestamp", "snapshot", "targets", "sales"];

fn module_or_error(mesh: &Mesh) -> Result<ApprovedModule, TrustError> {
    mesh.open()?.module(&module(MASK))
}

#[test]
fn truncated_at_any_length() {
    let mesh = Mesh::new();
    for role in ROLES {
        let file = mesh.path(&mesh.current(role));
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            put(&file, &whole[..length]);
            assert!(module_or_error(&mesh).is_err(), "{role} at {length}");
        }
        put(&file, &whole);
        assert!(module_or_error(&mesh).is_ok());
    }
    let root = mesh.publisher.trusted_root();
    for length in 0..root.len() {
        assert!(Repository::open(mesh.folder.path(), &root[..length], start()).is_err());
    }
}

#[test]
fn any_byte_changed() {
    let mesh = Mesh::new();
    let trusted = module_or_error(&mesh).unwrap();
    for role in ROLES {
        let file = mesh.path(&mesh.current(role));
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 7);
            put(&file, &changed);
            // A change can leave the meaning as it was: white space, the case of a
            // hexadecimal digit. It never changes what is trusted.
            if let Ok(module) = module_or_error(&mesh) {
                assert_eq!(role, "timestamp", "byte {at} of {role}");
                assert_eq!(module.bytes(), trusted.bytes());
                assert_eq!(module.approval(), trusted.approval());
            }
        }
        put(&file, &whole);
    }
}

#[test]
fn oversized() {
    let mesh = Mesh::new();
    let file = mesh.path("metadata/timestamp.json");
    let mut whole = fs::read(&file).unwrap();
    whole.resize(bounds::MAX_TIMESTAMP_BYTES as usize, b' ');
    fs::write(&file, &whole).unwrap();
    assert!(module_or_error(&mesh).is_ok());
    whole.push(b' ');
    fs::write(&file, &whole).unwrap();
    insta::assert_snapshot!(module_or_error(&mesh).unwrap_err(), @"metadata/timestamp.json is larger than 16384 bytes, the most that is read; it is not trusted");

    for (role, limit) in [
        ("snapshot", bounds::MAX_SNAPSHOT_BYTES),
        ("targets", bounds::MAX_TARGETS_BYTES),
        ("sales", bounds::MAX_TARGETS_BYTES),
    ] {
        let mesh = Mesh::new();
        let file = mesh.path(&mesh.current(role));
        // A file with a hole takes no room.
        fs::File::options().write(true).open(file).unwrap().set_len(limit + 1).unwrap();
        let error = module_or_error(&mesh).unwrap_err();
        assert!(matches!(error, TrustError::TooLarge { limit: l, .. } if l == limit), "{error}");
    }
    let mesh = Mesh::new();
    let next = fs::File::create(mesh.path("metadata/2.root.json")).unwrap();
    next.set_len(bounds::MAX_ROOT_BYTES + 1).unwrap();
    assert!(matches!(mesh.open().unwrap_err(), TrustError::TooLarge { .. }));
}

#[test]
fn targets_signed_as_too_large() {
    let mesh = Mesh::new();
    mesh.craft("sales", &[&mesh.sales], |signed| {
        for (_, target) in signed["targets"].as_object_mut().unwrap() {
            target["length"] = json!(bounds::MAX_MODULE_BYTES + 1);
        }
    });
    insta::assert_snapshot!(module_or_error(&mesh).unwrap_err(), @"domains/sales/modules/mask/1.0.0.wasm is larger than 67108864 bytes, the most that is read; it is not trusted");
    let contract = mesh.open().unwrap().contract(&"sales/bookings".parse().unwrap());
    assert!(matches!(contract.unwrap_err(), TrustError::TooLarge { .. }));
}

#[test]
fn something_else_than_a_file() {
    for role in ROLES {
        let mesh = Mesh::new();
        let file = mesh.path(&mesh.current(role));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let error = module_or_error(&mesh).unwrap_err();
        assert!(matches!(error, TrustError::Unreadable { .. }), "{error}");
    }
    #[cfg(unix)]
    {
        // Endless, and not a regular file.
        let mesh = Mesh::new();
        let file = mesh.component_file(MASK);
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        insta::assert_snapshot!(
            module_or_error(&mesh).unwrap_err().to_string().replace(&crate::mesh::digest(MASK).to_string(), "…"),
            @"cannot read targets/domains/sales/modules/mask/….1.0.0.wasm: it is not a regular file; check that the repository is readable"
        );
    }
}

#[test]
fn a_hostile_text_is_not_shown_as_it_is() {
    let mesh = Mesh::new();
    let hostile = format!("\u{1b}[2J{}", "x".repeat(5000));
    mesh.craft("sales", &[&mesh.sales], |signed| signed["version"] = json!(hostile));
    let shown = module_or_error(&mesh).unwrap_err().to_string();
    assert!(shown.len() < 500 && !shown.contains('\u{1b}'), "{shown}");
}
