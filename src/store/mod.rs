//! Relationships: held, indexed in both directions, changed whole batches at a time.
//!
//! A [`Snapshot`] is a compact base under what was written since. The base never changes: names in one piece of memory, and for each
//! direction nodes, runs of neighbours and a hash index in flat arrays. Over it lie persistent maps, so that taking, keeping and dropping
//! a snapshot copies nothing and a later [`Snapshot::commit`] never shows in it. [`Folding`] makes a new base out of both once enough was
//! written, a few steps with each commit. A [`Loader`] makes a base of many relationships at once; `saved` turns it into bytes and back.
//! Leaves to others: whether a relationship fits the schema ([`crate::api`]), and what it grants ([`crate::engine`]).

mod adjacency;
mod base;
mod commit;
mod dictionary;
mod edge;
mod filter;
mod fold;
mod groups;
mod kinds;
mod layout;
mod level;
mod loader;
mod names;
mod overlay;
mod rows;
mod run;
pub(crate) mod saved;
mod slot;
mod snapshot;
mod tail;
#[cfg(test)]
mod tests;
mod touched;

pub use commit::{Change, CommitError, Operation, Update};
pub use dictionary::Dictionary;
pub use edge::{Edge, Traits};
pub use filter::{Filter, Row, SubjectFilter};
pub use fold::Folding;
pub use groups::Groups;
pub use loader::Loader;
pub use rows::Rows;
pub use run::{Run, RunIter, Target};
pub use snapshot::Snapshot;
