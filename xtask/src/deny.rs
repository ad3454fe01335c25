//! `cargo xtask deny`: what the dependencies bring with them.

use crate::args::Args;
use crate::project::Project;
use crate::setup::{self, Tool};
use crate::shell::{Problem, capture, run as run_command};

/// Shown by `cargo xtask deny --help`.
pub const HELP: &str = "
cargo xtask deny [--offline]

Licences, bans and sources, then the advisories. The advisory database is a git repository: where it cannot be reached
that is said, and the other checks stand.

  --offline  leave the advisories out
";

/// How the advisories went.
pub enum Advisories {
    /// None applies.
    None,
    /// The database cannot be had; the reason in one line.
    Unreachable(String),
}

/// The task, from the command line.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["offline"], &[], false)?;
    rules(project)?;
    if given.has("offline") {
        return Ok(());
    }
    if let Advisories::Unreachable(reason) = advisories(project)? {
        println!("advisories not checked: {reason}");
    }
    Ok(())
}

/// Licences, bans and sources: needs no network.
pub fn rules(project: &Project) -> Result<(), Problem> {
    setup::tool(project, &Tool::cargo_deny())?;
    run_command(project.program("cargo-deny").args(["--log-level", "warn", "check", "licenses", "bans", "sources"]))
}

/// The advisories. An advisory that applies is a problem; a database out of reach is not.
pub fn advisories(project: &Project) -> Result<Advisories, Problem> {
    setup::tool(project, &Tool::cargo_deny())?;
    let fetched = capture(project.program("cargo-deny").args(["--log-level", "error", "fetch", "db"]))?;
    if !fetched.success {
        // A mistake in deny.toml must not pass for a network that is down.
        if !fetched.stderr.contains("failed to fetch advisory database") {
            return Err(Problem::new(format!("cargo-deny: {}", fetched.both().trim())));
        }
        return Ok(Advisories::Unreachable(format!("the advisory database cannot be fetched ({})", fetched.last_line())));
    }
    run_command(project.program("cargo-deny").args(["--log-level", "warn", "check", "advisories"]))?;
    Ok(Advisories::None)
}
