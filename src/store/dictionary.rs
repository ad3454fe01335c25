use std::sync::Arc;

use super::names::Names;
use super::tail::Tail;
use crate::model::{Symbol, WILDCARD};
use crate::text::hash;

/// Names and ids, each once, under its symbol. Cloning costs nothing; a clone does not see what is added later.
///
/// Symbols are never taken back, so a symbol means the same in every later dictionary.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// In the order of their numbers, none of which is between two. Layers of like size are put together.
    layers: Arc<Vec<Arc<Names>>>,
    /// Those after the layers, where what was there is shared: once it is full, another layer.
    tail: Option<Arc<Tail>>,
    len: usize,
}

/// Layers are put together at once up to so many texts; larger ones a few texts at a time.
const MOST_AT_ONCE: usize = 16_384;

impl Dictionary {
    /// A dictionary of nothing but the wildcard and the absence of a relation.
    #[must_use]
    pub fn new() -> Self {
        let mut dictionary = Self { layers: Arc::default(), tail: None, len: 0 };
        // INVARIANT: the places of these two are `Symbol::NONE` and `Symbol::WILDCARD`.
        dictionary.intern("");
        dictionary.intern(WILDCARD);
        dictionary
    }

    /// The symbol of a text, where it has one. One hash probe a layer, of which there are few.
    #[must_use]
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.find(text, hash::of_text(text)?)
    }

    fn find(&self, text: &str, hash: u32) -> Option<Symbol> {
        for layer in self.layers.iter() {
            if let Some(found) = layer.find(text, hash) {
                return Symbol::at(found);
            }
        }
        self.tail.as_ref()?.find(text, hash, self.len).and_then(Symbol::at)
    }

    /// The symbol of a text, made where it has none; nothing where four thousand million texts or
    /// bytes are held already, and for a text with a NUL.
    pub fn intern(&mut self, text: &str) -> Option<Symbol> {
        let hash = hash::of_text(text)?;
        if let Some(symbol) = self.find(text, hash) {
            return Some(symbol);
        }
        let symbol = Symbol::at(self.len)?;
        self.add(text, hash)?;
        self.len += 1;
        Some(symbol)
    }

    fn add(&mut self, text: &str, hash: u32) -> Option<()> {
        if self.tail.is_none() {
            if let Some(own) = Arc::get_mut(&mut self.layers).and_then(|layers| layers.last_mut()).and_then(Arc::get_mut) {
                return own.push(text, hash);
            }
            self.tail = Some(Arc::new(Tail::starting_at(self.len)));
        }
        if self.tail.as_ref()?.push(self.len, text, hash) {
            return Some(());
        }
        // It is full, or another clone went on with it.
        self.settle();
        self.add(text, hash)
    }

    /// Puts the last layers together while they are of like size: each text is moved a few times at most. Not done by adding a text, which
    /// who only supposes something does again and again on the same layers.
    pub(super) fn tidy(&mut self) {
        while let [.., one, other] = self.layers.as_slice()
            && other.len() * 2 > one.len()
            && one.len() + other.len() <= MOST_AT_ONCE
            && let Some(both) = one.joined(other)
        {
            let layers = Arc::make_mut(&mut self.layers);
            layers.truncate(layers.len() - 2);
            layers.push(Arc::new(both));
        }
    }

    /// Makes a layer of the tail.
    fn settle(&mut self) {
        let Some(tail) = self.tail.take() else { return };
        let layers = Arc::make_mut(&mut self.layers);
        let mut names = Names::starting_at(tail.first());
        // INVARIANT: a layer has room for so few.
        tail.up_to(self.len).for_each(|(hash, text)| _ = names.push(text, *hash));
        layers.push(Arc::new(names));
    }

    /// A dictionary of so many texts that [`Self::written`] wrote. Nothing where they are not that.
    pub(super) fn of_written(texts: &str, count: usize) -> Option<Self> {
        let mut first = Self::new();
        let len = first.len.checked_add(count).filter(|len| Symbol::at(*len).is_some())?;
        let mut all = String::with_capacity(first.len + WILDCARD.len() + texts.len());
        first.written().for_each(|texts| all.push_str(texts));
        all.push_str(texts);
        Some(Self { layers: Arc::new(vec![Arc::new(Names::of_texts(all, len)?)]), tail: None, len })
    }

    /// All texts in the order of their symbols, in pieces, each with a NUL after it.
    pub(super) fn written(&mut self) -> impl Iterator<Item = &str> {
        self.settle();
        self.layers.iter().map(|layer| layer.texts())
    }

    /// How many texts are in layers.
    fn in_layers(&self) -> usize {
        self.tail.as_ref().map_or(self.len, |tail| tail.first())
    }

    /// How many texts there are: the place of the next.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The text of a symbol; empty where the symbol is of another dictionary.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        let place = symbol.place();
        if let Some(tail) = self.tail.as_ref().filter(|tail| tail.first() <= place) {
            return tail.text(place).filter(|_| place < self.len).unwrap_or_default();
        }
        let layer = self.layers.iter().rev().find(|layer| layer.first() <= place);
        layer.and_then(|layer| layer.text(place)).unwrap_or_default()
    }

    /// Begins to put layers together: what was added since the first, and all of it where that is much.
    pub(super) fn merge(&self) -> Option<Merge> {
        let (first, rest) = self.layers.split_first()?;
        let added: usize = rest.iter().map(|layer| layer.len()).sum();
        let from = if added * 4 > first.len() { 0 } else { 1 };
        let merged = self.layers.get(from..).filter(|merged| merged.len() > 1 && added > MOST_AT_ONCE)?;
        let mut names = Names::starting_at(merged.first()?.first());
        names.reserve(merged.iter().map(|layer| layer.len()).sum(), merged.iter().map(|layer| layer.bytes()).sum());
        Some(Merge { end: self.in_layers(), names })
    }

    /// The same with the layers put together that were there when that began.
    pub(super) fn merged(&self, merge: Merge) -> Self {
        let Merge { end, mut names } = merge;
        let (first, is_whole) = (names.first(), names.first() + names.len() == end);
        let mut layers: Vec<Arc<Names>> = Vec::new();
        let mut after: Vec<Arc<Names>> = Vec::new();
        for layer in self.layers.iter() {
            if layer.first() < first {
                layers.push(Arc::clone(layer));
            } else if layer.first() >= end {
                after.push(Arc::clone(layer));
            }
        }
        // Small layers may have been put together across the end.
        let across = after.first().map_or(self.in_layers(), |layer| layer.first());
        let pushed = (end..across).filter_map(Symbol::at).all(|symbol| {
            let text = self.text(symbol);
            hash::of_text(text).and_then(|hash| names.push(text, hash)).is_some()
        });
        if !is_whole || !pushed {
            return self.clone();
        }
        layers.push(Arc::new(names));
        layers.extend(after);
        Self { layers: Arc::new(layers), ..self.clone() }
    }
}

/// Layers being put together.
#[derive(Debug)]
pub(super) struct Merge {
    /// The number after the last that is merged.
    end: usize,
    names: Names,
}

impl Merge {
    /// Adds so many texts of the dictionary that it began with; whether that was the last.
    pub(super) fn step(&mut self, of: &Dictionary, texts: usize) -> bool {
        for _ in 0..texts {
            let next = self.names.first() + self.names.len();
            let Some(symbol) = Symbol::at(next).filter(|_| next < self.end) else { return true };
            let text = of.text(symbol);
            if hash::of_text(text).and_then(|hash| self.names.push(text, hash)).is_none() {
                return true;
            }
        }
        false
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_do_not_see_what_is_added_later() {
        let mut dictionary = Dictionary::new();
        let mut clones = Vec::new();
        for number in 0..10_000 {
            let symbol = dictionary.intern(&format!("id{number}")).unwrap();
            assert_eq!((symbol.place(), dictionary.text(symbol)), (number + 2, format!("id{number}").as_str()));
            dictionary.tidy();
            if number % 7 == 0 {
                clones.push((number, dictionary.clone()));
            }
        }
        assert!(dictionary.layers.len() < 20, "{} layers", dictionary.layers.len());
        for (number, clone) in clones {
            assert_eq!(clone.symbol(&format!("id{}", number + 1)), None);
            assert_eq!(clone.text(dictionary.symbol(&format!("id{}", number + 1)).unwrap()), "");
            assert_eq!(clone.text(clone.symbol(&format!("id{number}")).unwrap()), format!("id{number}"));
        }
        assert_eq!(dictionary.symbol(""), Some(Symbol::NONE));
        assert_eq!(dictionary.symbol(WILDCARD), Some(Symbol::WILDCARD));
        assert_eq!((dictionary.intern("id1\0id2"), dictionary.symbol("\0")), (None, None));
    }

    #[test]
    fn clones_that_go_on_apart_do_not_see_each_other() {
        // So many that the one or the other finds what they share full, or taken, at every step.
        for shared in 0..80 {
            let mut one = Dictionary::new();
            for number in 0..shared {
                let _before = one.clone();
                one.intern(&format!("shared{number}"));
            }
            let mut other = one.clone();
            let (mut one_before, mut other_before) = (Vec::new(), Vec::new());
            for number in 0..80 {
                one_before.push(one.clone());
                other_before.push(other.clone());
                let (ours, theirs) = (format!("one{number}"), format!("other{number}"));
                let (symbol, same_symbol) = (one.intern(&ours).unwrap(), other.intern(&theirs).unwrap());
                assert_eq!((symbol, symbol.place()), (same_symbol, shared + number + 2));
                assert_eq!((one.text(symbol), other.text(symbol)), (ours.as_str(), theirs.as_str()));
                assert_eq!((one.symbol(&theirs), other.symbol(&ours)), (None, None));
            }
            for number in 0..80 {
                let (before, symbol) = (one_before.get(number).unwrap(), one.symbol(&format!("one{number}")).unwrap());
                assert_eq!((before.symbol(&format!("one{number}")), before.text(symbol)), (None, ""));
                assert_eq!(other_before.get(number).unwrap().symbol(&format!("other{number}")), None);
            }
            assert!(
                (0..shared).all(|number| one.symbol(&format!("shared{number}")).map(|symbol| symbol.place()) == Some(number + 2))
            );
        }
    }

    #[test]
    fn to_add_a_text_leaves_the_layers_as_they_are() {
        let mut dictionary = Dictionary::new();
        for number in 0..5_000 {
            let _before = dictionary.clone();
            dictionary.intern(&format!("id{number}"));
            let mut supposed = dictionary.clone();
            supposed.intern("supposed");
            assert!(dictionary.layers.iter().zip(supposed.layers.iter()).all(|(one, other)| Arc::ptr_eq(one, other)));
        }
        assert!(dictionary.layers.len() > 100);
        dictionary.tidy();
        assert!(dictionary.layers.len() < 20);
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let mut dictionary = Dictionary::new();
        for number in 0..1_000 {
            dictionary.intern(&format!("id{number}"));
            let _ = dictionary.clone();
        }
        let texts: String = dictionary.written().collect();
        let texts = texts.strip_prefix("\0*\0").unwrap();
        let read = Dictionary::of_written(texts, 1_000).unwrap();
        assert!((0..1_002).filter_map(Symbol::at).all(|symbol| read.text(symbol) == dictionary.text(symbol)));
        assert_eq!((read.symbol("id999"), read.symbol("id1000")), (dictionary.symbol("id999"), None));
        let refused =
            [("a\0b", 2), ("a\0b", 1), ("a\0b\0", 1), ("a\0b\0", 3), ("a\0a\0", 2), ("\0", 1), ("*\0", 1), ("", 1), ("a", 0)];
        for (texts, count) in refused {
            assert!(Dictionary::of_written(texts, count).is_none(), "{texts:?}");
        }
        let many = format!("{texts}id500\0");
        assert!(Dictionary::of_written(&many, 1_001).is_none());
        assert_eq!(Dictionary::of_written("", 0).unwrap().len(), 2);
    }

    #[test]
    fn merging_layers_changes_no_symbol() {
        let mut dictionary = Dictionary::new();
        let name = |number: usize| format!("name{number}");
        let mut kept = Vec::new();
        for number in 0..60_000 {
            dictionary.intern(&name(number));
            dictionary.tidy();
            kept = vec![dictionary.clone()];
        }
        let began = dictionary.clone();
        let (mut merge, mut number) = (began.merge().unwrap(), 60_000);
        while !merge.step(&began, 1_000) {
            dictionary.intern(&name(number));
            kept.push(dictionary.clone());
            number += 1;
        }
        let merged = dictionary.merged(merge);
        assert!(merged.layers.len() < dictionary.layers.len());
        assert_eq!(merged.len(), dictionary.len());
        for number in 0..number {
            assert_eq!(merged.symbol(&name(number)), dictionary.symbol(&name(number)), "{number}");
            assert_eq!(merged.text(merged.symbol(&name(number)).unwrap()), name(number));
        }
    }
}
