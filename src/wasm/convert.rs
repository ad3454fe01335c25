//! What crosses into JavaScript as text, and how: each result as one JSON text, long lists as columns rather than objects.

use wasm_bindgen::JsValue;

use super::common::{thrown, time, write_error};
use crate::api::{Answer, Count, Environment, Error, Found, Json, Reason};
use crate::model::{Context, Permissionship, Relationship, Value};
use crate::store::{Operation, Update};

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

/// A digit each: 0 for no, 2 for yes, 1 for anything else, which follows on a second line as a list of answers and errors.
pub(super) fn write_answers(answers: &[Result<Answer, Error>]) -> String {
    let digit = |answer: &Result<Answer, Error>| match answer {
        Ok(Answer { permissionship: Permissionship::NoPermission, .. }) => '0',
        Ok(Answer { permissionship: Permissionship::HasPermission, .. }) => '2',
        Ok(Answer { permissionship: Permissionship::ConditionalPermission, .. }) | Err(_) => '1',
    };
    let mut text: String = answers.iter().map(digit).collect();
    let is_other = |answer: &&Result<Answer, Error>| digit(answer) == '1';
    if answers.iter().any(|answer| is_other(&answer)) {
        text.push('\n');
        text.push_str(&Json::of(|out| {
            out.list(answers.iter().filter(is_other), |out, answer| match answer {
                Ok(answer) => write_answer(out, answer),
                Err(error) => write_error(out, error),
            });
        }));
    }
    text
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

/// Ids as they are found: one a line, for no id holds a line break. Most results are no more than an id.
#[derive(Default)]
pub(super) struct Ids {
    lines: String,
    count: usize,
    /// The places of those that are conditional, and the answers.
    conditional: Vec<(usize, Answer)>,
    /// Whom a wildcard, which comes first, leaves out.
    excluded: Vec<Found>,
}

impl Ids {
    pub(super) fn add(&mut self, id: &str, answer: Answer) {
        self.lines.push_str(id);
        self.lines.push('\n');
        if !answer.is_yes() {
            self.conditional.push((self.count, answer));
        }
        self.count += 1;
    }

    pub(super) fn exclude(&mut self, excluded: Vec<Found>) {
        self.excluded.extend(excluded);
    }

    /// The lines, and after them one more with what else there is to say, as JSON; an empty one for nothing.
    pub(super) fn page(mut self, cursor: Option<&str>) -> String {
        if !self.conditional.is_empty() || !self.excluded.is_empty() || cursor.is_some() {
            let rest = Json::of(|out| {
                out.object(|out| {
                    write_conditional(out, self.conditional.iter().map(|(place, answer)| (*place, answer)));
                    if !self.excluded.is_empty() {
                        out.key("excluded").object(|out| {
                            out.key("ids").texts(self.excluded.iter().map(|found| found.id.as_str()));
                            write_conditional(out, self.excluded.iter().map(|found| &found.answer).enumerate());
                        });
                    }
                    if let Some(cursor) = cursor {
                        out.key("cursor").text(cursor);
                    }
                });
            });
            self.lines.push_str(&rest);
        }
        self.lines
    }
}

/// Of those that are conditional the place and the answer.
fn write_conditional<'f>(out: &mut Json, answers: impl Iterator<Item = (usize, &'f Answer)>) {
    out.key("conditional").list(answers.filter(|(_, answer)| !answer.is_yes()), |out, (place, answer)| {
        out.list([()], |out, ()| {
            out.raw(place);
            write_answer(out, answer);
        });
    });
}

pub(super) fn write_count(out: &mut Json, count: &Count) {
    out.list([count.has, count.conditional], |out, number| out.raw(number));
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
