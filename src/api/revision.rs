use super::log::Unavailable;
use super::token::{Kind, Token};
use super::{Error, ForeignTokens, Peppercorn, Reason, Snapshot};
use crate::model::Timestamp;

/// Revisions by their tokens. SpiceDB's `ZedToken`s and consistency levels.
impl Peppercorn {
    /// The token of the newest revision: an opaque text, to be handed back.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_of(self.head())
    }

    /// The engine at exactly the revision of a token, as far as that is kept.
    ///
    /// # Errors
    /// A text that is no token or of another store; a revision that is too old, or not reached yet.
    pub fn at(&self, token: &str, now: Timestamp) -> Result<Snapshot, Error> {
        let token = Token::read(Kind::ZedToken, token)?;
        if token.identity != self.settings.identity {
            return Err(foreign());
        }
        self.at_revision(token.revision, now)
    }

    /// The engine at the newest revision, which must not be older than the token's.
    ///
    /// # Errors
    /// A text that is no token; of another store, where the settings say so; a revision that is not reached yet: nothing older is ever given.
    pub fn at_least(&self, token: &str) -> Result<Snapshot, Error> {
        let token = Token::read(Kind::ZedToken, token)?;
        if token.identity != self.settings.identity {
            return match self.settings.foreign_tokens {
                ForeignTokens::FullConsistency => Ok(self.snapshot()),
                ForeignTokens::Error => Err(foreign()),
            };
        }
        if token.revision > self.revision() { Err(unavailable(Unavailable::NotReached)) } else { Ok(self.snapshot()) }
    }

    pub(super) fn token_of(&self, snapshot: &Snapshot) -> String {
        let (identity, revision, hash) = (self.settings.identity, snapshot.revision(), snapshot.program.hash);
        Token { identity, revision, hash, place: String::new() }.write(Kind::ZedToken)
    }

    pub(super) fn at_revision(&self, revision: u64, now: Timestamp) -> Result<Snapshot, Error> {
        self.log.at(revision, &self.settings, now).cloned().map_err(unavailable)
    }
}

pub(super) fn foreign() -> Error {
    Error::plain(Reason::ForeignToken, "the token is of another store")
}

pub(super) fn unavailable(why: Unavailable) -> Error {
    match why {
        Unavailable::Expired => {
            Error::plain(Reason::RevisionExpired, "the revision has expired: it is older than this engine keeps")
        }
        Unavailable::NotReached => {
            Error::plain(Reason::RevisionNotReached, "the revision is in the future: this engine has not reached it")
        }
    }
}
