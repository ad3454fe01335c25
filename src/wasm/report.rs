//! Reports as objects, of which a call has one. Absent values are absent.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::dev;
use crate::text::{Listed, Located};

const SERIALIZER: Serializer = Serializer::new().serialize_missing_as_null(false);

/// The value as JavaScript has it; what JavaScript says against it where it cannot be made.
pub(super) fn object(value: &impl Serialize) -> JsValue {
    value.serialize(&SERIALIZER).unwrap_or_else(JsValue::from)
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
    found.iter().map(Diagnostic::from).listed()
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

/// What a validation file holds.
pub(super) fn data(data: &dev::Data) -> JsValue {
    let dev::Data { schema, relationships, members } = data;
    object(&Data { schema, relationships, members })
}

#[derive(Serialize)]
struct Data<'a> {
    schema: &'a str,
    relationships: &'a str,
    members: &'a [[String; 4]],
}

/// The report of a validation file.
pub(super) fn report(report: &dev::Report) -> JsValue {
    object(&Report {
        file: &report.file,
        status: report.status.as_str(),
        assertions: report.assertions,
        expected_relations: report.expected_relations,
        failures: report.failures.iter().map(Failure::from).listed(),
        diagnostics: diagnostics(&report.diagnostics),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
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

impl<'a> From<&'a dev::Failure> for Failure<'a> {
    fn from(failure: &'a dev::Failure) -> Self {
        Self {
            code: failure.code.as_str(),
            assertion: &failure.assertion,
            expected: &failure.expected,
            found: &failure.found,
            message: &failure.message,
            line: failure.start.line,
            column: failure.start.column,
            end_line: failure.end.line,
            end_column: failure.end.column,
        }
    }
}
