//! The validation files: the project's own, and other projects' where they are beside it.

use std::path::{Path, PathBuf};

use peppercorn::Peppercorn;
use peppercorn::Timestamp;
use peppercorn::dev::{Data, Report, Status, data, validate};

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

#[test]
fn a_failed_assertion_says_what_the_context_lacks() {
    let text = "schema: |-
  caveat between(low int, value int, high int) {
    low < value && value < high
  }
  definition user {}
  definition document {
    relation viewer: user with between
  }
relationships: 'document:plan#viewer@user:amy[between:{\"low\":1}]'
assertions:
  assertTrue:
    - document:plan#viewer@user:amy
    - 'document:plan#viewer@user:amy with {\"value\": 2}'
    - 'document:plan#viewer@user:amy with {\"value\": 2, \"high\": 3}'
  assertFalse:
    - 'document:plan#viewer@user:amy with {\"value\": 2, \"high\": 3}'
    - 'document:plan#viewer@user:amy with {\"value\": \"two\"}'
";
    let report = validate("file.yaml", text.as_bytes(), &mut |_| None, Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
    let found: Vec<_> = report.failures.iter().map(|failure| (failure.code.as_str(), failure.message.as_str())).collect();
    assert_eq!(
        found[..3],
        [
            ("validation/assertion-failed", "expected HAS_PERMISSION, found CONDITIONAL_PERMISSION: context lacks `value`"),
            ("validation/assertion-failed", "expected HAS_PERMISSION, found CONDITIONAL_PERMISSION: context lacks `high`"),
            ("validation/assertion-failed", "expected NO_PERMISSION, found HAS_PERMISSION"),
        ]
    );
    assert_eq!((found.len(), found[3].0), (4, "validation/assertion-error"), "{found:?}");
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

#[test]
fn what_a_file_holds_makes_the_same_engine() {
    let mut failures = Failures::default();
    for path in files("validation", "yaml") {
        let folder = path.parent().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let found = data("file", &bytes, &mut |name| std::fs::read(folder.join(name)).ok());
        failures.count(&path);
        let Ok(Data { schema, relationships, members }) = found else {
            failures.add(&path, "unusable".to_owned());
            continue;
        };
        let engine = Peppercorn::new(&schema, &relationships).unwrap();
        let loaded = peppercorn::dev::load("file", &bytes, &mut |name| std::fs::read(folder.join(name)).ok()).unwrap();
        assert_eq!(engine.schema().hash(), loaded.engine.schema().hash());
        let all: usize = engine.schema().definitions().iter().map(|definition| definition.members().len()).sum();
        assert_eq!(members.len(), all);
    }
    failures.none(130);
}

#[test]
fn what_a_file_holds_is_told_member_by_member() {
    let text = "schema: |-\n  use expiration\n  caveat one(day int) { day == 1 }\n  definition user {}\n  definition group { relation all_users: user:* with one; relation member: user | group#member with one and expiration; permission all = (member - nil) + member->member; }\n";
    let found = data("file", text.as_bytes(), &mut |_| None).unwrap();
    let members: Vec<_> = found.members.iter().map(|member| member.join(" ")).collect();
    assert_eq!(
        members,
        [
            "group relation all_users user:* with one",
            "group relation member user | group#member with one and expiration",
            "group permission all (member - nil) + member->member",
        ]
    );
}

#[test]
fn what_an_unusable_file_holds_is_not_told() {
    for path in files("invalid", "yaml") {
        let folder = path.parent().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let found = data("file", &bytes, &mut |name| std::fs::read(folder.join(name)).ok());
        assert_eq!(found.map_err(|report| report.status), Err(Status::Unusable), "{}", path.display());
    }
}
