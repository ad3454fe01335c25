//! The vocabulary: objects, subjects, relationships, caveat context, time, and the limits on each.
//!
//! Promises: a [`Relationship`] that exists obeys SpiceDB's naming rules (whether it fits a schema is asked elsewhere),
//! and prints as it was read. Leaves to others: storing ([`crate::store`]), checking against a schema
//! ([`crate::schema`]).

mod json;
pub mod limits;
pub mod name;
mod number;
mod relationship;
mod symbol;
pub(crate) mod timestamp;
mod value;

pub use json::JsonError;
pub use number::Number;
pub use relationship::{Caveat, ELLIPSIS, Object, Question, Relationship, Subject, WILDCARD};
pub use symbol::{Node, Symbol};
pub use timestamp::Timestamp;
pub use value::{Context, Quoted, Value};

/// The answer to a check.
///
/// Ordered from least to most: a union takes the greatest of its operands, an intersection the least. Source: SpiceDB's
/// `CheckPermissionResponse.Permissionship`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permissionship {
    /// The subject does not have the permission.
    NoPermission,
    /// Whether the subject has the permission depends on caveat context that is not known.
    ConditionalPermission,
    /// The subject has the permission.
    HasPermission,
}

impl Permissionship {
    /// SpiceDB's name without its prefix, for example `HAS_PERMISSION`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPermission => "NO_PERMISSION",
            Self::ConditionalPermission => "CONDITIONAL_PERMISSION",
            Self::HasPermission => "HAS_PERMISSION",
        }
    }
}
