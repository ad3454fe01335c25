//! `cargo xtask demo`: from nothing to the example running in Node.

use crate::args::Args;
use crate::build;
use crate::project::Project;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask demo --help`.
pub const HELP: &str = "
cargo xtask demo

Sets up what is missing, builds the package, and runs examples/workspace/demo.mjs with it.
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    args.read(&[], &[], false)?;
    build::run_task(project, false)?;
    run_command(project.program("node").arg(project.path("examples/workspace/demo.mjs")))
}
