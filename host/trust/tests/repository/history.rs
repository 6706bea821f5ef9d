//! What a repository tells of itself: how it stands, and what was done to it.

use bailiwick_trust::*;

use crate::crafted::put;
use crate::mesh::{Mesh, component, hours, key, module, start};

fn submit(mesh: &Mesh, name: &str) {
    let change = &mut Change::new();
    let mut pending =
        mesh.publisher.prepare(change.module(module(name), component(name)), start()).unwrap();
    pending.sign(&mesh.sales).unwrap();
    mesh.publisher.submit(&pending).unwrap();
}

fn told(events: &[Event]) -> Vec<String> {
    let of = |event: &Event| {
        let by = event.snapshot.map_or(String::new(), |by| format!(" by snapshot {by}"));
        format!("{} {}{by}", event.role, event.version)
    };
    events.iter().map(of).collect()
}

#[test]
fn the_history_tells_who_signed_what_in_which_order() {
    let mesh = Mesh::new();
    submit(&mesh, "sales/mask@1.1.0");
    mesh.publisher.refresh(&[&mesh.online], start() + hours(2)).unwrap();
    let mut change = Change::new();
    change.root_signers(Signers::one(mesh.central[0].public()));
    mesh.publisher.commit(&change, &mesh.keys(), start() + hours(3)).unwrap();
    mesh.commit(Change::new().deny(ModuleDigest::of(b"x"), "leaks"));

    let history = mesh.publisher.history().unwrap();
    assert_eq!(told(&history.roots), ["root 1", "root 2"]);
    assert_eq!(
        told(&history.events),
        [
            "targets 1 by snapshot 1",
            "targets 2 by snapshot 2",
            "hr 1 by snapshot 2",
            "sales 1 by snapshot 2",
            "sales 2 by snapshot 3",
            "targets 3 by snapshot 4"
        ]
    );
    assert!(history.gaps.is_empty(), "{:?}", history.gaps);
    let second = &history.roots[1];
    assert_eq!(second.prepared, Some(start() + hours(3)));
    assert_eq!(second.signatures[0].signed.len(), 2);
    assert_eq!(second.signatures[1].signed, [mesh.central[0].public().id()]);
    assert!(second.differences[0].to_string().starts_with("`root`: 1 of 1 keys sign"));
    let submitted = &history.events[4];
    assert_eq!(submitted.signatures[0].signed, [mesh.sales.public().id()]);
    let line = submitted.differences[0].to_string();
    assert!(line.starts_with("adds module sales/mask@1.1.0, sha256"), "{line}");
}

#[test]
fn what_is_missing_or_forged_is_a_gap_and_not_history() {
    let mesh = Mesh::new();
    submit(&mesh, "sales/mask@1.1.0");
    mesh.publisher.refresh(&[&mesh.online], start()).unwrap();
    submit(&mesh, "sales/mask@1.2.0");
    mesh.publisher.refresh(&[&mesh.online], start()).unwrap();
    std::fs::remove_file(mesh.path("metadata/2.sales.json")).unwrap();
    // An old version that somebody without keys rewrote.
    let file = mesh.path("metadata/1.targets.json");
    let text = std::fs::read_to_string(&file).unwrap();
    put(&file, text.replace("deny.json", "allow.json").as_bytes());
    let history = mesh.publisher.history().unwrap();
    assert_eq!(
        history.gaps,
        [
            "metadata/1.targets.json is not signed by enough of anybody's keys",
            "metadata/2.sales.json is not in the folder"
        ]
    );
    assert_eq!(history.events.last().unwrap().version, 3);
}

#[test]
fn the_overview_says_who_signed_and_what_waits() {
    let mesh = Mesh::new();
    let mut change = Change::new();
    change.onboard("ops".parse().unwrap(), Signers::one(key().public()));
    mesh.commit(&change);
    submit(&mesh, "sales/mask@1.1.0");
    put(&mesh.path("metadata/2.hr.json"), b"{");
    let later = start() + hours(24 * 91);
    let overview = mesh.publisher.overview(later).unwrap();
    let roles: Vec<&str> = overview.roles.iter().map(|state| state.role.as_str()).collect();
    assert_eq!(roles, ["root", "targets", "snapshot", "timestamp", "hr", "sales", "ops"]);
    let targets = &overview.roles[1];
    assert_eq!(targets.signatures.signed.len(), 2);
    assert_eq!(targets.signatures.open, [mesh.central[2].public().id()]);
    assert!(targets.current.is_some_and(|(version, expires)| version == 3 && expires <= later));
    assert_eq!(overview.roles[6].current, None);
    // What it handed in has expired by then too; on its day it waits.
    assert!(overview.submitted.is_empty());
    let overview = mesh.publisher.overview(start()).unwrap();
    assert_eq!(overview.submitted, [("sales".parse().unwrap(), 2)]);
    let [refused] = &overview.refused[..] else { panic!("{:?}", overview.refused) };
    assert_eq!(refused.domain.as_str(), "hr");
}
