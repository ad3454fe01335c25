use crate::model::limits::{RETENTION_REVISIONS, RETENTION_SECONDS};

/// What an engine is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Tells its tokens from those of others: a random number for each store.
    pub identity: u64,
    /// How long a revision can be read and watched from after another replaced it, in seconds; SpiceDB's
    /// `--datastore-gc-window`.
    pub retention_seconds: u64,
    /// How many revisions are kept at most, the newest included.
    pub retention_revisions: usize,
    /// What a token of another store means to a question that need only be at least as fresh; SpiceDB's
    /// `--mismatch-zed-token-behavior`.
    pub foreign_tokens: ForeignTokens,
}

/// What a token of another store means to a question that need only be at least as fresh. To any other it is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForeignTokens {
    /// The question is answered at the newest revision, as by default in SpiceDB.
    #[default]
    FullConsistency,
    /// An error.
    Error,
}

impl Default for Settings {
    /// Identity 0, a day, and a thousand revisions.
    fn default() -> Self {
        Self {
            identity: 0,
            retention_seconds: RETENTION_SECONDS,
            retention_revisions: RETENTION_REVISIONS,
            foreign_tokens: ForeignTokens::default(),
        }
    }
}
