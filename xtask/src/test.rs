//! All that decides whether a change is good.

use crate::shell::{cargo, step, target};
use crate::{browser, guests, wit};

pub(crate) fn run() -> anyhow::Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    println!("\n== interfaces");
    wit::check()?;
    println!("\n== browser\n   {}", browser::found()?);
    println!("\n== guests");
    guests::build()?;
    let lint = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    step("lints", &mut cargo(&lint))?;
    let docs = ["doc", "--workspace", "--no-deps"];
    step("documentation", cargo(&docs).env("RUSTDOCFLAGS", "-D warnings"))?;
    let mut tests = cargo(&["test", "--workspace"]);
    tests
        .env("INSTA_UPDATE", "no")
        .env("BAILIWICK_GUESTS", target().join("guests").join("components"));
    step("tests", &mut tests)
}
