//! The engine as its users hold it: schema, relationships and questions together, with SpiceDB's error reasons.
//!
//! Promises: a call that fails changes nothing, and an error says what to do; results have a defined order, each once. The
//! same calls serve Rust and, through the `wasm` exports, JavaScript.

mod answer;
mod cursor;
mod error;
mod expand;
#[cfg(any(feature = "module-engine", test))]
mod handles;
#[cfg(feature = "dev")]
mod holders;
mod json;
mod loader;
mod log;
mod lookup;
mod peppercorn;
mod program;
mod questions;
mod revision;
mod saved;
mod schema_change;
mod schema_write;
mod settings;
mod token;
mod trace;
pub mod v1;
mod vocabulary;

pub use answer::{Answer, CheckItem, Environment};
pub use error::{Error, Failure, Reason, Status};
pub use expand::{DirectSubject, ExpandContent, ExpandNode, ExpandTree, SetOperation};
#[cfg(feature = "module-engine")]
pub(crate) use handles::Handles;
#[cfg(feature = "dev")]
pub(crate) use holders::Holder;
pub(crate) use json::Json;
pub use loader::Loader;
pub use lookup::{Count, Found, FoundSubject, LookupResources, LookupSubjects, Page};
pub use peppercorn::{Peppercorn, Snapshot};
pub use schema_change::{Refusal, refusals};
pub use schema_write::SchemaChange;
pub use settings::{ForeignTokens, Settings};
pub use trace::{CaveatTrace, Trace, TraceNode, TraceRow};
