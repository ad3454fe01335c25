//! The exports of the development module: functions from texts to reports, without an engine that is held.

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::report::{data, diagnostics, object, report};
use crate::api::Error;
use crate::dev;
use crate::schema;
use crate::text::LineIndex;

/// Runs a validation file. `read_file` is given a path and returns a `Uint8Array`, or nothing. Gives a report.
///
/// # Errors
/// A time that is none: what is wrong with the file is in the report.
#[wasm_bindgen(js_name = validateFile)]
pub fn validate_file(name: &str, bytes: &[u8], read_file: &Function, now: f64) -> Result<JsValue, JsValue> {
    let now = time(now).map_err(|error| thrown(&error))?;
    Ok(report(&dev::validate(name, bytes, &mut reader(read_file), now)))
}

/// The text of a validation file with its expected relations written anew; a report where that cannot be done. Parameters
/// are those of `validateFile`.
///
/// # Errors
/// As `validateFile`.
#[wasm_bindgen(js_name = updateFile)]
pub fn update_file(name: &str, bytes: &[u8], read_file: &Function, now: f64) -> Result<JsValue, JsValue> {
    let now = time(now).map_err(|error| thrown(&error))?;
    Ok(match dev::update_expected_relations(name, bytes, &mut reader(read_file), now) {
        Ok(text) => JsValue::from_str(&text),
        Err(found) => report(&found),
    })
}

/// What a validation file holds, as `{ schema, relationships, members }`, see [`dev::Data`]; a report where it is unusable. Parameters are those of `validateFile`.
#[wasm_bindgen(js_name = readFile)]
#[must_use]
pub fn read_file(name: &str, bytes: &[u8], read_file: &Function) -> JsValue {
    match dev::data(name, bytes, &mut reader(read_file)) {
        Ok(found) => data(&found),
        Err(found) => report(&found),
    }
}

/// Reads files as JavaScript does.
fn reader(read_file: &Function) -> impl FnMut(&str) -> Option<Vec<u8>> {
    |path| {
        let found = read_file.call1(&JsValue::UNDEFINED, &JsValue::from_str(path)).ok()?;
        found.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
    }
}

/// Everything wrong or doubtful about a schema, as a list.
#[wasm_bindgen(js_name = checkSchema)]
#[must_use]
pub fn check_schema(text: &str) -> JsValue {
    let lines = LineIndex::new(text);
    let found: Vec<_> = schema::lint(text, None).diagnostics.into_iter().map(|problem| problem.located(&lines)).collect();
    object(&diagnostics(&found))
}

/// A schema in canonical form.
///
/// # Errors
/// Where it is not well-formed.
#[wasm_bindgen(js_name = formatSchema)]
pub fn format_schema(text: &str) -> Result<String, JsValue> {
    schema::format(text).map_err(|problems| thrown(&Error::of_text(text, problems)))
}
