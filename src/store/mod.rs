//! Relationships: held, indexed in both directions, changed whole batches at a time.
//!
//! A [`Snapshot`] is an immutable root of persistent maps: taking, keeping and dropping one copies nothing, and a later
//! [`Snapshot::commit`] never shows in it: it builds a new root beside the old one, so a batch that fails leaves no trace. `saved` turns names and
//! relationships into bytes and back. Leaves to others: whether a relationship fits the schema
//! ([`crate::api`]), and what it grants ([`crate::engine`]).

mod dictionary;
mod edge;
mod filter;
mod memory;
mod run;
pub(crate) mod saved;

pub use dictionary::Dictionary;
pub use edge::{Edge, Traits};
pub use filter::{Filter, Row, SubjectFilter};
pub use memory::{Change, CommitError, Operation, Snapshot, Update};
pub use run::{Run, RunIter};
