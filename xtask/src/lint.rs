//! `cargo xtask lint`: clippy, natively and for WebAssembly.

use crate::args::Args;
use crate::project::Project;
use crate::setup::Wasm;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask lint --help`.
pub const HELP: &str = "
cargo xtask lint

Clippy on every target of the workspace, on the library without its development tools, and on both modules for WebAssembly where
the current toolchain has that target. Warnings are errors.
";

/// The task, from the command line.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    args.read(&[], &[], false)?;
    check(project)
}

/// The task.
pub fn check(project: &Project) -> Result<(), Problem> {
    clippy(project, &["--workspace", "--all-targets"])?;
    clippy(project, &["--package", "peppercorn", "--lib", "--no-default-features"])?;
    if Wasm::find(project) != Some(Wasm::Current) {
        println!("the exports for WebAssembly are not linted: the current toolchain lacks the target");
        return Ok(());
    }
    for module in ["module-engine", "module-dev"] {
        let target = ["--package", "peppercorn", "--lib", "--target", "wasm32-unknown-unknown"];
        clippy(project, &[&target[..], &["--no-default-features", "--features", module]].concat())?;
    }
    Ok(())
}

fn clippy(project: &Project, what: &[&str]) -> Result<(), Problem> {
    run_command(project.cargo().args(["clippy", "--quiet"]).args(what).args(["--", "-D", "warnings"]))
}
