//! The exports: convert, call, convert. Everything they do is done elsewhere.
//!
//! Hot calls take strings and give numbers; whole results are plain objects. A call that fails throws a plain object
//! `{ code, message, diagnostics }`, which the npm package makes its error of. Nothing here keeps state of its own.

mod convert;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::api::{Environment, Error, Peppercorn, Reason, Snapshot};
use crate::dev;
use crate::model::{Permissionship, Timestamp};
use crate::schema;
use crate::text::LineIndex;
use convert::{diagnostics, thrown, to_js, updates};

/// An engine, held by JavaScript.
#[wasm_bindgen]
pub struct Engine(Peppercorn);

/// A snapshot, held by JavaScript.
#[wasm_bindgen]
pub struct EngineSnapshot(Snapshot);

#[wasm_bindgen]
impl Engine {
    /// An engine of a schema and relationships, one a line.
    ///
    /// # Errors
    /// As [`Peppercorn::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(schema: &str, relationships: &str) -> Result<Self, JsValue> {
        reserve(relationships.len().saturating_mul(LOADED_BYTES));
        Peppercorn::new(schema, relationships).map(Self).map_err(|error| thrown(&error))
    }

    /// 0, 1 or 2 for no, conditional and yes, at that many milliseconds after 1970 began.
    ///
    /// # Errors
    /// As [`Peppercorn::check`].
    pub fn check(&self, subject: &str, permission: &str, resource: &str, now: f64) -> Result<u32, JsValue> {
        self.0
            .check(subject, permission, resource, &Environment::at(time(now)?))
            .map(|answer| number(answer.permissionship))
            .map_err(|error| thrown(&error))
    }

    /// Writes relationships, one a line, each by the operation at its place: 1 create, 2 touch, 3 delete. Gives the new
    /// revision.
    ///
    /// # Errors
    /// As [`Peppercorn::write`], and where a line is malformed.
    pub fn write(&mut self, operations: &[u8], relationships: &str) -> Result<u64, JsValue> {
        let updates = updates(operations, relationships).map_err(|error| thrown(&error))?;
        self.0.write(&updates).map_err(|error| thrown(&error))
    }

    /// How many writes there were.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision()
    }

    /// The engine as it is now.
    #[must_use]
    pub fn snapshot(&self) -> EngineSnapshot {
        EngineSnapshot(self.0.snapshot())
    }
}

#[wasm_bindgen]
impl EngineSnapshot {
    /// As [`Engine::check`].
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn check(&self, subject: &str, permission: &str, resource: &str, now: f64) -> Result<u32, JsValue> {
        self.0
            .check(subject, permission, resource, &Environment::at(time(now)?))
            .map(|answer| number(answer.permissionship))
            .map_err(|error| thrown(&error))
    }

    /// The revision it was taken at.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision()
    }

    /// All relationships, sorted, one a line.
    #[must_use]
    pub fn relationships(&self) -> String {
        self.0.relationships().join("\n")
    }
}

/// The moment of JavaScript's `Date.now()`.
///
/// # Errors
/// Where the number is none, or not of a moment.
fn time(milliseconds: f64) -> Result<Timestamp, JsValue> {
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit becomes an extreme, which is no moment")]
    let whole = milliseconds.is_finite().then_some(milliseconds as i64);
    whole
        .and_then(Timestamp::from_unix_milliseconds)
        .ok_or_else(|| thrown(&Error::plain(Reason::InvalidArgument, "the clock gives no time between the years 1 and 9999")))
}

/// Bytes of memory that a byte of relationship text comes to, about.
const LOADED_BYTES: usize = 16;

/// Makes the memory grow once, where a load would make it grow by a page at a time: V8 may collect garbage at each growth,
/// and with a million strings alive that costs a hundred times the load itself.
fn reserve(bytes: usize) {
    let mut room: Vec<u8> = Vec::new();
    // Where there is no such room, the load will tell.
    if room.try_reserve_exact(bytes).is_ok() {
        std::hint::black_box(&room);
    }
}

fn number(permissionship: Permissionship) -> u32 {
    match permissionship {
        Permissionship::NoPermission => 0,
        Permissionship::ConditionalPermission => 1,
        Permissionship::HasPermission => 2,
    }
}

/// Runs a validation file. `read_file` is given a path and returns a `Uint8Array`, or nothing.
///
/// # Errors
/// None: what is wrong with the file is in the report.
#[wasm_bindgen(js_name = validateFile)]
pub fn validate_file(name: &str, bytes: &[u8], read_file: &Function, now: f64) -> Result<JsValue, JsValue> {
    let mut read = |path: &str| {
        let found = read_file.call1(&JsValue::UNDEFINED, &JsValue::from_str(path)).ok()?;
        found.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
    };
    let report = dev::validate(name, bytes, &mut read, time(now)?);
    to_js(&convert::Report::from(&report))
}

/// Everything wrong or doubtful about a schema.
///
/// # Errors
/// None: what is wrong is in the result.
#[wasm_bindgen(js_name = checkSchema)]
pub fn check_schema(text: &str) -> Result<JsValue, JsValue> {
    let lines = LineIndex::new(text);
    let found: Vec<_> = schema::compile_with(text, None).diagnostics.into_iter().map(|problem| problem.located(&lines)).collect();
    to_js(&diagnostics(&found))
}

/// A schema in canonical form.
///
/// # Errors
/// Where it is not well-formed.
#[wasm_bindgen(js_name = formatSchema)]
pub fn format_schema(text: &str) -> Result<String, JsValue> {
    schema::format(text).map_err(|problems| thrown(&Error::of_text(text, problems)))
}
