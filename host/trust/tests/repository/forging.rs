//! Forgers, who can put anything into the folder and sign with some keys, but not with
//! enough: whatever they do, what is accepted was signed by who may sign it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bailiwick_trust::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::forger::{Forger, forgery};
use crate::mesh::{BOOKINGS, MASK, Mesh, TRIM, approval, digest, in_memory, key, module, start};

/// Cases of each property.
const CASES: u32 = 400;
/// The most that one forger does.
const MOST_FORGERIES: usize = 5;

/// Every file by its name, in one state of the folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What was signed, of three states, each newer than the one before.
struct Honest {
    mesh: Mesh,
    stranger: SigningKey,
    states: Vec<Files>,
    versions: Vec<Versions>,
    frameworks: Vec<Vec<u8>>,
    contracts: Vec<Vec<u8>>,
    approvals: Vec<Approval>,
}

impl Honest {
    fn new() -> Self {
        let mesh = Mesh::new();
        let mut honest = Self {
            stranger: key(),
            states: vec![files(mesh.folder.path())],
            versions: vec![mesh.open().unwrap().versions()],
            frameworks: vec![b"labels: [pii]\n".to_vec()],
            contracts: vec![b"kind: DataContract\n".to_vec()],
            approvals: vec![approval(MASK), approval(TRIM)],
            mesh,
        };
        for state in 2..=3 {
            let framework = format!("labels: [pii] # {state}\n").into_bytes();
            let contract = format!("kind: DataContract # {state}\n").into_bytes();
            let mut approved = approval(MASK);
            approved.note = format!("reviewed for the {state}. time");
            let mut change = Change::new();
            change
                .framework(framework.clone())
                .contract(BOOKINGS.parse().unwrap(), contract.clone())
                .approve(approved.clone())
                .renew("hr".parse().unwrap());
            let versions = honest.mesh.commit(&change);
            honest.states.push(files(honest.mesh.folder.path()));
            honest.versions.push(versions);
            honest.frameworks.push(framework);
            honest.contracts.push(contract);
            honest.approvals.push(approved);
        }
        honest
    }

    fn newest(&self) -> &Files {
        self.states.last().unwrap()
    }

    /// The keys that a forger may have: too few of central governance's.
    fn keys(&self, online: bool) -> Vec<&SigningKey> {
        let mut keys = vec![&self.stranger, &self.mesh.central[0], &self.mesh.hr];
        keys.extend(online.then_some(&self.mesh.online));
        keys
    }

    /// What is accepted was signed by who may, whoever put it there.
    fn check(&self, repository: &Repository) -> Result<(), TestCaseError> {
        let signed =
            |all: &[Vec<u8>], document: SignedDocument| all.contains(&document.bytes().to_vec());
        if let Ok(framework) = repository.framework() {
            prop_assert!(signed(&self.frameworks, framework), "an unsigned framework");
        }
        if let Ok(contract) = repository.contract(&BOOKINGS.parse().unwrap()) {
            prop_assert!(signed(&self.contracts, contract), "an unsigned contract");
        }
        // The forger signs for `hr`, and so may publish there; approving is another thing.
        for listed in repository.modules().found {
            let Ok(found) = repository.module(&listed.name) else { continue };
            prop_assert!(self.approvals.contains(found.approval()), "an unsigned approval");
            let approved = [MASK, TRIM].map(digest);
            prop_assert!(approved.contains(&ModuleDigest::of(found.bytes())), "unsigned bytes");
        }
        let domains: Vec<_> = repository.domains().iter().map(ToString::to_string).collect();
        prop_assert_eq!(domains, ["hr", "sales"]);
        Ok(())
    }
}

fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn put(files: &Files, folder: &Path) {
    for (name, bytes) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// Lets forgers forge, and opens what comes of it without a store and with one that
/// has seen the newest honest state.
fn forged(
    online: bool,
    check: impl Fn(&Honest, Result<Repository, TrustError>, bool) -> Result<(), TestCaseError>,
) {
    let honest = Honest::new();
    let root = honest.mesh.publisher.trusted_root();
    let seen = in_memory();
    Repository::open_with_store(honest.mesh.folder.path(), root, seen.path(), start()).unwrap();
    let seen = files(seen.path());
    let accepted = Cell::new(0);
    let strategy = prop::collection::vec(forgery(), 0..=MOST_FORGERIES);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result = TestRunner::new_with_rng(config, rng).run(&strategy, |forgeries| {
        let mut forger = Forger {
            states: &honest.states,
            keys: honest.keys(online),
            files: honest.newest().clone(),
        };
        forgeries.iter().for_each(|forgery| forger.forge(forgery));
        if online {
            forger.describe(&honest.mesh.online);
        }
        let (served, store) = (in_memory(), in_memory());
        put(&forger.files, served.path());
        put(&seen, store.path());
        let fresh = Repository::open(served.path(), root, start());
        let remembering = Repository::open_with_store(served.path(), root, store.path(), start());
        for (repository, remembers) in [(fresh, false), (remembering, true)] {
            if let Ok(repository) = &repository {
                accepted.set(accepted.get() + 1);
                honest.check(repository)?;
            }
            if forgeries.is_empty() {
                let repository = repository.as_ref().unwrap();
                prop_assert!(repository.module(&module(MASK)).is_ok());
                prop_assert_eq!(repository.modules().found.len(), 2);
            }
            check(&honest, repository, remembers)?;
        }
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.unwrap_err());
    assert!(accepted.get() > CASES / 10, "{} of {CASES} were accepted", accepted.get());
}

#[test]
fn who_has_no_online_key_can_only_replay_a_whole_state() {
    forged(false, |honest, repository, remembers| {
        let Ok(repository) = repository else { return Ok(()) };
        let versions = repository.versions();
        let at = honest.versions.iter().position(|honest| *honest == versions);
        prop_assert!(at.is_some(), "a state that never was: {versions:?}");
        // Who remembers is only ever shown the newest.
        prop_assert!(!remembers || at == Some(honest.versions.len() - 1));
        let framework = repository.framework().map(|framework| framework.bytes().to_vec());
        prop_assert!(
            framework.is_err() || framework.ok() == honest.frameworks.get(at.unwrap()).cloned()
        );
        Ok(())
    });
}

#[test]
fn who_has_the_online_keys_still_forges_nothing() {
    forged(true, |honest, repository, remembers| {
        let Ok(repository) = repository else { return Ok(()) };
        let (found, seen) = (repository.versions(), honest.versions.last().unwrap());
        let below = found.timestamp < seen.timestamp
            || found.snapshot < seen.snapshot
            || found.targets < seen.targets
            || seen
                .domains
                .iter()
                .any(|(name, seen)| found.domains.get(name).is_none_or(|found| found < seen));
        prop_assert!(!(remembers && below), "{found:?} is older than {seen:?}");
        Ok(())
    });
}
