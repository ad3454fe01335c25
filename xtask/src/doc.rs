//! `cargo xtask doc`.

use crate::args::Args;
use crate::project::Project;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask doc --help`.
pub const HELP: &str = "
cargo xtask doc

Writes the Rust documentation to target/doc. Warnings (a link that leads nowhere) are errors.
";

/// The task, from the command line.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    args.read(&[], &[], false)?;
    check(project)
}

/// The task.
pub fn check(project: &Project) -> Result<(), Problem> {
    let mut cargo = project.cargo();
    run_command(cargo.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}
