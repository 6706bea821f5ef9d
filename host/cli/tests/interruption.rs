//! Runs that do not come to their end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Stdio};

use support::Mesh;

/// An input that takes a while: there is time to interrupt.
fn many_orders() -> String {
    let mut orders = String::from("id,email,amount,ordered\n");
    for id in 0..400_000 {
        writeln!(orders, "{id},user{id}@example.com,{}.5,2026-01-05", id % 977).unwrap();
    }
    orders
}

/// The names in the product's folder that begin so.
fn beginning(mesh: &Mesh, prefix: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(mesh.path("output/shop/orders")) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// Starts a run and returns once it is writing its output.
fn writing(mesh: &Mesh) -> Child {
    let mut child = mesh
        .command(&["run", "shop/orders"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = |staging: &String| {
        mesh.path("output/shop/orders").join(staging).join("orders.parquet").exists()
    };
    while !beginning(mesh, ".staging-").iter().any(started) {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was interrupted");
        std::thread::yield_now();
    }
    child
}

#[test]
fn a_killed_run_leaves_nothing_visible_and_can_run_again() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let mut child = writing(&mesh);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was not killed by a signal");
    assert!(!mesh.current("shop/orders").exists());
    assert!(beginning(&mesh, "runs").is_empty());
    assert_eq!(beginning(&mesh, ".staging-").len(), 1);

    mesh.run(&["run", "shop/orders"]).good();
    assert_eq!(mesh.report("shop/orders")["accounting"]["rows_out"], 400_000);
    assert!(beginning(&mesh, ".staging-").is_empty(), "what the killed run left is still there");
}

#[test]
fn a_cancelled_run_cleans_up_after_itself() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let child = writing(&mesh);
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let ended: support::Ended = child.wait_with_output().unwrap().into();
    ended.refused(130, &["cancelled", "nothing of it was delivered"]);
    assert!(!mesh.current("shop/orders").exists());
    assert!(beginning(&mesh, ".staging-").is_empty());
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let mesh = Mesh::ready();
    mesh.write("output", "a file where a folder must be");
    mesh.run(&["run", "shop/orders"]).refused(1, &["output", "nothing of this run was delivered"]);
}

/// The files that are left of a run that did not deliver.
fn nothing_is_left(mesh: &Mesh) {
    assert!(!mesh.current("shop/orders").exists());
    assert!(beginning(mesh, "runs").is_empty(), "a run was committed");
    assert!(beginning(mesh, ".staging-").is_empty(), "what it staged is still there");
}

#[test]
fn a_terminated_run_cleans_up_after_itself() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let child = writing(&mesh);
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let ended: support::Ended = child.wait_with_output().unwrap().into();
    ended.refused(130, &["cancelled", "nothing of it was delivered"]);
    nothing_is_left(&mesh);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    // No file may grow past 200 blocks of 512 bytes. The shell ignores the signal that
    // comes with it, so that the run gets an error, as it does from a full disk.
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" run shop/orders"])
        .arg(support::BAILIWICK)
        .current_dir(mesh.path(""))
        .output()
        .unwrap();
    let ended: support::Ended = limited.into();
    ended.refused(1, &["cannot write", "File too large", "nothing of this run was delivered"]);
    nothing_is_left(&mesh);
    mesh.run(&["run", "shop/orders"]).good();
    assert_eq!(mesh.report("shop/orders")["accounting"]["rows_out"], 400_000);
}

#[test]
fn an_output_folder_that_vanishes_is_an_error() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let child = writing(&mesh);
    fs::rename(mesh.path("output"), mesh.path("elsewhere")).unwrap();
    let ended: support::Ended = child.wait_with_output().unwrap().into();
    ended.refused(1, &["output", "nothing of this run was delivered"]);
    assert!(!mesh.path("output/shop/orders/current").exists());
    assert!(!mesh.path("elsewhere/shop/orders/current").exists());
}

#[test]
fn an_input_cut_in_a_quoted_field_is_an_error() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &(many_orders() + "400000,\"half of an addr"));
    mesh.run(&["run", "shop/orders"]).refused(5, &["orders.csv"]);
    nothing_is_left(&mesh);
}

#[test]
fn two_runs_of_a_product_at_once_do_not_mix() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let first = writing(&mesh);
    // The first holds the product: the second is told so, and does it no harm.
    mesh.run(&["run", "shop/orders"]).refused(1, &["another run of shop/orders is under way"]);
    let first: support::Ended = first.wait_with_output().unwrap().into();
    first.good();
    assert_eq!(mesh.report("shop/orders")["accounting"]["rows_out"], 400_000);
    mesh.run(&["run", "shop/orders"]).good();
    assert!(beginning(&mesh, ".staging-").is_empty());
}

#[test]
fn a_file_that_breaks_off_in_the_middle_is_an_error() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    mesh.run(&["run", "shop/orders"]).good();
    let whole = fs::read(mesh.current("shop/orders").join("orders.parquet")).unwrap();
    fs::remove_dir_all(mesh.path("output")).unwrap();
    let half = whole.len() / 2;

    // Its footer is whole, a row group in the middle is not.
    let mut torn = whole.clone();
    torn[half..half + 4_096].fill(0xff);
    fs::write(mesh.path("data/torn.parquet"), &torn).unwrap();
    mesh.run(&["run", "shop/orders", "--input", "data/torn.parquet"]).refused(5, &["torn.parquet"]);
    nothing_is_left(&mesh);

    fs::write(mesh.path("data/short.parquet"), &whole[..half]).unwrap();
    mesh.run(&["run", "shop/orders", "--input", "data/short.parquet"])
        .refused(5, &["short.parquet"]);
    nothing_is_left(&mesh);
}

#[test]
fn more_memory_than_allowed_ends_a_run_and_leaves_nothing() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &many_orders());
    let mut refused = 0;
    // Whether it ends when steps are opened or in the middle, it ends the same way.
    for mib in [1, 2, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512] {
        let limit = format!("{mib}MiB");
        let ended = mesh.run(&["run", "shop/orders", "--lanes", "2", "--memory", &limit]);
        if ended.code == 0 {
            break;
        }
        let bytes = format!("more than the {} bytes of memory", mib << 20);
        ended.refused(1, &[&bytes, "nothing was delivered", "--lanes"]);
        nothing_is_left(&mesh);
        refused += 1;
    }
    assert!(refused > 0, "1 MiB was enough");
    assert_eq!(mesh.report("shop/orders")["accounting"]["rows_out"], 400_000);
    mesh.run(&["run", "shop/orders", "--memory", "much"]).refused(2, &["such as 512MiB"]);
}

/// A check reads `note`, which is published or not.
fn notes(name: &str, published: &str) -> (String, String) {
    let note = "- {name: note, logicalType: string}";
    let contract = format!(
        "
apiVersion: v3.1.0
kind: DataContract
id: shop-{name}
version: 1.0.0
status: active
schema:
  - name: notes_raw
    properties:
      - {{name: id, logicalType: integer, physicalType: int64}}
      {note}
  - name: notes
    properties:
      - {{name: id, logicalType: integer, physicalType: int64}}
      {published}
"
    );
    let bindings = format!(
        "
apiVersion: bailiwick/v1
product: shop/{name}
input: {{port: raw, object: notes_raw, location: notes.csv}}
output: {{port: notes, object: notes, format: parquet}}
policies:
  - id: noted
    module: governance/completeness@0.1.0
    columns: [note]
"
    );
    (contract, bindings)
}

#[test]
fn rows_that_wait_encoded_for_their_row_group_count_against_the_memory_of_the_run() {
    const ROW_GROUP_ROWS: usize = 131_072;
    let mesh = Mesh::ready();
    let mut file = String::from("id,note\n");
    // Texts that compression makes hardly smaller: 400 bytes each, from `-` to `~`.
    let mut state = 1_u64;
    for id in 0..ROW_GROUP_ROWS {
        write!(file, "{id},").unwrap();
        for _ in 0..400 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            file.push(char::from(45 + ((state >> 33) % 82) as u8));
        }
        file.push('\n');
    }
    mesh.write("data/notes.csv", &file);
    for (name, published) in [("kept", "- {name: note, logicalType: string}"), ("left", "")] {
        let (contract, bindings) = notes(name, published);
        mesh.publish_product(name, &contract, &bindings).good();
    }
    // One lane has five batches of 6.6 MB between reading and writing at most: 33 MB. Seven
    // of them, encoded, are some 37 MB, beside the one that was just written.
    let run = |name: &str| mesh.run(&["run", name, "--lanes", "1", "--memory", "38MiB"]);
    run("shop/left").good();
    run("shop/kept").refused(1, &["more than the 39845888 bytes of memory"]);
}
