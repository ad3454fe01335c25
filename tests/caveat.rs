//! The corpus of CEL expressions: what SpiceDB compiles and what it refuses, one a line, in `tests/corpus/cel`.

use peppercorn::caveat::{Parameter, ParameterType, compile};

mod evaluate;
mod hostile;
mod peer;
mod residual;

const ACCEPTED: &str = include_str!("corpus/cel/accepted.txt");
const REFUSED: &str = include_str!("corpus/cel/refused.txt");

/// The declared parameters of each line, the rest of it, and the line; nothing where a line is not of this form.
fn cases(corpus: &str) -> impl Iterator<Item = (Option<Vec<Parameter>>, &str, &str)> {
    corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (declared, rest) = line.split_once(" | ").unwrap_or_default();
        (parameters(declared), rest, line)
    })
}

fn parameters(declared: &str) -> Option<Vec<Parameter>> {
    declared.split(", ").map(parameter).collect()
}

fn parameter(text: &str) -> Option<Parameter> {
    let (name, kind) = text.split_once(' ')?;
    Some(Parameter { name: name.to_owned(), kind: kind_of(kind)? })
}

fn kind_of(text: &str) -> Option<ParameterType> {
    let (name, arguments) = match text.split_once('<') {
        Some((name, rest)) => (name, vec![kind_of(rest.strip_suffix('>')?)?]),
        None => (text, vec![]),
    };
    ParameterType::named(name, arguments).ok()
}

#[test]
fn accepts_what_spicedb_accepts() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (parameters, expression, line) in cases(ACCEPTED) {
        count += 1;
        let parameters = parameters.unwrap_or_else(|| panic!("bad parameters in `{line}`"));
        if let Err(problems) = compile(&parameters, expression) {
            wrong.push(format!("{line}\n    {}", problems[0].message));
        }
    }
    assert!(wrong.is_empty(), "refused:\n{}", wrong.join("\n"));
    assert!(count >= 300, "only {count} cases were read");
}

#[test]
fn refuses_what_spicedb_refuses() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (parameters, rest, line) in cases(REFUSED) {
        count += 1;
        let parameters = parameters.unwrap_or_else(|| panic!("bad parameters in `{line}`"));
        let (expression, code) = rest.rsplit_once(" | ").unwrap_or_else(|| panic!("no code in `{line}`"));
        match compile(&parameters, expression) {
            Ok(_) => wrong.push(format!("{line}\n    accepted")),
            Err(problems) if problems[0].code.as_str() != code => {
                wrong.push(format!("{line}\n    {}: {}", problems[0].code.as_str(), problems[0].message));
            }
            Err(problems) => {
                for problem in problems {
                    let range = problem.span.range();
                    assert!(expression.get(range).is_some(), "{line}: the span {:?} is not in the text", problem.span);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "different:\n{}", wrong.join("\n"));
    assert!(count >= 300, "only {count} cases were read");
}
