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
