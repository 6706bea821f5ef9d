//! The terms that every crate shares: names that parse, grants, limits.
//!
//! A domain, a product, a module and a label are named by people, travel through
//! YAML, JSON, TUF target paths and file systems, and decide what may run. So a
//! name is checked once, where it enters, and is from then on a value that cannot
//! be malformed: no crate beside this one checks a name again, and none of them
//! can build a path that escapes its folder out of one.
//!
//! [`Grants`] and [`Limits`] are what central governance allows a module. Trust
//! reads them from a signed approval, governance plans within them, the engine
//! enforces them: one type, so that what was signed is what is enforced. [`Read`] and
//! [`Ordering`] are what a module's plan says of its input, in the words of `wit/`.
//!
//! ```
//! use bailiwick_terms::{ModuleName, ProductName};
//!
//! let module: ModuleName = "governance/mask@1.0.0".parse()?;
//! assert_eq!(module.domain().as_str(), "governance");
//! assert_eq!(module.module().as_str(), "mask");
//! assert!("sales/../hr".parse::<ProductName>().is_err());
//! # Ok::<(), bailiwick_terms::NameError>(())
//! ```

mod digest;
mod grants;
mod label;
mod limits;
mod module;
mod part;
mod product;
mod read;

pub use digest::ModuleDigest;
pub use grants::{Grants, Services};
pub use label::Label;
pub use limits::{Isolation, Limits, MAX_CASES_BYTES};
pub use module::{ModuleName, UnversionedModule};
pub use part::{DomainName, MAX_PART_BYTES, NameError, PartName, PortName};
pub use product::ProductName;
pub use read::{Ordering, Part, Read};

/// The version of the WIT package `bailiwick:policy` that this release speaks.
pub const WIT_VERSION: &str = "0.3.0";
