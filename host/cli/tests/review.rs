//! What central governance is shown of a module before it approves it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use support::{APPROVALS, BINDINGS, CONTRACT, Ended, FRAMEWORK, Mesh, component};

#[track_caller]
fn says(ended: &Ended, words: &[&str]) {
    for words in words {
        assert!(ended.out.contains(words), "expected {words:?} in:\n{}", ended.out);
    }
}

#[test]
fn a_module_is_reviewed_before_it_is_approved() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "derive"]).good();
    // All but mask are approved.
    let others = APPROVALS.replacen("  - module: governance/mask@0.1.0\n", "", 1);
    let others = others.replacen(
        "    grants: {read: [pii], remove: [pii], services: {pseudonym: [customer]}}\n",
        "",
        1,
    );
    mesh.approve(&others, FRAMEWORK).good();
    mesh.publish_product("orders", CONTRACT, BINDINGS).good();
    mesh.write("approvals.yaml", APPROVALS);
    let review = ["review", "governance/mask@0.1.0"];
    // Nothing is granted to it: it is not admitted.
    mesh.run(&review).refused(4, &["governance/mask@0.1.0", "pseudonym"]);
    let meant = mesh.run(&[&review[..], &["--approvals", "approvals.yaml"]].concat()).good();
    says(
        &meant,
        &[
            "may not run",
            "no version before it was approved",
            "shop/orders",
            "mask-email  map, reads email, writes email",
            "reads labels pii",
            "removes labels pii",
        ],
    );
    // What the plan would refuse is refused.
    let less = APPROVALS.replace("read: [pii], ", "");
    mesh.write("approvals.yaml", &less);
    mesh.run(&[&review[..], &["--approvals", "approvals.yaml"]].concat()).refused(4, &[]);
    mesh.approve(APPROVALS, FRAMEWORK).good();
    says(&mesh.run(&review).good(), &["approved until", "mask-email"]);
}

/// A module of the shop's own: it puts texts into upper case, and traps on `trap`.
const SHOUT: &str = "shop/poison@0.1.0";

/// A test of that module, of one row.
fn case(name: &str, value: &str, expected: &str) -> String {
    format!(
        r#"{{"name": "{name}",
        "input": [{{"name": "a", "type": "string", "values": ["{value}"]}}],
        "output": [{{"name": "a", "type": "string", "values": ["{expected}"]}}]}}"#
    )
}

fn file(cases: &[String]) -> String {
    format!(r#"{{"cases": [{}]}}"#, cases.join(", "))
}

impl Mesh {
    /// Submits the module in a version of it, with these tests.
    fn submit_shout(&self, version: &str, cases: Option<&str>) -> Ended {
        let bytes = fs::read(component("poison")).unwrap();
        // It states its version once, among its constants.
        let at = bytes.windows(5).position(|bytes| bytes == b"0.1.0").unwrap();
        let bytes = [&bytes[..at], version.as_bytes(), &bytes[at + 5..]].concat();
        fs::create_dir_all(self.path("built")).unwrap();
        fs::write(self.path("built/poison.wasm"), bytes).unwrap();
        let beside = self.path("built/poison.cases.json");
        match cases {
            Some(cases) => fs::write(beside, cases).unwrap(),
            None => drop(fs::remove_file(beside)),
        }
        let words = ["submit", "shop", "--module", "built/poison.wasm"];
        self.run(&[&words[..], &["--key", "keys/shop.pem", "--key", "keys/online.pem"]].concat())
    }

    fn review(&self, module: &str) -> Ended {
        self.run(&["review", module])
    }

    /// The file of the module's tests in the repository.
    fn published_cases(&self) -> std::path::PathBuf {
        let folder = self.path("repository/targets/domains/shop/modules/poison");
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut cases = entries.filter(|path| path.display().to_string().ends_with(".cases.json"));
        cases.next().unwrap()
    }
}

#[test]
fn tests_that_were_submitted_run_again() {
    let mesh = Mesh::bare();
    let cases = file(&[case("texts are shouted", "a", "A"), case("digits stay", "1", "1")]);
    let ended = mesh.submit_shout("0.1.0", Some(&cases)).good();
    assert!(ended.out.contains("module  shop/poison@0.1.0, with 2 tests"), "{}", ended.out);
    let ended = mesh.review(SHOUT).good();
    assert!(ended.out.contains("\ntests: 2 of 2 passed\n"), "{}", ended.out);
    let audit = mesh.run(&["audit"]).good();
    assert!(audit.out.contains("adds the tests of module shop/poison@0.1.0, sha256 "), "{audit:?}");
}

#[test]
fn that_there_are_none_is_said() {
    let mesh = Mesh::bare();
    let ended = mesh.submit_shout("0.1.0", None).good();
    assert!(ended.out.contains("module  shop/poison@0.1.0, without tests"), "{}", ended.out);
    let ended = mesh.review(SHOUT).good();
    assert!(ended.out.contains("\ntests: none were submitted\n"), "{}", ended.out);
}

#[test]
fn a_test_that_fails_or_traps_is_told_and_refuses() {
    let mesh = Mesh::bare();
    let cases = [case("good", "a", "A"), case("wrong", "b", "b"), case("broken", "trap", "TRAP")];
    mesh.submit_shout("0.1.0", Some(&file(&cases))).good();
    let ended = mesh.review(SHOUT);
    assert_eq!(ended.code, 4, "{ended:?}");
    let told = "tests: 1 of 3 passed
  failed  wrong
    column \"a\", row 1: expected \"b\", found \"B\"
  failed  broken
    in push, it trapped";
    assert!(ended.out.contains(told), "{}", ended.out);
    // What else there is to say of it is said all the same.
    assert!(ended.out.contains("no product uses it"), "{}", ended.out);
}

#[test]
fn tests_run_within_the_limits_that_the_module_would_have() {
    let mesh = Mesh::bare();
    let (quiet, loud) = ("a".repeat(2_000), "A".repeat(2_000));
    mesh.submit_shout("0.1.0", Some(&file(&[case("long", &quiet, &loud)]))).good();
    mesh.review(SHOUT).good();
    mesh.write(
        "meant.yaml",
        "approvals: [{module: shop/poison@0.1.0, limits: {output_bytes: 2000}}]",
    );
    let ended = mesh.run(&["review", SHOUT, "--approvals", "meant.yaml"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    let told = "in push, it went past its limit of 2000 bytes a call gives back (output_bytes)";
    assert!(ended.out.contains(told), "{}", ended.out);
}

#[test]
fn tests_that_are_broken_are_not_submitted() {
    let mesh = Mesh::bare();
    for (cases, said) in [
        ("{", "poison.cases.json holds no test cases"),
        (r#"{"cases": [{"name": "it", "input": []}]}"#, "test case \"it\""),
    ] {
        mesh.submit_shout("0.1.0", Some(cases)).refused(5, &["built/poison.cases.json", said]);
    }
    // As many bytes as may be, and one more.
    let cases = file(&[case("good", "a", "A")]);
    let padded = |bytes: usize| cases.clone() + &" ".repeat(bytes - cases.len());
    mesh.submit_shout("0.1.0", Some(&padded((1 << 20) + 1))).refused(5, &["1048576 bytes"]);
    mesh.submit_shout("0.1.0", Some(&padded(1 << 20))).good();
}

#[test]
fn tests_that_were_changed_without_the_domains_signature_are_refused() {
    let mesh = Mesh::bare();
    mesh.submit_shout("0.1.0", Some(&file(&[case("wrong", "b", "b")]))).good();
    let published = mesh.published_cases();
    let text = fs::read_to_string(&published).unwrap();
    fs::write(&published, text.replace("[\"b\"]}]}]", "[\"B\"]}]}]")).unwrap();
    assert_ne!(fs::read_to_string(&published).unwrap(), text);
    mesh.review(SHOUT).refused(4, &["domains/shop/modules/poison/0.1.0.cases.json", "sha256"]);
    // With it they can be changed, and the module stays.
    mesh.submit_shout("0.1.0", Some(&file(&[case("right", "b", "B")]))).good();
    let ended = mesh.review(SHOUT).good();
    assert!(ended.out.contains("tests: 1 of 1 passed"), "{}", ended.out);
}

#[test]
fn what_is_tested_otherwise_than_before_is_told() {
    let mesh = Mesh::bare();
    let before = [case("kept", "a", "A"), case("bent", "b", "B"), case("dropped", "c", "C")];
    mesh.submit_shout("0.1.0", Some(&file(&before))).good();
    mesh.approve("approvals: [{module: shop/poison@0.1.0}]", FRAMEWORK).good();
    mesh.submit_shout("0.2.0", Some(&file(&before))).good();
    let ended = mesh.review("shop/poison@0.2.0").good();
    assert!(ended.out.contains("\n  tests  the same\n"), "{}", ended.out);
    let now = [case("kept", "a", "A"), case("bent", "x", "X"), case("fresh", "d", "D")];
    mesh.submit_shout("0.2.0", Some(&file(&now))).good();
    let ended = mesh.review("shop/poison@0.2.0").good();
    let told = "  tests  1 added, 1 changed, 1 removed
    added    fresh
    changed  bent
    removed  dropped\n";
    assert!(ended.out.contains(told), "{}", ended.out);
    assert!(ended.out.contains("tests: 3 of 3 passed"), "{}", ended.out);
}
