//! `cargo xtask`: set-up, guests, demo, tests and benchmarks of this workspace.

mod bench;
mod browser;
mod demo;
mod deny;
mod fuzz;
mod guests;
mod peers;
mod shell;
mod soak;
mod test;
mod tool;
mod wit;

use clap::{Parser, Subcommand};

/// Work on this workspace
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    /// Find or install what builds WebAssembly guests and the browser that tests look at
    /// reports with, and say which they are
    Setup,
    /// Build the standard policies, the example's modules and the tests' guests
    Guests,
    /// Govern real data from end to end: the flights mesh, with throw-away keys
    Demo,
    /// All that decides whether a change is good: format, lints, tests, docs, WIT version
    Test,
    /// Call modules 100,000 times, honest ones and hostile ones: nothing may be left behind
    Soak,
    /// Check what the workspace is built of: licences, versions, sources (`deny.toml`)
    Deny,
    /// Fuzz one target of `tests/fuzz` with coverage guidance
    Fuzz(Fuzz),
    /// Measure: builds the guests, then runs `bailiwick-bench`; `bench --help` says more,
    /// `bench peers` runs what is in bench/peers
    #[command(disable_help_flag = true)]
    Bench(Bench),
    /// Check that the interfaces did not change under an unchanged version
    Wit(Wit),
}

#[derive(clap::Args)]
struct Bench {
    /// What `bailiwick-bench` is given
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

#[derive(clap::Args)]
struct Fuzz {
    /// `batches`, `components`, `documents`, `plans` or `settings`
    target: String,
    /// For how long
    #[arg(long, default_value_t = 30)]
    minutes: u32,
}

#[derive(clap::Args)]
struct Wit {
    #[command(subcommand)]
    command: Option<WitCommand>,
}

#[derive(Subcommand)]
enum WitCommand {
    /// Record the interfaces as those of their version
    Record,
}

fn main() -> anyhow::Result<()> {
    match Xtask::parse() {
        Xtask::Setup => {
            println!("guests are built with {}", guests::toolchain()?);
            println!("reports are looked at with {}", browser::found()?);
            Ok(())
        }
        Xtask::Guests => guests::build().map(|_| ()),
        Xtask::Demo => demo::run(),
        Xtask::Test => test::run(),
        Xtask::Soak => soak::run(),
        Xtask::Deny => deny::check(),
        Xtask::Fuzz(Fuzz { target, minutes }) => fuzz::run(&target, minutes),
        Xtask::Bench(Bench { arguments }) => match arguments.split_first() {
            Some((section, arguments)) if section == "peers" => peers::run_with(arguments),
            _ => bench::run_with(&arguments),
        },
        Xtask::Wit(Wit { command: None }) => wit::check(),
        Xtask::Wit(Wit { command: Some(WitCommand::Record) }) => wit::record(),
    }
}
