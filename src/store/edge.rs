use std::sync::Arc;

use crate::model::{Context, Symbol, Timestamp, Value};
use crate::text::hash::Map;

/// What a relationship has beyond its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Traits {
    /// The caveat's name and stored context.
    pub caveat: Option<(Symbol, Option<Arc<Context>>)>,
    /// When it ceases to hold.
    pub expiration: Option<Timestamp>,
}

impl Traits {
    /// Whether the relationship still holds at `now`. Source of semantics: SpiceDB filters `expires_at <= now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expiration.is_none_or(|expiration| expiration > now)
    }
}

/// An edge: nothing for the many relationships without caveat and expiration.
pub type Edge = Option<Arc<Traits>>;

/// The edge of the many.
pub(super) static PLAIN: Edge = None;

/// Edges that many rows have in common, each held once: contexts are large, and few are different.
#[derive(Debug, Default)]
pub(super) struct SharedEdges(Map<(Symbol, String), Edge>);

/// Where more are different, sharing them does not pay.
const MOST_SHARED: usize = 4_096;

impl SharedEdges {
    /// The same edge, or one like it that was met before.
    pub(super) fn shared(&mut self, edge: Edge) -> Edge {
        let caveat = edge.as_ref().filter(|traits| traits.expiration.is_none()).and_then(|traits| traits.caveat.as_ref());
        let Some((name, Some(context))) = caveat else { return edge };
        let key = (*name, Value::Object(Context::clone(context)).to_string());
        match self.0.get(&key) {
            Some(known) => known.clone(),
            None if self.0.len() < MOST_SHARED => self.0.entry(key).or_insert(edge).clone(),
            None => edge,
        }
    }
}

/// The edges of sorted rows, by the kinds of their resources: most kinds have none but plain ones, and cost nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    by_kind: Vec<KindEdges>,
    /// In the order of the rows.
    traits: Vec<Edge>,
}

/// The edges of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct KindEdges {
    /// The place of the first row of the kind.
    first: Option<usize>,
    /// For each row one more than the place of its traits; 0 for none. Empty while all rows are plain.
    numbers: Vec<u32>,
}

impl Edges {
    /// The edges of a kind, where one of them is not plain.
    #[inline(always)]
    pub(super) fn of(&self, kind: u32) -> Option<&KindEdges> {
        self.by_kind.get(kind as usize).filter(|edges| !edges.numbers.is_empty())
    }

    /// The edge of the row at that place.
    pub(super) fn at(&self, edges: Option<&KindEdges>, row: usize) -> &Edge {
        let number = edges.and_then(|edges| edges.numbers.get(row.checked_sub(edges.first?)?));
        let traits = number.and_then(|number| self.traits.get(number.checked_sub(1)? as usize));
        traits.unwrap_or(&PLAIN)
    }

    /// Adds that of the row at that place, which is the last.
    pub(super) fn push(&mut self, kind: u32, row: usize, edge: &Edge) -> Option<()> {
        let kind = kind as usize;
        if self.by_kind.len() <= kind {
            self.by_kind.resize(kind + 1, KindEdges::default());
        }
        let edges = self.by_kind.get_mut(kind)?;
        let first = *edges.first.get_or_insert(row);
        if edge.is_some() {
            edges.numbers.resize(row.checked_sub(first)?, 0);
            self.traits.push(edge.clone());
            edges.numbers.push(u32::try_from(self.traits.len()).ok()?);
        } else if !edges.numbers.is_empty() {
            edges.numbers.push(0);
        }
        Some(())
    }

    /// Adds those of plain rows from that place on, which are the last.
    pub(super) fn pass(&mut self, kind: u32, row: usize, rows: usize) -> Option<()> {
        self.push(kind, row, &PLAIN)?;
        let edges = self.by_kind.get_mut(kind as usize)?;
        if !edges.numbers.is_empty() {
            edges.numbers.resize(edges.numbers.len() + rows.saturating_sub(1), 0);
        }
        Some(())
    }

    /// Gives the kinds other numbers.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        let mut by_kind = vec![KindEdges::default(); numbers.len()];
        for (edges, number) in std::mem::take(&mut self.by_kind).into_iter().zip(numbers) {
            if let Some(place) = by_kind.get_mut(*number as usize) {
                *place = edges;
            }
        }
        self.by_kind = by_kind;
    }
}
