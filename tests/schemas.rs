//! The schema corpus: what is accepted, what is refused and why.

use peppercorn::schema;
use peppercorn::text::{Diagnostic, Severity};

use crate::corpus::{Failures, files, read};

/// A diagnostic as the corpus writes it: its code and the text it underlines.
fn shown(text: &str, problem: &Diagnostic) -> String {
    let underlined = problem.span.of(text);
    let underlined = if underlined.is_empty() && problem.span.range().end == text.len() {
        "end of file"
    } else if underlined.is_empty() {
        "newline"
    } else {
        underlined
    };
    let quote = if underlined.contains('`') { "``" } else { "`" };
    let blank = if quote.len() > 1 { " " } else { "" };
    format!("{} {quote}{blank}{underlined}{blank}{quote}", problem.code.as_str())
}

/// The lines of a file that say what to expect: `// <mark>: …`.
fn expectations(text: &str, mark: &str) -> Vec<String> {
    let prefix = format!("// {mark}: ");
    text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
}

#[test]
fn accepts() {
    let mut failures = Failures::default();
    for path in files("schemas/accepted", "zed") {
        failures.count(&path);
        if let Err(problems) = schema::compile(&read(&path)) {
            failures.add(&path, format!("refused: {problems:?}"));
        }
    }
    failures.none(50);
}

#[test]
fn refuses() {
    let mut failures = Failures::default();
    for path in files("schemas/refused", "zed") {
        let text = read(&path);
        match schema::compile(&text) {
            Ok(_) => failures.add(&path, "accepted".to_owned()),
            Err(problems) => {
                let found: Vec<_> = problems.iter().map(|problem| shown(&text, problem)).collect();
                failures.compare(&path, &expectations(&text, "expect"), &found);
            }
        }
    }
    failures.none(70);
}

#[test]
fn warns() {
    let mut failures = Failures::default();
    for path in files("lint", "zed") {
        let text = read(&path);
        let compiled = schema::lint(&text, None);
        if compiled.schema.is_none() {
            failures.add(&path, format!("refused: {:?}", compiled.diagnostics));
            continue;
        }
        let found: Vec<_> = compiled
            .diagnostics
            .iter()
            .filter(|problem| problem.severity == Severity::Warning)
            .map(|problem| shown(&text, problem))
            .collect();
        failures.compare(&path, &expectations(&text, "warn"), &found);
    }
    failures.none(12);
}
