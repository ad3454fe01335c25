//! The tasks of this project: `cargo xtask <task>`.
//!
//! Every task sets up what it needs and says so; none changes anything outside this repository except what a Rust
//! toolchain manager or the system's package manager installs (`setup/`).

use std::process::ExitCode;

mod args;
mod bench;
mod build;
mod demo;
mod deny;
mod differential;
mod doc;
mod doctor;
mod fmt;
mod fuzz;
mod lint;
mod locks;
mod module;
mod node;
mod package;
mod project;
mod setup;
mod shell;
mod sizes;
mod stamp;
mod test;

use args::Args;
use project::Project;
use shell::Problem;

/// One task: its name, the line the overview shows, its own help, and what it does.
struct Task {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&Project, Args) -> Result<(), Problem>,
}

const TASKS: &[Task] = &[
    Task { name: "demo", summary: "build the package and run the example in Node", help: demo::HELP, run: demo::run },
    Task { name: "test", summary: "every check, or some of them by name", help: test::HELP, run: test::run },
    Task { name: "build", summary: "build the npm package into pkg/ and print its size", help: build::HELP, run: build::run },
    Task { name: "bench", summary: "measure the workloads, natively and in Node", help: bench::HELP, run: bench::run },
    Task { name: "fmt", summary: "format the Rust sources", help: fmt::HELP, run: fmt::run },
    Task { name: "lint", summary: "clippy on every target, warnings are errors", help: lint::HELP, run: lint::run },
    Task { name: "doc", summary: "rustdoc, warnings are errors", help: doc::HELP, run: doc::run },
    Task {
        name: "deny",
        summary: "licences, bans, sources and advisories of the dependencies",
        help: deny::HELP,
        run: deny::run,
    },
    Task {
        name: "differential",
        summary: "compare with a real SpiceDB on random systems",
        help: differential::HELP,
        run: differential::run,
    },
    Task { name: "fuzz", summary: "fuzz each target for a while (needs a nightly toolchain)", help: fuzz::HELP, run: fuzz::run },
    Task { name: "doctor", summary: "what is there, what is missing", help: doctor::HELP, run: doctor::run },
];

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(name) = words.next().map(|word| word.to_string_lossy().into_owned()) else {
        print!("{}", overview());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "--help" | "-h" | "help") {
        print!("{}", overview());
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("error: there is no task `{name}`\n\n{}", overview());
        return ExitCode::from(2);
    };
    let args = Args::new(words);
    if args.wants_help() {
        println!("cargo xtask {}: {}\n\n{}", task.name, task.summary, task.help.trim());
        return ExitCode::SUCCESS;
    }
    match (task.run)(&Project::here(), args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(if problem.is_usage() { 2 } else { 1 })
        }
    }
}

fn overview() -> String {
    let mut text = String::from("cargo xtask <task> [--help]\n\n");
    for task in TASKS {
        text.push_str(&format!("  {:<13} {}\n", task.name, task.summary));
    }
    text
}
