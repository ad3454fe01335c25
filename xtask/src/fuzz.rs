//! `cargo xtask fuzz`: libFuzzer on each target under `fuzz/`.

use crate::args::Args;
use crate::project::Project;
use crate::setup::{self, Tool};
use crate::shell::{Problem, capture, run as run_command, version};

/// Shown by `cargo xtask fuzz --help`.
pub const HELP: &str = "
cargo xtask fuzz [--seconds N] [--keep] [TARGET...]

Runs each target (all, or those named) for N seconds (default 60), starting from the inputs in fuzz/corpus.

  --seconds N  how long each target runs
  --keep       put new inputs that reach new code into fuzz/corpus, rather than into target/fuzz

Needs a nightly toolchain: `rustup toolchain install nightly`.
";

/// The task, from the command line.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["keep"], &["seconds"], true)?;
    let seconds = given.option("seconds").unwrap_or("60");
    let seconds = seconds.parse::<u32>().map_err(|_| Problem::usage(format!("`{seconds}` is no number of seconds")))?;
    if let Some(missing) = missing(project) {
        return Err(Problem::new(missing));
    }
    targets(project, seconds, given.has("keep"), &given.rest)
}

/// What keeps the targets from being run at all, in one line.
pub fn missing(project: &Project) -> Option<String> {
    if !project.path("fuzz/Cargo.toml").is_file() {
        return Some("there are no fuzz targets yet".to_owned());
    }
    if version(project.program("rustc").env("RUSTUP_TOOLCHAIN", "nightly").arg("--version")).is_none() {
        return Some("fuzzing needs a nightly toolchain (`rustup toolchain install nightly`)".to_owned());
    }
    setup::tool(project, &Tool::cargo_fuzz()).err().map(|problem| problem.to_string())
}

/// Runs the targets, each for so many seconds; keeps what it finds in the repository only where that is asked for.
pub fn targets(project: &Project, seconds: u32, keep: bool, only: &[String]) -> Result<(), Problem> {
    let listed = capture(nightly(project).arg("list"))?;
    if !listed.success {
        return Err(Problem::new(format!("cargo-fuzz cannot list its targets: {}", listed.last_line())));
    }
    let all: Vec<&str> = listed.stdout.split_whitespace().collect();
    if let Some(unknown) = only.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(Problem::usage(format!("there is no fuzz target `{unknown}`, only {}", all.join(", "))));
    }
    for target in all.into_iter().filter(|name| only.is_empty() || only.iter().any(|wanted| wanted == name)) {
        let kept = project.path("fuzz/corpus").join(target);
        let scratch = project.path("target/fuzz").join(target);
        let mut fuzz = nightly(project);
        fuzz.args(["run", target]);
        // libFuzzer writes into the first folder and only reads the others.
        for folder in if keep { vec![&kept] } else { vec![&scratch, &kept] } {
            std::fs::create_dir_all(folder)?;
            fuzz.arg(folder);
        }
        fuzz.arg("--")
            .arg(format!("-dict={}", project.path("fuzz/dictionaries/schema.dict").display()))
            .arg(format!("-max_total_time={seconds}"))
            .args(["-timeout=10", "-verbosity=0"]);
        run_command(&mut fuzz)?;
    }
    Ok(())
}

fn nightly(project: &Project) -> std::process::Command {
    let mut command = project.program("cargo-fuzz");
    command.arg("fuzz").env("RUSTUP_TOOLCHAIN", "nightly");
    command
}
