//! Tokens: revisions as opaque texts.
//!
//! Standard base64 of: a version (1 byte, now 1), a kind (1 byte), the identity of the store, the revision, a hash (8 bytes each, the
//! most significant first; of a ZedToken, of the schema; of a cursor, of what was asked), for a cursor the place it stands after, and 4 bytes of FNV-1a
//! over all before them.

use super::{Error, Reason};
use crate::text::base64;
use crate::text::hash::fnv;

const VERSION: u8 = 1;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A revision.
    ZedToken = 1,
    /// A place in the answer to a request at a revision.
    Cursor = 2,
}

/// A token that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The store it is of.
    pub(super) identity: u64,
    /// The revision.
    pub(super) revision: u64,
    /// Of the schema, or of the request.
    pub(super) hash: u64,
    /// Where in the answer.
    pub(super) place: String,
}

impl Token {
    pub(super) fn write(&self, kind: Kind) -> String {
        let mut bytes = Vec::with_capacity(40 + self.place.len());
        bytes.extend([VERSION, kind as u8]);
        for number in [self.identity, self.revision, self.hash] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(self.place.as_bytes());
        let check = check(&bytes);
        bytes.extend_from_slice(&check);
        base64::write(&bytes)
    }

    /// # Errors
    /// Where the text is no such token.
    pub(super) fn read(kind: Kind, text: &str) -> Result<Self, Error> {
        Self::decode(kind, text).ok_or_else(|| match kind {
            Kind::ZedToken => {
                Error::plain(Reason::InvalidToken, "invalid revision requested: the text is not a token of this engine")
            }
            Kind::Cursor => Error::plain(Reason::InvalidCursor, "the text is not a cursor of this engine"),
        })
    }

    fn decode(kind: Kind, text: &str) -> Option<Self> {
        let bytes = base64::read(text)?;
        let (rest, found) = bytes.split_last_chunk::<4>()?;
        let ([VERSION, number], rest) = rest.split_first_chunk::<2>().filter(|_| check(rest) == *found)? else { return None };
        let (identity, rest) = rest.split_first_chunk()?;
        let (revision, rest) = rest.split_first_chunk()?;
        let (hash, place) = rest.split_first_chunk()?;
        let [identity, revision, hash] = [identity, revision, hash].map(|bytes| u64::from_be_bytes(*bytes));
        let place = String::from_utf8(place.to_vec()).ok()?;
        (*number == kind as u8).then_some(Self { identity, revision, hash, place })
    }
}

fn check(bytes: &[u8]) -> [u8; 4] {
    let [_, _, _, _, a, b, c, d] = fnv(bytes.iter().copied()).to_be_bytes();
    [a, b, c, d]
}
