//! A repository in three states, each newer than the one before.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::machine::{Tree, empty, tree};
use crate::*;

const MASK: &str = "sales/mask@1.0.0";
pub(super) const TRIM: &str = "sales/trim@1.0.0";
const BOOKINGS: &str = "sales/bookings";

pub(super) struct Mesh {
    pub(super) central: SigningKey,
    pub(super) online: SigningKey,
    pub(super) sales: SigningKey,
    pub(super) root: Vec<u8>,
    /// Nothing but central governance's framework.
    pub(super) oldest: Tree,
    /// One module and one contract.
    pub(super) former: Tree,
    /// All of it changed.
    pub(super) next: Tree,
}

/// Which state a repository is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Former,
    Next,
}

pub(super) fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(super) fn later() -> Timestamp {
    start() + SignedDuration::from_hours(1)
}

fn component(name: &str) -> Vec<u8> {
    format!("\0asm {name}").into_bytes()
}

impl Mesh {
    pub(super) fn new() -> Self {
        let key = || SigningKey::generate().unwrap();
        let mut mesh = Self {
            central: key(),
            online: key(),
            sales: key(),
            root: Vec::new(),
            oldest: Tree::new(),
            former: Tree::new(),
            next: Tree::new(),
        };
        let folder = empty();
        let publisher = mesh.create(folder.path()).unwrap();
        mesh.root = publisher.trusted_root().to_owned();
        mesh.commit(folder.path(), Change::new().framework(*b"oldest"), start()).unwrap();
        mesh.oldest = tree(folder.path());
        let mut former = Change::new();
        former.onboard("sales".parse().unwrap(), Signers::one(mesh.sales.public()));
        approved(&mut former, MASK, b"former");
        mesh.commit(folder.path(), &former, start()).unwrap();
        mesh.former = tree(folder.path());
        mesh.commit(folder.path(), &next(), start()).unwrap();
        mesh.next = tree(folder.path());
        mesh
    }

    fn keys(&self) -> [&SigningKey; 3] {
        [&self.central, &self.online, &self.sales]
    }

    pub(super) fn create(&self, folder: &Path) -> Result<Publisher, PublishError> {
        let keyholders = Keyholders {
            root: Signers::one(self.central.public()),
            targets: Signers::one(self.central.public()),
            snapshot: Signers::one(self.online.public()),
            timestamp: Signers::one(self.online.public()),
        };
        let folder = folder.join("repository");
        Publisher::create(folder, &keyholders, Lifetimes::default(), &self.keys(), start())
    }

    pub(super) fn commit(
        &self,
        folder: &Path,
        change: &Change,
        now: Timestamp,
    ) -> Result<Versions, PublishError> {
        let publisher = Publisher::open(folder.join("repository"), &self.root)?;
        publisher.commit(change, &self.keys(), now)
    }

    /// The whole of one state or of the other, never a mix.
    pub(super) fn state(&self, repository: &Repository) -> State {
        let framework = repository.framework().unwrap();
        let contract = repository.contract(&BOOKINGS.parse().unwrap()).unwrap();
        assert_eq!(framework.bytes(), contract.bytes());
        let (mask, trim) = (module(repository, MASK), module(repository, TRIM));
        if **framework.bytes() == *b"former" {
            assert!(mask.is_ok());
            assert!(matches!(trim, Err(TrustError::UnknownModule { .. })), "{trim:?}");
            State::Former
        } else {
            assert_eq!(**framework.bytes(), *b"next");
            assert!(matches!(mask, Err(TrustError::Denied { .. })), "{mask:?}");
            assert!(trim.is_ok());
            State::Next
        }
    }

    pub(super) fn open(&self, folder: &Path) -> Result<Repository, TrustError> {
        Repository::open(folder.join("repository"), &self.root, start())
    }
}

fn module(repository: &Repository, name: &str) -> Result<ApprovedModule, TrustError> {
    repository.module(&name.parse().unwrap())
}

fn approved(change: &mut Change, name: &str, text: &[u8]) {
    let (module, component) = (name.parse::<ModuleName>().unwrap(), component(name));
    let until = start() + SignedDuration::from_hours(24 * 30);
    change
        .framework(text)
        .contract(BOOKINGS.parse().unwrap(), text)
        .approve(Approval::new(module.clone(), ModuleDigest::of(&component), until))
        .module(module, component);
}

pub(super) fn next() -> Change {
    let mut change = Change::new();
    approved(&mut change, TRIM, b"next");
    change.deny(ModuleDigest::of(&component(MASK)), "leaks");
    change
}
