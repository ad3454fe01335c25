//! The hot calls. Texts do not cross one by one: JavaScript writes them into a buffer of the module, each at its place, and says how
//! long they are. The answer is a number, and where there is none [`UNANSWERED`]: the same question put to `answer` says why.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::convert::{context, environment, number};
use super::engine::EngineView;
use crate::api::{Environment, Error, Snapshot};
use crate::model::{Permissionship, Timestamp};

/// Bytes of the buffer for each text: more than a type, an id and a relation can have.
const TEXT_BYTES: usize = 1_280;

/// The texts: a subject, a permission, a resource.
type Buffer = [[u8; TEXT_BYTES]; 3];

thread_local! {
    static TEXTS: RefCell<Buffer> = const { RefCell::new([[0; TEXT_BYTES]; 3]) };
}

/// The question has no answer: to be asked in a way that says why.
const UNANSWERED: u32 = 3;

/// The answer depends on the time, and none was given.
const NEEDS_TIME: u32 = 4;

#[wasm_bindgen]
impl EngineView {
    /// Where the buffer begins in the memory of the module, for JavaScript to write to between calls.
    #[must_use]
    pub fn texts() -> usize {
        TEXTS.with_borrow_mut(|texts| texts.as_mut_ptr().expose_provenance())
    }

    /// Bytes of the buffer for each text.
    #[wasm_bindgen(js_name = textBytes)]
    #[must_use]
    pub fn text_bytes() -> usize {
        TEXT_BYTES
    }

    /// 0, 1 or 2 for no, conditional and yes, of texts that are so many bytes long. A time that is no number is none; the context
    /// is JSON, or empty.
    #[must_use]
    pub fn check(&self, subject: usize, permission: usize, resource: usize, now: f64) -> u32 {
        self.answered([subject, permission, resource], now, "", |snapshot, [subject, permission, resource], environment| {
            snapshot.permissionship(subject, permission, resource, environment)
        })
    }

    /// As `check`, with a context as JSON.
    #[wasm_bindgen(js_name = checkWith)]
    #[must_use]
    pub fn check_with(&self, subject: usize, permission: usize, resource: usize, now: f64, given: &str) -> u32 {
        self.answered([subject, permission, resource], now, given, |snapshot, [subject, permission, resource], environment| {
            snapshot.permissionship(subject, permission, resource, environment)
        })
    }

    /// As `check`, of handles of the engine.
    #[wasm_bindgen(js_name = checkIds)]
    #[must_use]
    pub fn check_ids(&self, subject: u32, permission: usize, resource: u32, now: f64) -> u32 {
        self.answered([0, permission, 0], now, "", |snapshot, [_, permission, _], environment| {
            let mut handles = self.handles.borrow_mut();
            handles.permissionship(snapshot, [subject, resource], permission, environment, self.is_of_engine())
        })
    }

    /// 1 for a definite yes and 0 for anything else, for each pair of handles; a list of one goes with all of the other. The
    /// context is JSON, or empty.
    ///
    /// # Errors
    /// Of the first pair that has no answer; lists of different lengths.
    #[wasm_bindgen(js_name = checkIdsMany)]
    pub fn check_ids_many(
        &self,
        subjects: &[u32],
        permission: &str,
        resources: &[u32],
        now: f64,
        context: &str,
    ) -> Result<Vec<u8>, JsValue> {
        let answers = environment(now, context).and_then(|environment| {
            self.ask(|snapshot| {
                let mut handles = self.handles.borrow_mut();
                handles.permissionships(snapshot, [subjects, resources], permission, &environment, self.is_of_engine())
            })
        });
        let is_yes = |answer: &Permissionship| u8::from(*answer == Permissionship::HasPermission);
        answers.map(|answers| answers.iter().map(is_yes).collect()).map_err(|error| thrown(&error))
    }

    /// The text that a handle stands for; nothing for what is no handle of the engine.
    #[must_use]
    pub fn text(&self, handle: u32) -> Option<String> {
        self.handles.borrow().text(handle).ok().map(str::to_owned)
    }

    /// The answer to a question about texts of these lengths.
    fn answered(
        &self,
        lengths: [usize; 3],
        now: f64,
        given: &str,
        question: impl FnOnce(&Snapshot, [&str; 3], &Environment) -> Result<Permissionship, Error>,
    ) -> u32 {
        TEXTS.with_borrow(|texts| {
            self.ask(|snapshot| {
                if now.is_nan() && snapshot.may_expire() {
                    return NEEDS_TIME;
                }
                let environment = || {
                    let now = if now.is_nan() { Timestamp::default() } else { time(now)? };
                    Ok(Environment { now, context: context(given)? })
                };
                let ([subject, permission, resource], [first, second, third]) = (texts, lengths);
                let texts = [text(subject, first), text(permission, second), text(resource, third)];
                let answer = environment().and_then(|environment| question(snapshot, texts, &environment));
                answer.map_or(UNANSWERED, number)
            })
        })
    }
}

/// What JavaScript wrote; nothing where that is no text.
fn text(bytes: &[u8; TEXT_BYTES], length: usize) -> &str {
    bytes.get(..length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
}
