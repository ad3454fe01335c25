//! Sets of subjects, with wildcards and what is excluded from them: the algebra of lookups (SpiceDB,
//! `internal/datasets/basesubjectset.go`), each operation point by point.

use super::condition::{Conditions, Worth, not};
use super::solve::Value;
use crate::model::Symbol;
use crate::text::Listed;

/// Subjects of one type and relation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SubjectSet {
    /// What every subject is worth that is not named below as excluded.
    pub(super) everyone: Worth,
    /// By id.
    named: Vec<Named>,
}

/// A subject that a set names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Named {
    pub(super) id: Symbol,
    /// What it is worth by name.
    pub(super) found: Worth,
    /// How far the wildcard leaves it out.
    pub(super) excluded: Worth,
}

impl SubjectSet {
    /// A set of these subjects, in the order of their ids.
    pub(super) fn new(everyone: Worth, found: Vec<(Symbol, Worth)>) -> Self {
        Self { everyone, named: found.into_iter().map(|(id, found)| Named { id, found, excluded: Worth::NO }).listed() }
    }

    pub(super) fn named(&self) -> &[Named] {
        &self.named
    }

    /// Makes the subjects of both sets anew; those that come to nothing go.
    fn combine(&mut self, other: &Self, everyone: Worth, make: impl Fn(Named, Named) -> Named) {
        let mut all = Vec::with_capacity(self.named.len() + other.named.len());
        let (mut own, mut others) = (self.named.iter().copied().peekable(), other.named.iter().copied().peekable());
        let nothing = |id| Named { id, found: Worth::NO, excluded: Worth::NO };
        loop {
            let id = match (own.peek(), others.peek()) {
                (Some(one), Some(other)) => one.id.min(other.id),
                (Some(one), None) => one.id,
                (None, Some(other)) => other.id,
                (None, None) => break,
            };
            let one = own.next_if(|named| named.id == id).unwrap_or_else(|| nothing(id));
            let other = others.next_if(|named| named.id == id).unwrap_or_else(|| nothing(id));
            let mut made = make(one, other);
            if everyone.is_no() {
                made.excluded = Worth::NO;
            }
            if !(made.found.is_no() && made.excluded.is_no()) {
                all.push(made);
            }
        }
        self.everyone = everyone;
        self.named = all;
    }
}

impl Value for SubjectSet {
    fn none() -> Self {
        Self { everyone: Worth::NO, named: Vec::new() }
    }

    fn unite(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>) {
        let (or, and) = (|one, other| conditions.or(one, other), |one, other| conditions.and(one, other));
        let (own, others) = (self.everyone, and(other.everyone, limit));
        self.combine(other, or(own, others), |one, other| {
            let found = or(one.found, and(other.found, limit));
            // Whom one wildcard leaves out may be covered by the other, as far as that one holds itself.
            let excluded = if one.excluded.is_no() && other.excluded.is_no() {
                Worth::NO
            } else if others.is_no() {
                one.excluded
            } else if own.is_no() {
                other.excluded
            } else {
                and(or(one.excluded, not(own)), or(other.excluded, not(others)))
            };
            Named { id: one.id, found, excluded: and(excluded, not(found)) }
        });
    }

    fn intersect(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>) {
        let (or, and) = (|one, other| conditions.or(one, other), |one, other| conditions.and(one, other));
        let (own, others) = (self.everyone, and(other.everyone, limit));
        self.combine(other, and(own, others), |one, other| {
            let other = Named { found: and(other.found, limit), ..other };
            let by_name = and(one.found, other.found);
            let by_wildcards =
                or(and(one.found, and(others, not(other.excluded))), and(other.found, and(own, not(one.excluded))));
            Named { id: one.id, found: or(by_name, by_wildcards), excluded: or(one.excluded, other.excluded) }
        });
    }

    fn subtract(&mut self, taken: &Self, conditions: &Conditions<'_>) {
        let (or, and) = (|one, other| conditions.or(one, other), |one, other| conditions.and(one, other));
        let (own, others) = (self.everyone, taken.everyone);
        self.combine(taken, and(own, not(others)), |one, other| {
            let covered = and(others, not(other.excluded));
            let kept = and(one.found, and(not(other.found), not(covered)));
            // Whom the wildcard that is taken away leaves out stays, now by name.
            let left = and(and(own, not(one.excluded)), and(other.excluded, not(other.found)));
            Named { id: one.id, found: or(kept, left), excluded: or(one.excluded, other.found) }
        });
    }

    fn limit(&mut self, limit: Worth, conditions: &Conditions<'_>) {
        if limit.is_has() {
            return;
        }
        self.everyone = conditions.and(self.everyone, limit);
        for named in &mut self.named {
            named.found = conditions.and(named.found, limit);
        }
    }

    fn bare(mut self) -> Self {
        self.everyone = self.everyone.bare();
        for named in &mut self.named {
            (named.found, named.excluded) = (named.found.bare(), named.excluded.bare());
        }
        self
    }

    fn size(&self) -> usize {
        self.named.len() + 1
    }
}
