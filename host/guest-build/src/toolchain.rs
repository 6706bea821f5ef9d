//! Which compiler builds guests.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use semver::{Version, VersionReq};

use crate::{TARGET, ToolchainError};

/// Debian's packages that build guests where rustup's target is missing: the
/// compiler, and the source of its standard library.
pub const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// Where Debian's packages put the compiler.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The oldest compiler that builds guests: the one this workspace asks for.
const OLDEST_RUSTC: &str = env!("CARGO_PKG_RUST_VERSION");

/// A way to build guests that was found to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    pub(crate) way: Way,
    pub(crate) sysroot: PathBuf,
    version: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The current toolchain has the target installed.
    Installed,
    /// Debian's compiler, which builds the standard library from source.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Finds a way to build guests: the target installed for the current toolchain,
    /// else Debian's packages [`DEBIAN_PACKAGES`].
    ///
    /// # Errors
    /// Where neither is there: the error says which one command helps.
    pub fn detect() -> Result<Self, ToolchainError> {
        let current = current_rustc();
        let rustup = match sysroot_of(&current) {
            Some(sysroot) if has_std(&sysroot) => {
                let version = version_of(&current);
                return Ok(Self { way: Way::Installed, sysroot, version });
            }
            Some(sysroot) => format!("the toolchain in {} lacks the target", sysroot.display()),
            None => String::from("there is no rustc in the path"),
        };
        match Self::debian(&current) {
            Ok(found) => found,
            Err(debian) => Err(ToolchainError::Missing { rustup, debian }),
        }
    }

    fn debian(current: &OsString) -> Result<Result<Self, ToolchainError>, String> {
        let rustc = OsString::from(DEBIAN_RUSTC);
        let sysroot = sysroot_of(&rustc).ok_or_else(|| format!("there is no {DEBIAN_RUSTC}"))?;
        let source = sysroot.join("lib/rustlib/src/rust/library/std/src/lib.rs");
        if !source.is_file() {
            return Err(format!("{DEBIAN_RUSTC} lacks the source of its standard library"));
        }
        let versions: Vec<_> = DEBIAN_PACKAGES.iter().map(|name| package_version(name)).collect();
        if let [Some(compiler), Some(library)] = versions.as_slice()
            && compiler != library
        {
            return Err(format!(
                "{} is {compiler} but its standard library is {library}",
                DEBIAN_PACKAGES.join(" and ")
            ));
        }
        let version = version_of(&rustc);
        if is_older(&version, OLDEST_RUSTC) {
            return Err(format!("{DEBIAN_RUSTC} is {version}, expected {OLDEST_RUSTC} or newer"));
        }
        let linker = match linker(current) {
            Ok(linker) => linker,
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(Self { way: Way::Debian { linker }, version, sysroot }))
    }

    /// The compiler to name to cargo; none: cargo's own choice.
    pub(crate) fn rustc(&self) -> Option<&'static str> {
        match self.way {
            Way::Installed => None,
            Way::Debian { .. } => Some(DEBIAN_RUSTC),
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Installed => {
                write!(f, "{} and its installed target {TARGET}", self.version)
            }
            Way::Debian { .. } => {
                write!(f, "Debian's {} and its standard library from source", self.version)
            }
        }
    }
}

/// Installs Debian's packages; works for root where apt's sources have them.
///
/// # Errors
/// Where there is no apt, this is not root, or apt fails.
pub fn install_debian_packages() -> Result<(), ToolchainError> {
    let failed = |why: String| ToolchainError::Install { why };
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        let status = command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                Err(failed(format!("apt-get {} ended with {status}", arguments.join(" "))))
            }
            Err(error) => Err(failed(format!("could not run apt-get: {error}"))),
        }
    };
    let install = ["install", "-y", DEBIAN_PACKAGES[0], DEBIAN_PACKAGES[1]];
    // Lists that are old offer a compiler too old to use. Where they cannot be
    // renewed, as apt itself then says, what they or its cache hold may still do.
    apt(&["update"]).ok();
    apt(&install)
}

fn current_rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"))
}

fn output_of(program: &OsString, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn sysroot_of(rustc: &OsString) -> Option<PathBuf> {
    output_of(rustc, &["--print", "sysroot"]).map(PathBuf::from)
}

fn version_of(rustc: &OsString) -> String {
    output_of(rustc, &["--version"]).unwrap_or_else(|| String::from("rustc"))
}

/// Whether the version that a compiler says of itself (`rustc 1.96.0 (…)`) is below
/// `oldest`, a version of two or three numbers. A pre-release counts as its release,
/// as cargo has it. One that cannot be read is not: cargo refuses it in its own words.
fn is_older(version: &str, oldest: &str) -> bool {
    let found = version.split_whitespace().nth(1).and_then(|text| Version::parse(text).ok());
    let allowed = VersionReq::parse(&format!(">={oldest}"));
    matches!((found, allowed), (Some(Version { major, minor, patch, .. }), Ok(allowed))
        if !allowed.matches(&Version::new(major, minor, patch)))
}

fn has_std(sysroot: &Path) -> bool {
    let Ok(files) = sysroot.join("lib/rustlib").join(TARGET).join("lib").read_dir() else {
        return false;
    };
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

fn package_version(package: &str) -> Option<String> {
    let query = OsString::from("dpkg-query");
    output_of(&query, &["--show", "--showformat=${Version}", package])
}

/// The linker: `rust-lld` of the current toolchain, else `wasm-ld` in the path.
fn linker(current: &OsString) -> Result<PathBuf, ToolchainError> {
    let rustlib = sysroot_of(current).unwrap_or_default().join("lib/rustlib");
    let host = output_of(current, &["--print", "host-tuple"]).unwrap_or_default();
    let searched = rustlib.join(host).join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).map(|dir| dir.join("wasm-ld"));
    std::iter::once(searched.join("rust-lld"))
        .chain(in_path)
        .find(|linker| linker.is_file())
        .ok_or(ToolchainError::NoLinker { searched })
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn a_compiler_older_than_the_workspace_asks_for_is_told_from_one_that_is_not() {
        for (version, older) in [
            ("rustc 1.85.0 (4d91de4e4 2025-02-17) (built from a source tarball)", true),
            ("rustc 1.94.1", true),
            ("rustc 1.95.0 (59807616e 2026-04-14)", false),
            ("rustc 1.96.0-nightly (abc 2026-04-20)", false),
            ("rustc 1.100.0", false),
            ("rustc 2.0.0", false),
            ("something else", false),
        ] {
            assert_eq!(is_older(version, "1.95"), older, "{version}");
        }
    }
}
