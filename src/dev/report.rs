use crate::text::{Code, Located, Position};

/// What became of a validation file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// All assertions hold, and everyone is as expected.
    Passed,
    /// An assertion or expected relation does not hold or cannot be answered.
    Failed,
    /// The file, its schema or its relationships are not well-formed: nothing was asked.
    Unusable,
}

impl Status {
    /// `passed`, `failed` or `unusable`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unusable => "unusable",
        }
    }
}

/// An assertion or expected relation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of the codes `validation/assertion-` and `validation/expected-relation-`.
    pub code: Code,
    /// The assertion or entry as written; where an entry is lacking, the `resource#permission` it would stand under.
    pub assertion: String,
    /// What it says. Of an assertion, SpiceDB's name of a permissionship; of an expected relation, the entry, empty where there is
    /// none.
    pub expected: String,
    /// What was found: likewise, or `error`.
    pub found: String,
    /// Both, for people.
    pub message: String,
    /// Where it begins in the file.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
}

/// The result of one validation file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name the file was given by.
    pub file: String,
    /// The verdict.
    pub status: Status,
    /// How many assertions were asked.
    pub assertions: usize,
    /// How many permissions of resources were compared with the subjects expected.
    pub expected_relations: usize,
    /// What does not hold, in the order of the file, assertions first.
    pub failures: Vec<Failure>,
    /// What is wrong with the file or its schema; warnings of the schema too.
    pub diagnostics: Vec<Located>,
}

impl Report {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            status: Status::Unusable,
            assertions: 0,
            expected_relations: 0,
            failures: Vec::new(),
            diagnostics: Vec::new(),
        }
    }
}
