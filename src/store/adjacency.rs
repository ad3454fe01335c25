use std::hint::black_box;

use super::kinds::{Key, kind, with_kind};
use super::rows::Place;
use super::slot::{AHEAD, PIECE, Slot};

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
    let half = |half: u64| u32::try_from(half).unwrap_or_default();
    [half(key >> 32), half(key & u64::from(u32::MAX))]
}

/// What [`Adjacency::add_slots`] counts as one step of work.
const SLOTS_PER_STEP: usize = 64;

impl Adjacency {
    /// The place of a node, in one probe or few.
    #[inline(always)]
    pub(super) fn find(&self, node: Key) -> Option<usize> {
        let hash = hash_of(node);
        let mut place = scaled(hash, self.slots.len());
        loop {
            let slot = *self.slots.get(place)?;
            if slot.is_empty() {
                return None;
            }
            if let Some(found) = slot.place_of(hash.swap_bytes(), self.mask)
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

    /// Makes room for so many more rows.
    pub(super) fn reserve_rows(&mut self, rows: usize) {
        self.neighbours.reserve_exact(rows);
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
            if !self.slots.is_empty() {
                self.index(self.nodes.len() - 1);
            }
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
        let Some(hash) = self.nodes.get(place).map(|node| hash_of(node.node())) else { return };
        let mut free = scaled(hash, self.slots.len());
        while self.slots.get(free).is_some_and(|slot| !slot.is_empty()) {
            free = if free + 1 == self.slots.len() { 0 } else { free + 1 };
        }
        if let (Some(free), Some(slot)) = (self.slots.get_mut(free), Slot::new(place, hash.swap_bytes(), self.mask)) {
            *free = slot;
        }
    }

    /// Gives every kind another number, such that the order stays, and makes the index, for which there were no slots before.
    pub(super) fn finish(&mut self, numbers: &[u32]) {
        self.nodes.chunks_mut(PIECE).for_each(|nodes| renumber_nodes(nodes, numbers));
        self.neighbours.chunks_mut(PIECE).for_each(|keys| renumber(keys, numbers));
        self.index_all();
    }

    /// Makes the index.
    fn index_all(&mut self) {
        self.slots.clear();
        self.add_slots(self.nodes.len(), usize::MAX);
        (0..self.nodes.len()).step_by(AHEAD).for_each(|from| self.index_some(from));
    }

    /// Makes the nodes from there on, a few, part of the index.
    #[inline(never)]
    fn index_some(&mut self, from: usize) {
        // The slots of all are asked for before the first of them is waited for.
        let mut seen = 0;
        for node in self.nodes.get(from..).unwrap_or_default().iter().take(AHEAD) {
            let slot = self.slots.get(scaled(hash_of(node.node()), self.slots.len()));
            seen ^= usize::from(slot.is_some_and(|slot| slot.is_empty()));
        }
        black_box(seen);
        (from..self.nodes.len().min(from + AHEAD)).for_each(|place| self.index(place));
    }

    /// The same rows in the other direction. O(n), but for sorting the nodes.
    pub(super) fn reversed(&self) -> Option<Self> {
        // Nodes are numbered as they come; the index is that of the numbers until they are sorted.
        let mut reversed = Self::default();
        let mut numbers: Vec<u32> = vec![0; self.neighbours.len()];
        let mut counts: Vec<u32> = Vec::new();
        for (keys, numbers) in self.neighbours.chunks(PIECE).zip(numbers.chunks_mut(PIECE)) {
            reversed.count(keys, numbers, &mut counts)?;
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
        for from in (0..self.nodes.len()).step_by(PIECE) {
            self.put_reversed(from, &numbers, &mut starts, &mut reversed.neighbours)?;
        }
        drop(numbers);
        reversed.index_all();
        Some(reversed)
    }

    /// Gives each of these nodes its number among those met so far, and counts it.
    #[inline(never)]
    fn count(&mut self, nodes: &[Key], numbers: &mut [u32], counts: &mut Vec<u32>) -> Option<()> {
        for (node, number) in nodes.iter().zip(numbers) {
            if (self.nodes.len() + 1) * 3 > self.slots.len() * 2 {
                self.slots.clear();
                self.add_slots((self.nodes.len() + 8) * 2, usize::MAX);
                (0..self.nodes.len()).for_each(|place| self.index(place));
            }
            let place = match self.find(*node) {
                Some(place) => place,
                None => {
                    self.nodes.push(Start::new(*node, 0));
                    counts.push(0);
                    self.index(counts.len() - 1);
                    counts.len() - 1
                }
            };
            *counts.get_mut(place)? += 1;
            *number = u32::try_from(place).ok()?;
        }
        Some(())
    }

    /// Puts a piece of the nodes where the rows of their neighbours, which have these numbers, start; these start one later then.
    #[inline(never)]
    fn put_reversed(&self, from: usize, numbers: &[u32], starts: &mut [u32], reversed: &mut [Key]) -> Option<()> {
        for (place, node) in (from..).zip(self.nodes.get(from..)?).take(PIECE) {
            let (run, first) = self.run(place);
            for number in numbers.get(first..first + run.len())? {
                let start = starts.get_mut(*number as usize)?;
                *reversed.get_mut(*start as usize)? = node.node();
                *start += 1;
            }
        }
        Some(())
    }
}

#[inline(never)]
fn renumber(keys: &mut [Key], numbers: &[u32]) {
    for key in keys {
        *key = with_kind(*key, numbers.get(kind(*key) as usize).copied().unwrap_or_default());
    }
}

#[inline(never)]
fn renumber_nodes(nodes: &mut [Start], numbers: &[u32]) {
    for node in nodes {
        // The high half is the kind.
        let Start([kind, ..]) = node;
        *kind = numbers.get(*kind as usize).copied().unwrap_or_default();
    }
}

fn slots_for(nodes: usize) -> usize {
    if nodes == 0 { 0 } else { nodes + nodes / 2 + 1 }
}

/// The high bits of a product. Of these the high ones say where to look, and the low ones tell apart what stands there.
#[inline(always)]
fn hash_of(node: Key) -> u32 {
    let hash = (node ^ (node >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// A hash scaled to the number of slots.
#[inline(always)]
fn scaled(hash: u32, slots: usize) -> usize {
    let slots = u64::try_from(slots).unwrap_or(u64::MAX);
    usize::try_from((u64::from(hash) * slots) >> 32).unwrap_or_default()
}
