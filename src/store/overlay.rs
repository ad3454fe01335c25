use std::ops::Bound;
use std::sync::Arc;

use super::base::Direction;
use super::edge::Edge;
use super::layout::{Layout, layout};
use super::level::{Level, Written};
use crate::model::{Node, Symbol};

/// What was written since the base: rows that are there, with their edges, and rows that are there no more. Cloning is O(1).
///
/// All are in levels: rows in sorted arrays. The last few are in a level that each revision copies and adds to; when this is full, and
/// where many are written at once, it becomes one that is never changed. Levels of like size become one, so that there are few.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    recent: Arc<Level>,
    /// Oldest first.
    levels: Arc<Vec<Arc<Level>>>,
    /// How many rows these have, those that later ones replace included.
    in_levels: usize,
}

/// A row, from the one end and from the other.
pub(super) type Ends = (Node, Node);

/// The first of all nodes.
pub(super) const FIRST: Node = Node { relation: Symbol::NONE, object_type: Symbol::NONE, id: Symbol::NONE };

/// The last of all nodes.
pub(super) const LAST: Node = Node { relation: Symbol::GHOST, object_type: Symbol::GHOST, id: Symbol::GHOST };

/// How many rows are copied at most; so many written at once make a level of their own.
const MOST_RECENT: usize = if cfg!(test) { 6 } else { 64 };

/// Levels with more rows together stay apart: to merge them would take too long at once.
const MOST_AT_ONCE: usize = 16_384;

/// See [`MOST_RECENT`].
pub(super) fn most_recent() -> usize {
    if layout() == Layout::Mixed { 4 } else { MOST_RECENT }
}

impl Overlay {
    /// How many rows there are, at most.
    pub(super) fn len(&self) -> usize {
        self.recent.len() + self.in_levels
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.in_levels == 0 && self.recent.len() == 0
    }

    /// What is known of a row: nothing, that it was removed, or its edge.
    pub(super) fn get(&self, resource: &Node, subject: &Node) -> Option<&Option<Edge>> {
        let recent = self.recent.get(resource, subject);
        recent.or_else(|| self.levels.iter().rev().find_map(|level| level.get(resource, subject)))
    }

    pub(super) fn set(&mut self, resource: Node, subject: Node, edge: Option<Edge>) {
        self.change(|recent| recent.set((resource, subject), edge));
        if self.recent.len() > most_recent() {
            self.settle();
        }
    }

    /// As [`Self::set`] of each. False where a row is there twice, and nothing is done: which comes later would be lost.
    pub(super) fn set_all(&mut self, rows: Vec<Written>) -> bool {
        if rows.len() < most_recent() {
            rows.into_iter().for_each(|row| self.set(row.ends.0, row.ends.1, row.edge));
            return true;
        }
        let Some(level) = Level::new(rows) else { return false };
        self.settle();
        self.add(Arc::new(level));
        true
    }

    /// Forgets a recent row, if nothing older is known of it: it is as the base says.
    pub(super) fn forget(&mut self, resource: Node, subject: Node) -> bool {
        let is_recent = self.recent.get(&resource, &subject).is_some();
        if is_recent && self.levels.iter().all(|level| level.get(&resource, &subject).is_none()) {
            self.change(|recent| recent.remove(&(resource, subject)));
            return true;
        }
        false
    }

    /// Changes what is recent, or a copy where others have it too.
    fn change(&mut self, change: impl FnOnce(&mut Level)) {
        if Arc::get_mut(&mut self.recent).is_none() {
            self.recent = Arc::new(self.recent.with_room());
        }
        Arc::get_mut(&mut self.recent).map(change);
    }

    /// Makes what is recent a level like the others.
    fn settle(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        if recent.len() > 0 {
            self.add(recent);
        }
    }

    fn add(&mut self, mut level: Arc<Level>) {
        let levels = Arc::make_mut(&mut self.levels);
        while let Some(last) = levels.last()
            && last.len() < level.len() * 2
            && last.len() + level.len() <= MOST_AT_ONCE
        {
            self.in_levels -= last.len();
            level = Arc::new(last.merged(&level));
            levels.pop();
        }
        self.in_levels += level.len();
        levels.push(level);
    }

    /// The changes between two rows, in order.
    pub(super) fn range(&self, direction: Direction, from: Bound<Ends>, to: Ends) -> Changes<'_> {
        let (first, after) = match from {
            Bound::Unbounded => ((FIRST, FIRST), false),
            Bound::Included(ends) => (ends, false),
            Bound::Excluded(ends) => (ends, true),
        };
        let place = |level: &Arc<Level>| level.first_from(direction, &first, after);
        let levels = std::iter::once(&self.recent).chain(self.levels.iter().rev());
        let levels = levels.map(|level| (&**level, place(level))).collect();
        let mut changes = Changes { direction, to, levels, next: None };
        changes.advance();
        changes
    }
}

/// Changes in order: of each row the newest.
pub(super) struct Changes<'a> {
    direction: Direction,
    to: Ends,
    /// Newest first, each with the place of its next row.
    levels: Vec<(&'a Level, usize)>,
    next: Option<(Ends, &'a Option<Edge>)>,
}

impl<'a> Changes<'a> {
    /// The next one, without passing it.
    pub(super) fn peek(&self) -> Option<(Ends, &'a Option<Edge>)> {
        self.next
    }

    /// Passes the next one.
    pub(super) fn advance(&mut self) {
        let mut next: Option<(Ends, _)> = None;
        for (level, place) in &self.levels {
            if let Some(found) = level.at(self.direction, *place)
                && next.is_none_or(|(ends, _)| found.0 < ends)
            {
                next = Some(found);
            }
        }
        self.next = next.filter(|(ends, _)| *ends <= self.to);
        let Some((ends, _)) = self.next else { return };
        for (level, place) in &mut self.levels {
            if level.at(self.direction, *place).is_some_and(|(found, _)| found == ends) {
                *place += 1;
            }
        }
    }
}
