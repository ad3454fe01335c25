use super::kinds::{Key, kind};
use super::rows::Place;
use super::slot::Slot;

/// One direction of rows: for each node its neighbours, all sorted, in flat arrays.
#[derive(Clone, Debug, Default)]
pub(super) struct Adjacency {
    nodes: Vec<Start>,
    neighbours: Vec<Key>,
    /// At the hash of a node or soon after its place. At most two thirds in use.
    slots: Vec<Slot>,
    /// The bits of a slot that are a place.
    mask: usize,
}

/// A node, and where its neighbours begin; they end where those of the next begin. The two halves of its key come first: numbers of 64
/// bits would leave a gap.
#[derive(Clone, Copy, Debug)]
struct Start([u32; 3]);

impl Start {
    fn new(node: Key, first: u32) -> Self {
        let [high, low] = halves(node);
        Self([high, low, first])
    }

    #[inline(always)]
    fn node(self) -> Key {
        let Self([high, low, _]) = self;
        (u64::from(high) << 32) | u64::from(low)
    }

    #[inline(always)]
    fn first(self) -> usize {
        let Self([_, _, first]) = self;
        first as usize
    }
}

#[inline(always)]
fn halves(key: Key) -> [u32; 2] {
    [key >> 32, key & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or_default())
}

/// What [`Adjacency::add_slots`] counts as one step of work.
const SLOTS_PER_STEP: usize = 64;

impl Adjacency {
    /// The place of a node, in one probe or few.
    #[inline(always)]
    pub(super) fn find(&self, node: Key) -> Option<usize> {
        let (hash, bits) = hash_of(node);
        let mut place = scaled(hash, self.slots.len());
        loop {
            let slot = *self.slots.get(place)?;
            if slot.is_empty() {
                return None;
            }
            if let Some(found) = slot.place_of(bits, self.mask)
                && self.nodes.get(found)?.node() == node
            {
                return Some(found);
            }
            place += 1;
            if place == self.slots.len() {
                place = 0;
            }
        }
    }

    /// The neighbours of the node at that place, and how many stand before them all in all.
    #[inline(always)]
    pub(super) fn run(&self, place: usize) -> (&[Key], usize) {
        let first = |place| self.nodes.get(place).map_or(self.neighbours.len(), |node: &Start| node.first());
        let (start, end) = (first(place), first(place + 1));
        (self.neighbours.get(start..end).unwrap_or_default(), start)
    }

    /// The place of the first row whose node is not before this one.
    pub(super) fn first_from(&self, node: Key) -> Place {
        let place = self.nodes.partition_point(|found| found.node() < node);
        Place { node: place, row: self.run(place).1 }
    }

    /// The row at a place, which is moved on to the node that the row belongs to.
    pub(super) fn row(&self, place: &mut Place) -> Option<(Key, Key)> {
        let neighbour = *self.neighbours.get(place.row)?;
        while self.nodes.get(place.node + 1).is_some_and(|next| next.first() <= place.row) {
            place.node += 1;
        }
        Some((self.nodes.get(place.node)?.node(), neighbour))
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn neighbours(&self) -> &[Key] {
        &self.neighbours
    }

    /// Makes room for so many, so that adding them moves nothing.
    pub(super) fn reserve(&mut self, nodes: usize, rows: usize) {
        self.nodes.reserve_exact(nodes);
        self.neighbours.reserve_exact(rows);
        self.slots.reserve_exact(slots_for(nodes));
    }

    /// Adds empty slots for so many nodes, a step's worth at a time; whether all are there.
    pub(super) fn add_slots(&mut self, nodes: usize, steps: usize) -> bool {
        let wanted = slots_for(nodes);
        self.mask = (nodes + 2).next_power_of_two() - 1;
        let next = self.slots.len().saturating_add(steps.saturating_mul(SLOTS_PER_STEP)).min(wanted);
        self.slots.resize(next, Slot::EMPTY);
        next == wanted
    }

    /// Adds a row that comes after all others; its node becomes part of the index where there are slots. Nothing where there is no
    /// number left for it.
    pub(super) fn push(&mut self, node: Key, neighbour: Key) -> Option<()> {
        if self.nodes.last().is_none_or(|last| last.node() != node) {
            self.nodes.push(Start::new(node, u32::try_from(self.neighbours.len()).ok()?));
            self.index(self.nodes.len() - 1);
        }
        self.neighbours.push(neighbour);
        u32::try_from(self.neighbours.len()).ok().map(|_| ())
    }

    /// Adds rows of one node that come after all others.
    pub(super) fn extend(&mut self, node: Key, neighbours: impl Iterator<Item = Key>) -> Option<()> {
        let mut neighbours = neighbours;
        if let Some(first) = neighbours.next() {
            self.push(node, first)?;
        }
        self.neighbours.extend(neighbours);
        u32::try_from(self.neighbours.len()).ok().map(|_| ())
    }

    fn index(&mut self, place: usize) {
        let Some((hash, bits)) = self.nodes.get(place).map(|node| hash_of(node.node())) else { return };
        let mut free = scaled(hash, self.slots.len());
        while self.slots.get(free).is_some_and(|slot| !slot.is_empty()) {
            free = if free + 1 == self.slots.len() { 0 } else { free + 1 };
        }
        if let (Some(free), Some(slot)) = (self.slots.get_mut(free), Slot::new(place, bits, self.mask)) {
            *free = slot;
        }
    }

    /// Gives every key another number, of the same order, and makes the index, for which there were no slots before.
    pub(super) fn finish(&mut self, renumber: &dyn Fn(Key) -> Key) {
        for node in &mut self.nodes {
            let Start([_, _, first]) = *node;
            *node = Start::new(renumber(node.node()), first);
        }
        for key in &mut self.neighbours {
            *key = renumber(*key);
        }
        self.add_slots(self.nodes.len(), usize::MAX);
        (0..self.nodes.len()).for_each(|place| self.index(place));
    }

    /// The same rows in the other direction. O(n), but for sorting the nodes.
    pub(super) fn reversed(&self) -> Option<Self> {
        // Nodes are numbered as they come; the index is that of the numbers until they are sorted.
        let mut reversed = Self::default();
        let mut numbers: Vec<u32> = Vec::with_capacity(self.neighbours.len());
        let mut counts: Vec<u32> = Vec::new();
        for node in &self.neighbours {
            if (reversed.nodes.len() + 1) * 3 > reversed.slots.len() * 2 {
                reversed.slots.clear();
                reversed.add_slots((reversed.nodes.len() + 8) * 2, usize::MAX);
                (0..reversed.nodes.len()).for_each(|place| reversed.index(place));
            }
            let place = match reversed.find(*node) {
                Some(place) => place,
                None => {
                    reversed.nodes.push(Start::new(*node, 0));
                    counts.push(0);
                    reversed.index(counts.len() - 1);
                    counts.len() - 1
                }
            };
            *counts.get_mut(place)? += 1;
            numbers.push(u32::try_from(place).ok()?);
        }
        // Where the rows of each number go.
        let mut order: Vec<(Key, u64)> = reversed.nodes.iter().map(|node| node.node()).zip(0..).collect();
        order.sort_unstable();
        let mut starts = counts;
        reversed.nodes.clear();
        reversed.slots = Vec::new();
        let mut next = 0;
        for (node, number) in order {
            let count = starts.get_mut(usize::try_from(number).ok()?)?;
            reversed.nodes.push(Start::new(node, next));
            next += std::mem::replace(count, next);
        }
        reversed.nodes.shrink_to_fit();
        reversed.neighbours = vec![0; self.neighbours.len()];
        let mut place = Place::default();
        for number in numbers {
            let (node, _) = self.row(&mut place)?;
            place.row += 1;
            let start = starts.get_mut(number as usize)?;
            *reversed.neighbours.get_mut(*start as usize)? = node;
            *start += 1;
        }
        reversed.add_slots(reversed.nodes.len(), usize::MAX);
        (0..reversed.nodes.len()).for_each(|place| reversed.index(place));
        Some(reversed)
    }
}

fn slots_for(nodes: usize) -> usize {
    if nodes == 0 { 0 } else { nodes + nodes / 2 + 1 }
}

/// Where to look, and what tells apart the nodes that stand there. An id has the same place in several kinds, so that one look at memory
/// serves for a few relations of an object; in many kinds it has a place for each few.
#[inline(always)]
fn hash_of(node: Key) -> (u32, u32) {
    let together = node & !(TOGETHER << 32);
    let hash = (together ^ (together >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = u32::try_from(hash >> 32).unwrap_or_default();
    // Of the hash the high bits say where to look, so that the low ones come first here; and before these those of the kind.
    (hash, hash.swap_bytes() ^ (kind(node) << TOGETHER.leading_zeros().saturating_sub(32)))
}

/// The bits of a kind that make no difference to the place.
const TOGETHER: Key = 0b111;

/// A hash scaled to the number of slots.
#[inline(always)]
fn scaled(hash: u32, slots: usize) -> usize {
    let slots = u64::try_from(slots).unwrap_or(u64::MAX);
    usize::try_from((u64::from(hash) * slots) >> 32).unwrap_or_default()
}
