//! A new guest crate that builds and whose test passes.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::ScaffoldError;

/// The longest name of a module, in bytes: the contract's limit.
const MAX_NAME_BYTES: usize = 64;

/// Which of the SDK's traits the new module implements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// New values.
    Map,
    /// Fewer rows.
    Filter,
    /// A new batch.
    Reshape,
    /// Which rows fail.
    Check,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Map, Self::Filter, Self::Reshape, Self::Check];

    fn cases(self) -> &'static str {
        match self {
            Self::Map => include_str!("scaffold/map.cases.json"),
            Self::Filter => include_str!("scaffold/filter.cases.json"),
            Self::Reshape => include_str!("scaffold/reshape.cases.json"),
            Self::Check => include_str!("scaffold/check.cases.json"),
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Map => include_str!("scaffold/map.rs.txt"),
            Self::Filter => include_str!("scaffold/filter.rs.txt"),
            Self::Reshape => include_str!("scaffold/reshape.rs.txt"),
            Self::Check => include_str!("scaffold/check.rs.txt"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Map => "map",
            Self::Filter => "filter",
            Self::Reshape => "reshape",
            Self::Check => "check",
        })
    }
}

/// Where the new crate takes the SDK from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SdkSource {
    /// A folder with the SDK in it.
    Path(PathBuf),
    /// A published version.
    Version(String),
}

/// Writes a new guest crate into a folder that is new or empty.
///
/// # Errors
/// Where the name would not do, the folder has something in it, or a file cannot be
/// written.
pub fn scaffold(
    dir: impl AsRef<Path>,
    name: &str,
    kind: Kind,
    sdk: &SdkSource,
) -> Result<(), ScaffoldError> {
    let dir = dir.as_ref();
    if !is_module_name(name) {
        return Err(ScaffoldError::Name { name: name.to_owned() });
    }
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |source| ScaffoldError::File { path, source }
    };
    let sources = dir.join("src");
    if dir.exists() && dir.read_dir().map_err(file_error(dir))?.next().is_some() {
        return Err(ScaffoldError::NotEmpty { dir: dir.to_owned() });
    }
    std::fs::create_dir_all(&sources).map_err(file_error(&sources))?;
    let fill = |template: &str| {
        template
            .replace("{{name}}", name)
            .replace("{{crate}}", &name.replace('-', "_"))
            .replace("{{kind}}", &kind.to_string())
            .replace("{{sdk}}", &sdk_requirement(sdk))
    };
    for (path, template) in [
        (dir.join("Cargo.toml"), include_str!("scaffold/Cargo.toml.txt")),
        (dir.join("README.md"), include_str!("scaffold/README.md.txt")),
        (dir.join(".gitignore"), "/target\n"),
        (dir.join("cases.json"), kind.cases()),
        (sources.join("lib.rs"), kind.source()),
    ] {
        std::fs::write(&path, fill(template)).map_err(file_error(&path))?;
    }
    Ok(())
}

fn sdk_requirement(sdk: &SdkSource) -> String {
    match sdk {
        SdkSource::Path(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            // A TOML literal string, or a basic one where it cannot be that.
            let text = path.display().to_string();
            if text.contains('\'') {
                format!("{{ path = {text:?} }}")
            } else {
                format!("{{ path = '{text}' }}")
            }
        }
        SdkSource::Version(version) => format!("{version:?}"),
    }
}

/// Whether a module may have that name (`module.description` of the contract).
pub(crate) fn is_module_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= MAX_NAME_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(allowed)
}
