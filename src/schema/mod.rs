//! The schema language: from text to a [`Schema`] whose every name leads somewhere.
//!
//! `grammar.pest` -> [`ast`] (one file, as written) -> [`compile`] (imports and partials in place, names resolved, types
//! checked). Promises: the verdict on a text is SpiceDB's, every error in it is reported with the place it is at, and
//! neither size nor nesting of a text can exhaust the stack. Leaves to others: evaluation ([`crate::plan`],
//! [`crate::engine`]), and the expressions of caveats ([`crate::caveat`]).

pub mod ast;
mod canonical;
mod compile;
#[cfg(feature = "dev")]
mod compose;
mod dependencies;
mod diff;
mod expectation;
mod fit;
#[cfg(feature = "dev")]
mod format;
mod grammar;
mod lexeme;
#[cfg(feature = "dev")]
mod lint;
mod load;
mod partials;
mod read;
mod reflect;
#[expect(clippy::module_inception, reason = "the module holds the schema itself")]
mod schema;
mod tree;
mod types;

pub use compile::{Compiled, compile, compile_with};
#[cfg(feature = "dev")]
pub use compose::compose;
pub use dependencies::Reference;
pub use diff::{Changed, Difference, DifferenceKind, diff};
#[cfg(feature = "dev")]
pub use format::format;
#[cfg(feature = "dev")]
pub use lint::lint;
pub use load::{Loader, Source, load};
pub use read::read;
pub use reflect::{Filter, FilterError, Filters};
pub use schema::{AllowedType, Caveat, Definition, Expression, Member, MemberKind, Schema, Subjects};
