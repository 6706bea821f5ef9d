//! Domains that are broken, each in a way of its own, or taken back: the others run.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::PathBuf;

use bailiwick_trust::{Change, Lifetimes, Publisher, Signers, SigningKey, bounds};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use support::{BINDINGS, CONTRACT, Mesh, component};

const DOMAINS: usize = 10;

fn name(domain: usize) -> String {
    format!("domain-{domain}")
}

/// The mesh with ten domains more, a product each, and who signs for them.
fn ten() -> (Mesh, Publisher, Vec<SigningKey>) {
    let mesh = Mesh::ready();
    let root = fs::read(mesh.path("root.json")).unwrap();
    let publisher = Publisher::open(mesh.path("repository"), &root).unwrap();
    let domains: Vec<_> = (0..DOMAINS).map(|_| SigningKey::generate().unwrap()).collect();
    let mut change = Change::new();
    for (domain, key) in domains.iter().enumerate() {
        let product = format!("{}/orders", name(domain));
        let bindings = BINDINGS.replace("shop/orders", &product);
        change
            .onboard(name(domain).parse().unwrap(), Signers::one(key.public()))
            .contract(product.parse().unwrap(), CONTRACT.as_bytes())
            .bindings(product.parse().unwrap(), bindings.into_bytes());
    }
    let holders = ["central-1", "central-2", "online"]
        .map(|holder| SigningKey::load(mesh.path(&format!("keys/{holder}.pem"))).unwrap());
    let keys: Vec<_> = domains.into_iter().chain(holders).collect();
    let all: Vec<&SigningKey> = keys.iter().collect();
    publisher.commit(&change, &all, Timestamp::now()).unwrap();
    (mesh, publisher, keys)
}

fn metadata(mesh: &Mesh, domain: usize) -> PathBuf {
    mesh.path(&format!("repository/metadata/1.{}.json", name(domain)))
}

/// The file of a document of a domain's product.
fn document(mesh: &Mesh, domain: usize, ending: &str) -> PathBuf {
    let folder = format!("repository/targets/domains/{}/products/orders", name(domain));
    let files = fs::read_dir(mesh.path(&folder)).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().find(|file| file.to_string_lossy().ends_with(ending)).unwrap()
}

fn change(file: PathBuf, from: &str, to: &str) {
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from));
    fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn broken_domains_stop_nobody_else() {
    let (mesh, publisher, keys) = ten();
    let ran = |domain: usize| mesh.current(&format!("{}/orders", name(domain))).exists();
    mesh.run(&["run", "--all"]).good();
    assert!((0..DOMAINS).all(ran));
    fs::remove_dir_all(mesh.path("output")).unwrap();

    // Expired: signed two hours ago, for one.
    let hour = SignedDuration::from_hours(1);
    let publisher = publisher.with_lifetimes(Lifetimes { domain: hour, ..Lifetimes::default() });
    let all: Vec<&SigningKey> = keys.iter().collect();
    let mut expired = Change::new();
    expired.renew(name(0).parse().unwrap());
    publisher.commit(&expired, &all, Timestamp::now() - hour - hour).unwrap();

    fs::write(metadata(&mesh, 1), b"\x00\xff{[").unwrap();
    fs::remove_file(metadata(&mesh, 2)).unwrap();
    let oversized = fs::File::options().write(true).open(metadata(&mesh, 3)).unwrap();
    oversized.set_len(bounds::MAX_TARGETS_BYTES + 1).unwrap();
    change(metadata(&mesh, 4), "\"length\"", "\"lengtH\"");
    fs::remove_file(document(&mesh, 5, "contract.yaml")).unwrap();
    change(document(&mesh, 6, "bindings.yaml"), "min: 0", "min: 1");
    fs::write(document(&mesh, 7, "contract.yaml"), []).unwrap();

    // What this host had verified before would go on counting: it has forgotten.
    for domain in 0..DOMAINS {
        fs::remove_file(mesh.path(&format!(".bailiwick/{}.json", name(domain)))).unwrap();
    }
    let ended = mesh.run(&["run", "--all"]);
    let broken: Vec<String> = (0..=7).map(name).collect();
    let said: Vec<&str> = broken.iter().map(String::as_str).collect();
    ended.refused(4, &said);
    assert!(!(0..=7).any(ran));
    assert!((8..DOMAINS).all(ran));
    assert!(mesh.current("shop/orders").exists());
}

#[test]
fn a_domain_or_bytes_can_be_taken_back() {
    let mesh = Mesh::ready();
    mesh.run(&["run", "shop/orders"]).good();
    let revoke = |words: &[&str]| mesh.central(&[&["revoke", "--reason", "leaks"], words].concat());
    for unclear in [&[][..], &["governance/mask@0.1.0", "--domain", "shop"]] {
        assert_eq!(revoke(unclear).code, 2);
    }
    revoke(&["--domain", "shpo"]).refused(1, &["shpo is not onboarded"]);
    let range = Sha256::digest(fs::read(component("range")).unwrap());
    revoke(&["--digest", &hex::encode(range)]).good();
    mesh.run(&["run", "shop/orders"]).refused(4, &["governance/range@0.1.0", "leaks"]);
    revoke(&["--domain", "shop"]).good();
    mesh.run(&["run", "shop/orders"]).refused(4, &["domain `shop` was revoked", "leaks"]);
}

#[test]
fn a_domain_publishes_files_at_further_paths_that_it_is_trusted_with() {
    let mesh = Mesh::ready();
    let onboard = |domain: &str, path: &str| {
        let key = format!("keys/{domain}.pem");
        mesh.central(&["onboard", domain, "--domain-key", &key, "--path", path])
    };
    let said = onboard("shop", "reference/rates/*.csv").good().out;
    assert!(said.contains("below domains/shop/, reference/rates/*.csv"), "{said}");
    mesh.write("rates.csv", "currency,rate\nusd,1.1\n");
    let submit = |path: &str| {
        let keys = ["--key", "keys/shop.pem", "--key", "keys/online.pem"];
        mesh.run(&[&["submit", "shop", "--file", &format!("{path}=rates.csv")], &keys[..]].concat())
    };
    submit("reference/rates/2026.csv").good();
    submit("reference/prices/2026.csv").refused(4, &["shop", "reference/prices/2026.csv"]);
    let get = ["repo", "get", "shop", "reference/rates/2026.csv", "--to", "got.csv"];
    mesh.run(&get).good();
    assert_eq!(fs::read(mesh.path("got.csv")).unwrap(), b"currency,rate\nusd,1.1\n");

    onboard("governance", "reference/*/2026.*").refused(4, &["governance", "domain `shop`"]);
    onboard("governance", "domains/shop/products/*/*").refused(4, &["domains/governance/"]);
    onboard("governance", "approvals/shop/*/*").refused(4, &["central governance's"]);
    onboard("governance", "framework.yaml").refused(2, &["framework.yaml"]);

    let stored = mesh.path("repository/targets/reference/rates");
    let file = fs::read_dir(stored).unwrap().next().unwrap().unwrap().path();
    fs::write(file, "currency,rate\nusd,9.9\n").unwrap();
    mesh.run(&get).refused(4, &["reference/rates/2026.csv", "sha256"]);
}
