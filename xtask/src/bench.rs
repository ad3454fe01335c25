//! `cargo xtask bench`: the workloads W1 to W15, through the package in Node and natively, with every answer checked.

use std::path::PathBuf;
use std::process::Command;

use crate::args::{Args, Given};
use crate::build;
use crate::project::Project;
use crate::shell::{Problem, run as run_command, version};

/// Shown by `cargo xtask bench --help`.
pub const HELP: &str = "
cargo xtask bench [--side native|node] [--only W1,W2,...] [--quick] [--peers] [--scale] [--data DIR]

Measures the workloads of docs/performance.md and prints a table; the same as JSON is in target/bench/results.json. A wrong answer
fails the benchmark.

  --side SIDE   natively (criterion) or through the package in Node only
  --only W,...  these workloads only
  --quick       short measurements, and nothing with a million relationships
  --peers       measure SpiceDB, Cedar, casbin, CASL, pemba and simple-zanzibar in the same run, those that can be had here
  --scale       instead of the workloads: cost against size, from 1,000 to 3,000,000 relationships, drawn into docs/scale.svg
  --data DIR    data sets from there instead of our own (<W>.zed, <W>.rels, <W>.queries.json)
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["quick", "peers", "scale"], &["side", "only", "data"], false)?;
    let side = given.option("side");
    if let Some(other) = side.filter(|side| !matches!(*side, "native" | "node")) {
        return Err(Problem::usage(format!("`{other}` is neither native nor node")));
    }
    if given.has("scale") {
        build::run_task(project, false)?;
        return run_command(project.program("node").arg(project.path("benches/node/scale.mjs")));
    }
    let mut table = node(project, &given)?;
    if side != Some("node") {
        native(project, &given)?;
        table.arg(if side.is_some() { "--native-only" } else { "--native" });
    }
    if side != Some("native") {
        build::run_task(project, false)?;
    }
    run_command(&mut table)
}

/// The workloads through the package, quickly: the answers are right, and the benchmark itself works.
pub fn check(project: &Project) -> Result<(), Problem> {
    let nowhere = project.path("target/bench/quick.json");
    run_command(project.program("node").arg(project.path("benches/node/run.mjs")).args(["--quick", "--out"]).arg(nowhere))
}

/// What measures natively: a package of its own, so that nobody who tests the project has to build it.
fn native(project: &Project, given: &Given) -> Result<(), Problem> {
    let data = match data(given)? {
        Some(folder) => folder,
        None => {
            run_command(project.program("node").arg(project.path("benches/data/generate.mjs")))?;
            project.path("target/bench/data")
        }
    };
    let results = project.path("target/bench/criterion");
    if results.exists() {
        std::fs::remove_dir_all(&results)?;
    }
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--release", "--manifest-path"]).arg(project.path("benches/native/Cargo.toml"));
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        cargo.env("CARGO_TARGET_DIR", project.path("target/bench/native"));
    }
    cargo.arg("--").arg("--data").arg(data).arg("--to").arg(results);
    if let Some(only) = given.option("only") {
        cargo.arg("--only").arg(only);
    }
    if given.has("quick") {
        cargo.arg("--quick");
    }
    run_command(&mut cargo)
}

/// What measures in Node, and prints the table of both sides.
fn node(project: &Project, given: &Given) -> Result<Command, Problem> {
    let mut node = project.program("node");
    node.arg(project.path("benches/node/run.mjs"));
    if let Some(only) = given.option("only") {
        node.arg("--only").arg(only);
    }
    if let Some(folder) = data(given)? {
        node.arg("--data").arg(folder);
    }
    for flag in ["quick", "peers"] {
        if given.has(flag) {
            node.arg(format!("--{flag}"));
        }
    }
    if let Some(rustc) = version(project.program("rustc").arg("--version")) {
        node.arg("--rustc").arg(rustc);
    }
    Ok(node)
}

/// The folder of `--data`. What is started here stands in the root, so the path is made whole.
fn data(given: &Given) -> Result<Option<PathBuf>, Problem> {
    let Some(folder) = given.option("data") else { return Ok(None) };
    let folder = std::path::absolute(folder)?;
    if folder.is_dir() { Ok(Some(folder)) } else { Err(Problem::usage(format!("there is no folder {}", folder.display()))) }
}
