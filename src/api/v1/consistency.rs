//! Which revision a request is answered at.

use super::Service;
use super::convert::invalid;
use super::messages::{Consistency, Cursor, ZedToken};
use crate::api::cursor::hash;
use crate::api::token::{Kind, Token};
use crate::api::{Error, Reason, Snapshot};
use crate::model::Value;

impl Service<'_> {
    /// The snapshot that a request asks for. Everything here is local, so that the least latency is the newest revision.
    pub(super) fn snapshot(&self, consistency: Option<&Consistency>) -> Result<Snapshot, Error> {
        let Some(Consistency { minimize_latency, at_least_as_fresh, at_exact_snapshot, fully_consistent }) = consistency else {
            return Ok(self.engine.snapshot());
        };
        let given =
            [minimize_latency.is_some(), at_least_as_fresh.is_some(), at_exact_snapshot.is_some(), fully_consistent.is_some()];
        match given.iter().filter(|given| **given).count() {
            0 => return Err(invalid("`consistency`: exactly one field is required in oneof")),
            1 => {}
            _ => return Err(invalid("`consistency`: more than one field of a oneof is set")),
        }
        if *minimize_latency == Some(false) || *fully_consistent == Some(false) {
            return Err(invalid("`consistency`: value must be `true`"));
        }
        match (at_least_as_fresh, at_exact_snapshot) {
            (Some(token), _) => self.engine.at_least(&token.token),
            (_, Some(token)) => self.engine.at(&token.token, self.now),
            (None, None) => Ok(self.engine.snapshot()),
        }
    }

    /// The token of a snapshot.
    pub(super) fn token(&self, snapshot: &Snapshot) -> Option<ZedToken> {
        Some(ZedToken { token: self.engine.token_of(snapshot) })
    }

    /// What a cursor says: the revision its page was of, and the place it stands after.
    pub(super) fn resume(
        &self,
        consistency: Option<&Consistency>,
        cursor: Option<&Cursor>,
        asked: u64,
    ) -> Result<(Snapshot, Option<String>), Error> {
        let Some(cursor) = cursor else {
            return Ok((self.snapshot(consistency)?, None));
        };
        let token = Token::read(Kind::Cursor, &cursor.token)?;
        if token.identity != self.engine.settings().identity {
            return Err(Error::plain(Reason::InvalidCursor, "the cursor is of another store"));
        }
        if token.hash != asked {
            let message = "the cursor provided is not valid for this request: it was made for another";
            return Err(Error::plain(Reason::InvalidCursor, message));
        }
        Ok((self.engine.at_revision(token.revision, self.now)?, Some(token.place)))
    }

    /// The cursor after a place of the answer to a request.
    pub(super) fn cursor(&self, snapshot: &Snapshot, asked: u64, place: String) -> Option<Cursor> {
        Some(cursor(self.engine.settings().identity, snapshot, asked, place))
    }
}

/// The cursor of a store after a place of the answer to a request.
pub(super) fn cursor(identity: u64, snapshot: &Snapshot, asked: u64, place: String) -> Cursor {
    Cursor { token: Token { identity, revision: snapshot.revision(), hash: asked, place }.write(Kind::Cursor) }
}

/// A hash of what was asked, for cursors.
pub(super) fn asked(parts: &[&str], context: Option<&super::Struct>) -> u64 {
    let context = context.map(|context| Value::Object(context.0.clone()).to_string()).unwrap_or_default();
    let mut parts = parts.to_vec();
    parts.push(&context);
    hash(&parts)
}
