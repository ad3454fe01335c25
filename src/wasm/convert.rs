//! What crosses into JavaScript as text, and how: each result as one JSON text, long lists as columns rather than objects.

use wasm_bindgen::JsValue;

use super::objects::thrown;
use crate::api::Json;
use crate::api::{Answer, Count, Environment, Error, Found, FoundSubject, Page, Reason};
use crate::model::{Context, Permissionship, Relationship, Timestamp, Value};
use crate::store::{Operation, Update};
use crate::text::Located;

impl Json {
    /// A list of strings.
    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        self.list(texts, Self::text);
    }
}

/// Results that cross as JSON.
pub(super) fn crossing<Value>(result: Result<Value, Error>, write: impl FnOnce(&mut Json, &Value)) -> Result<String, JsValue> {
    match result {
        Ok(value) => Ok(Json::of(|out| write(out, &value))),
        Err(error) => Err(thrown(&error)),
    }
}

/// 0, 1 or 2 for no, conditional and yes.
pub(super) fn number(permissionship: Permissionship) -> u32 {
    match permissionship {
        Permissionship::NoPermission => 0,
        Permissionship::ConditionalPermission => 1,
        Permissionship::HasPermission => 2,
    }
}

/// A number, and where it is conditional an object `{ missing, residual }`.
pub(super) fn write_answer(out: &mut Json, answer: &Answer) {
    match answer.permissionship {
        Permissionship::NoPermission | Permissionship::HasPermission => out.raw(number(answer.permissionship)),
        Permissionship::ConditionalPermission => out.object(|out| {
            out.key("missing").texts(answer.missing_context.iter().map(String::as_str));
            if let Some(residual) = &answer.residual {
                out.key("residual").text(residual);
            }
        }),
    }
}

/// An answer or an error each.
pub(super) fn write_answers(out: &mut Json, answers: &Vec<Result<Answer, Error>>) {
    out.list(answers, |out, answer| match answer {
        Ok(answer) => write_answer(out, answer),
        Err(error) => write_error(out, error),
    });
}

/// Pairs of a name and an answer.
pub(super) fn write_permissions(out: &mut Json, permissions: &Vec<(String, Answer)>) {
    out.list(permissions, |out, (name, answer)| {
        out.list([()], |out, ()| {
            out.text(name);
            write_answer(out, answer);
        });
    });
}

pub(super) fn write_resources(out: &mut Json, page: &Page<Found>) {
    out.object(|out| {
        write_found(out, page.items.iter().map(|found| (found.id.as_str(), &found.answer)));
        write_cursor(out, page.cursor.as_deref());
    });
}

pub(super) fn write_subjects(out: &mut Json, page: &Page<FoundSubject>) {
    out.object(|out| {
        write_found(out, page.items.iter().map(|found| (found.id.as_str(), &found.answer)));
        // Only the wildcard has any, and it comes first.
        if let Some(wildcard) = page.items.first().filter(|found| !found.excluded.is_empty()) {
            out.key("excluded").object(|out| {
                write_found(out, wildcard.excluded.iter().map(|found| (found.id.as_str(), &found.answer)));
            });
        }
        write_cursor(out, page.cursor.as_deref());
    });
}

/// All ids, and of those that are conditional the place and the answer.
fn write_found<'f>(out: &mut Json, found: impl Iterator<Item = (&'f str, &'f Answer)> + Clone) {
    out.key("ids").texts(found.clone().map(|(id, _)| id));
    let conditional = found.enumerate().filter(|(_, (_, answer))| !answer.is_yes());
    out.key("conditional").list(conditional, |out, (place, (_, answer))| {
        out.list([()], |out, ()| {
            out.raw(place);
            write_answer(out, answer);
        });
    });
}

fn write_cursor(out: &mut Json, cursor: Option<&str>) {
    if let Some(cursor) = cursor {
        out.key("cursor").text(cursor);
    }
}

pub(super) fn write_count(out: &mut Json, count: &Count) {
    out.list([count.has, count.conditional], |out, number| out.raw(number));
}

pub(super) fn write_error(out: &mut Json, error: &Error) {
    out.object(|out| {
        out.key("status").text(error.status.as_str());
        out.key("code").text(error.code());
        out.key("message").text(&error.message);
        out.key("metadata").list(&error.metadata, |out, (key, value)| out.texts([*key, value]));
        out.key("diagnostics");
        write_diagnostics(out, &error.diagnostics);
    });
}

fn write_diagnostics(out: &mut Json, found: &[Located]) {
    out.list(found, |out, problem| {
        out.object(|out| {
            out.key("code").text(problem.code.as_str());
            out.key("severity").text(problem.severity.as_str());
            out.key("message").text(&problem.message);
            if let Some(help) = &problem.help {
                out.key("help").text(help);
            }
            if let Some(source) = &problem.source {
                out.key("source").text(source);
            }
            write_places(out, [problem.start.line, problem.start.column, problem.end.line, problem.end.column]);
        });
    });
}

fn write_places(out: &mut Json, places: [u32; 4]) {
    for (key, place) in ["line", "column", "endLine", "endColumn"].into_iter().zip(places) {
        out.key(key).raw(place);
    }
}

/// The moment of JavaScript's `Date.now()`.
///
/// # Errors
/// Where the number is none, or not of a moment.
pub(super) fn time(milliseconds: f64) -> Result<Timestamp, Error> {
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit becomes an extreme, which is no moment")]
    let whole = milliseconds.is_finite().then_some(milliseconds as i64);
    whole
        .and_then(Timestamp::from_unix_milliseconds)
        .ok_or_else(|| Error::plain(Reason::InvalidArgument, "the clock gives no time between the years 1 and 9999"))
}

/// A context as JSON text; an empty text for none.
///
/// # Errors
/// Where it is no JSON object that a context may be.
pub(super) fn context(text: &str) -> Result<Context, Error> {
    if text.is_empty() {
        return Ok(Context::new());
    }
    Value::parse_object(text).map_err(|error| Error::plain(Reason::InvalidArgument, format!("context: {}", error.message)))
}

/// What a question is asked under.
///
/// # Errors
/// As [`time`] and [`context`].
pub(super) fn environment(now: f64, text: &str) -> Result<Environment, Error> {
    Ok(Environment::at(time(now)?).with_context(context(text)?))
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
            return Err(mismatch());
        };
        match Relationship::parse(line) {
            Ok(relationship) => updates.push(Update { operation, relationship }),
            Err(problem) => problems.push(problem.shifted(u32::try_from(offset).unwrap_or(u32::MAX))),
        }
        offset += line.len() + 1;
    }
    if lines.next().is_some() {
        return Err(mismatch());
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

/// The error of texts that only a broken caller passes.
pub(super) fn mismatch() -> Error {
    Error::plain(Reason::InvalidArgument, "the lines and what goes with them do not belong together")
}
