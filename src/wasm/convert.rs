//! The objects that cross into JavaScript, and how: absent values are absent, maps are objects.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::api::{Error, Reason};
use crate::dev;
use crate::model::Relationship;
use crate::store::{Operation, Update};
use crate::text::Located;

const SERIALIZER: Serializer = Serializer::new().serialize_missing_as_null(false);

/// # Errors
/// Where JavaScript refuses to make an object.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&SERIALIZER).map_err(JsValue::from)
}

/// The object that is thrown for an error.
pub(super) fn thrown(error: &Error) -> JsValue {
    let object = Thrown { code: error.code(), message: &error.message, diagnostics: diagnostics(&error.diagnostics) };
    to_js(&object).unwrap_or_else(|problem| problem)
}

#[derive(Serialize)]
struct Thrown<'a> {
    code: &'a str,
    message: &'a str,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

pub(super) fn diagnostics(found: &[Located]) -> Vec<Diagnostic<'_>> {
    found.iter().map(Diagnostic::from).collect()
}

impl<'a> From<&'a Located> for Diagnostic<'a> {
    fn from(problem: &'a Located) -> Self {
        Self {
            code: problem.code.as_str(),
            severity: problem.severity.as_str(),
            message: &problem.message,
            help: problem.help.as_deref(),
            source: problem.source.as_deref(),
            line: problem.start.line,
            column: problem.start.column,
            end_line: problem.end.line,
            end_column: problem.end.column,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report<'a> {
    file: &'a str,
    status: &'a str,
    assertions: usize,
    expected_relations: usize,
    failures: Vec<Failure<'a>>,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    code: &'a str,
    assertion: &'a str,
    expected: &'a str,
    found: &'a str,
    message: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl<'a> From<&'a dev::Report> for Report<'a> {
    fn from(report: &'a dev::Report) -> Self {
        let failure = |failure: &'a dev::Failure| Failure {
            code: failure.code.as_str(),
            assertion: &failure.assertion,
            expected: &failure.expected,
            found: &failure.found,
            message: &failure.message,
            line: failure.start.line,
            column: failure.start.column,
            end_line: failure.end.line,
            end_column: failure.end.column,
        };
        Self {
            file: &report.file,
            status: report.status.as_str(),
            assertions: report.assertions,
            expected_relations: report.expected_relations,
            failures: report.failures.iter().map(failure).collect(),
            diagnostics: diagnostics(&report.diagnostics),
        }
    }
}

/// The updates of one write: the n-th operation goes with the n-th line.
///
/// # Errors
/// Where a line is malformed, or operations and lines are not as many.
pub(super) fn updates<'a>(operations: &[u8], relationships: &'a str) -> Result<Vec<Update<'a>>, Error> {
    let mut updates = Vec::with_capacity(operations.len());
    let mut problems = Vec::new();
    let mut offset = 0_usize;
    let mut lines = relationships.split('\n').filter(|_| !operations.is_empty());
    for code in operations {
        let (Some(line), Some(operation)) = (lines.next(), operation(*code)) else {
            return Err(Error::plain(Reason::InvalidArgument, "operations and relationships do not belong together"));
        };
        match Relationship::parse(line) {
            Ok(relationship) => updates.push(Update { operation, relationship }),
            Err(problem) => problems.push(problem.shifted(u32::try_from(offset).unwrap_or(u32::MAX))),
        }
        offset += line.len() + 1;
    }
    if lines.next().is_some() {
        return Err(Error::plain(Reason::InvalidArgument, "operations and relationships do not belong together"));
    }
    if problems.is_empty() { Ok(updates) } else { Err(Error::of_text(relationships, problems)) }
}

fn operation(code: u8) -> Option<Operation> {
    match code {
        1 => Some(Operation::Create),
        2 => Some(Operation::Touch),
        3 => Some(Operation::Delete),
        _ => None,
    }
}
