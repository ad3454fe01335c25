//! The only place of these tests that knows the engine's interface.

use peppercorn::text::Diagnostic;
/// Whether the engine accepts a schema: `code: message` of each error if not.
pub(crate) fn verdict(schema: &str) -> Result<(), Vec<String>> {
    let problem = |problem: Diagnostic| format!("{}: {}", problem.code.as_str(), problem.message);
    match peppercorn::schema::compile(schema) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems.into_iter().map(problem).collect()),
    }
}

