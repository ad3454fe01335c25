use std::cell::Cell;
use std::ops::Bound;

use super::base::{Base, Direction, FIRST_SET};
use super::edge::{Edge, KindEdges, PLAIN};
use super::kinds::{Key, kind};
use super::overlay::{FIRST, LAST, Overlay};
use super::rows::{Place, Rows};
use crate::model::Node;

/// The neighbours of a node, sorted, each with what is known of the edge to it.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    base: &'a Base,
    /// What was written since, where something of this node may have been.
    overlay: Option<&'a Overlay>,
    direction: Direction,
    node: Node,
    key: Key,
    place: usize,
    neighbours: &'a [Key],
    /// The place of the first neighbour among all.
    first: usize,
    /// Nothing where all are plain.
    edges: Option<&'a KindEdges>,
}

/// A subject that is looked for in one run after another.
#[derive(Debug)]
pub struct Target<'a> {
    base: &'a Base,
    node: Node,
    key: Option<Key>,
    /// What it is in, once somebody asks: most subjects are looked for in short runs only.
    resources: Cell<Option<&'a [Key]>>,
}

/// Shorter runs are searched from one end to the other.
const SHORT: usize = 8;

impl<'a> Run<'a> {
    /// The neighbours of a node; nothing where it has none.
    #[inline(always)]
    pub(super) fn of(base: &'a Base, overlay: Option<&'a Overlay>, direction: Direction, node: &Node) -> Option<Self> {
        let side = base.side(direction);
        let key = base.kinds.key(node);
        let place = match key {
            Some(key) => side.find(key),
            None => None,
        };
        let (Some(key), Some(place)) = (key, place) else {
            overlay?;
            let run = Self { base, overlay, direction, node: *node, key: 0, place: 0, neighbours: &[], first: 0, edges: None };
            return if run.is_empty() { None } else { Some(run) };
        };
        let (neighbours, first) = side.run(place);
        let edges = match direction {
            Direction::Subjects => base.edges.of(kind(key)),
            Direction::Resources => None,
        };
        Some(Self { base, overlay, direction, node: *node, key, place, neighbours, first, edges })
    }

    /// The edge to that neighbour.
    #[must_use]
    pub fn get(&self, node: &Node) -> Option<&'a Edge> {
        if let Some(changed) = self.changed(node) {
            return changed.as_ref();
        }
        if self.neighbours.is_empty() {
            return None;
        }
        self.neighbour(self.base.kinds.key(node)?)
    }

    /// The edge to a subject that is looked for often: from whichever side has less to look through.
    #[must_use]
    #[inline(always)]
    pub fn find(&self, target: &Target<'a>) -> Option<&'a Edge> {
        if let Some(changed) = self.changed(&target.node) {
            return changed.as_ref();
        }
        let key = target.key?;
        if self.neighbours.len() > SHORT && self.edges.is_none() {
            let resources = target.resources();
            if resources.len() < self.neighbours.len() {
                return if place(resources, self.key).is_some() { Some(&PLAIN) } else { None };
            }
        }
        self.neighbour(key)
    }

    #[inline(always)]
    fn neighbour(&self, key: Key) -> Option<&'a Edge> {
        let place = place(self.neighbours, key)?;
        Some(match self.edges {
            None => &PLAIN,
            Some(_) => self.base.edges.at(self.edges, self.first + place),
        })
    }

    #[inline(always)]
    fn changed(&self, node: &Node) -> Option<&'a Option<Edge>> {
        match (self.overlay, self.direction) {
            (None, _) => None,
            (Some(overlay), Direction::Subjects) => overlay.get(&self.node, node),
            (Some(overlay), Direction::Resources) => overlay.get(node, &self.node),
        }
    }

    /// How many neighbours there are. O(n) where some were written since the base.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.overlay.is_none() { self.neighbours.len() } else { self.iter().count() }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// All neighbours, in order.
    #[must_use]
    pub fn iter(&self) -> RunIter<'a> {
        self.iter_at(0, FIRST)
    }

    /// The neighbours not before `from`, in order.
    #[must_use]
    pub fn iter_from(&self, from: &Node) -> RunIter<'a> {
        self.iter_at(first_from(self.neighbours, self.base.kinds.first_from(from)), *from)
    }

    /// The neighbours that are sets of subjects, in order; nothing where it is plain that there are none.
    #[must_use]
    #[inline(always)]
    pub fn sets(&self) -> Option<RunIter<'a>> {
        let first_set = self.base.first_set;
        // Most runs have none at all, or nothing else.
        let skipped = match self.neighbours {
            [.., last] if *last < first_set => self.neighbours.len(),
            [first, ..] if *first >= first_set => 0,
            [..] => first_from(self.neighbours, first_set),
        };
        if skipped == self.neighbours.len() && self.overlay.is_none() { None } else { Some(self.iter_at(skipped, FIRST_SET)) }
    }

    #[inline(always)]
    fn iter_at(&self, skipped: usize, from: Node) -> RunIter<'a> {
        let Some(overlay) = self.overlay else {
            let rest = self.neighbours.get(skipped..).unwrap_or_default();
            return RunIter::Plain(Plain { base: self.base, edges: self.edges, row: self.first + skipped, rest: rest.iter() });
        };
        let place = Place { node: self.place, row: self.first + skipped };
        let end = self.first + self.neighbours.len();
        let bounds = (Bound::Included((self.node, from)), (self.node, LAST));
        RunIter::Changed(Box::new(Rows::new(self.base, overlay, self.direction, (place, end), bounds)))
    }
}

impl<'a> Target<'a> {
    #[inline(always)]
    pub(super) fn new(base: &'a Base, node: Node) -> Self {
        Self { base, node, key: base.kinds.key(&node), resources: Cell::new(None) }
    }

    fn resources(&self) -> &'a [Key] {
        if let Some(known) = self.resources.get() {
            return known;
        }
        let place = self.key.and_then(|key| self.base.resources.find(key));
        let resources = place.map(|place| self.base.resources.run(place).0).unwrap_or_default();
        self.resources.set(Some(resources));
        resources
    }
}

/// The place of the first key that is not before this one. Not `partition_point`, which calls for each that it looks at.
pub(super) fn first_from(sorted: &[Key], key: Key) -> usize {
    let (mut first, mut end) = (0, sorted.len());
    while first < end {
        let half = first.midpoint(end);
        if sorted.get(half).is_some_and(|found| *found < key) {
            first = half + 1;
        } else {
            end = half;
        }
    }
    first
}

/// Where a key stands.
#[inline(always)]
pub(super) fn place(sorted: &[Key], key: Key) -> Option<usize> {
    let mut first = 0;
    let mut len = sorted.len();
    while len > SHORT {
        let half = len / 2;
        if sorted.get(first + half).is_some_and(|found| *found <= key) {
            first += half;
        }
        len -= half;
    }
    #[expect(clippy::manual_find, reason = "it is called for each relation that is looked at, and `find` is a call of its own")]
    for place in first..first + len {
        if sorted.get(place) == Some(&key) {
            return Some(place);
        }
    }
    None
}

/// Walks the neighbours of a node in order.
pub enum RunIter<'a> {
    /// Those of the base.
    Plain(Plain<'a>),
    /// Those of the base and what was written since.
    Changed(Box<Rows<'a>>),
}

/// Walks the neighbours of a node in a base.
pub struct Plain<'a> {
    base: &'a Base,
    edges: Option<&'a KindEdges>,
    /// The place of the next among all.
    row: usize,
    rest: std::slice::Iter<'a, Key>,
}

impl<'a> RunIter<'a> {
    /// The neighbour that is left, where it is plain that there is one alone, and the edge to it too.
    #[must_use]
    pub fn only(&self) -> Option<Node> {
        match self {
            Self::Plain(Plain { base, edges: None, rest, .. }) if let [only] = rest.as_slice() => Some(base.kinds.node(*only)),
            Self::Plain(_) | Self::Changed(_) => None,
        }
    }

    /// As [`Iterator::next`], without a call.
    #[inline(always)]
    pub fn step(&mut self) -> Option<(Node, &'a Edge)> {
        match self {
            Self::Plain(Plain { base, edges, row, rest }) => {
                let key = rest.next()?;
                let edge = if edges.is_none() { &PLAIN } else { base.edges.at(*edges, *row) };
                *row += 1;
                Some((base.kinds.node(*key), edge))
            }
            Self::Changed(rows) => rows.next().map(|(_, node, edge)| (node, edge)),
        }
    }
}

impl<'a> Iterator for RunIter<'a> {
    type Item = (Node, &'a Edge);

    fn next(&mut self) -> Option<Self::Item> {
        self.step()
    }
}
