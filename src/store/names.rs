use crate::text::hash;

/// Texts, each once, one after the other in one piece of memory, with a hash index.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The number of the first.
    first: usize,
    texts: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// One more than the place of a text, near its hash; 0 where none is. A power of two, at most three quarters in use.
    slots: Vec<u32>,
}

impl Names {
    /// None yet, the first of which will have that number.
    pub(super) fn starting_at(first: usize) -> Self {
        Self { first, texts: String::new(), ends: Vec::new(), slots: vec![0; 4] }
    }

    pub(super) fn first(&self) -> usize {
        self.first
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Makes room for so many, so long together.
    pub(super) fn reserve(&mut self, texts: usize, bytes: usize) {
        self.ends.reserve(texts);
        self.texts.reserve(bytes);
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
        let mut slot = hash as usize & mask;
        loop {
            let place = self.slots.get(slot)?.checked_sub(1)? as usize;
            if self.at(place) == Some(text) {
                return Some(self.first + place);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Adds a text that is not there yet; nothing where there is no room for it.
    pub(super) fn push(&mut self, text: &str, hash: u32) -> Option<()> {
        let end = u32::try_from(self.texts.len() + text.len()).ok()?;
        if (self.len() + 1) * 4 > self.slots.len() * 3 {
            self.slots = vec![0; self.slots.len() * 2];
            for place in 0..self.len() {
                let hash = self.at(place).map(hash::of_text).unwrap_or_default();
                self.put(place, hash)?;
            }
        }
        self.put(self.len(), hash)?;
        self.texts.push_str(text);
        self.ends.push(end);
        Some(())
    }

    fn put(&mut self, place: usize, hash: u32) -> Option<()> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots.get(slot).is_some_and(|found| *found != 0) {
            slot = (slot + 1) & mask;
        }
        *self.slots.get_mut(slot)? = u32::try_from(place + 1).ok()?;
        Some(())
    }

    #[inline(always)]
    fn at(&self, place: usize) -> Option<&str> {
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? };
        self.texts.get(start as usize..*self.ends.get(place)? as usize)
    }
}
