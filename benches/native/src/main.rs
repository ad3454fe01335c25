//! The workloads natively, measured by criterion: `cargo xtask bench --side native`.
//!
//! Every question is asked once before it is measured: a wrong answer ends the program with status 1.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use criterion::Criterion;

mod checks;
mod data;
mod lookups;
mod stores;

/// What goes wrong, a wrong answer above all.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What a workload is run with.
pub struct Bench {
    criterion: Criterion,
    data: PathBuf,
    quick: bool,
}

type Workload = fn(&mut Bench) -> Outcome;

const WORKLOADS: &[(&str, Workload)] = &[
    ("W1", |bench| checks::single(bench, "W1", &[("W1.allow", "allow"), ("W1.deny", "deny")])),
    ("W2", |bench| checks::single(bench, "W2", &[("W2.allow", "allow")])),
    ("W3", |bench| checks::single(bench, "W3", &[("W3.allow", "allow"), ("W3.deny", "deny")])),
    ("W4", |bench| checks::single(bench, "W4", &[("W4.allow", "allow"), ("W4.deny", "deny")])),
    ("W5", |bench| checks::single(bench, "W5", &[("W5.allow", "allow"), ("W5.deny", "deny"), ("W5.partial", "partial")])),
    ("W6", lookups::resources),
    ("W7", lookups::subjects),
    ("W8", checks::bulk),
    ("W9", stores::writes),
    ("W10", |bench| stores::loading(bench, "W1", "W10.small")),
    ("W10M", |bench| if bench.quick { Ok(()) } else { stores::loading(bench, "W10M", "W10.million") }),
    ("W13", |bench| checks::single(bench, "W2", &[("W13.deny", "deny")])),
    ("W14", |bench| checks::single(bench, "W14", &[("W14.allow", "allow"), ("W14.deny", "deny")])),
    ("W15", |bench| checks::single(bench, "W15", &[("W15.allow", "allow"), ("W15.deny", "deny")])),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let (mut data, mut to, mut only, mut quick) = (None, None, None, false);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("data") => data = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("to") => to = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("only") => only = Some(parser.value()?.to_string_lossy().into_owned()),
            lexopt::Arg::Long("quick") => quick = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let (warm_up, measure) = if quick { (20, 60) } else { (300, 1000) };
    let criterion = Criterion::default()
        .output_directory(&to.ok_or("--to is missing")?)
        .without_plots()
        .warm_up_time(Duration::from_millis(warm_up))
        .measurement_time(Duration::from_millis(measure));
    let mut bench = Bench { criterion, data: data.ok_or("--data is missing")?, quick };
    for (name, workload) in WORKLOADS {
        if only.as_ref().is_none_or(|only| only.split(',').any(|wanted| wanted == *name)) {
            workload(&mut bench).map_err(|error| format!("{name}: {error}"))?;
        }
    }
    Ok(())
}
