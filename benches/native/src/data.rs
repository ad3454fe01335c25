//! The data sets, from the files that `benches/data` writes.

use peppercorn::model::{Context, Value};
use peppercorn::{Environment, Peppercorn, Permissionship, Timestamp};
use serde_json::Value as Json;

use crate::{Bench, Outcome};

/// A data set: its texts and its lists of questions.
pub struct DataSet {
    /// The schema.
    pub schema: String,
    /// The relationships, one a line.
    pub relationships: String,
    queries: Json,
}

/// One check with its answer.
pub struct Question {
    /// Who.
    pub subject: String,
    /// What.
    pub permission: String,
    /// On what.
    pub resource: String,
    /// The answer.
    pub expect: Permissionship,
    /// Under what.
    pub environment: Environment,
}

impl DataSet {
    /// The set of that name.
    pub fn read(bench: &Bench, name: &str) -> Outcome<Self> {
        let read = |ending: &str| {
            let file = bench.data.join(format!("{name}.{ending}"));
            std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
        };
        let queries = serde_json::from_str(&read("queries.json")?)?;
        Ok(Self { schema: read("zed")?, relationships: read("rels")?, queries })
    }

    /// An engine that holds it.
    pub fn engine(&self) -> Outcome<Peppercorn> {
        Ok(Peppercorn::new(&self.schema, &self.relationships)?)
    }

    /// A list of anything.
    pub fn list(&self, list: &str) -> Outcome<&Vec<Json>> {
        self.queries.get(list).and_then(Json::as_array).ok_or_else(|| format!("there is no list `{list}`").into())
    }

    /// A list of checks.
    pub fn questions(&self, list: &str) -> Outcome<Vec<Question>> {
        self.list(list)?.iter().map(question).collect()
    }
}

/// The time at which everything is asked.
pub fn now() -> Outcome<Timestamp> {
    Timestamp::parse("2026-01-01T00:00:00Z").ok_or_else(|| "no time".into())
}

/// A check as the files write it.
pub fn question(json: &Json) -> Outcome<Question> {
    let expect = match json.get("expect") {
        Some(Json::Bool(true)) => Permissionship::HasPermission,
        Some(Json::Bool(false)) => Permissionship::NoPermission,
        _ => Permissionship::ConditionalPermission,
    };
    let context = match json.get("context") {
        Some(context) => Value::parse_object(&context.to_string()).map_err(|_| "a context is no object")?,
        None => Context::new(),
    };
    Ok(Question {
        subject: text(json, "subject")?,
        permission: text(json, "permission")?,
        resource: text(json, "resource")?,
        expect,
        environment: Environment::at(now()?).with_context(context),
    })
}

/// A field that is a text.
pub fn text(json: &Json, field: &str) -> Outcome<String> {
    json.get(field).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| format!("a question lacks `{field}`").into())
}
