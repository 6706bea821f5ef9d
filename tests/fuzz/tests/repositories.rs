//! Signed metadata and approvals as those who hold the keys could write them, all of them
//! hostile: reading ends, and only what was approved is a module that may run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use bailiwick_fuzz::bent;
use bailiwick_trust::{Approval, ModuleDigest, Repository, TrustError};
use jiff::Timestamp;
use olpc_cjson::CanonicalFormatter;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Bytes of an error at most: a few lines, whatever the metadata hold.
const LONGEST_ERROR: usize = 5_000;

const ROLES: [&str; 5] = ["root", "timestamp", "snapshot", "targets", "sales"];

const MODULE: (&str, &str) = ("domains/sales/modules/mask/1.0.0.wasm", "\0asm component");
const FRAMEWORK: (&str, &str) = ("framework.yaml", "labels: []\n");
const DENY_LIST: (&str, &str) = ("deny.json", "{\"denied\":{}}");

/// The approval of the module, for the interface that there is now.
static APPROVAL: LazyLock<(String, String)> = LazyLock::new(|| {
    let digest = ModuleDigest::of(MODULE.1.as_bytes());
    let until = "2026-04-01T00:00:00Z".parse().unwrap();
    let approval = Approval::new("sales/mask@1.0.0".parse().unwrap(), digest, until);
    let path = format!("approvals/sales/mask/1.0.0.{digest}.json");
    (path, serde_json::to_string(&approval).unwrap())
});

/// The time of the update, before the seeds expire.
static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-03-01T12:00:00Z".parse().unwrap());

/// What each role of the seeds signs.
static SEEDS: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__/repositories/corpus");
    let signed = |role: &&'static str| {
        let seed = fs::read(corpus.join(role)).unwrap();
        (*role, serde_json::from_slice(&seed[1..]).unwrap())
    };
    let mut seeds: BTreeMap<&str, Value> = ROLES.iter().map(signed).collect();
    let (path, approval) = &*APPROVAL;
    seeds.get_mut("targets").unwrap()["targets"][path] = json!({
        "length": approval.len(),
        "hashes": { "sha256": sha256(approval.as_bytes()) },
    });
    seeds
});

/// Central governance, and the domain `sales`.
static KEYS: LazyLock<[Ed25519KeyPair; 2]> = LazyLock::new(|| {
    [[1; 32], [2; 32]].map(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).unwrap())
});

#[test]
fn repositories() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_repositories() {
    bent("repositories", 8_000, property);
}

#[test]
fn the_seeds_are_a_repository() {
    let folder = in_memory();
    let repository = opened(folder.path(), "sales", SEEDS["sales"].clone()).unwrap().unwrap();
    repository.module(&"sales/mask@1.0.0".parse().unwrap()).unwrap();
}

/// The first byte says what the rest is: an approval, or what one role signs.
fn property(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else {
        return;
    };
    let Some(role) = ROLES.get(usize::from(kind % 6)) else {
        return approval(text);
    };
    let Ok(signed) = serde_json::from_slice(text) else {
        return;
    };
    let folder = in_memory();
    match opened(folder.path(), role, signed) {
        None => {}
        Some(Err(error)) => refused(&error),
        Some(Ok(repository)) => asked(&repository, role),
    }
}

/// What is read of an approval is what is written of it.
fn approval(text: &[u8]) {
    if let Ok(approval) = serde_json::from_slice::<Approval>(text) {
        let written = serde_json::to_vec(&approval).unwrap();
        assert_eq!(serde_json::from_slice::<Approval>(&written).unwrap(), approval);
    }
}

/// Everything that can be asked for.
fn asked(repository: &Repository, role: &str) {
    let listing = repository.modules();
    listing.broken.iter().for_each(|broken| refused(&broken.error));
    for listed in listing.found {
        match repository.module(&listed.name) {
            Err(error) => refused(&error),
            Ok(module) => {
                let approval = module.approval();
                assert_eq!(*module.digest(), ModuleDigest::of(module.bytes()));
                assert_eq!((&approval.module, &approval.digest), (&listed.name, module.digest()));
                assert!(approval.expires > *NOW);
            }
        }
    }
    for product in repository.products().found {
        let documents = [repository.contract(&product), repository.bindings(&product)];
        documents.iter().flat_map(|document| document.as_ref().err()).for_each(refused);
    }
    // A domain has no say in what is central governance's.
    if role == "sales" {
        assert_eq!(**repository.framework().unwrap().bytes(), *FRAMEWORK.1.as_bytes());
        assert_eq!(repository.versions().targets, 1);
    }
}

fn refused(error: &TrustError) {
    let message = error.to_string();
    assert!(message.len() <= LONGEST_ERROR, "{} bytes: {message}", message.len());
    assert!(!message.contains(|c: char| c.is_control()), "{message:?}");
}

/// The repository of the seeds, put into a folder, in which one role signed something
/// else; none if that has no canonical form, so that nobody can sign it.
fn opened(folder: &Path, role: &str, signed: Value) -> Option<Result<Repository, TrustError>> {
    let mut roles = SEEDS.clone();
    roles.insert(ROLES.iter().find(|known| **known == role)?, signed);
    let metadata = folder.join("metadata");
    fs::create_dir(&metadata).unwrap();
    let mut files = BTreeMap::new();
    // From the leaves up, each described by the one above, unless that was made up.
    for of in ["sales", "targets", "snapshot", "timestamp", "root"] {
        let signed = &roles[of];
        let version = signed["version"].as_u64().unwrap_or(1);
        let bytes = sign(signed, &KEYS[usize::from(of == "sales")])?;
        let above = match of {
            "sales" | "targets" => "snapshot",
            "snapshot" => "timestamp",
            _ => "",
        };
        if let Some(above) = roles.get_mut(above).filter(|_| above != role) {
            above["meta"][format!("{of}.json")] = json!({
                "length": bytes.len(),
                "hashes": { "sha256": sha256(&bytes) },
                "version": version,
            });
        }
        let name = if of == "timestamp" {
            "timestamp.json".to_owned()
        } else {
            format!("{version}.{of}.json")
        };
        fs::write(metadata.join(&name), &bytes).unwrap();
        files.insert(of, bytes);
    }
    put_targets(&folder.join("targets"));
    Some(Repository::open(folder, &files["root"], *NOW))
}

fn put_targets(folder: &Path) {
    let (path, approval) = &*APPROVAL;
    for (path, text) in [MODULE, FRAMEWORK, DENY_LIST, (path, approval)] {
        let path = folder.join(path);
        let name = path.file_name().unwrap().to_string_lossy();
        let named = format!("{}.{name}", sha256(text.as_bytes()));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path.with_file_name(named), text).unwrap();
    }
}

fn sign(signed: &Value, key: &Ed25519KeyPair) -> Option<Vec<u8>> {
    let public = json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": hex::encode(key.public_key()) },
    });
    let sig = hex::encode(key.sign(&canonical(signed)?));
    let signature = json!({ "keyid": sha256(&canonical(&public)?), "sig": sig });
    Some(json!({ "signed": signed, "signatures": [signature] }).to_string().into_bytes())
}

fn canonical(value: &Value) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new());
    value.serialize(&mut serializer).ok()?;
    Some(bytes)
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A folder that no disk is needed for, where there are such.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
