//! What expressions come to, case by case: the files of `tests/corpus/cel/evaluate`, and any others dropped in there.
//!
//! A line is `parameters | expression | context | answer`, the parameters `name type, name type`, the context JSON, and the
//! answer `true`, `false`, `missing: name, name`, or `error: message` of which the first words are enough; `refused` where a
//! value of the context is none of its parameter's type.

use std::path::Path;

use peppercorn::caveat::{Expression, Outcome, Parameter, Value, compile};
use peppercorn::model;

use super::parameters;

/// More than any case needs.
pub const STEPS: u64 = 1_000_000;

pub struct Case {
    pub parameters: Vec<Parameter>,
    pub source: String,
    pub context: String,
    pub answer: String,
}

pub fn read(line: &str) -> Option<Case> {
    let (declared, rest) = line.split_once(" | ")?;
    let (rest, answer) = rest.rsplit_once(" | ")?;
    let (source, context) = rest.rsplit_once(" | ")?;
    let parameters = if declared == "-" { Vec::new() } else { parameters(declared)? };
    Some(Case { parameters, source: source.into(), context: context.trim().into(), answer: answer.into() })
}

/// The values of the parameters by place, or why one is refused.
pub fn arguments(parameters: &[Parameter], context: &str) -> Result<Vec<Option<Value>>, String> {
    let context = model::Value::parse_object(context).map_err(|problem| problem.message)?;
    let value = |parameter: &Parameter| {
        let given = context.iter().find(|(name, _)| *name == parameter.name);
        given.map(|(_, value)| parameter.kind.convert(value)).transpose()
    };
    parameters.iter().map(value).collect()
}

pub fn describe(parameters: &[Parameter], outcome: &Outcome) -> String {
    match outcome {
        Outcome::True => "true".into(),
        Outcome::False => "false".into(),
        Outcome::Missing(places) => {
            let names: Vec<&str> = places.iter().map(|place| parameters[*place].name.as_str()).collect();
            format!("missing: {}", names.join(", "))
        }
        Outcome::Error(error) => format!("error: {}", error.message),
    }
}

fn answer(case: &Case) -> String {
    let expression: Expression = match compile(&case.parameters, &case.source) {
        Ok(expression) => expression,
        Err(problems) => return format!("does not compile: {}", problems[0].message),
    };
    match arguments(&case.parameters, &case.context) {
        Err(_) => "refused".into(),
        Ok(arguments) => describe(&case.parameters, &expression.evaluate(&arguments, &mut STEPS.clone())),
    }
}

#[test]
fn every_case_comes_to_its_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/cel/evaluate");
    let extra = std::env::var_os("PEPPERCORN_CEL_CASES").map(std::path::PathBuf::from);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.extend(extra);
    files.sort();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            let case = read(line).unwrap_or_else(|| panic!("{}: not a case: {line}", file.display()));
            count += 1;
            let found = answer(&case);
            if !matches_answer(&case.answer, &found) {
                wrong.push(format!("{line}\n    {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 0, "no cases were read");
}

fn matches_answer(wanted: &str, found: &str) -> bool {
    wanted == found || (wanted.starts_with("error") && found.starts_with(wanted))
}
