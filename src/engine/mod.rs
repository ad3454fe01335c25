//! Answers questions from a plan and a snapshot: pure functions, the same answer every time.
//!
//! Semantics are SpiceDB's (`internal/graph/check.go`), except where data is cyclic or deep: SpiceDB ends with its depth
//! error there, and this engine gives the least fixpoint, however deep. A permission that depends on its own negation has
//! none; that is an error which names the circle. Promises: no input exhausts the stack or runs on without end.

mod check;
mod expand;
mod fixpoint;
mod membership;
mod query;

pub use check::check;
pub use expand::{Content, Expanded, Operation, expand};
pub use membership::{Found, membership};
pub use query::{CheckError, Query};
