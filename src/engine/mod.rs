//! Answers questions from a plan and a snapshot: pure functions, the same answer every time.
//!
//! Semantics are SpiceDB's (`internal/graph/check.go`), except where data is cyclic or deep: SpiceDB ends with its depth
//! error there, and this engine gives the least fixpoint, however deep. A permission that depends on its own negation has
//! none; that is an error which names the circle. Promises: no input exhausts the stack or runs on without end.

mod check;
mod condition;
mod expand;
mod formula;
mod goals;
mod lookup_resources;
mod lookup_subjects;
#[cfg(feature = "dev")]
mod membership;
mod query;
mod solve;
mod subject_set;
mod system;
mod trace;

pub use check::{check, check_all};
pub use condition::{Cause, ConditionError, Conditions, Evaluation, Worth};
pub use expand::{Content, Expanded, Operation, expand};
pub use formula::residual;
pub use lookup_resources::{Window, lookup_resources};
pub use lookup_subjects::{FoundSubjects, SubjectKind, lookup_subjects};
#[cfg(feature = "dev")]
pub use membership::{Held, membership};
pub use query::{Facts, Goal, Query, QueryError, Shown};
pub use trace::{MatchedRow, RowState, Trace, TraceCaveat, TraceNode, trace};
