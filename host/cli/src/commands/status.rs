//! `bailiwick status`: how the repository stands, and who must act.

use std::process::ExitCode;

use bailiwick_pipeline::{Mesh, Pipeline};
use bailiwick_trust::{Overview, Pending, Publisher, RoleState, TrustError};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::exit::REFUSED;
use crate::mesh::MeshFile;
use crate::statement::{short, signatures_line};

/// Show how the repository stands: what is in force, who signed it, until when, and who
/// must act
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    mesh: MeshFile,
}

impl Status {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mesh = self.mesh.read()?;
        let now = Timestamp::now();
        let mut to_do = Vec::new();
        // What has expired is shown too: somebody must act.
        let opened = Pipeline::open(mesh.clone(), now);
        match &opened {
            Ok(pipeline) => print_repository(pipeline, &mut to_do),
            Err(error) => outln!("no pipeline runs: {error}"),
        }
        match (self.mesh.publisher(), &opened) {
            (Ok(publisher), _) => {
                let overview = publisher.overview(now)?;
                print_roles(&overview, now, &mut to_do);
                print_waiting(&mesh, &publisher, &mut to_do);
                submissions(&overview, &mut to_do);
            }
            // Where the repository can only be read, others see to what is signed.
            (Err(error), Ok(_)) => outln!("who signed is not shown: {error:#}"),
            (Err(error), Err(_)) => return Err(error),
        }
        outln!("to do");
        if to_do.is_empty() {
            outln!("  nothing");
        }
        for line in &to_do {
            outln!("  {line}");
        }
        Ok(if opened.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
    }
}

fn submissions(overview: &Overview, to_do: &mut Vec<String>) {
    for (domain, version) in &overview.submitted {
        to_do.push(format!(
            "the online key's holder: domain {domain} submitted version {version}; run \
             `bailiwick refresh`"
        ));
    }
    for refused in &overview.refused {
        let (domain, error) = (&refused.domain, &refused.error);
        to_do.push(format!("domain {domain}: what it handed in is not trusted: {error}"));
    }
}

fn print_repository(pipeline: &Pipeline, to_do: &mut Vec<String>) {
    let repository = pipeline.repository();
    let versions = repository.versions();
    outln!(
        "verified: root {}, targets {}, snapshot {}, timestamp {}",
        versions.root,
        versions.targets,
        versions.snapshot,
        versions.timestamp
    );
    let (products, modules) = (pipeline.products(), repository.modules());
    outln!("products");
    for product in &products.found {
        outln!("  {product}");
    }
    outln!("modules");
    let width = modules.found.iter().map(|module| module.name.to_string().len()).max().unwrap_or(0);
    let mut unapproved = Vec::new();
    for module in &modules.found {
        let state = match repository.module(&module.name) {
            Ok(approved) => format!("approved until {}", approved.approval().expires),
            Err(TrustError::Unapproved { .. }) => {
                unapproved.push(module.name.to_string());
                "not approved".to_owned()
            }
            Err(TrustError::ApprovalExpired { expired, .. }) => {
                unapproved.push(module.name.to_string());
                format!("its approval expired at {expired}")
            }
            Err(error) => format!("may not run: {error}"),
        };
        outln!("  {:<width$}  {}  {state}", module.name.to_string(), module.digest.short());
    }
    if !unapproved.is_empty() {
        to_do.push(format!(
            "central governance: approve, after `bailiwick review MODULE`: {}",
            unapproved.join(", ")
        ));
    }
    for broken in products.broken.iter().chain(&modules.broken) {
        outln!("broken domain {}: {}", broken.domain, broken.error);
    }
}

fn print_roles(overview: &Overview, now: Timestamp, to_do: &mut Vec<String>) {
    outln!("signed");
    let width = overview.roles.iter().map(|state| state.role.len()).max().unwrap_or(0);
    for RoleState { role, current, signatures } in &overview.roles {
        let (threshold, keys) =
            (signatures.threshold, signatures.signed.len() + signatures.open.len());
        let Some((version, expires)) = current else {
            outln!("  {role:<width$}  nothing yet; {threshold} of {keys} keys sign");
            continue;
        };
        let by: Vec<&str> = signatures.signed.iter().map(|id| short(id)).collect();
        outln!(
            "  {role:<width$}  version {version}, {threshold} of {keys} keys sign, by {}; expires \
             {expires}",
            by.join(", ")
        );
        let (left, remedy) = due(role);
        let within = now.checked_add(left).unwrap_or(now);
        if *expires <= now {
            to_do.push(format!("{}: `{role}` expired at {expires}; {remedy}", holder(role)));
        } else if *expires <= within {
            to_do.push(format!("{}: `{role}` expires at {expires}; {remedy}", holder(role)));
        }
    }
}

/// How long before its expiry a role is due, and what renews it: a quarter of the time that
/// it is signed for.
fn due(role: &str) -> (SignedDuration, String) {
    let hours = SignedDuration::from_hours;
    match role {
        "root" => (hours(24 * 91), "run `bailiwick renew root`".to_owned()),
        "targets" => (hours(24 * 22), "run `bailiwick renew targets`".to_owned()),
        "snapshot" => (hours(42), "run `bailiwick refresh`".to_owned()),
        "timestamp" => (hours(6), "run `bailiwick refresh`".to_owned()),
        domain => (hours(24 * 22), format!("run `bailiwick renew domain {domain}`")),
    }
}

fn holder(role: &str) -> String {
    match role {
        "root" => "the root's signers".to_owned(),
        "targets" => "central governance".to_owned(),
        "snapshot" | "timestamp" => "the online key's holder".to_owned(),
        domain => format!("domain {domain}"),
    }
}

/// The changes that wait for signers. One that cannot be read is not passed over.
fn print_waiting(mesh: &Mesh, publisher: &Publisher, to_do: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(&mesh.pending) else { return };
    let mut folders: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && !hidden(path))
        .collect();
    folders.sort();
    if !folders.is_empty() {
        outln!("waiting");
    }
    for folder in folders {
        let shown = folder.display();
        let read = Pending::open(&folder, Some(publisher.trusted_root())).and_then(|pending| {
            publisher.check_current(&pending)?;
            Ok((pending.changes()?, pending.is_complete()?, pending.is_of_domains()))
        });
        match read {
            Ok((changes, complete, of_domains)) => {
                outln!("  {shown}");
                for change in &changes {
                    for signatures in &change.signatures {
                        let line = signatures_line(&change.role, change.version, signatures);
                        outln!("    {line}");
                    }
                }
                to_do.push(match (complete, of_domains) {
                    (false, _) => format!("its signers: sign {shown}, see `bailiwick sign`"),
                    (true, true) => format!("its domain: `bailiwick commit {shown}`"),
                    (true, false) => {
                        format!("the online key's holder: `bailiwick commit {shown} --key FILE`")
                    }
                });
            }
            Err(error) => {
                outln!("  {shown}: {error}");
                to_do.push(format!("whoever prepared {shown}: prepare it again, or remove it"));
            }
        }
    }
}

fn hidden(path: &std::path::Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
