//! A changed interface changes the version.
//!
//! `wit/versions.txt` holds one line a version: the SHA-256 of the package as the
//! WIT printer writes it, without comments. So words may be mended, types may not.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use bailiwick_terms::WIT_VERSION;
use sha2::{Digest, Sha256};
use wit_component::{OutputToString, WitPrinter};
use wit_parser::Resolve;

use crate::shell::workspace;

fn record_file() -> PathBuf {
    workspace().join("wit").join("versions.txt")
}

/// The version of the package and the digest of its types.
fn current() -> anyhow::Result<(String, String)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(workspace().join("wit"))?;
    let named = resolve.packages.get(package).and_then(|package| package.name.version.as_ref());
    let version = named.context("the package in wit/ has no version")?.to_string();
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.emit_docs(false);
    printer.print(&resolve, package, &[])?;
    let digest = hex::encode(Sha256::digest(String::from(printer.output)));
    Ok((version, digest))
}

fn recorded() -> anyhow::Result<Vec<(String, String)>> {
    let file = record_file();
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context(file.display().to_string()),
    };
    text.lines()
        .map(|line| {
            let (version, digest) = line.split_once(' ').context("a line is `VERSION SHA256`")?;
            Ok((version.to_owned(), digest.to_owned()))
        })
        .collect()
}

pub(crate) fn check() -> anyhow::Result<()> {
    let (version, digest) = current()?;
    ensure!(
        version == WIT_VERSION,
        "wit/ is version {version}, host/terms says WIT_VERSION is {WIT_VERSION}; make them one"
    );
    match recorded()?.iter().find(|(recorded, _)| *recorded == version) {
        Some((_, recorded)) if *recorded == digest => {
            println!("bailiwick:policy@{version} is as recorded");
            Ok(())
        }
        Some(_) => bail!(
            "the interfaces in wit/ changed, and are still version {version}; modules built for \
             it would break. Raise the version in wit/*.wit and in host/terms, then \
             `cargo xtask wit record`"
        ),
        None => bail!("version {version} is not recorded yet; `cargo xtask wit record`"),
    }
}

pub(crate) fn record() -> anyhow::Result<()> {
    let (version, digest) = current()?;
    let mut recorded = recorded()?;
    if recorded.iter().any(|(known, _)| *known == version) {
        return check();
    }
    recorded.push((version.clone(), digest));
    let text: String =
        recorded.iter().map(|(version, digest)| format!("{version} {digest}\n")).collect();
    std::fs::write(record_file(), text)?;
    println!("recorded bailiwick:policy@{version}");
    Ok(())
}
