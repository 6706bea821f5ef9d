//! The signed repository: publish, delegate, approve, revoke, verify.
//!
//! A repository is a folder that follows [The Update Framework][tuf], version 1.0.
//! Central governance is its `targets` role: it signs the framework, the approvals
//! and the list of what it took back. Each domain is a terminating delegation: it
//! signs its own contracts, bindings and modules, and nothing outside its own paths.
//!
//! [`Publisher`] makes states of a repository. What is signed offline, by the root's
//! signers, central governance and domains, is a [`Pending`] change until it has its
//! signatures: the very bytes to be signed, in a folder that goes from signer to signer.
//! Snapshot and timestamp are signed online. A publisher takes the keys it signs with
//! from its caller, signs only on top of what it has verified, and makes a state current
//! with the last of its writes. Old versions stay, so that a [`History`] can be told.
//!
//! [`Repository`] is the client. It trusts one root file and the time it is given, and
//! follows the signatures from there (TUF, section 5). A domain's metadata is read
//! when something of that domain is asked for, so a broken domain stops nobody else.
//! It stands on [`Client`], which follows any TUF repository, from a [`Source`]: a
//! folder, or static files on a server.
//!
//! Nothing unsigned runs: [`Repository::module`] is the only source of an
//! [`ApprovedModule`], and it asks of every module that its domain signed these very
//! bytes, that central governance approved their digest under this name for this
//! time, and that it did not take that back. What a module is granted comes from the
//! approval alone. All that is not proven is a [`TrustError`] which says what to do.
//!
//! ```
//! use bailiwick_trust::*;
//! # let folder = tempfile::tempdir()?;
//! # let now = jiff::Timestamp::now();
//! let (central, online, sales) =
//!     (SigningKey::generate()?, SigningKey::generate()?, SigningKey::generate()?);
//! let keyholders = Keyholders {
//!     root: Signers::one(central.public()),
//!     targets: Signers::one(central.public()),
//!     snapshot: Signers::one(online.public()),
//!     timestamp: Signers::one(online.public()),
//! };
//! let keys = [&central, &online, &sales];
//! let publisher =
//!     Publisher::create(folder.path(), &keyholders, Lifetimes::default(), &keys, now)?;
//!
//! let (name, component) = ("sales/mask@1.0.0".parse::<ModuleName>()?, b"\0asm...".to_vec());
//! let until = now + jiff::SignedDuration::from_hours(24 * 30);
//! let mut change = Change::new();
//! change.onboard("sales".parse()?, Signers::one(sales.public()));
//! change.approve(Approval::new(name.clone(), ModuleDigest::of(&component), until));
//! change.module(name.clone(), component);
//! publisher.commit(&change, &keys, now)?;
//!
//! let repository = Repository::open(folder.path(), publisher.trusted_root(), now)?;
//! let module: ApprovedModule = repository.module(&name)?;
//! assert_eq!(&module.bytes()[..4], b"\0asm");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [tuf]: https://theupdateframework.github.io/specification/latest/

mod approval;
pub mod bounds;
mod chain;
mod client;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod crashes;
mod delegation;
mod deny;
mod directory;
mod document;
mod downloads;
mod durable;
mod error;
mod http;
mod kept;
mod key;
mod layout;
mod listing;
mod metadata;
mod module;
mod pattern;
mod public_files;
mod publish;
mod repository;
mod scope;
mod source;
mod store;
mod targets;
mod verified;
mod versions;

pub use approval::Approval;
pub use bailiwick_terms::{DomainName, ModuleDigest, ModuleName, ProductName};
pub use client::Client;
pub use document::SignedDocument;
pub use downloads::Downloads;
pub use error::TrustError;
pub use key::{KeyError, Passphrase, PublicKey, SigningKey};
pub use listing::{BrokenDomain, ListedModule, Listing};
pub use module::ApprovedModule;
pub use public_files::PublicFiles;
pub use publish::{
    Change, ChangedDocument, Difference, Event, History, Keyholders, Lifetimes, Overview, Pending,
    PublishError, Published, Publisher, Refreshed, RoleChange, RoleState, Signatures, Signers,
    Signing,
};
pub use repository::Repository;
pub use scope::{PathPattern, PathPatternError};
pub use source::Source;
pub use versions::Versions;
