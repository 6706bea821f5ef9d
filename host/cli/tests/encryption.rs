//! The policy `encrypt` in products, under keys of the mesh.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use support::rows::{parquet, rows};
use support::{FRAMEWORK, Mesh};

const CONTRACT: &str = "
apiVersion: v3.1.0
kind: DataContract
id: shop-cards
version: 1.0.0
status: active
schema:
  - name: cards_raw
    properties:
      - {name: card, logicalType: string, classification: pii}
      - {name: code, logicalType: string, classification: pii}
  - name: cards
    properties:
      - {name: card, logicalType: string}
      - {name: code, logicalType: string}
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/cards
input: {port: raw, object: cards_raw, location: cards.csv}
output: {port: cards, object: cards, format: parquet}
policies:
  - id: encrypt-card
    module: governance/encrypt@0.1.0
    columns: [card]
    settings: {key: cards, tweak: '9876543210'}
  - id: encrypt-code
    module: governance/encrypt@0.1.0
    columns: [code]
    settings: {key: cards, tweak: 7777pqrs777, alphabet: 0123456789abcdefghijklmnopqrstuvwxyz}
";

const APPROVALS: &str = "
approvals:
  - module: governance/encrypt@0.1.0
    grants: {read: [pii], remove: [pii], services: {encryption: [cards]}}
";

/// The key of the samples for AES-128 in NIST's "FF1samples.pdf".
const KEY: [u8; 16] = [
    0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C,
];

fn mesh() -> Mesh {
    let mesh = Mesh::bare();
    fs::write(mesh.path("secrets/cards.key"), KEY).unwrap();
    mesh.publish_modules("governance", &["encrypt"]).good();
    let framework = FRAMEWORK.replace("governance/mask", "governance/encrypt");
    mesh.approve(APPROVALS, &framework).good();
    mesh.write("data/cards.csv", "card,code\n0123456789,0123456789abcdefghi\n0123-456-789,\n");
    mesh
}

fn delivered(mesh: &Mesh, product: &str) -> Vec<String> {
    let file = format!("{}.parquet", product.split_once('/').unwrap().1);
    rows(&parquet(&mesh.current(product).join(file)))
}

#[test]
fn whoever_holds_the_key_can_decrypt_what_is_delivered() {
    let mesh = mesh();
    mesh.publish_product("cards", CONTRACT, BINDINGS).good();
    mesh.run(&["run", "shop/cards"]).good();
    // Samples 2 and 3: any implementation of FF1 makes the plain texts of these.
    assert_eq!(
        delivered(&mesh, "shop/cards"),
        ["6124200773|a9tv40mll9kdu509eum", "6124-200-773|∅"]
    );
    let again = mesh.run(&["run", "shop/cards", "--lanes", "2"]).good();
    assert!(again.out.contains("the same bytes again"), "{}", again.out);
}

#[test]
fn a_key_of_the_domain_joins_within_it_alone() {
    let mesh = mesh();
    let product = |name: &str, scope: &str| {
        let bindings = BINDINGS
            .replace("shop/cards", &format!("shop/{name}"))
            .replace("key: cards", &format!("key: cards{scope}"))
            .replace("port: cards,", &format!("port: {name},"));
        mesh.publish_product(name, CONTRACT, &bindings).good();
        mesh.run(&["run", &format!("shop/{name}")]).good();
        delivered(&mesh, &format!("shop/{name}"))
    };
    let of_all = product("cards", "");
    assert_eq!(product("global", "@global"), of_all);
    let of_domain = product("first", "@domain");
    assert_ne!(of_domain, of_all);
    assert_eq!(product("second", "@domain"), of_domain);
    let of_product = product("third", "@product");
    assert!(of_product != of_domain && of_product != of_all);
    // The form stays, whatever the key.
    assert_eq!(of_product[1].len(), of_all[1].len());
}

#[test]
fn without_a_grant_or_a_key_nothing_is_delivered() {
    let mesh = mesh();
    let other = BINDINGS.replace("key: cards", "key: codes");
    mesh.publish_product("cards", CONTRACT, &other).good();
    mesh.run(&["run", "shop/cards"]).refused(6, &["step encrypt-card", "it rejects its settings"]);
    mesh.publish_product("cards", CONTRACT, BINDINGS).good();
    fs::remove_file(mesh.path("secrets/cards.key")).unwrap();
    let ended = mesh.run(&["run", "shop/cards"]);
    assert!(ended.code != 0 && ended.err.contains("cards"), "{ended:?}");
    assert!(!mesh.path("output/shop/cards/current").exists());
}
