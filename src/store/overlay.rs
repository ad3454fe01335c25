use std::iter::Peekable;
use std::ops::Bound;

use super::base::Direction;
use super::edge::Edge;
use crate::model::{Node, Symbol};

/// What was written since the base: rows that are there, with their edges, and rows that are there no more. Cloning is O(1).
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    subjects: Map,
    /// The same with the ends exchanged. Edges are kept in the other alone.
    resources: Map,
}

/// A row, from the one end and from the other.
pub(super) type Ends = (Node, Node);

type Map = im::OrdMap<Ends, Option<Edge>>;

/// Changes in order.
pub(super) type Changes<'a> = Peekable<Box<dyn Iterator<Item = (&'a Ends, &'a Option<Edge>)> + 'a>>;

/// The first of all nodes.
pub(super) const FIRST: Node = Node { relation: Symbol::NONE, object_type: Symbol::NONE, id: Symbol::NONE };

/// The last of all nodes.
pub(super) const LAST: Node = Node { relation: Symbol::GHOST, object_type: Symbol::GHOST, id: Symbol::GHOST };

impl Overlay {
    pub(super) fn len(&self) -> usize {
        self.subjects.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// What is known of a row: nothing, that it was removed, or its edge.
    pub(super) fn get(&self, resource: &Node, subject: &Node) -> Option<&Option<Edge>> {
        self.subjects.get(&(*resource, *subject))
    }

    pub(super) fn set(&mut self, resource: Node, subject: Node, edge: Option<Edge>) {
        self.resources.insert((subject, resource), edge.as_ref().map(|_| None));
        self.subjects.insert((resource, subject), edge);
    }

    /// Forgets a row: it is as the base says.
    pub(super) fn forget(&mut self, resource: Node, subject: Node) {
        self.subjects.remove(&(resource, subject));
        self.resources.remove(&(subject, resource));
    }

    /// The changes between two rows.
    pub(super) fn range(&self, direction: Direction, from: Bound<Ends>, to: Ends) -> Changes<'_> {
        let map = match direction {
            Direction::Subjects => &self.subjects,
            Direction::Resources => &self.resources,
        };
        let changes: Box<dyn Iterator<Item = _>> = Box::new(map.range((from, Bound::Included(to))));
        changes.peekable()
    }
}
