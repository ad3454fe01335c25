//! Expected relations of validation files: what is found wrong, and blocks written anew.

use std::fmt::Write as _;

use peppercorn::Timestamp;
use peppercorn::dev::{Report, Status, update_expected_relations, validate};

use crate::corpus::{Failures, files, read};

const HEAD: &str = "schema: |-
  caveat on_weekdays(day string) {
    day != \"sunday\"
  }
  definition user {}
  definition group {
    relation member: user | group#member
  }
  definition document {
    relation viewer: user | user:* | group#member | user with on_weekdays
    relation editor: user
    relation banned: user | user with on_weekdays
    permission view = viewer + editor - banned
  }
relationships: |-
  document:plan#viewer@user:amy
  document:plan#editor@user:amy
  document:plan#viewer@user:bob[on_weekdays]
  document:plan#viewer@group:eng#member
  group:eng#member@user:eve
  document:open#viewer@user:*
  document:open#banned@user:mal
  document:open#banned@user:may[on_weekdays]
";

fn now() -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap()
}

fn run(validation: &str) -> Report {
    validate("file.yaml", format!("{HEAD}validation:\n{validation}").as_bytes(), &mut |_| None, now())
}

/// The failures: code, the line's text, and both sides.
fn failures(validation: &str) -> Vec<String> {
    let report = run(validation);
    let text = format!("{HEAD}validation:\n{validation}");
    let line = |number: u32| text.lines().nth(number as usize - 1).unwrap().trim();
    let code = |code: &'static str| code.rsplit('-').next().unwrap();
    assert_ne!(report.status, Status::Unusable, "{report:#?}");
    assert_eq!(report.status == Status::Passed, report.failures.is_empty());
    let shown = report.failures.iter().map(|failure| {
        format!("{} | {} | {} | {}", code(failure.code.as_str()), line(failure.start.line), failure.expected, failure.found)
    });
    shown.collect()
}

const RIGHT: &str = r#"  document:plan#view:
    - "[group:eng#member] is <document:plan#viewer>"
    - "[user:amy] is <document:plan#viewer>/<document:plan#editor>"
    - "[user:bob[...]] is <document:plan#viewer>"
    - "[user:eve] is <group:eng#member>"
  document:open#view:
    - "[user:* - {user:may[...], user:mal}] is <document:open#viewer>"
  document:none#view: []
  document:none#viewer:
"#;

#[test]
fn what_is_found_passes() {
    assert_eq!(failures(RIGHT), [""; 0]);
    assert_eq!(run(RIGHT).expected_relations, 4);
    // What stands around the parts means nothing.
    let odd = "  document:none#view:\n  group:eng#member:\n    - \"<group:eng#member>, [ user:eve#... ] because\"\n";
    assert_eq!(failures(odd), [""; 0]);
}

#[test]
fn each_difference_is_named() {
    for (right, wrong, expected) in [
        (
            "user:eve] is <group:eng#member>",
            "user:eva] is <group:eng#member>",
            vec![
                r#"missing | - "[user:eva] is <group:eng#member>" | [user:eva] is <group:eng#member> | "#,
                "extra | document:plan#view: |  | [user:eve] is <group:eng#member>",
            ],
        ),
        (
            "/<document:plan#editor>",
            "",
            vec![
                r#"different | - "[user:amy] is <document:plan#viewer>" | [user:amy] is <document:plan#viewer> | [user:amy] is <document:plan#editor>/<document:plan#viewer>"#,
            ],
        ),
        (
            "user:bob[...]",
            "user:bob",
            vec![
                r#"different | - "[user:bob] is <document:plan#viewer>" | [user:bob] is <document:plan#viewer> | [user:bob[...]] is <document:plan#viewer>"#,
            ],
        ),
        (
            "user:may[...], ",
            "",
            vec![
                r#"different | - "[user:* - {user:mal}] is <document:open#viewer>" | [user:* - {user:mal}] is <document:open#viewer> | [user:* - {user:mal, user:may[...]}] is <document:open#viewer>"#,
            ],
        ),
        (
            "user:may[...]",
            "user:may",
            vec![
                r#"different | - "[user:* - {user:may, user:mal}] is <document:open#viewer>" | [user:* - {user:may, user:mal}] is <document:open#viewer> | [user:* - {user:mal, user:may[...]}] is <document:open#viewer>"#,
            ],
        ),
        ("document:none#viewer", "document:none#owner", vec!["error | document:none#owner: |  | error"]),
        ("document:none#viewer", "folder:none#viewer", vec!["error | folder:none#viewer: |  | error"]),
    ] {
        assert!(RIGHT.contains(right));
        assert_eq!(failures(&RIGHT.replace(right, wrong)), expected, "{wrong}");
    }
    let report = run(&RIGHT.replace("    - \"[user:eve] is <group:eng#member>\"\n", ""));
    assert_eq!(
        report.failures[0].message,
        "in `document:plan#view`, found `[user:eve] is <group:eng#member>`, which is not expected"
    );
}

/// How each kind of operand changes who is found. The expectation is of `document:d#view`, one entry a line.
#[test]
fn sets_are_combined_as_caveats_and_wildcards_ask() {
    let cases = [
        // Sources of both sides; a caveat on either.
        ("one & two", "one@user:a[c] two@user:a one@user:b", "[user:a[...]] is <document:d#one>/<document:d#two>"),
        (
            "one & two",
            "one@user:* two@user:a two@user:*",
            "[user:*] is <document:d#one>/<document:d#two>\n[user:a] is <document:d#two>",
        ),
        (
            "(one - three) & two",
            "one@user:* three@user:a three@user:b[c] two@user:a two@user:b",
            "[user:b[...]] is <document:d#one>/<document:d#three>/<document:d#two>",
        ),
        ("one + two", "one@user:a[c] two@user:a", "[user:a] is <document:d#one>/<document:d#two>"),
        ("one + two", "one@user:a[c] two@user:a[c]", "[user:a[...]] is <document:d#one>/<document:d#two>"),
        ("one - two", "one@user:a two@user:a[c] one@user:b two@user:b", "[user:a[...]] is <document:d#one>/<document:d#two>"),
        (
            "one - two",
            "one@user:a one@user:b two@user:*[c]",
            "[user:a[...]] is <document:d#one>\n[user:b[...]] is <document:d#one>",
        ),
        ("one - two", "one@user:a one@user:* two@user:*", ""),
        ("one - (two - three)", "one@user:* two@user:* three@user:a", "[user:a] is <document:d#three>"),
        (
            "one - (two - three)",
            "one@user:* two@user:*[c] three@user:a",
            "[user:*[...]] is <document:d#one>/<document:d#two>\n[user:a[...]] is <document:d#three>",
        ),
        // A wildcard leaves out whom both leave out, unless they are back by name.
        (
            "(one - three) + two",
            "one@user:* three@user:a two@user:a",
            "[user:*] is <document:d#one>\n[user:a] is <document:d#two>",
        ),
        (
            "(one - three) + two",
            "one@user:* three@user:a two@user:a[c]",
            "[user:* - {user:a[...]}] is <document:d#one>\n[user:a[...]] is <document:d#two>",
        ),
        (
            "(one - three) + (two - four)",
            "one@user:* two@user:* three@user:a three@user:b four@user:b",
            "[user:* - {user:b}] is <document:d#one>/<document:d#two>",
        ),
        // Arrows: a caveat on the way is on everything beyond it; an arrow's own relationship is no source.
        ("parent->member", "parent@group:g[c] group:g#member@user:a", "[user:a[...]] is <group:g#member>"),
        (
            "parent.all(member)",
            "parent@group:g parent@group:h group:g#member@user:a group:h#member@user:a group:g#member@user:b",
            "[user:a] is <group:g#member>/<group:h#member>",
        ),
        ("parent.all(member)", "one@user:a", ""),
        ("parent.all(member)", "parent@group:g parent@user:x group:g#member@user:a", ""),
        ("one + self", "one@user:a", "[document:d] is <document:d#view>\n[user:a] is <document:d#one>"),
        (
            "one + nil",
            "one@group:g#member[c] group:g#member@user:a one@user:a",
            "[group:g#member[...]] is <document:d#one>\n[user:a] is <document:d#one>/<group:g#member>",
        ),
        // Circles.
        (
            "one",
            "one@group:g#member group:g#member@group:h#member group:h#member@group:g#member group:h#member@user:a",
            "[group:g#member] is <document:d#one>/<group:h#member>\n[group:h#member] is <group:g#member>\n[user:a] is <group:h#member>",
        ),
        (
            "parent->every",
            "parent@group:g group:g#parent@group:h group:h#parent@group:g group:g#member@user:a group:h#member@user:a group:g#member@user:b",
            "[user:a] is <group:g#member>/<group:h#member>",
        ),
        (
            "parent->rest",
            "parent@group:g group:g#parent@group:h group:h#parent@group:g group:h#member@user:a group:h#member@user:b group:g#out@user:b",
            "[user:a] is <group:h#member>",
        ),
    ];
    for (permission, relationships, expected) in cases {
        let mut text = format!(
            "schema: |-
  use self
  caveat c(x int) {{
    x == 1
  }}
  definition user {{}}
  definition group {{
    relation member: user | group#member
    relation parent: group
    relation out: user
    permission every = member & parent.all(reach)
    permission reach = member + parent->every
    permission rest = member + parent->rest - out
  }}
  definition document {{
    relation one: user | user:* | user with c | user:* with c | group#member | group#member with c
    relation two: user | user:* | user with c | user:* with c
    relation three: user | user with c
    relation four: user
    relation parent: group | group with c | user
    permission view = {permission}
  }}
relationships: |-
"
        );
        for relationship in relationships.split(' ') {
            let resource = if relationship.starts_with("group:") { "" } else { "document:d#" };
            writeln!(text, "  {resource}{relationship}").unwrap();
        }
        text.push_str("validation:\n  document:d#view:\n");
        let updated = update_expected_relations("file.yaml", text.as_bytes(), &mut |_| None, now());
        let updated = updated.unwrap_or_else(|report| panic!("{permission}: {report:#?}"));
        let found: Vec<_> = updated.lines().filter_map(|line| line.strip_prefix("    - \"")?.strip_suffix('"')).collect();
        assert_eq!(found.join("\n"), expected, "{permission}, {relationships}");
        let report = validate("file.yaml", updated.as_bytes(), &mut |_| None, now());
        assert_eq!(report.status, Status::Passed, "{updated}{report:#?}");
    }
}

#[test]
fn a_permission_that_depends_on_its_own_negation_is_an_error() {
    let text = "schema: |-
  definition user {}
  definition folder {
    relation parent: folder
    relation owner: user
    permission view = owner - parent->view
  }
relationships: |-
  folder:a#parent@folder:a
  folder:a#owner@user:amy
validation:
  folder:a#view: []
";
    let report = validate("file.yaml", text.as_bytes(), &mut |_| None, now());
    assert_eq!(report.failures[0].code.as_str(), "validation/expected-relation-error");
    assert!(report.failures[0].message.contains("folder:a#view"), "{}", report.failures[0].message);
}

/// `<name>.yaml` becomes `<name>.updated.txt`, which then passes and stays as it is.
#[test]
fn blocks_are_written_anew_and_nothing_else() {
    let mut failures = Failures::default();
    for path in files("update", "yaml") {
        let text = read(&path);
        let expected = read(&path.with_extension("updated.txt"));
        let update = |text: &str| update_expected_relations("file.yaml", text.as_bytes(), &mut |_| None, now());
        let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
        match update(&text) {
            Ok(updated) => {
                failures.compare(&path, &lines(&expected), &lines(&updated));
                let report = validate("file.yaml", updated.as_bytes(), &mut |_| None, now());
                if report.status != Status::Passed {
                    failures.add(&path, format!("{report:#?}"));
                }
                if update(&updated).as_deref() != Ok(updated.as_str()) {
                    failures.add(&path, "a second update changes it".to_owned());
                }
            }
            Err(report) => {
                let found: Vec<_> = report.diagnostics.iter().map(|problem| problem.code.as_str()).collect();
                failures.compare(&path, &lines(&expected), &[format!("{}\n", found.join(" "))]);
            }
        }
    }
    failures.none(10);
}

#[test]
fn a_file_that_cannot_be_updated_says_why() {
    let update = |validation: &str| {
        let text = format!("{HEAD}validation:\n{validation}");
        update_expected_relations("file.yaml", text.as_bytes(), &mut |_| None, now()).unwrap_err()
    };
    let report = update("  document:plan#owner: []\n");
    assert_eq!((report.status, report.failures[0].code.as_str()), (Status::Failed, "validation/expected-relation-error"));
    let report = update("  document:plan: []\n");
    assert_eq!((report.status, report.diagnostics[0].code.as_str()), (Status::Unusable, "validation/expected-relation-syntax"));
}
