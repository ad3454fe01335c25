use std::sync::OnceLock;

/// The last few texts of a line of writes, one place for each, shared by all clones: who adds a text fills the next place, and whoever
/// knows of fewer places does not look at it.
#[derive(Debug)]
pub(super) struct Tail {
    /// The number of the first.
    first: usize,
    places: [OnceLock<(u32, Box<str>)>; PLACES],
}

/// How many texts fit.
const PLACES: usize = 32;

impl Tail {
    /// None yet, the first of which will have that number.
    pub(super) fn starting_at(first: usize) -> Self {
        Self { first, places: [const { OnceLock::new() }; PLACES] }
    }

    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// Adds a text under that number; whether its place was there, and free.
    pub(super) fn push(&self, number: usize, text: &str, hash: u32) -> bool {
        let place = number.checked_sub(self.first).and_then(|place| self.places.get(place));
        place.is_some_and(|place| place.set((hash, text.into())).is_ok())
    }

    /// The number of a text, if it is less than `end`.
    pub(super) fn find(&self, text: &str, hash: u32, end: usize) -> Option<usize> {
        let found = self.up_to(end).position(|(stored_hash, stored)| *stored_hash == hash && **stored == *text);
        found.map(|place| self.first + place)
    }

    /// The text of a number.
    pub(super) fn text(&self, number: usize) -> Option<&str> {
        let (_, text) = self.places.get(number.checked_sub(self.first)?)?.get()?;
        Some(text)
    }

    /// The texts whose numbers are less than `end`, with their hashes.
    pub(super) fn up_to(&self, end: usize) -> impl Iterator<Item = &(u32, Box<str>)> {
        self.places.iter().take(end.saturating_sub(self.first)).map_while(OnceLock::get)
    }
}
