//! The contract of the v1 API (`tests/contract`, whose README says what a case is), asked of the engine natively.

use std::collections::BTreeMap;

use peppercorn::v1::{Import, Reply};
use peppercorn::{Error, Operation, Peppercorn, Timestamp, Update, model};
use serde_json::{Map, Value, json};

use crate::corpus::{Failures, files_in, project};

const NOW: &str = "2026-01-01T00:00:00Z";
/// Relationships of a setup that one write takes.
const MOST_UPDATES: usize = 1_000;
/// Fields whose values are data, defaults or not.
const STRUCTS: [&str; 3] = ["context", "metadata", "optionalTransactionMetadata"];

#[test]
fn the_engine_answers_as_the_contract_says() {
    let mut failures = Failures::default();
    let mut cases = 0;
    for path in files_in(&project().join("tests/contract"), "json") {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            cases += 1;
            failures.count(&path);
            let setup = case.get("setup").or_else(|| file.get("setup")).cloned().unwrap_or_default();
            if let Err(difference) = run(&expand(&setup), case) {
                failures.add(&path, format!("{}: {difference}", case["name"]));
            }
        }
    }
    failures.none(10);
    assert!(cases >= 300, "only {cases} cases");
}

/// Asks the steps of a case, in order.
fn run(setup: &Value, case: &Value) -> Result<(), String> {
    let now = Timestamp::parse(case["now"].as_str().unwrap_or(NOW)).unwrap();
    let mut engine = Peppercorn::new("", "").unwrap();
    if let Some(schema) = setup["schema"].as_str().filter(|schema| !schema.is_empty()) {
        engine.write_schema(schema, now).map_err(|error| format!("setup: {error}"))?;
    }
    let lines: Vec<&str> = setup["relationships"].as_array().into_iter().flatten().map(|line| line.as_str().unwrap()).collect();
    for lines in lines.chunks(MOST_UPDATES) {
        let rows = lines.iter().map(|line| model::Relationship::parse(line).unwrap());
        let updates: Vec<_> = rows.map(|relationship| Update { operation: Operation::Touch, relationship }).collect();
        engine.write(&updates, now).map_err(|error| format!("setup: {error}"))?;
    }
    let mut saved = BTreeMap::new();
    for (place, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let method = step["method"].as_str().unwrap();
        let answer = ask(&mut engine, now, step, &saved);
        let wanted = expand(step.get("peppercorn").unwrap_or(step));
        let found = match &answer {
            Ok(messages) if wanted.get("response").is_some() => json!({ "response": messages.first() }),
            Ok(messages) => json!({ "responses": messages }),
            Err(error) => json!({ "error": shown(error) }),
        };
        for key in ["response", "responses", "error"] {
            let (wanted, found) = (wanted.get(key), found.get(key));
            let agree = match (wanted, found) {
                (Some(wanted), Some(found)) => agree(&tidy(wanted, ""), &tidy(found, ""), &mut saved),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            if !agree {
                let message = answer.as_ref().err().map(|error| format!("\n  ({error})")).unwrap_or_default();
                let text = |value: Option<&Value>| value.map_or("nothing".to_owned(), |value| tidy(value, "").to_string());
                return Err(format!(
                    "step {place}, {method}, {key}:\n  expected {}\n  found    {}{message}",
                    text(wanted),
                    text(found)
                ));
            }
        }
    }
    Ok(())
}

fn ask(engine: &mut Peppercorn, now: Timestamp, step: &Value, saved: &BTreeMap<String, String>) -> Result<Vec<Value>, Error> {
    let method = step["method"].as_str().unwrap();
    let filled = |request: &Value| fill(&expand(request), saved).to_string();
    let parse = |text: String| serde_json::from_str(&text).unwrap();
    if method == "ImportBulkRelationships" {
        let mut import = Import::default();
        let requests = expand(&step["requests"]);
        requests.as_array().unwrap().iter().try_for_each(|request| import.add_json(&filled(request)))?;
        return Ok(vec![parse(engine.v1(now).import_json(&import)?)]);
    }
    match engine.v1(now).call(method, &filled(&step["request"]))? {
        Reply::One(message) => Ok(vec![parse(message)]),
        Reply::Many(messages) => Ok(messages.map(parse).collect()),
        Reply::Watch(mut watch) => {
            let mut found = Vec::new();
            while let Some(message) = watch.next_json(engine, now)? {
                found.push(parse(message));
            }
            Ok(found)
        }
    }
}

/// An error as the contract has it.
fn shown(error: &Error) -> Value {
    let metadata: Map<String, Value> = error.metadata.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let mut shown = json!({ "code": error.status.as_str(), "metadata": metadata });
    if error.reason.is_spicedbs() {
        shown["reason"] = json!(format!("ERROR_REASON_{}", error.reason.as_str()));
    }
    shown
}

/// Writes out the short forms.
fn expand(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let all = items.iter().flat_map(|item| match item.get("$repeat") {
                Some(repeat) => {
                    let of = expand(&repeat["of"]).to_string();
                    let copy = |number: u64| serde_json::from_str(&of.replace("${i}", &number.to_string())).unwrap();
                    (0..repeat["count"].as_u64().unwrap()).map(copy).collect()
                }
                None => vec![expand(item)],
            });
            Value::Array(all.collect())
        }
        Value::Object(fields) => match fields.get("$text") {
            Some(text) => json!(text["of"].as_str().unwrap().repeat(text["count"].as_u64().unwrap() as usize)),
            None => Value::Object(fields.iter().map(|(key, value)| (key.clone(), expand(value))).collect()),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Puts saved values in the place of their names.
fn fill(value: &Value, saved: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => match name(text) {
            Some(name) => json!(saved.get(name).unwrap_or_else(|| panic!("nothing is saved as {name}"))),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| fill(item, saved)).collect()),
        Value::Object(fields) => Value::Object(fields.iter().map(|(key, value)| (key.clone(), fill(value, saved))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn name(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}')
}

/// Without the fields that have proto3's defaults.
fn tidy(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(fields) if !STRUCTS.contains(&key) => {
            let kept = fields.iter().map(|(key, value)| (key.clone(), tidy(value, key)));
            Value::Object(kept.filter(|(key, value)| !is_default(value, key)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| tidy(item, key)).collect()),
        _ => value.clone(),
    }
}

fn is_default(value: &Value, key: &str) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty() || text == "0" || text.ends_with("_UNSPECIFIED"),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => key == "metadata" && fields.is_empty(),
        Value::Bool(true) => false,
    }
}

/// Whether an answer is as expected; saves what is to be saved.
fn agree(wanted: &Value, found: &Value, saved: &mut BTreeMap<String, String>) -> bool {
    match (wanted, found) {
        (Value::String(wanted), Value::String(found)) => match name(wanted) {
            Some(name) => saved.entry(name.to_owned()).or_insert_with(|| found.clone()) == found,
            None => wanted == found || wanted == "*" && !found.is_empty(),
        },
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| agree(wanted, found, saved))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(key, wanted)| found.get(key).is_some_and(|found| agree(wanted, found, saved)))
        }
        _ => wanted == found,
    }
}
