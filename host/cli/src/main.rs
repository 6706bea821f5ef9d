//! The `bailiwick` command: one file a command, below `commands`.

#![warn(clippy::print_stdout, clippy::print_stderr, reason = "they panic without a reader")]

#[macro_use]
mod output;

mod approvals;
mod cases;
mod ceremony;
mod commands;
mod exit;
mod keys;
mod mesh;
mod progress;
mod size;
mod statement;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Large buffers come and go with every batch: this allocator keeps their pages,
/// the C library's gives them back and faults them in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Executable governance for data meshes: signed WebAssembly policies over Arrow batches.
#[derive(Parser)]
#[command(version, after_long_help = exit::HELP, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    // For domain teams.
    Profile(commands::profile::Profile),
    Suggest(commands::suggest::Suggest),
    New(commands::new::New),
    Build(commands::build::Build),
    Test(commands::test::Test),
    Inspect(commands::inspect::Inspect),
    Submit(commands::submit::Submit),
    // For central governance.
    Key(commands::key::Key),
    Init(commands::init::Init),
    Onboard(commands::onboard::Onboard),
    Review(commands::review::Review),
    Approve(commands::approve::Approve),
    Revoke(commands::revoke::Revoke),
    Rotate(commands::rotate::Rotate),
    Renew(commands::renew::Renew),
    Audit(commands::audit::Audit),
    // For every signer.
    Sign(commands::sign::Sign),
    Commit(commands::commit::Commit),
    Refresh(commands::refresh::Refresh),
    Repo(commands::repo::Repo),
    // For pipelines.
    Status(commands::status::Status),
    Plan(commands::plan::Plan),
    Prove(commands::prove::Prove),
    Run(commands::run::Run),
    Report(commands::report::Report),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Profile(profile) => profile.run(),
        Command::Suggest(suggest) => suggest.run(),
        Command::New(new) => new.run(),
        Command::Build(build) => build.run(),
        Command::Test(test) => test.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Submit(submit) => submit.run(),
        Command::Key(key) => key.run(),
        Command::Init(init) => init.run(),
        Command::Onboard(onboard) => onboard.run(),
        Command::Review(review) => review.run(),
        Command::Approve(approve) => approve.run(),
        Command::Revoke(revoke) => revoke.run(),
        Command::Rotate(rotate) => rotate.run(),
        Command::Renew(renew) => renew.run(),
        Command::Audit(audit) => audit.run(),
        Command::Sign(sign) => sign.run(),
        Command::Commit(commit) => commit.run(),
        Command::Refresh(refresh) => refresh.run(),
        Command::Repo(repo) => repo.run(),
        Command::Status(status) => status.run(),
        Command::Plan(plan) => plan.run(),
        Command::Prove(prove) => prove.run(),
        Command::Run(run) => run.run(),
        Command::Report(report) => report.run(),
    };
    let code = match done {
        Ok(code) => code,
        Err(error) => {
            errln!("error: {error:#}");
            exit::code_of(&error)
        }
    };
    match output::failure() {
        Some(error) if code == ExitCode::SUCCESS => {
            errln!("error: not all could be printed: {error}");
            ExitCode::FAILURE
        }
        _ => code,
    }
}
