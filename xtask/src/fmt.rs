//! `cargo xtask fmt`.

use crate::args::Args;
use crate::project::Project;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask fmt --help`.
pub const HELP: &str = "
cargo xtask fmt [--check]

  --check  change nothing; fail when something would change
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["check"], &[], false)?;
    if given.has("check") { check(project) } else { run_command(project.cargo().args(["fmt", "--all"])) }
}

/// Fails when something would change.
pub fn check(project: &Project) -> Result<(), Problem> {
    run_command(project.cargo().args(["fmt", "--all", "--check"]))
}
