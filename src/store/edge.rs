use std::sync::Arc;

use crate::model::{Context, Symbol, Timestamp};

/// What a relationship has beyond its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Traits {
    /// The caveat's name and stored context.
    pub caveat: Option<(Symbol, Option<Arc<Context>>)>,
    /// When it ceases to hold.
    pub expiration: Option<Timestamp>,
}

impl Traits {
    /// Whether the relationship still holds at `now`. Source of semantics: SpiceDB filters `expires_at <= now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expiration.is_none_or(|expiration| expiration > now)
    }
}

/// An edge: nothing for the many relationships without caveat and expiration.
pub type Edge = Option<Arc<Traits>>;
