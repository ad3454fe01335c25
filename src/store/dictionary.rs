use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::model::{Symbol, WILDCARD};

/// Names and ids, each once, under its symbol. Cloning costs nothing; a clone does not see what is added later.
///
/// Symbols are never taken back, so a symbol means the same in every later dictionary.
#[derive(Clone, Debug)]
pub struct Dictionary {
    symbols: im::GenericHashMap<Arc<str>, Symbol, FixedState, im::shared_ptr::DefaultSharedPtr>,
    texts: im::Vector<Arc<str>>,
}

impl Dictionary {
    /// A dictionary of nothing but the wildcard and the absence of a relation.
    #[must_use]
    pub fn new() -> Self {
        let mut dictionary = Self { symbols: im::GenericHashMap::with_hasher(FixedState::default()), texts: im::Vector::new() };
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
        let symbol = Symbol::at(self.texts.len())?;
        let text: Arc<str> = text.into();
        self.texts.push_back(Arc::clone(&text));
        self.symbols.insert(text, symbol);
        Some(symbol)
    }

    /// The text of a symbol; empty where the symbol is of another dictionary.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.place()).map_or("", |text| text)
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}
