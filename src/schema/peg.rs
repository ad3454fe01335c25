//! A parser of expression grammars (Ford, "Parsing Expression Grammars", 2004), which runs a grammar that is data.
//!
//! Promises: a text that fits becomes a tree of what has a name; of one that does not, the failure says how far it fits and which
//! named things could have gone on there. Depth is the caller's to bound: the parser recurses as the grammar does.

use std::rc::Rc;

use super::grammar::Rule;
use crate::text::{Span, find};

/// An expression of a grammar: what a text may be.
pub(super) enum Peg {
    /// These characters.
    Text(&'static str),
    /// One character of a kind.
    One(fn(char) -> bool),
    /// Everything before this text, or all there is.
    Before(&'static str),
    /// The end of the text.
    End,
    /// One after the other.
    All(&'static [&'static Peg]),
    /// The first that fits.
    Either(&'static [&'static Peg]),
    /// As often as it fits, or never.
    Many(&'static Peg),
    /// Once or not at all.
    Maybe(&'static Peg),
    /// What must follow and is not taken.
    Ahead(&'static Peg),
    /// What must not follow. It holds nothing that has a name.
    Not(&'static Peg),
    /// A part of the tree.
    Named(Rule, &'static Peg),
    /// A part of the tree that has no parts itself.
    Whole(Rule, &'static Peg),
}

/// Where a text stops fitting, and what could have gone on there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) at: usize,
    pub(super) expected: Vec<Rule>,
}

/// A named part of a text.
#[derive(Clone)]
pub(super) struct Part<'a> {
    text: &'a str,
    all: Rc<[Entry]>,
    place: usize,
}

/// A part as the parser keeps it: its own parts follow it directly.
#[derive(Clone, Copy, Default)]
struct Entry {
    rule: Rule,
    start: usize,
    end: usize,
    /// The place of the first part that is no part of this one.
    after: usize,
}

impl Peg {
    /// The name of what it is.
    pub(super) fn rule(&self) -> Option<Rule> {
        match self {
            Self::Named(rule, _) | Self::Whole(rule, _) => Some(*rule),
            Self::Text(_) | Self::One(_) | Self::Before(_) | Self::End => None,
            Self::All(_) | Self::Either(_) | Self::Many(_) | Self::Maybe(_) | Self::Ahead(_) | Self::Not(_) => None,
        }
    }

    /// Reads something with a name from the beginning of a text.
    ///
    /// # Errors
    /// Where the text begins with no such thing.
    pub(super) fn parse<'a>(&self, text: &'a str) -> Result<Part<'a>, Failure> {
        let mut parser = Parser { text, ..Parser::default() };
        if parser.fits(self) && !parser.parts.is_empty() {
            Ok(Part { text, all: parser.parts.into(), place: 0 })
        } else {
            Err(Failure { at: parser.furthest, expected: parser.expected })
        }
    }
}

impl<'a> Part<'a> {
    /// What it is.
    pub(super) fn rule(&self) -> Rule {
        self.entry().rule
    }

    /// Its text.
    pub(super) fn text(&self) -> &'a str {
        let entry = self.entry();
        self.text.get(entry.start..entry.end).unwrap_or_default()
    }

    /// Where it stands in the text that was parsed.
    pub(super) fn span(&self) -> Span {
        let entry = self.entry();
        Span::new(entry.start, entry.end)
    }

    /// Its own parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = Self> {
        let whole = self.clone();
        let mut next = whole.place + 1;
        std::iter::from_fn(move || {
            let part = Self { place: next, ..whole.clone() };
            next = part.entry().after;
            (part.place < whole.entry().after).then_some(part)
        })
    }

    /// Its parts, their parts, and so on, in the order of the text.
    pub(super) fn descendants(&self) -> impl Iterator<Item = Self> {
        let whole = self.clone();
        (self.place + 1..self.entry().after).map(move |place| Self { place, ..whole.clone() })
    }

    fn entry(&self) -> Entry {
        self.all.get(self.place).copied().unwrap_or_default()
    }
}

#[derive(Default)]
struct Parser<'a> {
    text: &'a str,
    /// The offset of what is read next.
    at: usize,
    parts: Vec<Entry>,
    /// Whether parts are of no interest: within something whole, or ahead of what is taken.
    is_whole: bool,
    is_ahead: bool,
    /// The furthest place at which something with a name was expected in vain, and what.
    furthest: usize,
    expected: Vec<Rule>,
}

impl Parser<'_> {
    /// Takes what fits. Where it does not fit, nothing is taken.
    fn fits(&mut self, peg: &Peg) -> bool {
        let (at, parts) = (self.at, self.parts.len());
        let fits = match peg {
            Peg::Text(text) => self.rest().starts_with(text) && self.take(text.len()),
            Peg::One(is_one) => {
                let first = self.rest().chars().next();
                first.filter(|first| is_one(*first)).is_some_and(|first| self.take(first.len_utf8()))
            }
            Peg::Before(text) => {
                let rest = self.rest();
                self.take(find(rest, text).unwrap_or(rest.len()))
            }
            Peg::End => self.rest().is_empty(),
            Peg::All(pegs) => pegs.iter().all(|peg| self.fits(peg)),
            Peg::Either(pegs) => pegs.iter().any(|peg| self.fits(peg)),
            Peg::Many(peg) => {
                while self.fits(peg) {}
                true
            }
            Peg::Maybe(peg) => {
                self.fits(peg);
                true
            }
            Peg::Ahead(peg) => {
                let was_ahead = std::mem::replace(&mut self.is_ahead, true);
                let fits = self.fits(peg);
                self.is_ahead = was_ahead;
                self.at = at;
                fits
            }
            Peg::Not(peg) => {
                let fits = self.fits(peg);
                self.at = at;
                !fits
            }
            Peg::Named(rule, peg) => self.named(*rule, peg, false),
            Peg::Whole(rule, peg) => self.named(*rule, peg, true),
        };
        if !fits {
            self.at = at;
            self.parts.truncate(parts);
        }
        fits
    }

    fn named(&mut self, rule: Rule, peg: &Peg, is_whole: bool) -> bool {
        let (start, place, expected) = (self.at, self.parts.len(), self.expected_at(self.at));
        let is_part = !self.is_whole && !self.is_ahead;
        if is_part {
            self.parts.push(Entry { rule, start, ..Entry::default() });
        }
        let was_whole = self.is_whole;
        self.is_whole |= is_whole;
        let fits = self.fits(peg);
        self.is_whole = was_whole;
        let after = self.parts.len();
        if let Some(part) = self.parts.get_mut(place).filter(|_| is_part) {
            (part.end, part.after) = (self.at, after);
        }
        if !fits && !was_whole {
            self.was_expected(rule, start, expected);
        }
        fits
    }

    /// How many things were expected at this place.
    fn expected_at(&self, place: usize) -> usize {
        if place == self.furthest { self.expected.len() } else { 0 }
    }

    /// Says what did not fit. It stands for all within it that did not fit at the same place, unless that is one thing, which
    /// then says more.
    fn was_expected(&mut self, rule: Rule, start: usize, before: usize) {
        if self.expected_at(start) == before + 1 || start < self.furthest {
            return;
        }
        self.expected.truncate(before);
        self.furthest = start;
        self.expected.push(rule);
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, bytes: usize) -> bool {
        self.at += bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NAME: Peg = Peg::Whole(Rule::Identifier, &Peg::One(|found| found.is_alphabetic()));
    static SUM: Peg = Peg::Named(
        Rule::Union,
        &Peg::All(&[&NAME, &Peg::Many(&Peg::All(&[&Peg::Text("+"), &NAME])), &Peg::Not(&Peg::Text(";")), &STOP]),
    );
    static STOP: Peg = Peg::Named(Rule::Symbol, &Peg::Ahead(&Peg::Either(&[&Peg::Text("."), &Peg::Named(Rule::End, &Peg::End)])));

    #[test]
    fn what_has_a_name_is_in_the_tree() {
        for text in ["a+b", "a+b."] {
            let sum = SUM.parse(text).expect("a sum");
            let parts: Vec<(Rule, &str)> = sum.parts().map(|part| (part.rule(), part.text())).collect();
            assert_eq!(parts, [(Rule::Identifier, "a"), (Rule::Identifier, "b"), (Rule::Symbol, "")]);
            assert_eq!((sum.rule(), sum.text(), sum.descendants().count()), (Rule::Union, "a+b", 3));
        }
    }

    #[test]
    fn a_failure_is_of_the_furthest_place() {
        let failure = |text: &str| SUM.parse(text).err();
        assert_eq!(failure("a+"), Some(Failure { at: 2, expected: vec![Rule::Identifier] }));
        // What is expected within something stands for it, where it is one thing.
        assert_eq!(failure("a+b?"), Some(Failure { at: 3, expected: vec![Rule::End] }));
        assert_eq!(failure("?"), Some(Failure { at: 0, expected: vec![Rule::Identifier] }));
    }
}
