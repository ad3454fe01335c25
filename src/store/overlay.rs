use std::ops::Bound;
use std::sync::Arc;

use super::base::Direction;
use super::edge::Edge;
use super::layout::{Layout, layout};
use super::level::{Level, Written};
use crate::model::{Node, Symbol};

/// What was written since the base: rows that are there, with their edges, and rows that are there no more. Cloning is O(1).
///
/// The last few are in persistent maps. When these are full, and where many are written at once, they become a level: rows in sorted
/// arrays, which take a tenth of the memory and of the time. Levels of like size become one, so that there are few: not by who writes a few,
/// who may only suppose them, again and again over the same rows, but once a commit is made ([`Self::tidy`]).
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    recent: Map,
    /// The same with the ends exchanged. Edges are kept in the other alone.
    recent_by_subject: Map,
    /// Oldest first.
    levels: Arc<Vec<Arc<Level>>>,
    /// How many rows the levels have, those that later ones replace included.
    in_levels: usize,
}

/// A row, from the one end and from the other.
pub(super) type Ends = (Node, Node);

type Map = im::OrdMap<Ends, Option<Edge>>;

/// The first of all nodes.
pub(super) const FIRST: Node = Node { relation: Symbol::NONE, object_type: Symbol::NONE, id: Symbol::NONE };

/// The last of all nodes.
pub(super) const LAST: Node = Node { relation: Symbol::GHOST, object_type: Symbol::GHOST, id: Symbol::GHOST };

/// How many rows the maps hold after a commit; so many written at once make a level of their own.
const MOST_RECENT: usize = if cfg!(test) { 6 } else { 64 };

/// So many times as many are held at most before that.
const MEANWHILE: usize = 16;

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
        self.in_levels == 0 && self.recent.is_empty()
    }

    /// What is known of a row: nothing, that it was removed, or its edge.
    pub(super) fn get(&self, resource: &Node, subject: &Node) -> Option<&Option<Edge>> {
        let recent = self.recent.get(&(*resource, *subject));
        recent.or_else(|| self.levels.iter().rev().find_map(|level| level.get(resource, subject)))
    }

    pub(super) fn set(&mut self, resource: Node, subject: Node, edge: Option<Edge>) {
        self.recent_by_subject.insert((subject, resource), edge.as_ref().map(|_| None));
        self.recent.insert((resource, subject), edge);
        if self.recent.len() > most_recent() * MEANWHILE {
            self.tidy();
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
        self.push(level);
        true
    }

    /// Forgets a row of the maps, if nothing older is known of it: it is as the base says.
    pub(super) fn forget(&mut self, resource: Node, subject: Node) -> bool {
        let is_recent = self.recent.contains_key(&(resource, subject));
        if !is_recent || self.levels.iter().any(|level| level.get(&resource, &subject).is_some()) {
            return false;
        }
        self.recent.remove(&(resource, subject));
        self.recent_by_subject.remove(&(subject, resource));
        true
    }

    /// Makes a level of the rows in the maps.
    fn settle(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        self.recent_by_subject = Map::default();
        let rows: Vec<Written> = recent.iter().map(|(ends, edge)| Written { ends: *ends, edge: edge.clone() }).collect();
        if let Some(level) = Level::new(rows).filter(|level| level.len() > 0) {
            self.push(level);
        }
    }

    fn push(&mut self, level: Level) {
        self.in_levels += level.len();
        Arc::make_mut(&mut self.levels).push(Arc::new(level));
    }

    /// Makes a level of maps that are full, and one of levels of like size.
    pub(super) fn tidy(&mut self) {
        if self.recent.len() > most_recent() {
            self.settle();
        }
        while let [.., one, other] = self.levels.as_slice()
            && one.len() < other.len() * 2
            && one.len() + other.len() <= MOST_AT_ONCE
        {
            let merged = one.merged(other);
            self.in_levels -= one.len() + other.len();
            let levels = Arc::make_mut(&mut self.levels);
            levels.truncate(levels.len() - 2);
            self.push(merged);
        }
    }

    /// The changes between two rows, in order.
    pub(super) fn range(&self, direction: Direction, from: Bound<Ends>, to: Ends) -> Changes<'_> {
        let map = match direction {
            Direction::Subjects => &self.recent,
            Direction::Resources => &self.recent_by_subject,
        };
        let mut recent: Box<dyn Iterator<Item = _>> = Box::new(map.range((from, Bound::Included(to))));
        let (first, after) = match from {
            Bound::Unbounded => ((FIRST, FIRST), false),
            Bound::Included(ends) => (ends, false),
            Bound::Excluded(ends) => (ends, true),
        };
        let place = |level: &Arc<Level>| level.first_from(direction, &first, after);
        let levels = self.levels.iter().rev().map(|level| (&**level, place(level))).collect();
        let head = recent.next();
        let mut changes = Changes { direction, to, recent, head, levels, next: None };
        changes.advance();
        changes
    }
}

/// Changes in order: of each row the newest.
pub(super) struct Changes<'a> {
    direction: Direction,
    to: Ends,
    recent: Box<dyn Iterator<Item = (&'a Ends, &'a Option<Edge>)> + 'a>,
    /// The next of these.
    head: Option<(&'a Ends, &'a Option<Edge>)>,
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
        let mut next = self.head.map(|(ends, edge)| (*ends, edge));
        for (level, place) in &self.levels {
            if let Some(found) = level.at(self.direction, *place)
                && next.is_none_or(|(ends, _)| found.0 < ends)
            {
                next = Some(found);
            }
        }
        self.next = next.filter(|(ends, _)| *ends <= self.to);
        let Some((ends, _)) = self.next else { return };
        if self.head.is_some_and(|(head, _)| *head == ends) {
            self.head = self.recent.next();
        }
        for (level, place) in &mut self.levels {
            if level.at(self.direction, *place).is_some_and(|(found, _)| found == ends) {
                *place += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_write_a_row_leaves_the_levels_as_they_are() {
        let node = |number| Node { relation: Symbol::NONE, object_type: Symbol::NONE, id: Symbol::at(number).unwrap() };
        let mut overlay = Overlay::default();
        for number in 0..5_000 {
            overlay.set(node(number), node(number % 7), Some(None));
            overlay.tidy();
            let mut supposed = overlay.clone();
            supposed.set(node(10_000), node(0), Some(None));
            assert!(overlay.levels.len() < 20 && overlay.len() == number + 1);
            assert!(overlay.levels.iter().zip(supposed.levels.iter()).all(|(one, other)| Arc::ptr_eq(one, other)));
        }
    }
}
