//! Engines and snapshots.

use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::convert::updates;
use crate::api::{ForeignTokens, Peppercorn, Snapshot};

/// An engine, held by JavaScript.
#[wasm_bindgen]
pub struct Engine(pub(super) Peppercorn);

/// A snapshot, held by JavaScript.
#[wasm_bindgen]
pub struct EngineSnapshot(pub(super) Snapshot);

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

    /// Tells it what tokens are its own, for how many seconds and how many revisions are kept, and whether tokens of others are an
    /// error; what is not given stays as it is.
    pub fn configure(
        &mut self,
        identity: Option<u64>,
        seconds: Option<f64>,
        revisions: Option<u32>,
        refuse_foreign: Option<bool>,
    ) {
        let mut settings = *self.0.settings();
        settings.identity = identity.unwrap_or(settings.identity);
        if let Some(seconds) = seconds {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what does not fit becomes an extreme, which is meant"
            )]
            let whole = seconds as u64;
            settings.retention_seconds = whole;
        }
        if let Some(revisions) = revisions {
            settings.retention_revisions = usize::try_from(revisions).unwrap_or(usize::MAX);
        }
        if let Some(refuse) = refuse_foreign {
            settings.foreign_tokens = if refuse { ForeignTokens::Error } else { ForeignTokens::FullConsistency };
        }
        self.0.configure(settings);
    }

    /// Writes relationships, one a line, each by the operation at its place: 1 create, 2 touch, 3 delete. Gives the new
    /// revision.
    ///
    /// # Errors
    /// As [`Peppercorn::write`], and where a line is malformed.
    pub fn write(&mut self, operations: &[u8], relationships: &str, now: f64) -> Result<u64, JsValue> {
        let write = |now| self.0.write(&updates(operations, relationships)?, now);
        time(now).and_then(write).map_err(|error| thrown(&error))
    }

    /// Replaces the schema. Gives the new revision.
    ///
    /// # Errors
    /// As [`Peppercorn::write_schema`].
    #[wasm_bindgen(js_name = writeSchema)]
    pub fn write_schema(&mut self, schema: &str, now: f64) -> Result<u64, JsValue> {
        time(now).and_then(|now| self.0.write_schema(schema, now)).map_err(|error| thrown(&error))
    }

    /// The schema, as it was written.
    #[must_use]
    pub fn schema(&self) -> String {
        self.0.schema().text().to_owned()
    }

    /// How many writes there were.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision()
    }

    /// The token of the newest revision.
    #[must_use]
    pub fn token(&self) -> String {
        self.0.token()
    }

    /// The engine as it is now.
    #[must_use]
    pub fn snapshot(&self) -> EngineSnapshot {
        EngineSnapshot(self.0.snapshot())
    }

    /// The engine at the revision of a token.
    ///
    /// # Errors
    /// As [`Peppercorn::at`].
    pub fn at(&self, token: &str, now: f64) -> Result<EngineSnapshot, JsValue> {
        time(now).and_then(|now| self.0.at(token, now)).map(EngineSnapshot).map_err(|error| thrown(&error))
    }

    /// The whole engine as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.0.save()
    }

    /// The engine that was saved as these bytes.
    ///
    /// # Errors
    /// As [`Peppercorn::load`].
    pub fn load(bytes: &[u8]) -> Result<Self, JsValue> {
        reserve(bytes.len().saturating_mul(SAVED_BYTES));
        Peppercorn::load(bytes).map(Self).map_err(|error| thrown(&error))
    }

    /// Another engine with the same data, independent from now on.
    #[must_use]
    pub fn fork(&self, identity: u64) -> Self {
        Self(self.0.fork(identity))
    }
}

#[wasm_bindgen]
impl EngineSnapshot {
    /// The revision it was taken at.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision()
    }

    /// The same with more relationships, or fewer; `operations` and `relationships` as of a write.
    ///
    /// # Errors
    /// As [`Snapshot::with_updates`], and where a line is malformed.
    #[wasm_bindgen(js_name = withUpdates)]
    pub fn with_updates(&self, operations: &[u8], relationships: &str) -> Result<Self, JsValue> {
        let updates = updates(operations, relationships);
        updates.and_then(|updates| self.0.with_updates(&updates)).map(Self).map_err(|error| thrown(&error))
    }

    /// All relationships, sorted, one a line.
    #[must_use]
    pub fn relationships(&self) -> String {
        self.0.relationships().join("\n")
    }
}

/// Bytes of memory that a byte of relationship text comes to, about.
const LOADED_BYTES: usize = 16;

/// Bytes of memory that a byte of a saved engine comes to, about.
const SAVED_BYTES: usize = 32;

/// Makes the memory grow once, where a load would make it grow by a page at a time: V8 may collect garbage at each growth,
/// and with a million strings alive that costs a hundred times the load itself.
fn reserve(bytes: usize) {
    let mut room: Vec<u8> = Vec::new();
    // Where there is no such room, the load will tell.
    if room.try_reserve_exact(bytes).is_ok() {
        std::hint::black_box(&room);
    }
}
