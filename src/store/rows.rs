use std::ops::Bound;

use super::base::{Base, Direction};
use super::edge::{Edge, PLAIN};
use super::kinds::{Key, kind};
use super::overlay::{Changes, Ends, Overlay};
use crate::model::Node;

/// A row of a base, by the places of its node and of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) node: usize,
    pub(super) row: usize,
}

/// Walks rows in the order of their nodes: those of a base and what was written since, put together.
pub struct Rows<'a> {
    base: &'a Base,
    direction: Direction,
    place: Place,
    /// The row after the last.
    end: usize,
    changes: Option<Changes<'a>>,
    /// The last row met, there or removed.
    last: Option<Ends>,
}

impl<'a> Rows<'a> {
    /// The rows from a place of the base and after `from` in the overlay, up to a node.
    pub(super) fn new(
        base: &'a Base,
        overlay: &'a Overlay,
        direction: Direction,
        (place, end): (Place, usize),
        (from, to): (Bound<Ends>, Ends),
    ) -> Self {
        let changes = (!overlay.is_empty()).then(|| overlay.range(direction, from, to));
        Self { base, direction, place, end, changes, last: None }
    }

    /// Where the walk has come to: in the base, and the last row met.
    pub(super) fn position(&self) -> (Place, Option<Ends>) {
        (self.place, self.last)
    }

    /// The next rows of a node of the base, at most so many, where nothing of that node was written since: the keys of node and
    /// neighbours, and the place of the first. They are passed.
    pub(super) fn untouched(&mut self, most: usize) -> Option<(Key, &'a [Key], usize)> {
        if self.place.row >= self.end {
            return None;
        }
        let side = self.base.side(self.direction);
        let (node, _) = side.row(&mut self.place)?;
        if let Some((ends, _)) = self.changes.as_mut().and_then(|changes| changes.peek())
            && ends.0 <= self.base.kinds.node(node)
        {
            return None;
        }
        let (neighbours, first) = side.run(self.place.node);
        let neighbours = neighbours.get(self.place.row - first..).unwrap_or_default();
        let neighbours = neighbours.get(..most).unwrap_or(neighbours);
        let row = self.place.row;
        self.place.row += neighbours.len();
        self.last = Some((self.base.kinds.node(node), self.base.kinds.node(*neighbours.last()?)));
        Some((node, neighbours, row))
    }

    /// The row of the base that comes next.
    fn base_row(&mut self) -> Option<Ends> {
        if self.place.row >= self.end {
            return None;
        }
        let (node, neighbour) = self.base.side(self.direction).row(&mut self.place)?;
        Some((self.base.kinds.node(node), self.base.kinds.node(neighbour)))
    }

    /// Goes past the row of the base that comes next, and gives its edge.
    fn pass(&mut self, (resource, _): &Ends) -> &'a Edge {
        let row = self.place.row;
        self.place.row += 1;
        if self.direction == Direction::Resources {
            return &PLAIN;
        }
        let edges = self.base.kinds.key(resource).and_then(|key| self.base.edges.of(kind(key)));
        self.base.edges.at(edges, row)
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = (Node, Node, &'a Edge);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let held = self.base_row();
            let changed = self.changes.as_mut().and_then(|changes| changes.peek()).map(|(ends, _)| **ends);
            let next = match (held, changed) {
                (None, None) => return None,
                (Some(held), None) => held,
                (None, Some(changed)) => changed,
                (Some(held), Some(changed)) => held.min(changed),
            };
            self.last = Some(next);
            let mut edge = None;
            if held == Some(next) {
                edge = Some(self.pass(&next));
            }
            if changed == Some(next) {
                edge = self.changes.as_mut().and_then(Iterator::next).and_then(|(_, edge)| edge.as_ref());
            }
            if let Some(edge) = edge {
                return Some((next.0, next.1, edge));
            }
        }
    }
}
