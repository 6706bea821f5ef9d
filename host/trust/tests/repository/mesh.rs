//! A small mesh: two domains, a module each, one product.

use std::path::PathBuf;

use bailiwick_trust::*;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

pub const MASK: &str = "sales/mask@1.0.0";
pub const TRIM: &str = "hr/trim@2.1.0";
pub const BOOKINGS: &str = "sales/bookings";

pub struct Mesh {
    pub folder: TempDir,
    /// Central governance: root and targets need two of the three.
    pub central: [SigningKey; 3],
    /// Snapshot and timestamp.
    pub online: SigningKey,
    pub sales: SigningKey,
    pub hr: SigningKey,
    pub publisher: Publisher,
}

pub fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

pub fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub fn module(name: &str) -> ModuleName {
    name.parse().unwrap()
}

pub fn component(name: &str) -> Vec<u8> {
    format!("\0asm component of {name}").into_bytes()
}

pub fn digest(name: &str) -> ModuleDigest {
    ModuleDigest::of(&component(name))
}

pub fn approval(name: &str) -> Approval {
    Approval::new(module(name), digest(name), start() + hours(24 * 60))
}

impl Mesh {
    pub fn new() -> Self {
        Self::with(Lifetimes::default())
    }

    pub fn with(lifetimes: Lifetimes) -> Self {
        let folder = in_memory();
        let central = [key(), key(), key()];
        let (online, sales, hr) = (key(), key(), key());
        let two_of_three = || Signers::of(2, central.iter().map(SigningKey::public)).unwrap();
        let keyholders = Keyholders {
            root: two_of_three(),
            targets: two_of_three(),
            snapshot: Signers::one(online.public()),
            timestamp: Signers::one(online.public()),
        };
        let keys = [&central[0], &central[1], &online, &sales, &hr];
        let publisher =
            Publisher::create(folder.path(), &keyholders, lifetimes, &keys, start()).unwrap();
        let mut change = Change::new();
        change
            .framework(*b"labels: [pii]\n")
            .onboard("sales".parse().unwrap(), Signers::one(sales.public()))
            .onboard("hr".parse().unwrap(), Signers::one(hr.public()))
            .contract(BOOKINGS.parse().unwrap(), *b"kind: DataContract\n")
            .bindings(BOOKINGS.parse().unwrap(), *b"policies: []\n")
            .module(module(MASK), component(MASK))
            .module(module(TRIM), component(TRIM))
            .approve(approval(MASK))
            .approve(approval(TRIM));
        publisher.commit(&change, &keys, start()).unwrap();
        Self { folder, central, online, sales, hr, publisher }
    }

    /// Enough keys for everything.
    pub fn keys(&self) -> Vec<&SigningKey> {
        vec![&self.central[0], &self.central[1], &self.online, &self.sales, &self.hr]
    }

    pub fn commit(&self, change: &Change) -> Versions {
        self.publisher.commit(change, &self.keys(), start()).unwrap()
    }

    pub fn open(&self) -> Result<Repository, TrustError> {
        self.open_at(start())
    }

    pub fn open_at(&self, now: Timestamp) -> Result<Repository, TrustError> {
        Repository::open(self.folder.path(), self.publisher.trusted_root(), now)
    }

    pub fn module(&self, name: &str) -> Result<ApprovedModule, TrustError> {
        self.open()?.module(&module(name))
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// The file of a domain's module.
    pub fn component_file(&self, name: &str) -> PathBuf {
        let module = module(name);
        self.path(&format!(
            "targets/domains/{}/modules/{}/{}.{}.wasm",
            module.domain(),
            module.module(),
            digest(name),
            module.version()
        ))
    }
}

/// A folder that no disk is needed for, where there are such: thousands of files that are
/// made durable and thrown away take their time.
pub fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A copy of a folder with all that is in it.
pub fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
