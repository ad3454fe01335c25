use std::fmt;

use crate::text::{About, Code, Diagnostic, LineIndex, Listed, Located};

/// The kind of a failure: a code of gRPC, as SpiceDB gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The request is wrong in itself.
    InvalidArgument,
    /// What the request names is not there.
    NotFound,
    /// What the request creates is there already.
    AlreadyExists,
    /// The request takes more than it may.
    ResourceExhausted,
    /// The request does not fit what is stored.
    FailedPrecondition,
    /// The revision is not one that can be read.
    OutOfRange,
    /// Nothing of that name can be called.
    Unimplemented,
}

impl Status {
    /// The number and name of the code.
    fn parts(self) -> (u32, &'static str) {
        match self {
            Self::InvalidArgument => (3, "INVALID_ARGUMENT"),
            Self::NotFound => (5, "NOT_FOUND"),
            Self::AlreadyExists => (6, "ALREADY_EXISTS"),
            Self::ResourceExhausted => (8, "RESOURCE_EXHAUSTED"),
            Self::FailedPrecondition => (9, "FAILED_PRECONDITION"),
            Self::OutOfRange => (11, "OUT_OF_RANGE"),
            Self::Unimplemented => (12, "UNIMPLEMENTED"),
        }
    }

    /// The name, for example `FAILED_PRECONDITION`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.parts().1
    }

    /// The number, for example 9.
    #[must_use]
    pub fn number(self) -> u32 {
        self.parts().0
    }
}

/// Declares [`Reason`], its texts and the status each usually comes with.
macro_rules! reasons {
    ($($variant:ident => $status:ident $text:literal $whose:ident, $doc:literal;)+) => {
        /// Why a call failed, for programs. Where SpiceDB has an `ErrorReason` for the same thing, the name is its.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $doc] $variant,)+
        }

        impl Reason {
            fn parts(self) -> (&'static str, Status, bool) {
                match self { $(Self::$variant => ($text, Status::$status, reasons!(@ $whose))),+ }
            }
        }
    };
    (@ spicedb) => { true };
    (@ own) => { false };
}

reasons! {
    SchemaParseError => InvalidArgument "SCHEMA_PARSE_ERROR" spicedb, "The schema is not well-formed.";
    SchemaTypeError => FailedPrecondition "SCHEMA_TYPE_ERROR" spicedb, "The schema breaks the rules of types, or does not fit the relationships there are.";
    UnknownDefinition => FailedPrecondition "UNKNOWN_DEFINITION" spicedb, "A type is not in the schema.";
    UnknownRelationOrPermission => FailedPrecondition "UNKNOWN_RELATION_OR_PERMISSION" spicedb, "A relation or permission is not in the schema.";
    UnknownCaveat => FailedPrecondition "UNKNOWN_CAVEAT" spicedb, "A caveat is not in the schema.";
    InvalidSubjectType => InvalidArgument "INVALID_SUBJECT_TYPE" spicedb, "A relation does not allow such a subject.";
    CannotUpdatePermission => InvalidArgument "CANNOT_UPDATE_PERMISSION" spicedb, "A relationship was written to a permission.";
    AttemptToRecreateRelationship => AlreadyExists "ATTEMPT_TO_RECREATE_RELATIONSHIP" spicedb, "A relationship to create is there already.";
    UpdatesOnSameRelationship => InvalidArgument "UPDATES_ON_SAME_RELATIONSHIP" spicedb, "One call updates the same relationship twice.";
    TooManyUpdatesInRequest => InvalidArgument "TOO_MANY_UPDATES_IN_REQUEST" spicedb, "A write has more updates than it may.";
    TooManyPreconditionsInRequest => InvalidArgument "TOO_MANY_PRECONDITIONS_IN_REQUEST" spicedb, "A call has more preconditions than it may.";
    WriteOrDeletePreconditionFailure => FailedPrecondition "WRITE_OR_DELETE_PRECONDITION_FAILURE" spicedb, "A precondition does not hold; nothing was changed.";
    TooManyRelationshipsForTransactionalDelete => InvalidArgument "TOO_MANY_RELATIONSHIPS_FOR_TRANSACTIONAL_DELETE" spicedb, "A delete would remove more than its limit; it removed nothing.";
    ExceedsMaximumAllowableLimit => InvalidArgument "EXCEEDS_MAXIMUM_ALLOWABLE_LIMIT" spicedb, "A limit is larger than it may be.";
    TransactionMetadataTooLarge => InvalidArgument "TRANSACTION_METADATA_TOO_LARGE" spicedb, "What a writer said about a transaction is too long.";
    InvalidFilter => InvalidArgument "INVALID_FILTER" spicedb, "The fields of a filter do not go together.";
    CaveatParameterTypeError => InvalidArgument "CAVEAT_PARAMETER_TYPE_ERROR" spicedb, "A value does not fit its caveat's parameter.";
    CaveatEvaluationError => InvalidArgument "CAVEAT_EVALUATION_ERROR" spicedb, "A caveat has no value, and the answer depends on it.";
    MaxRelationshipContextSize => InvalidArgument "MAX_RELATIONSHIP_CONTEXT_SIZE" spicedb, "The caveat context of a relationship is too large.";
    WildcardNotAllowed => InvalidArgument "WILDCARD_NOT_ALLOWED" spicedb, "A question was asked about a wildcard.";
    InvalidCursor => InvalidArgument "INVALID_CURSOR" spicedb, "A cursor is not one, or is of another request.";
    CounterAlreadyRegistered => FailedPrecondition "COUNTER_ALREADY_REGISTERED" spicedb, "There is a counter of that name already.";
    CounterNotRegistered => FailedPrecondition "COUNTER_NOT_REGISTERED" spicedb, "There is no counter of that name.";
    MaximumDepthExceeded => FailedPrecondition "MAXIMUM_DEPTH_EXCEEDED" spicedb, "A tree is nested deeper than a message may be.";
    InvalidArgument => InvalidArgument "INVALID_ARGUMENT" own, "A text is not of the form it must have.";
    NotFound => NotFound "NOT_FOUND" own, "There is no schema.";
    InvalidToken => InvalidArgument "INVALID_TOKEN" own, "A token is none.";
    ForeignToken => InvalidArgument "FOREIGN_TOKEN" own, "A token is of another store.";
    RevisionExpired => OutOfRange "REVISION_EXPIRED" own, "A revision is older than is kept.";
    RevisionNotReached => OutOfRange "REVISION_NOT_REACHED" own, "There is no such revision yet.";
    WatchTooSlow => ResourceExhausted "WATCH_TOO_SLOW" own, "A watcher is too far behind; it can begin again where it was.";
    WorkBudgetExceeded => ResourceExhausted "WORK_BUDGET_EXCEEDED" own, "A question takes more work than it may; it is not answered.";
    CycleThroughExclusion => FailedPrecondition "CYCLE_THROUGH_EXCLUSION" own, "A permission depends on its own negation; there is no answer.";
    StoreFull => ResourceExhausted "STORE_FULL" own, "The engine holds as many names and ids as it can.";
    DamagedSnapshot => InvalidArgument "DAMAGED_SNAPSHOT" own, "Bytes are no snapshot of an engine, or not all of one.";
    NewerSnapshot => FailedPrecondition "NEWER_SNAPSHOT" own, "A snapshot was written by a newer version.";
    UnknownMethod => Unimplemented "UNKNOWN_METHOD" own, "The API has no such method.";
}

impl Reason {
    /// The reason as text, for example `UNKNOWN_DEFINITION`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.parts().0
    }

    /// The status it usually comes with.
    #[must_use]
    pub fn status(self) -> Status {
        self.parts().1
    }

    /// Whether it is one of SpiceDB's `ErrorReason`s, named there with `ERROR_REASON_` before it.
    #[must_use]
    pub fn is_spicedbs(self) -> bool {
        self.parts().2
    }
}

/// Why a call failed. Nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The kind of failure.
    pub status: Status,
    /// For programs.
    pub reason: Reason,
    /// For people.
    pub message: String,
    /// What the failure is about, under the keys of SpiceDB's `ErrorInfo`.
    pub metadata: About,
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
        Self { status: reason.status(), reason, message: message.into(), metadata: Vec::new(), diagnostics: Vec::new() }
    }

    /// The same error, which is about that.
    pub(crate) fn about(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.metadata.push((key, value.into()));
        self
    }

    /// The same error with another status.
    pub(crate) fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }

    /// The error of all these problems with one text; its reason and message are the first one's.
    pub(crate) fn of_text(text: &str, problems: Vec<Diagnostic>) -> Self {
        let lines = LineIndex::new(text);
        let span = problems.first().map(|problem| problem.span).unwrap_or_default();
        let error = Self::of_located(problems.into_iter().map(|problem| problem.located(&lines)).listed());
        if error.reason != Reason::SchemaParseError {
            return error;
        }
        let (start, end) = lines.range(span);
        let source = text.get(span.start as usize..span.end as usize).filter(|source| !source.is_empty()).unwrap_or(text);
        error
            .about("start_line_number", start.line.saturating_sub(1).to_string())
            .about("start_column_position", start.column.saturating_sub(1).to_string())
            .about("end_line_number", end.line.saturating_sub(1).to_string())
            .about("end_column_position", end.column.saturating_sub(1).to_string())
            .about("source_code", source)
    }

    pub(crate) fn of_located(diagnostics: Vec<Located>) -> Self {
        let (reason, message) = match diagnostics.as_slice() {
            [] => (Reason::InvalidArgument, String::new()),
            [only] => (reason(only.code), only.to_string()),
            [first, rest @ ..] => (reason(first.code), format!("{first} (and {} more)", rest.len())),
        };
        let metadata = diagnostics.first().map(|first| first.about.clone()).unwrap_or_default();
        Self { metadata, diagnostics, ..Self::plain(reason, message) }
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
