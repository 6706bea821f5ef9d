//! What can go wrong, and what to do then.

use std::path::PathBuf;

use crate::{DEBIAN_PACKAGES, TARGET};

/// There is no compiler for guests.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// Neither way of building is there.
    #[error(
        "no compiler for {TARGET}: {rustup}; {debian}; \
         run `rustup target add {TARGET}`, or on Debian, as root, \
         `apt-get update && apt-get install -y {}`",
        DEBIAN_PACKAGES.join(" ")
    )]
    Missing {
        /// Why the current toolchain does not do.
        rustup: String,
        /// Why Debian's packages do not do.
        debian: String,
    },
    /// Debian's compiler is there, but nothing links.
    #[error(
        "no linker for {TARGET}: found neither rust-lld in {} nor wasm-ld in the path; \
         run `apt-get install -y lld`",
        searched.display()
    )]
    NoLinker {
        /// Where `rust-lld` was looked for.
        searched: PathBuf,
    },
    /// The packages could not be installed.
    #[error("could not install {}: {why}", DEBIAN_PACKAGES.join(" "))]
    Install {
        /// What failed.
        why: String,
    },
}

/// A guest crate could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program could not be started or read from.
    #[error("could not run {program}: {source}")]
    Program {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// cargo could not read the project.
    #[error("could not read the project in {}: {why}", manifest_dir.display())]
    Project {
        /// The folder of the manifest.
        manifest_dir: PathBuf,
        /// cargo's own words.
        why: String,
    },
    /// A package that was named is not in the project.
    #[error("the project in {} has no package {package:?}", manifest_dir.display())]
    NoSuchPackage {
        /// The folder of the manifest.
        manifest_dir: PathBuf,
        /// The package.
        package: String,
    },
    /// A package is no guest.
    #[error(
        "package {package:?} is no guest: add `crate-type = [\"cdylib\", \"rlib\"]` to its [lib]"
    )]
    NotAGuest {
        /// The package.
        package: String,
    },
    /// A module's name would not do as a file name.
    #[error(
        "{name:?} is no name for a module: expected 1 to 64 lower-case letters, digits and `-`, \
         beginning with a letter; say `[package.metadata.bailiwick] module = \"…\"`"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The compiler refused; it has said why on standard error.
    #[error("cargo could not build {}: see its messages above", packages.join(", "))]
    Compile {
        /// The packages.
        packages: Vec<String>,
    },
    /// What the compiler made is no component of ours.
    #[error("could not make a component of {package:?}: {why}")]
    Encode {
        /// The package, or `core module`.
        package: String,
        /// What the encoder says.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A new guest crate could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The folder has something in it.
    #[error("{} is not empty: choose a folder that is new", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// The name would not do.
    #[error(
        "{name:?} is no name for a module: expected 1 to 64 lower-case letters, digits and `-`, \
         beginning with a letter"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A file could not be written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
