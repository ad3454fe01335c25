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
    /// Near the hash of a text one more than its place, and where it begins: to find it is to look at two places in memory. The first is
    /// 0 where none is. A power of two, at most three quarters in use.
    slots: Vec<(u32, u32)>,
}

/// What stands between texts. [`hash::of_text`] gives those that have it no hash.
const END: char = '\0';

impl Names {
    /// None yet, the first of which will have that number.
    pub(super) fn starting_at(first: usize) -> Self {
        Self { first, texts: String::new(), starts: Vec::new(), slots: vec![(0, 0); 4] }
    }

    pub(super) fn first(&self) -> usize {
        self.first
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Makes room for so many, so long together.
    pub(super) fn reserve(&mut self, texts: usize, bytes: usize) {
        self.starts.reserve(texts);
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
            let (number, start) = *self.slots.get(slot)?;
            let place = number.checked_sub(1)?;
            let found = self.texts.as_bytes().get(start as usize..)?;
            if found.starts_with(text.as_bytes()) && found.get(text.len()) == Some(&0) {
                return Some(self.first + place as usize);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Adds a text that is not there yet; nothing where there is no room for it.
    pub(super) fn push(&mut self, text: &str, hash: u32) -> Option<()> {
        let start = u32::try_from(self.texts.len()).ok()?;
        if (self.len() + 1) * 4 > self.slots.len() * 3 {
            let slots = vec![(0, 0); self.slots.len() * 2];
            self.slots = slots;
            for place in 0..self.len() {
                let (text, start) = (self.at(place)?, *self.starts.get(place)?);
                self.put(place, start, hash::of_text(text)?)?;
            }
        }
        self.put(self.len(), start, hash)?;
        self.texts.push_str(text);
        self.texts.push(END);
        self.starts.push(start);
        Some(())
    }

    fn put(&mut self, place: usize, start: u32, hash: u32) -> Option<()> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots.get(slot).is_some_and(|(found, _)| *found != 0) {
            slot = (slot + 1) & mask;
        }
        *self.slots.get_mut(slot)? = (u32::try_from(place + 1).ok()?, start);
        Some(())
    }

    #[inline(always)]
    fn at(&self, place: usize) -> Option<&str> {
        let start = *self.starts.get(place)? as usize;
        let end = self.starts.get(place + 1).map_or(self.texts.len(), |next| *next as usize);
        self.texts.get(start..end.checked_sub(END.len_utf8())?)
    }
}
