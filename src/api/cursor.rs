use super::{Error, Reason};
use crate::text::hash::fnv;

/// A cursor after a result of a request: a hash of what was asked, and the id of the result. Texts to clients.
pub(super) fn write(request: &[&str], id: &str) -> String {
    format!("{:016x}:{id}", hash(request))
}

/// The id that a cursor of that request stands after.
///
/// # Errors
/// Where it is none, or of another request: it would then leave results out without a word.
pub(super) fn read<'c>(request: &[&str], cursor: &'c str) -> Result<&'c str, Error> {
    match cursor.split_once(':') {
        Some((found, id)) if found == format!("{:016x}", hash(request)) => Ok(id),
        Some(_) | None => {
            let message = "the cursor is not of this request: ask with the same arguments as for the page it came with";
            Err(Error::plain(Reason::InvalidCursor, message))
        }
    }
}

/// A hash of what was asked.
pub(super) fn hash(parts: &[&str]) -> u64 {
    fnv(parts.iter().flat_map(|part| part.bytes().chain(std::iter::once(0))))
}
