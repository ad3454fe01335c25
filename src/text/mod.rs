//! Source text: where something stands in it, and what to say about it.
//!
//! Promises: a [`Span`] never cuts a character, a [`Diagnostic`] carries a stable code from one catalogue, and positions
//! are given in the units of whoever asks. Knows nothing of permissions.

pub(crate) mod base64;
pub(crate) mod bytes;
mod code;
mod diagnostic;
mod find;
pub mod hash;
mod line_index;
mod listed;
mod sort;
mod sorted;
mod span;
mod suggest;

pub use code::Code;
pub use diagnostic::{About, Diagnostic, Located, Severity, in_order};
pub(crate) use find::{find, split_once};
pub use line_index::{LineIndex, Position};
pub(crate) use listed::Listed;
pub use sort::{sort, sort_by, sort_by_number, sort_by_text};
pub use sorted::insert_sorted;
pub use span::Span;
pub use suggest::nearest;
