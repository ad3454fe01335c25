use crate::text::{Code, Located, Position};

/// What became of a validation file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// All assertions hold.
    Passed,
    /// An assertion does not hold or cannot be answered.
    Failed,
    /// The file, its schema or its relationships are not well-formed: no assertion was asked.
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

/// An assertion that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// [`Code::ValidationAssertionFailed`], or [`Code::ValidationAssertionError`] where it cannot be answered.
    pub code: Code,
    /// The assertion as written.
    pub assertion: String,
    /// What it says: SpiceDB's name of a permissionship.
    pub expected: &'static str,
    /// What was found: likewise, or `error`.
    pub found: String,
    /// Both, for people.
    pub message: String,
    /// Where the assertion begins.
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
    /// Those that do not hold, in the order of the file.
    pub failures: Vec<Failure>,
    /// What is wrong with the file or its schema; warnings of the schema too.
    pub diagnostics: Vec<Located>,
    /// The keys whose content was read and not checked.
    pub not_checked: Vec<&'static str>,
}
