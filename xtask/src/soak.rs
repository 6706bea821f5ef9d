//! The long test of the sandbox, which `cargo xtask test` leaves out.

use crate::guests;
use crate::shell::{self, cargo, target};

pub(crate) fn run() -> anyhow::Result<()> {
    guests::build()?;
    let soak = [
        "test",
        "--workspace",
        "--test",
        "hostile",
        "--test",
        "sandbox",
        "--",
        "--ignored",
        "--nocapture",
    ];
    let mut soak = cargo(&soak);
    shell::run(soak.env("BAILIWICK_GUESTS", target().join("guests").join("components")))
}
