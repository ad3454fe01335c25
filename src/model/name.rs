//! The naming rules of SpiceDB (`core.proto`, `schema_service.proto`), by hand: a regular expression engine would weigh
//! more than the rest of the language.

use super::limits::{MAX_CAVEAT_NAME_BYTES, MAX_DEFINITION_NAME_BYTES, MAX_OBJECT_ID_BYTES};

/// What a byte may be part of: bits, so that a text is judged at one look-up a byte.
const CLASSES: [u8; 256] = classes();

/// Of the names of relations, and of each segment of a definition's.
const SEGMENT: u8 = 1;
/// Of the names of caveats.
const CAVEAT: u8 = 2;
/// Of ids.
const OBJECT_ID: u8 = 4;
/// `:`
pub(super) const COLON: u8 = 8;
/// `#`
pub(super) const HASH: u8 = 16;
/// `@`
pub(super) const AT: u8 = 32;
/// `[`
pub(super) const OPEN: u8 = 64;
/// `]`
pub(super) const CLOSE: u8 = 128;

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let [class, others @ ..] = rest {
        *class = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => SEGMENT | CAVEAT | OBJECT_ID,
            b'A'..=b'Z' | b'/' | b'|' | b'-' => CAVEAT | OBJECT_ID,
            b'=' | b'+' => OBJECT_ID,
            b':' => COLON,
            b'#' => HASH,
            b'@' => AT,
            b'[' => OPEN,
            b']' => CLOSE,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = others;
    }
    classes
}

/// A type and an id as they stand, before and after the first colon.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut colon = 0;
    // Not `position`, which is a call of its own.
    while *bytes.get(colon)? != b':' {
        colon += 1;
    }
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// How many bytes come before the first that is one of the marks.
pub(super) fn until(text: &str, marks: u8) -> usize {
    text.bytes().position(|byte| class(byte) & marks != 0).unwrap_or(text.len())
}

// Inlined even where size is what counts: it is the inside of every loop over a name.
#[inline(always)]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

fn all(text: &str, of: u8) -> bool {
    text.bytes().all(|byte| class(byte) & of != 0)
}

/// The rule for relations and permissions, as text for messages.
pub const RELATION_RULE: &str =
    "3 to 64 characters: lower-case letters, digits and underscores, beginning with a letter and not ending with an underscore";

/// The rule for definitions, as text for messages.
pub const DEFINITION_RULE: &str = "segments joined by `/`, each of 3 to 64 characters: lower-case letters, digits and underscores, beginning with a letter and not ending with an underscore; at most 128 characters in all";

/// The rule for caveat names, as text for messages.
pub const CAVEAT_RULE: &str = "1 to 128 letters, digits, underscores, slashes, bars and hyphens";

/// The rule for object ids, as text for messages.
pub const OBJECT_ID_RULE: &str = "1 to 1024 of the characters `a-z A-Z 0-9 / _ | - = +`";

/// Whether `name` can name a relation or permission: `[a-z][a-z0-9_]{1,62}[a-z0-9]`.
#[must_use]
pub fn is_relation(name: &str) -> bool {
    is_segment(name, 64)
}

/// Whether `name` can name a definition: relation-like segments joined by `/`, at most 128 bytes.
#[must_use]
pub fn is_definition(name: &str) -> bool {
    name.len() <= MAX_DEFINITION_NAME_BYTES && name.split('/').all(|segment| is_segment(segment, 64))
}

/// Whether `name` can name a type in a relationship or request: as [`is_definition`], prefix segments one shorter.
#[must_use]
pub fn is_object_type(name: &str) -> bool {
    if is_segment(name, 64) {
        return true;
    }
    let (prefixes, last) = name.rsplit_once('/').unwrap_or(("", name));
    name.len() <= MAX_DEFINITION_NAME_BYTES
        && is_segment(last, 64)
        && (prefixes.is_empty() && !name.starts_with('/') || prefixes.split('/').all(|prefix| is_segment(prefix, 63)))
}

/// Whether `name` can name a caveat.
#[must_use]
pub fn is_caveat(name: &str) -> bool {
    (1..=MAX_CAVEAT_NAME_BYTES).contains(&name.len()) && !name.starts_with(['/', '|', '-']) && all(name, CAVEAT)
}

/// Whether `id` can be the id of an object; the wildcard `*` is not one.
#[must_use]
pub fn is_object_id(id: &str) -> bool {
    (1..=MAX_OBJECT_ID_BYTES).contains(&id.len()) && all(id, OBJECT_ID)
}

/// How many bytes at the front may be part of an id.
#[inline(always)]
pub(crate) fn id_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    while let Some(byte) = bytes.get(length)
        && class(*byte) & OBJECT_ID != 0
    {
        length += 1;
    }
    length
}

fn is_segment(name: &str, longest: usize) -> bool {
    let bytes = name.as_bytes();
    (3..=longest).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(|last| *last != b'_')
        && all(name, SEGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_spicedbs_patterns() {
        assert!(is_relation("abc") && is_relation(&"a".repeat(64)) && is_relation("a_1"));
        for bad in ["ab", "Abc", "1bc", "ab_", "a-c", "", "é_é", "a/b"] {
            assert!(!is_relation(bad), "{bad}");
        }
        assert!(!is_relation(&"a".repeat(65)));
        assert!(is_definition("acme/user") && is_definition("one/two/three") && !is_definition("/user"));
        assert!(!is_definition("acme/") && !is_definition("a/user") && !is_definition(""));
        assert!(is_object_type("acme/user") && !is_object_type("/user") && !is_object_type(&format!("{}/user", "a".repeat(64))));
        assert!(is_object_id("a/b|c-d=e+F_9") && !is_object_id("*") && !is_object_id("") && !is_object_id("a b"));
        assert!(is_object_id(&"x".repeat(1024)) && !is_object_id(&"x".repeat(1025)));
        assert!(is_caveat("Some-Caveat|1") && !is_caveat("-x") && !is_caveat(""));
    }
}
