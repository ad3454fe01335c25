use std::fmt;

use crate::text::{Code, Diagnostic, LineIndex, Located};

/// Declares [`Reason`] and its texts in one place.
macro_rules! reasons {
    ($($variant:ident => $text:literal, $doc:literal;)+) => {
        /// Why a call failed, for programs. Where SpiceDB has an `ErrorReason` for the same thing, the name is its.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $doc] $variant,)+
        }

        impl Reason {
            /// The reason as text, for example `UNKNOWN_DEFINITION`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

reasons! {
    SchemaParseError => "SCHEMA_PARSE_ERROR", "The schema is not well-formed.";
    SchemaTypeError => "SCHEMA_TYPE_ERROR", "The schema breaks the rules of types.";
    UnknownDefinition => "UNKNOWN_DEFINITION", "A type is not in the schema.";
    UnknownRelationOrPermission => "UNKNOWN_RELATION_OR_PERMISSION", "A relation or permission is not in the schema.";
    InvalidSubjectType => "INVALID_SUBJECT_TYPE", "A relation does not allow such a subject.";
    CannotUpdatePermission => "CANNOT_UPDATE_PERMISSION", "A relationship was written to a permission.";
    AttemptToRecreateRelationship => "ATTEMPT_TO_RECREATE_RELATIONSHIP", "A relationship to create is there already.";
    UpdatesOnSameRelationship => "UPDATES_ON_SAME_RELATIONSHIP", "One call updates the same relationship twice.";
    CaveatParameterTypeError => "CAVEAT_PARAMETER_TYPE_ERROR", "A value does not fit its caveat's parameter.";
    CaveatEvaluationError => "CAVEAT_EVALUATION_ERROR", "A caveat has no value, and the answer depends on it.";
    MaxRelationshipContextSize => "MAX_RELATIONSHIP_CONTEXT_SIZE", "The caveat context of a relationship is too large.";
    WildcardNotAllowed => "WILDCARD_NOT_ALLOWED", "A question was asked about a wildcard.";
    InvalidCursor => "INVALID_CURSOR", "A cursor is not one, or is of another request.";
    InvalidArgument => "INVALID_ARGUMENT", "A text is not of the form it must have.";
    WorkBudgetExceeded => "WORK_BUDGET_EXCEEDED", "A question takes more work than it may; it is not answered.";
    CycleThroughExclusion => "CYCLE_THROUGH_EXCLUSION", "A permission depends on its own negation; there is no answer.";
    StoreFull => "STORE_FULL", "The engine holds as many names and ids as it can.";
}

/// Why a call failed. Nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// For programs.
    pub reason: Reason,
    /// For people.
    pub message: String,
    /// Everything found wrong with the text given, in its order.
    pub diagnostics: Vec<Located>,
}

impl Error {
    /// The name of the reason, for example `UNKNOWN_DEFINITION`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.as_str()
    }

    pub(crate) fn plain(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), diagnostics: Vec::new() }
    }

    /// The error of all these problems with one text; its reason and message are the first one's.
    pub(crate) fn of_text(text: &str, problems: Vec<Diagnostic>) -> Self {
        let lines = LineIndex::new(text);
        Self::of_located(problems.into_iter().map(|problem| problem.located(&lines)).collect())
    }

    pub(crate) fn of_located(diagnostics: Vec<Located>) -> Self {
        let (reason, message) = match diagnostics.as_slice() {
            [] => (Reason::InvalidArgument, String::new()),
            [only] => (reason(only.code), only.to_string()),
            [first, rest @ ..] => (reason(first.code), format!("{first} (and {} more)", rest.len())),
        };
        Self { reason, message, diagnostics }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// SpiceDB's reason for a problem of that kind.
fn reason(code: Code) -> Reason {
    match code {
        Code::RelationshipUnknownDefinition => Reason::UnknownDefinition,
        Code::RelationshipUnknownRelation => Reason::UnknownRelationOrPermission,
        Code::RelationshipPermissionNotWritable => Reason::CannotUpdatePermission,
        Code::RelationshipSubjectType => Reason::InvalidSubjectType,
        Code::RelationshipCaveatContext => Reason::CaveatParameterTypeError,
        Code::RelationshipDuplicate => Reason::UpdatesOnSameRelationship,
        Code::RelationshipTooLarge => Reason::MaxRelationshipContextSize,
        Code::RelationshipAlreadyExists => Reason::AttemptToRecreateRelationship,
        Code::StoreFull => Reason::StoreFull,
        other => match other.as_str().split('/').next() {
            Some("syntax" | "schema" | "caveat") => Reason::SchemaParseError,
            Some("types") => Reason::SchemaTypeError,
            _ => Reason::InvalidArgument,
        },
    }
}
