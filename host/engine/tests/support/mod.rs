//! Test guests, signed and approved in a repository of their own.
#![allow(unreachable_pub, reason = "shared by several tests")]

pub mod stranger;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use bailiwick_engine::{Engine, EngineError, Module};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName};
use bailiwick_trust::{
    Approval, ApprovedModule, Change, Keyholders, Lifetimes, Publisher, Repository, Signers,
    SigningKey,
};
use jiff::{SignedDuration, Timestamp};

/// Where `cargo xtask guests` puts components, below the workspace's root.
const COMPONENTS: &str = "../../target/guests/components";

/// The component of a guest in `tests/guests`.
pub fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BAILIWICK_GUESTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(COMPONENTS), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo xtask guests` first", path.display())
    })
}

/// The name under which a guest is signed.
pub fn module_name(name: &str) -> ModuleName {
    format!("testers/{name}@0.1.0").parse().unwrap()
}

/// The component after its domain signed it and central governance approved it, as
/// the client of a real repository gives it.
pub fn approved(name: &str, component: &[u8], grants: Grants, limits: Limits) -> ApprovedModule {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::now();
    let (central, testers) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let keyholders = Keyholders {
        root: Signers::one(central.public()),
        targets: Signers::one(central.public()),
        snapshot: Signers::one(central.public()),
        timestamp: Signers::one(central.public()),
    };
    let keys = [&central, &testers];
    let publisher =
        Publisher::create(folder.path(), &keyholders, Lifetimes::default(), &keys, now).unwrap();
    let module = module_name(name);
    let until = now + SignedDuration::from_hours(1);
    let approval = Approval {
        grants,
        limits,
        ..Approval::new(module.clone(), ModuleDigest::of(component), until)
    };
    let mut change = Change::new();
    change.onboard("testers".parse().unwrap(), Signers::one(testers.public()));
    change.module(module.clone(), component);
    change.approve(approval);
    publisher.commit(&change, &keys, now).unwrap();
    Repository::open(folder.path(), publisher.trusted_root(), now).unwrap().module(&module).unwrap()
}

/// One engine for all tests: none of them may harm another.
pub fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());
    &ENGINE
}

/// Loads bytes under a name, granted nothing, with the default limits.
pub fn load_bytes(name: &str, component: &[u8]) -> Result<Module, EngineError> {
    engine().load(&approved(name, component, Grants::default(), Limits::default()))
}

/// A guest that is granted nothing, with the default limits; compiled once.
pub fn guest(name: &'static str) -> Module {
    static GUESTS: LazyLock<Mutex<HashMap<&str, Module>>> = LazyLock::new(Mutex::default);
    let mut guests = GUESTS.lock().unwrap();
    guests.entry(name).or_insert_with(|| load_bytes(name, &component(name)).unwrap()).clone()
}

/// A guest that is granted these things within these limits.
pub fn guest_with(name: &str, grants: Grants, limits: Limits) -> Module {
    engine().load(&approved(name, &component(name), grants, limits)).unwrap()
}

/// A batch of one column of text, `email`.
pub fn emails(values: &[&str]) -> RecordBatch {
    let column: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
    RecordBatch::try_from_iter([("email", column)]).unwrap()
}

/// Ten rows of `email`.
pub fn ten_emails() -> RecordBatch {
    emails(&["jane@example.com"; 10])
}

/// The words of an error that must have come.
pub fn words<T>(result: Result<T, EngineError>) -> String {
    match result {
        Ok(_) => "no error".into(),
        Err(error) => error.to_string(),
    }
}
