//! What both modules have: errors, diagnostics, the time. An error crosses as an object, of which a call has one.

use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::api::{Error, Json, Reason};
use crate::model::Timestamp;
use crate::text::Located;

impl Json {
    /// A list of strings.
    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        self.list(texts, Self::text);
    }
}

/// What is written, as JavaScript has it. Absent values are absent.
pub(super) fn object(write: impl FnOnce(&mut Json)) -> JsValue {
    JSON::parse(&Json::of(write)).unwrap_or_else(|error| error)
}

/// What is thrown for an error: `{ status, code, message, metadata, diagnostics }`; metadata as pairs.
pub(super) fn thrown(error: &Error) -> JsValue {
    object(|out| write_error(out, error))
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

pub(super) fn write_diagnostics(out: &mut Json, found: &[Located]) {
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

pub(super) fn write_places(out: &mut Json, places: [u32; 4]) {
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
