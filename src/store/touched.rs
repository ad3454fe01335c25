use std::sync::atomic::{AtomicU32, Ordering};

use super::base::Direction;
use crate::model::Node;

/// Which nodes may have neighbours written since the base: no node is missed, some are here in vain.
///
/// Later snapshots add to what earlier ones read, who then look into their maps in vain: nothing is copied, and no answer changes.
#[derive(Debug)]
pub(super) struct Touched(Box<[AtomicU32]>);

/// Bits for each row that is expected.
const BITS_PER_ROW: usize = 16;

impl Touched {
    /// For so many rows.
    pub(super) fn new(rows: usize) -> Self {
        let words = (rows * BITS_PER_ROW / 32).next_power_of_two();
        Self((0..words).map(|_| AtomicU32::new(0)).collect())
    }

    /// How many rows there is room for.
    pub(super) fn rows(&self) -> usize {
        self.0.len() * 32 / BITS_PER_ROW
    }

    pub(super) fn add(&self, direction: Direction, node: &Node) {
        let (word, bit) = self.place(direction, node);
        if let Some(word) = self.0.get(word) {
            // Who reads a snapshot was given it after this.
            word.fetch_or(bit, Ordering::Relaxed);
        }
    }

    pub(super) fn may_have(&self, direction: Direction, node: &Node) -> bool {
        let (word, bit) = self.place(direction, node);
        self.0.get(word).is_none_or(|word| word.load(Ordering::Relaxed) & bit != 0)
    }

    fn place(&self, direction: Direction, node: &Node) -> (usize, u32) {
        let kind = node.relation.number().wrapping_mul(31).wrapping_add(node.object_type.number()).wrapping_mul(2);
        let key = u64::from(kind | u32::from(direction == Direction::Subjects)) << 32 | u64::from(node.id.number());
        let hash = (key ^ (key >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let word = usize::try_from(hash >> 37).unwrap_or_default() & (self.0.len() - 1);
        (word, 1 << ((hash >> 32) & 31))
    }
}
