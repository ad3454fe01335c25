//! The only place of these tests that knows the engine's interface.

use peppercorn::text::Diagnostic;
use peppercorn::{Environment, Peppercorn, Permissionship, Timestamp};

use super::oracle::{Answer, Value};
use super::system::{Question, System};

/// Whether the engine accepts a schema: `code: message` of each error if not.
pub(crate) fn verdict(schema: &str) -> Result<(), Vec<String>> {
    let problem = |problem: Diagnostic| format!("{}: {}", problem.code.as_str(), problem.message);
    match peppercorn::schema::compile(schema) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems.into_iter().map(problem).collect()),
    }
}

/// The answers in the order of the questions, or why the system is no good.
pub(crate) fn answers(system: &System, questions: &[Question]) -> Result<Vec<Answer>, String> {
    let engine = Peppercorn::new(&system.schema(), &system.relationships().join("\n")).map_err(|error| error.to_string())?;
    // Nothing here expires, so any time does.
    let now = Environment::at(Timestamp::from_unix_milliseconds(0).unwrap());
    let answer = |question: &Question| {
        let asked = engine.check(&question.subject.to_string(), &question.permission, &question.resource.to_string(), &now);
        match asked.map(|answer| answer.permissionship) {
            Ok(Permissionship::NoPermission) => Answer::Value(Value::No),
            Ok(Permissionship::ConditionalPermission) => Answer::Value(Value::Conditional),
            Ok(Permissionship::HasPermission) => Answer::Value(Value::Has),
            Err(error) if error.code() == "CYCLE_THROUGH_EXCLUSION" => Answer::CycleThroughExclusion,
            Err(error) => Answer::Failed(format!("{}: {error}", error.code())),
        }
    };
    Ok(questions.iter().map(answer).collect())
}
