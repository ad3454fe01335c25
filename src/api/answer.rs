use crate::model::{Context, Permissionship, Timestamp};

/// What a question is asked under: everything its answer depends on besides the schema and the relationships.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// The time at which relationships that expire are read.
    pub now: Timestamp,
    /// Values for the parameters of caveats. Those stored with a relationship win over these; names that no caveat has are
    /// passed over.
    pub context: Context,
}

impl Environment {
    /// At that time, without context.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now, context: Context::new() }
    }

    /// The same with that context.
    #[must_use]
    pub fn with_context(self, context: Context) -> Self {
        Self { context, ..self }
    }
}

/// Whether a subject has a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// No, conditional or yes.
    pub permissionship: Permissionship,
    /// Where it is conditional: the names of context without which it cannot be decided, sorted. SpiceDB's
    /// `missing_required_context`.
    pub missing_context: Vec<String>,
    /// Where it is conditional: what remains to be decided, as a CEL expression over the missing names. Nothing where that
    /// is longer than [`MAX_RESIDUAL_BYTES`](crate::model::limits::MAX_RESIDUAL_BYTES).
    pub residual: Option<String>,
}

impl Answer {
    /// Whether it is a definite yes.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        self.permissionship == Permissionship::HasPermission
    }
}

/// One question of many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckItem<'a> {
    /// Who: `user:alice`, `group:eng#member`.
    pub subject: &'a str,
    /// The permission or relation.
    pub permission: &'a str,
    /// On what: `document:readme`.
    pub resource: &'a str,
    /// Context in place of the environment's.
    pub context: Option<&'a Context>,
}
