//! The engine as its users hold it: schema, relationships and questions together, with SpiceDB's error reasons.
//!
//! Promises: a call that fails changes nothing, and an error says what to do. The same calls serve Rust and, through
//! the `wasm` exports, JavaScript.

mod error;
mod expand;
mod peppercorn;

pub use error::{Error, Reason};
pub(crate) use expand::Holder;
pub use expand::{DirectSubject, ExpandContent, ExpandNode, ExpandTree, SetOperation};
pub use peppercorn::{Peppercorn, Snapshot};
