use crate::model::{Node, Symbol};
use crate::text::sort_by;

/// Types with relations, numbered, so that a node is one number: that of its kind, then that of its id.
///
/// Of sorted kinds the numbers of nodes are ordered as the nodes are.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    /// The relation and the type of each.
    pairs: Vec<(Symbol, Symbol)>,
    /// One more than a number, by the hash of what it stands for; 0 where none is.
    slots: Vec<u32>,
}

/// A node as a number.
pub(super) type Key = u64;

/// The bits of a key that are the id.
const ID_BITS: u32 = 32;

impl Kinds {
    /// The kinds sorted, and the new number of each.
    pub(super) fn sorted(&self) -> (Self, Vec<u32>) {
        let mut pairs = self.pairs.clone();
        sort_by(&mut pairs, |one, other| one.cmp(other));
        let mut sorted = Self::default();
        for (relation, object_type) in pairs {
            sorted.intern(relation, object_type);
        }
        let numbers = self.numbers_in(&sorted);
        (sorted, numbers)
    }

    /// The numbers that these kinds have among others.
    pub(super) fn numbers_in(&self, others: &Self) -> Vec<u32> {
        self.pairs.iter().map(|(relation, object_type)| others.find(*relation, *object_type).unwrap_or_default()).collect()
    }

    /// The number of a kind, made where it has none.
    pub(super) fn intern(&mut self, relation: Symbol, object_type: Symbol) -> u32 {
        if let Some(found) = self.find(relation, object_type) {
            return found;
        }
        self.pairs.push((relation, object_type));
        if self.pairs.len() * 2 > self.slots.len() {
            self.slots = vec![0; (self.pairs.len() * 4).next_power_of_two()];
            (0..self.pairs.len()).for_each(|number| self.put(number));
        } else {
            self.put(self.pairs.len() - 1);
        }
        u32::try_from(self.pairs.len() - 1).unwrap_or(u32::MAX)
    }

    /// Puts a kind into a free slot.
    fn put(&mut self, number: usize) {
        let Some((relation, object_type)) = self.pairs.get(number) else { return };
        let mask = self.slots.len() - 1;
        let mut place = slot(*relation, *object_type, self.slots.len());
        while self.slots.get(place).is_some_and(|found| *found != 0) {
            place = (place + 1) & mask;
        }
        if let (Some(slot), Ok(number)) = (self.slots.get_mut(place), u32::try_from(number + 1)) {
            *slot = number;
        }
    }

    /// The number of a kind.
    #[inline(always)]
    pub(super) fn find(&self, relation: Symbol, object_type: Symbol) -> Option<u32> {
        let mut place = slot(relation, object_type, self.slots.len());
        loop {
            let number = self.slots.get(place)?.checked_sub(1)?;
            let (found_relation, found_type) = *self.pairs.get(number as usize)?;
            if found_relation == relation && found_type == object_type {
                return Some(number);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// The key of a node, where its kind is known.
    pub(super) fn key(&self, node: &Node) -> Option<Key> {
        self.find(node.relation, node.object_type).map(|kind| key(kind, node.id))
    }

    /// The key of a node, its kind made known.
    pub(super) fn intern_key(&mut self, node: &Node) -> Key {
        key(self.intern(node.relation, node.object_type), node.id)
    }

    /// The node of a key.
    #[inline(always)]
    pub(super) fn node(&self, key: Key) -> Node {
        let (relation, object_type) = self.pairs.get(kind(key) as usize).copied().unwrap_or((Symbol::NONE, Symbol::NONE));
        Node { relation, object_type, id: Symbol::of_number(low(key)) }
    }

    /// The least key that is not before a node's. Of sorted kinds.
    pub(super) fn first_from(&self, node: &Node) -> Key {
        let kind = self.pairs.partition_point(|pair| *pair < (node.relation, node.object_type));
        let is_known = self.pairs.get(kind) == Some(&(node.relation, node.object_type));
        let kind = u32::try_from(kind).unwrap_or(u32::MAX);
        key(kind, if is_known { node.id } else { Symbol::NONE })
    }
}

/// The number of the kind in a key.
#[inline(always)]
pub(super) fn kind(key: Key) -> u32 {
    u32::try_from(key >> ID_BITS).unwrap_or(u32::MAX)
}

/// The first key of a kind.
pub(super) fn first_of(kind: u32) -> Key {
    key(kind, Symbol::NONE)
}

/// The key of the same id in another kind.
#[inline(always)]
pub(super) fn with_kind(found: Key, kind: u32) -> Key {
    key(kind, Symbol::of_number(low(found)))
}

#[inline(always)]
fn low(key: Key) -> u32 {
    u32::try_from(key & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// The key of an id in a kind.
#[inline(always)]
pub(super) fn key(kind: u32, id: Symbol) -> Key {
    (u64::from(kind) << ID_BITS) | u64::from(id.number())
}

#[inline(always)]
fn slot(relation: Symbol, object_type: Symbol, slots: usize) -> usize {
    let hash = relation.number().wrapping_mul(0x9E37_79B1) ^ object_type.number().wrapping_mul(0x85EB_CA77);
    (hash ^ (hash >> 15)) as usize & slots.wrapping_sub(1)
}
