//! Hash maps and sets that hash the same in every process, and well in 32 bits. Their order must not reach an output;
//! a lint denies walking them.

use foldhash::fast::FixedState;

/// A map.
pub type Map<K, V> = hashbrown::HashMap<K, V, FixedState>;

/// A set.
pub type Set<K> = hashbrown::HashSet<K, FixedState>;
