//! Inputs that were once handled wrongly, each a file named for what was wrong: most were found by the fuzz targets,
//! and are here so that every test run asks them again.

use std::path::Path;
use std::time::{Duration, Instant};

use peppercorn::dev::{Status, load, validate};
use peppercorn::model::{Relationship, Value};
use peppercorn::schema::ast::{Item, Member};
use peppercorn::schema::{compile_with, format, lint, read as read_schema};
use peppercorn::{Answer, Context, Environment, LookupResources, LookupSubjects, Peppercorn, Permissionship, Timestamp};

use crate::corpus::{Failures, files_in, project, read};

fn regressions(target: &str, extension: &str) -> Vec<std::path::PathBuf> {
    files_in(&project().join("tests/regressions").join(target), extension)
}

/// The first line of a file may say `// expect: <code>`; a file without it is there only to be survived.
fn expected(path: &Path) -> Option<String> {
    read(path).lines().next().and_then(|line| line.strip_prefix("// expect: ")).map(str::to_owned)
}

#[test]
fn schemas() {
    let mut failures = Failures::default();
    for path in regressions("schema", "zed") {
        failures.count(&path);
        let text = read(&path);
        let found = lint(&text, None).diagnostics;
        if let Some(expected) = expected(&path)
            && found.first().map(|problem| problem.code.as_str()) != Some(&expected)
        {
            failures.add(&path, format!("{found:?}"));
        }
        if read_schema(&text).1.is_empty() {
            let formatted = format(&text).unwrap();
            if format(&formatted).as_ref() != Ok(&formatted) {
                failures.add(&path, format!("not idempotent:\n{formatted}"));
            }
        }
    }
    failures.none(1);
}

#[test]
fn relationships() {
    let mut failures = Failures::default();
    for path in regressions("relationship", "txt") {
        failures.count(&path);
        let text = read(&path);
        if let Ok(relationship) = Relationship::parse(&text)
            && Relationship::parse(&relationship.to_string()).as_ref() != Ok(&relationship)
        {
            failures.add(&path, format!("printed as {relationship}"));
        }
    }
    failures.none(0);
}

#[test]
fn validation_files() {
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut failures = Failures::default();
    for path in regressions("validation_file", "yaml") {
        failures.count(&path);
        let bytes = std::fs::read(&path).unwrap();
        let report = validate("file.yaml", &bytes, &mut |_| None, now);
        if report.status == Status::Unusable && report.diagnostics.is_empty() {
            failures.add(&path, "refused without a reason".to_owned());
        }
    }
    failures.none(0);
}

/// What other engines once answered wrongly: `<name>.yaml`, a validation file, and `<name>.lookups.txt`, whose lines are
/// `resources <subject> <permission> <resource type> [with {context}] => <id>, <id>?` and
/// `subjects <resource> <permission> <subject type> [with {context}] => <id>, * - <id>`; a question mark is a condition.
#[test]
fn advisories() {
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut failures = Failures::default();
    for path in regressions("", "yaml") {
        failures.count(&path);
        let bytes = std::fs::read(&path).unwrap();
        let report = validate("file.yaml", &bytes, &mut |_| None, now);
        if report.status != Status::Passed {
            failures.add(&path, format!("{:#?} {:#?}", report.failures, report.diagnostics));
        }
        let loaded = load("file.yaml", &bytes, &mut |_| None).unwrap();
        let lookups = read(&path.with_extension("lookups.txt"));
        // Asked twice with checks between, of one engine: no question may leave anything behind for another.
        for _ in 0..2 {
            for line in lookups.lines() {
                let (asked, expected) = line.split_once(" =>").unwrap();
                let found = lookup(&loaded.engine, asked, now);
                if found != expected.trim() {
                    failures.add(&path, format!("{line}: found {found}"));
                }
            }
            for assertion in &loaded.assertions {
                let (resource, question) = assertion.question.split_once('#').unwrap();
                let (permission, subject) = question.split_once('@').unwrap();
                let environment = Environment::at(now).with_context(assertion.context.clone());
                let found = loaded.engine.check(subject, permission, resource, &environment).map(|answer| answer.permissionship);
                if found != Ok(assertion.expected) {
                    failures.add(&path, format!("{}: found {found:?}", assertion.text));
                }
            }
        }
    }
    failures.none(12);
}

/// The answer to the left side of a line of a `.lookups.txt`, as its right side.
fn lookup(engine: &Peppercorn, asked: &str, now: Timestamp) -> String {
    let (asked, context) = asked.split_once(" with ").unwrap_or((asked, "{}"));
    let context: Context = Value::parse_object(context).unwrap();
    let environment = Environment::at(now).with_context(context);
    let words: Vec<_> = asked.split(' ').collect();
    let [kind, one, permission, other] = words[..] else { panic!("{asked}") };
    let show = |id: &str, answer: &Answer| {
        let mark = if answer.permissionship == Permissionship::ConditionalPermission { "?" } else { "" };
        format!("{id}{mark}")
    };
    let found: Vec<String> = if kind == "resources" {
        let request = LookupResources { subject: one, permission, resource_type: other, limit: None, cursor: None };
        let page = engine.lookup_resources(&request, &environment).unwrap();
        page.items.iter().map(|found| show(&found.id, &found.answer)).collect()
    } else {
        let request = LookupSubjects {
            resource: one,
            permission,
            subject_type: other,
            subject_relation: None,
            limit: None,
            cursor: None,
            wildcards: true,
        };
        let page = engine.lookup_subjects(&request, &environment).unwrap();
        let excluded = |found: &peppercorn::Found| format!(" - {}", show(&found.id, &found.answer));
        let items = page.items.iter();
        items.map(|found| show(&found.id, &found.answer) + &found.excluded.iter().map(excluded).collect::<String>()).collect()
    };
    found.join(", ")
}

/// Each statement was once looked for up to the end of the file. Ten seconds tell hours from a moment, and nothing finer.
#[test]
fn many_broken_statements_cost_no_more_than_their_length() {
    for (head, statement) in [
        ("", "caveat\n"),
        ("", "caveat x(\n"),
        ("", "use self\n"),
        ("", "use self use self "),
        ("use partial\n", "partial\n"),
        ("use partial\ndefinition dir {", "...a;"),
        ("use partial\ndefinition dir {", "...\n"),
        ("use import\n", "import 'a.zed' "),
        ("definition dir {", "relation;"),
        ("definition dir {", "permission a = b + \n"),
    ] {
        let text = head.to_owned() + &statement.repeat(300_000 / statement.len());
        let start = Instant::now();
        read_schema(&text);
        assert!(start.elapsed() < Duration::from_secs(10), "{statement:?} took {:?}", start.elapsed());
    }
}

/// A folder that holds a link to itself: every path leads to the same text, and every path is another file.
#[test]
fn imports_that_multiply_are_bounded() {
    let text = "use import\nimport 'one/a.zed'\nimport 'two/a.zed'\n";
    let mut asked = 0;
    let compiled = compile_with(
        text,
        Some(&mut |_| {
            asked += 1;
            Some(text.to_owned())
        }),
    );
    assert!(asked <= 1_000, "{asked} files");
    assert!(compiled.diagnostics.iter().any(|problem| problem.code.as_str() == "schema/too-large"), "{:?}", compiled.diagnostics);
}

/// A warning is suppressed by a comment before a member. One at the end of a line once counted for the next line.
#[test]
fn comments_at_the_end_of_a_member_are_not_the_next_one_s() {
    let text =
        "definition dir { // open\n relation one: dir // one\n // two\n relation two: dir; /* three */ relation three: dir\n}";
    let (file, problems) = read_schema(text);
    assert_eq!(problems, []);
    let [Item::Definition(definition)] = file.items.as_slice() else {
        panic!("{:?}", file.items);
    };
    let comments = definition.members.iter().map(|member| match member {
        Member::Relation(relation) => relation.comments.join(" "),
        Member::Permission(_) | Member::Partial(_) => String::new(),
    });
    assert_eq!(comments.collect::<Vec<_>>(), ["// open", "// two", "/* three */"]);
}
