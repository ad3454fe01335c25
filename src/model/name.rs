//! The naming rules of SpiceDB (`core.proto`, `schema_service.proto`), by hand: a regular expression engine would weigh
//! more than the rest of the language.

use super::limits::{MAX_CAVEAT_NAME_BYTES, MAX_DEFINITION_NAME_BYTES, MAX_OBJECT_ID_BYTES};

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
    let (prefixes, last) = name.rsplit_once('/').unwrap_or(("", name));
    name.len() <= MAX_DEFINITION_NAME_BYTES
        && is_segment(last, 64)
        && (prefixes.is_empty() && !name.starts_with('/') || prefixes.split('/').all(|prefix| is_segment(prefix, 63)))
}

/// Whether `name` can name a caveat.
#[must_use]
pub fn is_caveat(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= MAX_CAVEAT_NAME_BYTES
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'|' | b'-'))
}

/// Whether `id` can be the id of an object; the wildcard `*` is not one.
#[must_use]
pub fn is_object_id(id: &str) -> bool {
    (1..=MAX_OBJECT_ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'|' | b'-' | b'=' | b'+'))
}

fn is_segment(name: &str, longest: usize) -> bool {
    let bytes = name.as_bytes();
    (3..=longest).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(|last| *last != b'_')
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
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
