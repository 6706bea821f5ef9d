//! Shows a pending change: what it does, computed from what is signed, and who signed.

use std::path::Path;

use bailiwick_trust::{ChangedDocument, Pending, RoleChange, Signatures};
use similar::TextDiff;

/// Digits of a key's id or a digest that tell it from others on one screen.
const SHORT: usize = 12;

pub(crate) fn short(hex: &str) -> &str {
    hex.get(..SHORT).unwrap_or(hex)
}

/// What the change does, role by role.
pub(crate) fn print_change(pending: &Pending) -> anyhow::Result<()> {
    if pending.is_first() {
        outln!("This begins a NEW repository: whoever signs says who governs it.");
    }
    if let Some((versions, expires)) = pending.stands_on() {
        outln!(
            "stands on root {}, targets {}, snapshot {}, timestamp {}, which expires {expires}",
            versions.root,
            versions.targets,
            versions.snapshot,
            versions.timestamp
        );
    }
    for RoleChange { role, version, expires, digest, differences, .. } in pending.changes()? {
        outln!("{role} version {version}, expires {expires}");
        for difference in &differences {
            outln!("  {difference}");
        }
        outln!("  sha256 of what is signed  {digest}");
    }
    Ok(())
}

/// The documents that it adds, and what it changes in those that were there.
pub(crate) fn print_documents(pending: &Pending) -> anyhow::Result<()> {
    for ChangedDocument { path, bytes, former } in pending.documents()? {
        outln!("{}", printable(&path));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let now = text(&bytes);
        let shown = match former.as_deref().map(text) {
            None => now,
            Some(before) => TextDiff::from_lines(&before, &now)
                .unified_diff()
                .context_radius(2)
                .missing_newline_hint(false)
                .to_string(),
        };
        for line in shown.lines() {
            outln!("  {}", printable(line));
        }
    }
    Ok(())
}

/// Who signed and who must, role by role.
pub(crate) fn print_signatures(pending: &Pending) -> anyhow::Result<()> {
    for change in pending.changes()? {
        for signatures in &change.signatures {
            outln!("{}", signatures_line(&change.role, change.version, signatures));
        }
    }
    Ok(())
}

pub(crate) fn signatures_line(role: &str, version: u64, signatures: &Signatures) -> String {
    let Signatures { of, threshold, signed, open } = signatures;
    let short = |ids: &[String]| ids.iter().map(|id| short(id)).collect::<Vec<_>>().join(", ");
    let by = if signed.is_empty() { String::new() } else { format!(" (by {})", short(signed)) };
    let still = match signatures.missing() {
        0 => String::new(),
        missing => format!("; {missing} more of {}", short(open)),
    };
    format!(
        "{role} {version}: {} of {threshold} signatures by the keys of {of}{by}{still}",
        signed.len()
    )
}

/// Says what a change waits for, and what to do.
pub(crate) fn print_open(pending: &Pending, folder: &Path) -> anyhow::Result<()> {
    outln!("not in force yet; it waits in {}", folder.display());
    print_signatures(pending)?;
    print_next(pending, folder)
}

pub(crate) fn print_next(pending: &Pending, folder: &Path) -> anyhow::Result<()> {
    let folder = folder.display();
    if !pending.is_complete()? {
        outln!("next: each signer runs `bailiwick sign {folder} --key FILE`, here or on a copy");
    } else if pending.is_of_domains() {
        outln!("next: `bailiwick commit {folder}`");
    } else {
        outln!("next: `bailiwick commit {folder} --key FILE`, with the online key");
    }
    Ok(())
}

/// Foreign text, without what a terminal acts on.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(
            |c| {
                if c.is_control() && c != '\t' { c.escape_default().collect() } else { vec![c] }
            },
        )
        .collect()
}
