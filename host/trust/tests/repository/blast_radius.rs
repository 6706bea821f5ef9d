//! Ten domains, each broken in eight ways: the other nine do not notice.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_trust::*;
use jiff::SignedDuration;
use serde_json::json;

use crate::crafted::put;
use crate::mesh::{Mesh, approval, component, hours, key, module, start};

const DOMAINS: usize = 10;

struct Domain {
    name: String,
    /// Both of them must sign.
    keys: [SigningKey; 2],
}

impl Domain {
    fn module(&self) -> ModuleName {
        module(&format!("{}/tidy@1.0.0", self.name))
    }

    fn product(&self) -> ProductName {
        format!("{}/orders", self.name).parse().unwrap()
    }
}

/// The mesh with ten domains more.
fn ten() -> (Mesh, Vec<Domain>) {
    let mesh = Mesh::new();
    let domains: Vec<_> = (0..DOMAINS)
        .map(|number| Domain { name: format!("domain-{number}"), keys: [key(), key()] })
        .collect();
    let mut change = Change::new();
    let mut keys = mesh.keys();
    for domain in &domains {
        let signers = Signers::of(2, domain.keys.iter().map(SigningKey::public)).unwrap();
        let name = domain.module();
        change
            .onboard(domain.name.parse().unwrap(), signers)
            .approve(approval(&name.to_string()))
            .module(name.clone(), component(&name.to_string()))
            .contract(domain.product(), *b"kind: DataContract\n");
        keys.extend(&domain.keys);
    }
    mesh.publisher.commit(&change, &keys, start()).unwrap();
    (mesh, domains)
}

/// A way to break a domain, given its neighbour.
type Break = fn(&Mesh, &Domain, &Domain);

const WAYS: [(&str, Break); 8] = [
    ("expired", |mesh, domain, _| {
        let [first, second] = &domain.keys;
        mesh.craft(&domain.name, &[first, second], |signed| {
            signed["expires"] = json!((start() - hours(1)).to_string());
        });
    }),
    ("signed, then changed", |mesh, domain, _| {
        let file = mesh.current(&domain.name);
        let mut document = mesh.read(&file);
        document["signed"]["expires"] = json!((start() + hours(9)).to_string());
        mesh.write(&file, &document);
        mesh.describe();
    }),
    ("one signature of two", |mesh, domain, _| {
        mesh.craft(&domain.name, &[&domain.keys[0]], |_| {});
    }),
    ("only targets of another's", |mesh, domain, neighbour| {
        let [first, second] = &domain.keys;
        let name = neighbour.module();
        let path = format!("domains/{}/modules/tidy/1.0.0.wasm", name.domain());
        let forged = mesh.put_target(&path, b"\0asm forged");
        mesh.craft(&domain.name, &[first, second], |signed| {
            signed["targets"] = json!({ path: forged });
        });
    }),
    ("its file is missing", |mesh, domain, _| {
        fs::remove_file(mesh.path(&mesh.current(&domain.name))).unwrap();
    }),
    ("missing from the snapshot", |mesh, domain, _| {
        let file = mesh.current("snapshot");
        let mut snapshot = mesh.read(&file);
        let meta = snapshot["signed"]["meta"].as_object_mut().unwrap();
        meta.remove(&format!("{}.json", domain.name)).unwrap();
        mesh.write(&file, &snapshot);
        mesh.describe();
    }),
    ("oversized", |mesh, domain, _| {
        let file = mesh.path(&mesh.current(&domain.name));
        // A file with a hole takes no room.
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_len(bounds::MAX_TARGETS_BYTES + 1).unwrap();
    }),
    ("garbage", |mesh, domain, _| {
        put(&mesh.path(&mesh.current(&domain.name)), b"\x00\xff{[\"");
        mesh.describe();
    }),
];

/// The metadata as they were.
struct Saved(BTreeMap<PathBuf, Vec<u8>>);

impl Saved {
    fn of(folder: &Path) -> Self {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        Self(files.map(|file| (file.clone(), fs::read(&file).unwrap())).collect())
    }

    fn restore(&self) {
        self.0.iter().for_each(|(file, bytes)| put(file, bytes));
    }
}

#[test]
fn a_domain_that_is_broken_in_any_way_stops_nobody_else() {
    let (mesh, domains) = ten();
    let saved = Saved::of(&mesh.path("metadata"));
    for (way, break_domain) in WAYS {
        for (at, broken) in domains.iter().enumerate() {
            break_domain(&mesh, broken, &domains[(at + 1) % DOMAINS]);
            let repository = mesh.open().unwrap();
            for domain in &domains {
                let found = repository.module(&domain.module());
                let contract = repository.contract(&domain.product());
                let case = format!("{} where {} is {way}", domain.name, broken.name);
                assert_eq!(found.is_ok(), domain.name != broken.name, "{case}");
                assert_eq!(contract.is_ok(), domain.name != broken.name, "{case}");
                if let Ok(found) = found {
                    assert_eq!(**found.bytes(), *component(&domain.module().to_string()));
                }
            }
            let modules = repository.modules();
            let listed =
                modules.found.iter().filter(|module| module.name.module().as_str() == "tidy");
            assert_eq!(listed.count(), DOMAINS - 1, "{way}");
            assert!(modules.broken.iter().all(|found| found.domain.as_str() == broken.name));
            saved.restore();
        }
    }
    let later = start() + SignedDuration::from_secs(1);
    assert!(mesh.open_at(later).unwrap().modules().broken.is_empty());
}
