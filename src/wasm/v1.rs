//! The v1 API: requests and responses are proto3 JSON.

use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::convert::mismatch;
use super::engine::Engine;
use crate::api::Error;
use crate::api::v1::{Import, Reply, Texts, Watch};

/// The messages of a stream, held by JavaScript.
#[wasm_bindgen]
pub struct EngineStream(Texts);

/// A watcher, held by JavaScript.
#[wasm_bindgen]
pub struct EngineWatch(Watch);

/// An import, held by JavaScript.
#[wasm_bindgen]
pub struct EngineImport(Import);

#[wasm_bindgen]
impl Engine {
    /// Calls a method that gives one message.
    ///
    /// # Errors
    /// The method's.
    pub fn call(&self, method: &str, request: &str, now: f64) -> Result<String, JsValue> {
        match self.reply(method, request, now)? {
            Reply::One(message) => Ok(message),
            Reply::Many(_) | Reply::Watch(_) => Err(thrown(&mismatch())),
        }
    }

    /// Calls a method that gives a stream of messages.
    ///
    /// # Errors
    /// The method's.
    pub fn stream(&self, method: &str, request: &str, now: f64) -> Result<EngineStream, JsValue> {
        match self.reply(method, request, now)? {
            Reply::Many(messages) => Ok(EngineStream(messages)),
            Reply::One(_) | Reply::Watch(_) => Err(thrown(&mismatch())),
        }
    }

    /// Watches what changes.
    ///
    /// # Errors
    /// Those of `Watch`.
    pub fn watch(&self, request: &str, now: f64) -> Result<EngineWatch, JsValue> {
        match self.reply("Watch", request, now)? {
            Reply::Watch(watch) => Ok(EngineWatch(watch)),
            Reply::One(_) | Reply::Many(_) => Err(thrown(&mismatch())),
        }
    }

    fn reply(&self, method: &str, request: &str, now: f64) -> Result<Reply, JsValue> {
        let called = time(now).and_then(|now| self.engine.borrow_mut().v1(now).call(method, request));
        called.map_err(|error| thrown(&error))
    }
}

#[wasm_bindgen]
impl EngineStream {
    /// At most so many of the next messages, one a line; nothing after the last.
    pub fn next(&mut self, most: u32) -> Option<String> {
        let mut lines = String::new();
        for _ in 0..most {
            let Some(message) = self.0.next() else { break };
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(&message);
        }
        (!lines.is_empty()).then_some(lines)
    }
}

#[wasm_bindgen]
impl EngineWatch {
    /// The next message, where there is one by now.
    ///
    /// # Errors
    /// As [`Watch::next`].
    pub fn next(&mut self, engine: &Engine, now: f64) -> Result<Option<String>, JsValue> {
        let next = time(now).and_then(|now| self.0.next_json(&engine.engine.borrow(), now));
        next.map_err(|error| thrown(&error))
    }
}

#[wasm_bindgen]
impl EngineImport {
    /// An import of nothing yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self(Import::default())
    }

    /// Takes the relationships of a message.
    ///
    /// # Errors
    /// As [`Import::add`].
    pub fn add(&mut self, request: &str) -> Result<(), JsValue> {
        self.0.add_json(request).map_err(|error| thrown(&error))
    }

    /// Writes all of them. Gives the response.
    ///
    /// # Errors
    /// As [`Service::import_bulk_relationships`](crate::api::v1::Service::import_bulk_relationships).
    pub fn finish(&self, engine: &Engine, now: f64) -> Result<String, JsValue> {
        let finish = |now| engine.engine.borrow_mut().v1(now).import_json(&self.0);
        time(now).and_then(finish).map_err(|error: Error| thrown(&error))
    }
}

impl Default for EngineImport {
    fn default() -> Self {
        Self::new()
    }
}
