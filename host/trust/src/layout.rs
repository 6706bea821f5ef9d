//! Where everything is: file names of roles, paths of targets.
//!
//! ```text
//! metadata/1.root.json  2.targets.json  5.sales.json  9.snapshot.json  timestamp.json
//! targets/framework.yaml                               as <sha256>.framework.yaml
//!         deny.json
//!         approvals/<domain>/<module>/<version>.<sha256 of the module>.json
//!         domains/<domain>/products/<product>/contract.yaml
//!         domains/<domain>/products/<product>/bindings.yaml
//!         domains/<domain>/modules/<module>/<version>.wasm
//!         domains/<domain>/modules/<module>/<version>.cases.json
//! ```
//!
//! A path is only ever built from names that parse, so none leaves its folder.
//! No file name is longer than 64 (prefix) + 1 + 64 (version) + 1 + 64 + 5 bytes.

use std::fmt::Write;

use bailiwick_terms::{DomainName, ModuleDigest, ModuleName, ProductName};

use crate::TrustError;
use crate::bounds::{MAX_PATH_BYTES, MAX_VERSION_BYTES};
use crate::error::excerpt;

pub(crate) const FRAMEWORK: &str = "framework.yaml";
pub(crate) const DENY_LIST: &str = "deny.json";
pub(crate) const TIMESTAMP: &str = "metadata/timestamp.json";
/// The roles that every repository has (TUF 2.1): no domain can be named so,
/// since its metadata would have the same file name.
pub(crate) const TOP_LEVEL_ROLES: [&str; 5] =
    ["root", "targets", "snapshot", "timestamp", "mirrors"];

/// The patterns that a domain is delegated. `*` stops at a slash (TUF 4.5), so they
/// cover contracts, bindings, modules and their tests, and nothing else.
pub(crate) fn patterns(domain: &DomainName) -> [String; 2] {
    [format!("domains/{domain}/products/*/*"), format!("domains/{domain}/modules/*/*")]
}

pub(crate) fn contract(product: &ProductName) -> String {
    format!("domains/{}/products/{}/contract.yaml", product.domain(), product.product())
}

pub(crate) fn bindings(product: &ProductName) -> String {
    format!("domains/{}/products/{}/bindings.yaml", product.domain(), product.product())
}

/// The product whose contract is at the path.
pub(crate) fn product_of(path: &str) -> Option<ProductName> {
    let (domain, rest) = path.strip_prefix("domains/")?.split_once("/products/")?;
    let product = rest.strip_suffix("/contract.yaml")?;
    Some(ProductName::new(domain.parse().ok()?, product.parse().ok()?))
}

/// The product whose bindings are at the path.
pub(crate) fn bindings_of(path: &str) -> Option<ProductName> {
    let contract = format!("{}/contract.yaml", path.strip_suffix("/bindings.yaml")?);
    product_of(&contract)
}

pub(crate) fn module(module: &ModuleName) -> Result<String, TrustError> {
    let version = version(module)?;
    Ok(format!("domains/{}/modules/{}/{version}.wasm", module.domain(), module.module()))
}

/// The module that is at the path.
pub(crate) fn module_of(path: &str) -> Option<ModuleName> {
    let (domain, rest) = path.strip_prefix("domains/")?.split_once("/modules/")?;
    let (module, version) = rest.strip_suffix(".wasm")?.split_once('/')?;
    let name: ModuleName = format!("{domain}/{module}@{version}").parse().ok()?;
    self::version(&name).ok()?;
    Some(name)
}

/// A module's own tests.
pub(crate) fn cases(module: &ModuleName) -> Result<String, TrustError> {
    let version = version(module)?;
    Ok(format!("domains/{}/modules/{}/{version}.cases.json", module.domain(), module.module()))
}

/// The module whose tests are at the path.
pub(crate) fn cases_of(path: &str) -> Option<ModuleName> {
    module_of(&format!("{}.wasm", path.strip_suffix(".cases.json")?))
}

pub(crate) fn approval(module: &ModuleName, digest: &ModuleDigest) -> Result<String, TrustError> {
    let version = version(module)?;
    Ok(format!("approvals/{}/{}/{version}.{digest}.json", module.domain(), module.module()))
}

/// The module and the digest whose approval is at the path.
pub(crate) fn approval_of(path: &str) -> Option<(ModuleName, ModuleDigest)> {
    let (domain, rest) = path.strip_prefix("approvals/")?.split_once('/')?;
    let (module, rest) = rest.strip_suffix(".json")?.split_once('/')?;
    let (version, digest) = rest.rsplit_once('.')?;
    let name = format!("{domain}/{module}@{version}").parse().ok()?;
    Some((name, digest.parse().ok()?))
}

fn version(module: &ModuleName) -> Result<String, TrustError> {
    let version = module.version().to_string();
    if version.len() > MAX_VERSION_BYTES {
        return Err(TrustError::LongVersion {
            module: module.unversioned().to_string(),
            bytes: version.len(),
        });
    }
    Ok(version)
}

/// The file of a role's metadata (TUF 6.1): under consistent snapshots its version
/// comes first.
pub(crate) fn metadata(role: &str, version: u64, consistent: bool) -> String {
    // Domains' names need no escapes. Delegations of a domain's own may have any
    // name, and none of them may leave the folder.
    let name = escaped(role);
    if consistent {
        format!("metadata/{version}.{name}.json")
    } else {
        format!("metadata/{name}.json")
    }
}

/// The file of a role in a client's store (TUF 5.2): its name holds no version.
pub(crate) fn stored(role: &str) -> String {
    format!("{}.json", escaped(role))
}

/// The file of a target (TUF 5.7.3): under consistent snapshots its hash comes
/// before the last part of its path.
pub(crate) fn target(path: &str, hash: &[u8], consistent: bool) -> String {
    if !consistent {
        return format!("targets/{path}");
    }
    let hash = hex::encode(hash);
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("targets/{folder}/{hash}.{name}"),
        None => format!("targets/{hash}.{path}"),
    }
}

/// A target's path must lead to one file below the folder that it is in, on every
/// system: its own repository's as well as that of whoever downloads it.
pub(crate) fn check_path(path: &str) -> Result<(), TrustError> {
    let fits = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
    };
    if path.len() <= MAX_PATH_BYTES && path.split('/').all(fits) {
        return Ok(());
    }
    Err(TrustError::UnsafePath { path: excerpt(path) })
}

/// A target's file as part of an address: its slashes stay, the rest is escaped.
pub(crate) fn in_address(file: &str) -> String {
    file.split('/').map(escaped).collect::<Vec<_>>().join("/")
}

/// Percent-encoded (RFC 3986, 2.1), all but the characters that never need it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
