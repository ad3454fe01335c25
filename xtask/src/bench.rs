//! `cargo xtask bench`: checks a second on the example, natively and in Node.

use crate::args::Args;
use crate::build;
use crate::project::Project;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask bench --help`.
pub const HELP: &str = "
cargo xtask bench [--only native|node]

Asks the questions of examples/workspace over and over, each way for about a second, and prints a table a side.
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&[], &["only"], false)?;
    let only = given.option("only");
    if let Some(other) = only.filter(|only| !matches!(*only, "native" | "node")) {
        return Err(Problem::usage(format!("`{other}` is neither native nor node")));
    }
    if only != Some("node") {
        run_command(project.cargo().args(["run", "--quiet", "--release", "--example", "workspace"]))?;
    }
    if only != Some("native") {
        build::run_task(project, false)?;
        run_command(project.program("node").arg(project.path("examples/workspace/bench.mjs")))?;
    }
    Ok(())
}
