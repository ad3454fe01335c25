use std::hint::black_box;

use super::slot::{AHEAD, PIECE, Slot};
use crate::text::hash;

/// Texts, each once, one after the other in one piece of memory, with a hash index.
#[derive(Debug)]
pub(super) struct Names {
    /// The number of the first.
    first: usize,
    /// Each text, and a character that none of them has.
    texts: String,
    /// Where each begins.
    starts: Vec<u32>,
    /// At the hash of a text or soon after: see [`Slot`]; 0 where none is. With it where the text begins, so that to find it is to look at
    /// two places in memory. A power of two, at most three quarters in use.
    slots: Vec<(Slot, u32)>,
}

/// The least number of slots.
const FEW: usize = 4;

/// A slot without a text.
const EMPTY: (Slot, u32) = (Slot::EMPTY, 0);

/// What stands after each text. [`hash::of_text`] gives those that have it no hash.
const END: char = '\0';

impl Names {
    /// None yet, the first of which will have that number.
    pub(super) fn starting_at(first: usize) -> Self {
        Self { first, texts: String::new(), starts: Vec::new(), slots: vec![EMPTY; FEW] }
    }

    /// So many texts, in the form in which they are held. Nothing where that is not their form, or one is there twice.
    pub(super) fn of_texts(texts: String, count: usize) -> Option<Self> {
        let mut names = Self { first: 0, texts, starts: Vec::with_capacity(count), slots: Vec::new() };
        let mut start = 0;
        for (place, piece) in names.texts.as_bytes().chunks(PIECE).enumerate() {
            start = starts(u32::try_from(place * PIECE).ok()?, piece, start, &mut names.starts);
        }
        let is_all = start as usize == names.texts.len() && names.len() == count;
        (is_all && names.rehash(slots_for(count))).then_some(names)
    }

    /// These and those that come after them; nothing where they are too many.
    pub(super) fn joined(&self, after: &Self) -> Option<Self> {
        let texts = [self.texts(), after.texts()].concat();
        let moved = u32::try_from(texts.len()).and_then(|_| u32::try_from(self.texts.len())).ok()?;
        let starts = self.starts.iter().copied().chain(after.starts.iter().map(|start| start + moved)).collect();
        let mut names = Self { first: self.first, texts, starts, slots: Vec::new() };
        names.rehash(slots_for(names.len())).then_some(names)
    }

    /// The texts, each with [`END`] after it.
    pub(super) fn texts(&self) -> &str {
        &self.texts
    }

    pub(super) fn first(&self) -> usize {
        self.first
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Makes room for so many more, so long together.
    pub(super) fn reserve(&mut self, texts: usize, bytes: usize) {
        self.starts.reserve_exact(texts);
        self.texts.reserve_exact(bytes + texts);
        let slots = slots_for(self.len() + texts);
        if slots > self.slots.len() {
            self.rehash(slots);
        }
    }

    /// How many bytes the texts have together.
    pub(super) fn bytes(&self) -> usize {
        self.texts.len()
    }

    /// The text of a number.
    pub(super) fn text(&self, number: usize) -> Option<&str> {
        self.at(number.checked_sub(self.first)?)
    }

    /// The number of a text.
    #[inline(always)]
    pub(super) fn find(&self, text: &str, hash: u32) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let (slot, start) = *self.slots.get(place)?;
            if slot.is_empty() {
                return None;
            }
            if let Some(found) = slot.place_of(hash, mask) {
                let stored = self.texts.as_bytes().get(start as usize..)?;
                if let Some((stored, [0, ..])) = stored.split_at_checked(text.len())
                    && hash::are_same(stored, text.as_bytes())
                {
                    return Some(self.first + found);
                }
            }
            place = (place + 1) & mask;
        }
    }

    /// Adds a text that is not there yet; nothing where there is no room for it.
    pub(super) fn push(&mut self, text: &str, hash: u32) -> Option<()> {
        let start = u32::try_from(self.texts.len()).ok()?;
        if (self.len() + 1) * 4 > self.slots.len() * 3 {
            self.rehash(self.slots.len() * 2);
        }
        self.put(self.len(), start, hash)?;
        self.texts.push_str(text);
        self.texts.push(END);
        self.starts.push(start);
        Some(())
    }

    /// Puts all of them in so many slots; whether none is there twice.
    fn rehash(&mut self, slots: usize) -> bool {
        // One after the other: the old ones make room for the new.
        self.slots = Vec::new();
        self.slots = vec![EMPTY; slots];
        (0..self.len()).step_by(AHEAD).all(|from| self.put_some(from))
    }

    /// Puts those from there on, a few, in their slots; whether none is there twice.
    #[inline(never)]
    fn put_some(&mut self, from: usize) -> bool {
        let mask = self.slots.len() - 1;
        let mut hashes = [0; AHEAD];
        // The slots of all are asked for before the first of them is waited for.
        for (place, hash) in (from..self.len()).zip(&mut hashes) {
            *hash = self.at(place).and_then(hash::of_text).unwrap_or_default();
        }
        let mut seen = 0;
        for hash in &hashes {
            seen ^= self.slots.get(*hash as usize & mask).map_or(0, |(_, start)| *start);
        }
        black_box(seen);
        for (place, hash) in (from..self.len()).zip(hashes) {
            let Some(start) = self.starts.get(place).copied() else { return false };
            if self.put(place, start, hash).is_none() {
                return false;
            }
        }
        true
    }

    /// Puts one in a slot; nothing where it is there already.
    fn put(&mut self, place: usize, start: u32, hash: u32) -> Option<()> {
        let mask = self.slots.len() - 1;
        let mut free = hash as usize & mask;
        while let Some((slot, _)) = self.slots.get(free).filter(|(slot, _)| !slot.is_empty()) {
            if slot.place_of(hash, mask).is_some_and(|other| self.at(other) == self.at(place)) {
                return None;
            }
            free = (free + 1) & mask;
        }
        *self.slots.get_mut(free)? = (Slot::new(place, hash, mask)?, start);
        Some(())
    }

    #[inline(always)]
    fn at(&self, place: usize) -> Option<&str> {
        let start = *self.starts.get(place)? as usize;
        let end = self.starts.get(place + 1).map_or(self.texts.len(), |next| *next as usize);
        self.texts.get(start..end.checked_sub(END.len_utf8())?)
    }
}

/// How many slots so many texts have: a power of two.
fn slots_for(texts: usize) -> usize {
    (texts * 4 / 3 + 1).next_power_of_two().max(FEW)
}

/// Adds where texts begin of which the ends are in a piece of all bytes; gives where the next begins.
#[inline(never)]
fn starts(place: u32, piece: &[u8], mut start: u32, starts: &mut Vec<u32>) -> u32 {
    for (next, byte) in (place + 1..).zip(piece) {
        if *byte == 0 {
            starts.push(start);
            start = next;
        }
    }
    start
}
