//! Builds guest crates to components, and scaffolds new ones.
//!
//! A component is built in two moves: cargo makes a core module for the target
//! `wasm32-unknown-unknown`, and the encoder, linked in here, wraps it with the
//! types that its bindings carry. So an author needs Rust and nothing else.
//!
//! Where rustup has that target, it is plain cargo. Where it has not, as on Debian
//! or without a network, [`Toolchain::detect`] finds Debian's compiler for the web
//! and the source of its standard library, and builds that once.
//!
//! The same source gives the same bytes with the same compiler: paths are mapped
//! away, and all sections that only describe are dropped.
//!
//! ```no_run
//! use bailiwick_guest_build::{GuestProject, Toolchain};
//!
//! let toolchain = Toolchain::detect()?;
//! println!("building with {toolchain}");
//! for module in toolchain.build(&GuestProject::new("policies/mask"), "target/guests")? {
//!     println!("{}: {} bytes at {}", module.name, module.bytes.len(), module.path.display());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod component;
mod error;
mod project;
mod scaffold;
mod toolchain;

pub use component::encode;
pub use error::{BuildError, ScaffoldError, ToolchainError};
pub use project::{BuiltModule, GuestProject, cases_beside};
pub use scaffold::{Kind, SdkSource, scaffold};

pub use toolchain::{DEBIAN_PACKAGES, Toolchain, install_debian_packages};

/// The target that guests are built for.
pub const TARGET: &str = "wasm32-unknown-unknown";
