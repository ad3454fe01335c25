//! Hash maps and sets that hash the same in every process, and well in 32 bits. Their order must not reach an output;
//! a lint denies walking them.

use std::hash::{BuildHasherDefault, Hasher};

/// A map.
pub type Map<K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<Steps>>;

/// A set.
pub type Set<K> = hashbrown::HashSet<K, BuildHasherDefault<Steps>>;

/// The hash of [`Map`] and [`Set`]: a step for each number, and for each eight bytes of a text. Who can choose keys can make them collide.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steps(u64);

impl Hasher for Steps {
    #[inline(never)]
    fn write(&mut self, bytes: &[u8]) {
        self.0 = step(self.0, sum(bytes));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    #[inline(always)]
    fn write_u64(&mut self, number: u64) {
        self.0 = step(self.0, number);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        // The last number's own high bits reach the low ones, by which places are chosen.
        step(self.0, 0)
    }
}

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

/// One step of a hash, which can be undone.
#[inline(always)]
pub(crate) fn step(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

/// A hash of a text for tables of our own: eight bytes at a time, mixed so that every bit of the text moves the low bits. The same
/// everywhere; who can choose texts can make them collide. Nothing for a text with a NUL, which such tables use for themselves.
pub(crate) fn of_text(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let mut hash = u64::try_from(bytes.len()).unwrap_or_default();
    let mut nul = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        nul |= nul_of(word);
        hash = step(hash, word);
    }
    let last = last_word(rest);
    nul |= nul_of(last);
    let hash = step(step(hash, last), 0);
    if nul == 0 { u32::try_from(hash >> 32).ok() } else { None }
}

/// Not 0 where one of eight bytes is: taking 1 from it borrows.
#[inline(always)]
fn nul_of(word: u64) -> u64 {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080
}

/// Fewer than eight bytes as one number, which no others that are as many have. It has a byte that is 0 where they have one.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    // Not `last_chunk`, which is a call of its own.
    if let Some(first) = bytes.first_chunk::<4>()
        && let Some(last) = bytes.get(bytes.len() - 4..)
        && let Some(last) = last.first_chunk::<4>()
    {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    let first = match bytes {
        [one, two, three, ..] => [*one, *two, *three],
        [one, two] => [*one, *two, 1],
        [one] => [*one, 1, 1],
        [] => [1, 1, 1],
    };
    let [one, two, three] = first;
    u64::from_le_bytes([one, two, three, 1, 1, 1, 1, 1])
}

/// Whether texts are the same, eight bytes at a time: the standard library's comparison goes byte by byte in the module.
#[inline(always)]
pub(crate) fn are_same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    if one.len() != other.len() || last_word(rest) != last_word(other_rest) {
        return false;
    }
    for (word, other) in words.iter().zip(other_words) {
        if u64::from_le_bytes(*word) != u64::from_le_bytes(*other) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_text_counts() {
        for length in 0..40 {
            let text = "a".repeat(length);
            assert!(are_same(text.as_bytes(), text.as_bytes()) && of_text(&text).is_some());
            assert!(!are_same(text.as_bytes(), "a".repeat(length + 1).as_bytes()));
            for place in 0..length {
                let changed = |to: &str| ["a".repeat(place), to.to_owned(), "a".repeat(length - place - 1)].concat();
                assert!(!are_same(text.as_bytes(), changed("b").as_bytes()), "{length} {place}");
                assert_ne!(of_text(&text), of_text(&changed("b")), "{length} {place}");
                assert_eq!(of_text(&changed("\0")), None, "{length} {place}");
            }
        }
    }
}
