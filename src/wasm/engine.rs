//! Engines, and what they are asked through.

use std::cell::{Cell, Ref, RefCell};
use std::hint::black_box;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::convert::updates;
use crate::api::{ForeignTokens, Handles, Peppercorn, Snapshot};

/// An engine, held by JavaScript.
#[wasm_bindgen]
pub struct Engine {
    // INVARIANT: borrowed within one export at a time, none of which calls another.
    pub(super) engine: Rc<RefCell<Peppercorn>>,
    handles: Rc<RefCell<Handles>>,
}

/// What questions are put to, held by JavaScript: an engine, always at its newest revision, or one revision of it.
#[wasm_bindgen]
pub struct EngineView {
    source: Source,
    /// Those of the engine.
    pub(super) handles: Rc<RefCell<Handles>>,
}

enum Source {
    Newest(Rc<RefCell<Peppercorn>>),
    At(Snapshot),
    /// A revision with updates that no revision has: its symbols are not those of the engine.
    Supposed(Snapshot),
}

thread_local! {
    /// How many engines there were.
    static ENGINES: Cell<u32> = const { Cell::new(0) };
}

impl Engine {
    pub(super) fn of(engine: Peppercorn) -> Self {
        let number = ENGINES.get();
        ENGINES.set(number.wrapping_add(1));
        Self { engine: Rc::new(RefCell::new(engine)), handles: Rc::new(RefCell::new(Handles::new(number))) }
    }

    fn view(&self, source: Source) -> EngineView {
        EngineView { source, handles: Rc::clone(&self.handles) }
    }
}

impl EngineView {
    /// Asks something of what is seen.
    pub(super) fn ask<Answer>(&self, ask: impl FnOnce(&Snapshot) -> Answer) -> Answer {
        let newest;
        ask(match &self.source {
            Source::Newest(engine) => {
                newest = Ref::map(engine.borrow(), Peppercorn::head);
                &newest
            }
            Source::At(snapshot) | Source::Supposed(snapshot) => snapshot,
        })
    }

    /// Whether symbols mean what they mean to the engine's handles.
    pub(super) fn is_of_engine(&self) -> bool {
        match &self.source {
            Source::Newest(_) | Source::At(_) => true,
            Source::Supposed(_) => false,
        }
    }
}

#[wasm_bindgen]
impl Engine {
    /// An engine of a schema and relationships, one a line.
    ///
    /// # Errors
    /// As [`Peppercorn::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(schema: &str, relationships: &str) -> Result<Self, JsValue> {
        Peppercorn::new(schema, relationships).map(Self::of).map_err(|error| thrown(&error))
    }

    /// Tells it what tokens are its own, for how many seconds and how many revisions are kept, and whether tokens of others are an
    /// error; what is not given stays as it is.
    pub fn configure(&self, identity: Option<u64>, seconds: Option<f64>, revisions: Option<u32>, refuse_foreign: Option<bool>) {
        let mut engine = self.engine.borrow_mut();
        let mut settings = *engine.settings();
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
        engine.configure(settings);
    }

    /// Writes relationships, one a line, each by the operation at its place: 1 create, 2 touch, 3 delete. Gives the new
    /// revision and its token, with a blank between.
    ///
    /// # Errors
    /// As [`Peppercorn::write`], and where a line is malformed.
    pub fn write(&self, operations: &[u8], relationships: &str, now: f64) -> Result<String, JsValue> {
        let write = |now| {
            let mut engine = self.engine.borrow_mut();
            let before = pages();
            engine.write(&updates(operations, relationships)?, now)?;
            grow_ahead(before);
            Ok(written(&engine))
        };
        time(now).and_then(write).map_err(|error| thrown(&error))
    }

    /// Replaces the schema. Gives the new revision and its token, as `write` does.
    ///
    /// # Errors
    /// As [`Peppercorn::write_schema`].
    #[wasm_bindgen(js_name = writeSchema)]
    pub fn write_schema(&self, schema: &str, now: f64) -> Result<String, JsValue> {
        let write = |now| {
            let mut engine = self.engine.borrow_mut();
            engine.write_schema(schema, now)?;
            Ok(written(&engine))
        };
        time(now).and_then(write).map_err(|error| thrown(&error))
    }

    /// The schema, as it was written.
    #[must_use]
    pub fn schema(&self) -> String {
        self.engine.borrow().schema().text().to_owned()
    }

    /// The token of the newest revision.
    #[must_use]
    pub fn token(&self) -> String {
        self.engine.borrow().token()
    }

    /// The engine at its newest revision, whichever that is when something is asked.
    #[must_use]
    pub fn newest(&self) -> EngineView {
        self.view(Source::Newest(Rc::clone(&self.engine)))
    }

    /// The engine as it is now.
    #[must_use]
    pub fn snapshot(&self) -> EngineView {
        self.view(Source::At(self.engine.borrow().snapshot()))
    }

    /// The handle of an object or subject.
    ///
    /// # Errors
    /// As [`Handles::id`].
    pub fn id(&self, text: &str) -> Result<u32, JsValue> {
        let id = self.handles.borrow_mut().id(self.engine.borrow().head(), text);
        id.map_err(|error| thrown(&error))
    }

    /// The engine at the revision of a token.
    ///
    /// # Errors
    /// As [`Peppercorn::at`].
    pub fn at(&self, token: &str, now: f64) -> Result<EngineView, JsValue> {
        let at = time(now).and_then(|now| self.engine.borrow().at(token, now));
        at.map(|snapshot| self.view(Source::At(snapshot))).map_err(|error| thrown(&error))
    }

    /// The whole engine as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.engine.borrow().save()
    }

    /// The engine that was saved as these bytes.
    ///
    /// # Errors
    /// As [`Peppercorn::load`].
    pub fn load(bytes: &[u8]) -> Result<Self, JsValue> {
        Peppercorn::load(bytes).map(Self::of).map_err(|error| thrown(&error))
    }

    /// Another engine with the same data, independent from now on.
    #[must_use]
    pub fn fork(&self, identity: u64) -> Self {
        Self::of(self.engine.borrow().fork(identity))
    }
}

#[wasm_bindgen]
impl EngineView {
    /// The revision: how many writes there were.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.ask(Snapshot::revision)
    }

    /// The same with more relationships, or fewer; `operations` and `relationships` as of a write.
    ///
    /// # Errors
    /// As [`Snapshot::with_updates`], and where a line is malformed.
    #[wasm_bindgen(js_name = withUpdates)]
    pub fn with_updates(&self, operations: &[u8], relationships: &str) -> Result<Self, JsValue> {
        let updates = updates(operations, relationships);
        let supposed = updates.and_then(|updates| self.ask(|snapshot| snapshot.with_updates(&updates)));
        let view = |snapshot| Self { source: Source::Supposed(snapshot), handles: Rc::clone(&self.handles) };
        supposed.map(view).map_err(|error| thrown(&error))
    }

    /// All relationships, sorted, one a line.
    #[must_use]
    pub fn relationships(&self) -> String {
        self.ask(Snapshot::relationships).join("\n")
    }
}

/// How many pages of 64 KiB the memory has.
fn pages() -> usize {
    core::arch::wasm32::memory_size::<0>()
}

/// Where the memory has grown, lets it grow by a sixteenth more at once: each time it grows, JavaScript's collector may be woken.
fn grow_ahead(before: usize) {
    let now = pages();
    if now > before {
        // What is freed stays in the memory, for what comes next.
        let mut ahead: Vec<u8> = Vec::new();
        let _ = black_box(ahead.try_reserve_exact(now * (65_536 / 16)));
    }
}

fn written(engine: &Peppercorn) -> String {
    let mut text = engine.revision().to_string();
    text.push(' ');
    text.push_str(&engine.token());
    text
}
