//! Hash maps and sets that hash the same in every process, and well in 32 bits. Their order must not reach an output;
//! a lint denies walking them.

use foldhash::fast::FixedState;

/// A map.
pub type Map<K, V> = hashbrown::HashMap<K, V, FixedState>;

/// A set.
pub type Set<K> = hashbrown::HashSet<K, FixedState>;

/// FNV-1a, which is the same everywhere and in every version. Each step can be undone, so texts of one length that differ in one
/// byte never have the same hash.
pub fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A sum over bytes, eight at a time, the same everywhere and in every version. Each step can be undone, so bytes that are as many and
/// differ within one group of eight never have the same sum.
#[must_use]
pub fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut sum = 0;
    for word in words {
        sum = step(sum, u64::from_le_bytes(*word));
    }
    step(sum, rest.iter().rev().fold(0, |last, byte| (last << 8) | u64::from(*byte)))
}

#[inline(always)]
fn step(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

/// A hash of a text for tables of our own: eight bytes at a time, mixed so that every bit of the text moves the low bits. The same
/// everywhere; who can choose texts can make them collide. Nothing for a text with a NUL, which such tables use for themselves.
pub(crate) fn of_text(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let mut hash = u64::try_from(bytes.len()).unwrap_or_default();
    let mut has_nul = false;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Where a byte is 0, taking 1 from it borrows.
        has_nul |= word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0;
        hash = step(hash, word);
    }
    let mut last = 0;
    for byte in rest {
        has_nul |= *byte == 0;
        last = (last << 8) | u64::from(*byte);
    }
    let hash = step(step(hash, last), 0);
    if has_nul { None } else { u32::try_from(hash >> 32).ok() }
}
