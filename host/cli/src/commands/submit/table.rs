//! Reference tables that a domain submits, each with the contract that describes it.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use bailiwick_governance::SignedTable;
use bailiwick_pipeline::check_table;
use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, bounds};

/// Adds a table and its contract to a change, and says what was added. Both are read as runs
/// will read them: what is broken is an error here, not a surprise in a run.
pub(super) fn add(
    domain: &DomainName,
    (target, file): &(String, PathBuf),
    change: &mut Change,
) -> anyhow::Result<String> {
    let read = |file: &PathBuf| {
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
    };
    let table = read(file)?;
    ensure!(
        table.len() as u64 <= bounds::MAX_TABLE_BYTES,
        "{} has {} bytes, a reference table has at most {}; publish it as a product, whose output \
         is looked up as well",
        file.display(),
        table.len(),
        bounds::MAX_TABLE_BYTES
    );
    let beside = file.with_extension("odcs.yaml");
    let contract = read(&beside).context("a table is submitted with the contract beside it")?;
    let text = String::from_utf8_lossy(&contract);
    let shown = beside.display().to_string();
    let described = check_table(domain, target, &table, (&shown, &text))?;
    change.file(domain.clone(), target, table);
    change.file(domain.clone(), SignedTable::contract_of(target), contract);
    Ok(format!("table   {target}, version {}", described.contract_version))
}
