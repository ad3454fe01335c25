//! The validation files: the project's own, and other projects' where they are beside it.

use std::path::{Path, PathBuf};

use peppercorn::Timestamp;
use peppercorn::dev::{Report, Status, validate};

use crate::corpus::{Failures, files, files_in, project};

/// Runs one file, its paths taken from its folder.
fn run(path: &Path) -> Report {
    let folder = path.parent().unwrap().to_owned();
    let bytes = std::fs::read(path).unwrap();
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    validate(&path.display().to_string(), &bytes, &mut |name| std::fs::read(folder.join(name)).ok(), now)
}

fn all_pass(paths: Vec<PathBuf>, at_least: usize) {
    let mut failures = Failures::default();
    for path in paths {
        let report = run(&path);
        failures.count(&path);
        if report.status != Status::Passed {
            failures.add(&path, format!("{:?}: {:#?} {:#?}", report.status, report.failures, report.diagnostics));
        }
    }
    failures.none(at_least);
}

#[test]
fn own_files_pass() {
    all_pass(files("validation", "yaml"), 130);
}

#[test]
fn deep_and_cyclic_files_pass() {
    all_pass(files("beyond-spicedb", "yaml"), 15);
}

#[test]
fn unusable_files_say_where() {
    let mut failures = Failures::default();
    for path in files("invalid", "yaml") {
        let report = run(&path);
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let expected = text.lines().next().and_then(|line| line.strip_prefix("# expect: ")).unwrap_or_default().to_owned();
        let found: Vec<_> = report
            .diagnostics
            .iter()
            .map(|problem| format!("{} {}:{}", problem.code.as_str(), problem.start.line, problem.start.column))
            .collect();
        if report.status != Status::Unusable {
            failures.add(&path, format!("{:?}", report.status));
        }
        failures.compare(&path, &[expected], &found[..found.len().min(1)]);
    }
    failures.none(20);
}

/// Files that SpiceDB and others publish: no part of the project, and run where they are beside it.
#[test]
fn conformance_files_pass() {
    let folder = project().join("../shared/conformance");
    if !folder.is_dir() {
        println!("skipped: the conformance files are not part of the project and not beside it");
        return;
    }
    all_pass(["spicedb", "examples"].into_iter().flat_map(|name| files_in(&folder.join(name), "yaml")).collect(), 55);
}
