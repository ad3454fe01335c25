use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::model::{Symbol, WILDCARD};

/// Names and ids, each once, under its symbol. Cloning costs nothing; a clone does not see what is added later.
///
/// Symbols are never taken back, so a symbol means the same in every later dictionary.
#[derive(Clone, Debug)]
pub struct Dictionary {
    symbols: im::GenericHashMap<Arc<str>, Symbol, FixedState, im::shared_ptr::DefaultSharedPtr>,
    texts: Texts,
}

impl Dictionary {
    /// A dictionary of nothing but the wildcard and the absence of a relation.
    #[must_use]
    pub fn new() -> Self {
        let mut dictionary = Self { symbols: im::GenericHashMap::with_hasher(FixedState::default()), texts: Texts::default() };
        // INVARIANT: the places of these two are `Symbol::NONE` and `Symbol::WILDCARD`.
        dictionary.intern("");
        dictionary.intern(WILDCARD);
        dictionary
    }

    /// The symbol of a text, where it has one. One hash probe.
    #[must_use]
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).copied()
    }

    /// The symbol of a text, made where it has none; nothing where four thousand million texts are held already.
    pub fn intern(&mut self, text: &str) -> Option<Symbol> {
        if let Some(symbol) = self.symbol(text) {
            return Some(symbol);
        }
        let symbol = Symbol::at(self.texts.len)?;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.symbols.insert(text, symbol);
        Some(symbol)
    }

    /// How many texts there are: the place of the next.
    pub(super) fn len(&self) -> usize {
        self.texts.len
    }

    /// The text of a symbol; empty where the symbol is of another dictionary.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.place()).unwrap_or_default()
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

/// Texts by their place, in blocks that clones share. Only ever added to: a clone made before an addition keeps its length,
/// so adding copies one block and the list of blocks at most, and that once after each clone.
#[derive(Clone, Debug, Default)]
struct Texts {
    blocks: Arc<Vec<Arc<Vec<Arc<str>>>>>,
    len: usize,
}

/// Texts in a block: a million of them take a thousand blocks.
const BLOCK: usize = 1_024;

impl Texts {
    fn push(&mut self, text: Arc<str>) {
        let blocks = Arc::make_mut(&mut self.blocks);
        if self.len.is_multiple_of(BLOCK) {
            blocks.push(Arc::new(Vec::with_capacity(BLOCK)));
        }
        if let Some(last) = blocks.last_mut() {
            Arc::make_mut(last).push(text);
            self.len += 1;
        }
    }

    fn get(&self, place: usize) -> Option<&str> {
        self.blocks.get(place / BLOCK)?.get(place % BLOCK).map(|text| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_do_not_see_what_is_added_later() {
        let mut dictionary = Dictionary::new();
        let mut clones = Vec::new();
        for number in 0..3 * BLOCK {
            let symbol = dictionary.intern(&format!("id{number}")).unwrap();
            assert_eq!((symbol.place(), dictionary.text(symbol)), (number + 2, format!("id{number}").as_str()));
            if number % 500 == 0 {
                clones.push((number, dictionary.clone()));
            }
        }
        for (number, clone) in clones {
            assert_eq!(clone.symbol(&format!("id{}", number + 1)), None);
            assert_eq!(clone.text(dictionary.symbol(&format!("id{}", number + 1)).unwrap()), "");
            assert_eq!(clone.text(clone.symbol(&format!("id{number}")).unwrap()), format!("id{number}"));
        }
        assert_eq!(dictionary.symbol(""), Some(Symbol::NONE));
        assert_eq!(dictionary.symbol(WILDCARD), Some(Symbol::WILDCARD));
    }
}
