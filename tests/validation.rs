//! The validation files: the project's own, and other projects' where they are beside it.

use std::path::{Path, PathBuf};

use peppercorn::Timestamp;
use peppercorn::dev::{Report, Status, validate};

use crate::corpus::{Failures, files, files_in, project, read};

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
    all_pass(files("validation", "yaml"), 60);
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

/// The files that do not pass whole yet, each with the reason. Exact: one that passes must leave the list.
#[test]
fn not_yet_is_exact() {
    let listed = read(&project().join("tests/not-yet.txt"));
    let mut listed: Vec<_> =
        listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
    let mut folders = vec![("corpus/not-yet", project().join("tests/corpus/not-yet"))];
    for folder in ["spicedb", "examples"] {
        let path = project().join("../shared/conformance").join(folder);
        if path.is_dir() {
            folders.push((folder, path));
        } else {
            println!("skipped: the conformance files of {folder} are not part of the project and not beside it");
            listed.retain(|line| !line.starts_with(&format!("{folder}/")));
        }
    }
    let mut not_yet = Vec::new();
    let mut unusable = Failures::default();
    let (mut passed, mut assertions) = (0, 0);
    for (name, folder) in folders {
        for path in files_in(&folder, "yaml") {
            let report = run(&path);
            let file = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
            assertions += report.assertions - report.failures.len();
            match report.status {
                Status::Unusable => unusable.add(&path, format!("{:#?}", report.diagnostics)),
                Status::Failed => not_yet.push(format!("{file}: assertions")),
                Status::Passed => passed += 1,
            }
        }
    }
    println!("{passed} files pass whole, {} not yet; {assertions} assertions hold", not_yet.len());
    unusable.none(0);
    assert_eq!(not_yet, listed);
}
