//! What compiling costs at the bounds of what is compiled at all: it is measured in a
//! process of its own, which the system holds to a time and a memory.

use std::process::Command;

use bailiwick_terms::{Grants, Limits};

use crate::support::stranger::transform;
use crate::support::{approved, engine, words};

/// Names the component that the process is to load.
const WORST: &str = "BAILIWICK_TEST_WORST";

/// A component that is just within a bound, and what loading it may take: three times
/// what it took where it was measured.
struct Worst {
    name: &'static str,
    /// Processor time of all threads, seconds.
    most_seconds: u64,
    /// Memory, bytes.
    most_bytes: u64,
}

/// What an engine maps to be written and hardly writes: tables of a thousand sandboxes.
const POOL_BYTES: u64 = 4 << 30;

/// A function of so many variables, each of which is read behind so many loops.
fn joins(variables: usize, branches: usize) -> String {
    let uses: String = (0..variables)
        .map(|at| format!("(local.set {at} (i32.add (local.get {at}) (i32.const {at})))"))
        .collect();
    let (declared, loops) = (" i32".repeat(variables), "(loop)".repeat(branches));
    format!("(func (local{declared}) {loops} {uses})")
}

fn worst(name: &str) -> Vec<u8> {
    let functions = match name {
        // 2,047 variables times 4,096 branches: 2^23 less a few, and 2^27 less a few.
        "one-of-joins" => joins(2_047, 4_095),
        "all-of-joins" => joins(2_047, 4_095).repeat(16),
        "functions" => "(func (param i32) (result i32)
            (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 7)))"
            .repeat(100_000),
        "long-functions" => {
            let step =
                "(local.set 0 (f64.add (f64.mul (local.get 0) (local.get 1)) (local.get 1)))";
            format!("(func (param f64 f64) {})", step.repeat(40_000)).repeat(30)
        }
        "calls" => {
            let calls = "(call 0)".repeat(100_000);
            format!("(func) {}", format!("(func {calls})").repeat(40))
        }
        name => panic!("there is no worst component {name}"),
    };
    transform(&format!("(core module $core {functions}) (core instance (instantiate $core))"))
}

/// What this process took so far: processor time of all threads, and the most memory.
fn cost() -> String {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // proc(5): user and system time are the 14th and 15th, in hundredths of a second.
    let ticks: u64 =
        stat.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    format!("{}.{:02} s of processor, {most} of memory", ticks / 100, ticks % 100)
}

/// What a component that was compiled is told, when it is asked what it is.
const COMPILED: &str = "it exports no describe in bailiwick:policy/module@0.3.0";

/// The process that loads one; in a run of all tests it does nothing.
#[test]
fn load_the_worst_that_is_named() {
    let Ok(name) = std::env::var(WORST) else { return };
    let bytes = worst(&name);
    let size = bytes.len();
    let approved = approved("worst", &bytes, Grants::default(), Limits::default());
    drop(bytes);
    let said = words(engine().load(&approved));
    println!("{name}: {} KiB of component, {}", size >> 10, cost());
    assert!(said.contains(COMPILED), "{said}");
}

/// Loads each in a process that the system ends when it takes more.
fn load(worsts: &[Worst]) {
    for Worst { name, most_seconds, most_bytes } in worsts {
        // Address space is kept for a thousand sandboxes, so that it says nothing; what
        // is counted is memory that can be written.
        let kib = (POOL_BYTES + most_bytes) >> 10;
        let script = format!(
            "ulimit -d {kib}; ulimit -t {most_seconds}; exec \"$0\" --exact \
             compilation::load_the_worst_that_is_named --nocapture"
        );
        let loaded = Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .env(WORST, name)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&loaded.stdout);
        assert!(
            loaded.status.success() && said.contains(&format!("{name}: ")),
            "{name} took more than {most_seconds} s or {kib} KiB: {:?}\n{said}\n{}",
            loaded.status,
            String::from_utf8_lossy(&loaded.stderr)
        );
        println!("{said}");
    }
}

#[test]
fn the_worst_function_and_the_most_functions_take_a_bounded_time_and_memory() {
    load(&[
        Worst { name: "one-of-joins", most_seconds: 20, most_bytes: 2 << 30 },
        Worst { name: "functions", most_seconds: 30, most_bytes: 2 << 30 },
    ]);
}

#[test]
#[ignore = "takes minutes: `cargo xtask soak`"]
fn the_worst_of_all_takes_a_bounded_time_and_memory() {
    load(&[
        Worst { name: "all-of-joins", most_seconds: 300, most_bytes: 3 << 30 },
        Worst { name: "long-functions", most_seconds: 90, most_bytes: 3 << 30 },
        Worst { name: "calls", most_seconds: 120, most_bytes: 3 << 30 },
    ]);
}
