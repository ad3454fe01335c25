use crate::text::hash;

/// Texts, each once, one after the other in one piece of memory, with a hash index.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The number of the first.
    first: usize,
    /// Each text, and a character that none of them has.
    texts: String,
    /// Where each begins.
    starts: Vec<u32>,
    /// At the hash of a text or soon after eight bits of it; 0 where none is. A power of two, at most three quarters in use. What is passed
    /// on the way to a text is passed here, in memory that lies together.
    tags: Vec<u8>,
    /// For each tag the place of the text, and where it begins.
    slots: Vec<(u32, u32)>,
}

/// The least number of slots.
const FEW: usize = 4;

/// What stands between texts. [`hash::of_text`] gives those that have it no hash.
const END: char = '\0';

impl Names {
    /// None yet, the first of which will have that number.
    pub(super) fn starting_at(first: usize) -> Self {
        Self { first, texts: String::new(), starts: Vec::new(), tags: vec![0; FEW], slots: vec![(0, 0); FEW] }
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
        let slots = ((self.len() + texts) * 4 / 3 + 1).next_power_of_two();
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
        let mask = self.tags.len() - 1;
        let tag = tag(hash);
        let mut slot = hash as usize & mask;
        loop {
            let found = *self.tags.get(slot)?;
            if found == tag {
                let (place, start) = *self.slots.get(slot)?;
                let stored = self.texts.as_bytes().get(start as usize..)?;
                if stored.starts_with(text.as_bytes()) && stored.get(text.len()) == Some(&0) {
                    return Some(self.first + place as usize);
                }
            }
            if found == 0 {
                return None;
            }
            slot = (slot + 1) & mask;
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

    /// Puts all of them in so many slots.
    fn rehash(&mut self, slots: usize) {
        // One after the other: the old ones make room for the new.
        (self.tags, self.slots) = (Vec::new(), Vec::new());
        (self.tags, self.slots) = (vec![0; slots], vec![(0, 0); slots]);
        for place in 0..self.len() {
            let hash = self.at(place).and_then(hash::of_text);
            if let (Some(hash), Some(start)) = (hash, self.starts.get(place).copied()) {
                self.put(place, start, hash);
            }
        }
    }

    fn put(&mut self, place: usize, start: u32, hash: u32) -> Option<()> {
        let mask = self.tags.len() - 1;
        let mut slot = hash as usize & mask;
        while self.tags.get(slot).is_some_and(|found| *found != 0) {
            slot = (slot + 1) & mask;
        }
        *self.slots.get_mut(slot)? = (u32::try_from(place).ok()?, start);
        *self.tags.get_mut(slot)? = tag(hash);
        Some(())
    }

    #[inline(always)]
    fn at(&self, place: usize) -> Option<&str> {
        let start = *self.starts.get(place)? as usize;
        let end = self.starts.get(place + 1).map_or(self.texts.len(), |next| *next as usize);
        self.texts.get(start..end.checked_sub(END.len_utf8())?)
    }
}

/// Bits of a hash that do not say where to look; never 0.
#[inline(always)]
fn tag(hash: u32) -> u8 {
    let [high, ..] = hash.to_be_bytes();
    high.max(1)
}
