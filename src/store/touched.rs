use std::sync::atomic::{AtomicU32, Ordering};

use super::base::Direction;
use crate::model::Node;
use crate::text::hash::step;

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
        let (word, bits) = self.place(direction, node);
        if let Some(word) = self.0.get(word) {
            // Who reads a snapshot was given it after this.
            word.fetch_or(bits, Ordering::Relaxed);
        }
    }

    pub(super) fn may_have(&self, direction: Direction, node: &Node) -> bool {
        let (word, bits) = self.place(direction, node);
        self.0.get(word).is_none_or(|word| word.load(Ordering::Relaxed) & bits == bits)
    }

    /// A word, and two bits of it: where one would be there in vain for one in 16, both are for one in 50.
    fn place(&self, direction: Direction, node: &Node) -> (usize, u32) {
        let kind = node.relation.number().wrapping_mul(31).wrapping_add(node.object_type.number()).wrapping_mul(2);
        let key = u64::from(kind | u32::from(direction == Direction::Subjects)) << 32 | u64::from(node.id.number());
        // Twice: by one step, numbers that follow each other fall between each other's places, or onto them.
        let hash = step(step(0, key), 0);
        let word = usize::try_from(hash >> 32).unwrap_or_default() & (self.0.len() - 1);
        (word, 1 << (hash & 31) | 1 << ((hash >> 5) & 31))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Symbol;

    #[test]
    fn misses_none_and_finds_few_in_vain() {
        let node = |id: usize| {
            let symbol = |place| Symbol::at(place).unwrap();
            Node { relation: symbol(7), object_type: symbol(4), id: symbol(id) }
        };
        for first in [1_000, 100_000, 12_345_678] {
            let touched = Touched::new(20_000);
            let written = first..first + 20_000;
            written.clone().for_each(|id| touched.add(Direction::Subjects, &node(id)));
            assert!(written.clone().all(|id| touched.may_have(Direction::Subjects, &node(id))));
            // Ids that follow each other, as those of what was loaded and what was written then do.
            for others in [2_000_000..2_020_000, written.end..written.end + 20_000] {
                let in_vain = others.filter(|id| touched.may_have(Direction::Subjects, &node(*id))).count();
                assert!(in_vain < 1_000, "{in_vain} of 20,000");
            }
            let other_way = written.filter(|id| touched.may_have(Direction::Resources, &node(*id))).count();
            assert!(other_way < 1_000, "{other_way} of 20,000");
        }
    }
}
