use super::adjacency::Adjacency;
use super::edge::{Edge, Edges};
use super::kinds::{Key, Kinds, kind, with_kind};
use crate::model::{Node, Symbol};

/// Which way rows are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From a resource and relation to its subjects.
    Subjects,
    /// From a subject to the resources and relations it is in.
    Resources,
}

/// Rows that never change, in flat arrays.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) kinds: Kinds,
    pub(super) subjects: Adjacency,
    pub(super) resources: Adjacency,
    /// Of the rows in the direction of subjects.
    pub(super) edges: Edges,
    /// The first key that a set of subjects can have.
    pub(super) first_set: Key,
}

/// The first place in a run where sets of subjects can stand.
pub(super) const FIRST_SET: Node = Node { relation: Symbol::WILDCARD, object_type: Symbol::NONE, id: Symbol::NONE };

impl Base {
    /// The rows of one direction.
    #[inline(always)]
    pub(super) fn side(&self, direction: Direction) -> &Adjacency {
        match direction {
            Direction::Subjects => &self.subjects,
            Direction::Resources => &self.resources,
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.subjects.neighbours().len()
    }

    /// The edge between two nodes.
    pub(super) fn edge(&self, resource: &Node, subject: &Node) -> Option<&Edge> {
        let (resource, subject) = (self.kinds.key(resource)?, self.kinds.key(subject)?);
        let (subjects, first) = self.subjects.run(self.subjects.find(resource)?);
        let place = subjects.binary_search(&subject).ok()?;
        Some(self.edges.at(self.edges.of(kind(resource)), first + place))
    }
}

/// Makes a base of rows that come in the order of their nodes.
#[derive(Debug, Default)]
pub(super) struct Builder {
    base: Base,
}

impl Builder {
    /// With these kinds, the numbers of which may be in any order.
    pub(super) fn new(kinds: Kinds) -> Self {
        Self { base: Base { kinds, ..Base::default() } }
    }

    /// The kinds, which may be added to.
    pub(super) fn kinds(&mut self) -> &mut Kinds {
        &mut self.base.kinds
    }

    /// The rows of one direction.
    pub(super) fn side(&mut self, direction: Direction) -> &mut Adjacency {
        match direction {
            Direction::Subjects => &mut self.base.subjects,
            Direction::Resources => &mut self.base.resources,
        }
    }

    /// Adds a row, with its edge where the direction is that of subjects; nothing where there is no number left for it.
    pub(super) fn push(&mut self, direction: Direction, node: Key, neighbour: Key, edge: &Edge) -> Option<()> {
        if direction == Direction::Subjects {
            self.base.edges.push(kind(node), self.base.len(), edge)?;
        }
        self.side(direction).push(node, neighbour)
    }

    /// Tells of rows from that place on, which were added in the direction of subjects by themselves, that they are plain.
    pub(super) fn pass(&mut self, kind: u32, first: usize, rows: usize) -> Option<()> {
        self.base.edges.pass(kind, first, rows)
    }

    /// Adds rows of one node in an old base, the first of which has that place there. Keys keep their order, and get new numbers.
    pub(super) fn copy(
        &mut self,
        direction: Direction,
        old: &Base,
        (node, neighbours, first): (Key, &[Key], usize),
        numbers: &[u32],
    ) -> Option<()> {
        let renumber = |key: Key| with_kind(key, numbers.get(kind(key) as usize).copied().unwrap_or_default());
        if let (Direction::Subjects, Some(edges)) = (direction, old.edges.of(kind(node))) {
            for (row, neighbour) in (first..).zip(neighbours) {
                self.push(direction, renumber(node), renumber(*neighbour), old.edges.at(Some(edges), row))?;
            }
            return Some(());
        }
        if direction == Direction::Subjects {
            self.base.edges.pass(kind(renumber(node)), self.base.len(), neighbours.len())?;
        }
        self.side(direction).extend(renumber(node), neighbours.iter().map(|key| renumber(*key)))
    }

    /// The base of rows that were added in the direction of subjects, in the order of their nodes.
    pub(super) fn finish(self) -> Option<Base> {
        let Self { mut base } = self;
        let (kinds, numbers) = base.kinds.sorted();
        base.subjects.finish(&numbers);
        base.edges.renumber(&numbers);
        base.kinds = kinds;
        base.resources = base.subjects.reversed()?;
        Some(Self { base }.finished())
    }

    /// The base of rows that were added in both directions, of sorted kinds.
    pub(super) fn finished(self) -> Base {
        let Self { mut base } = self;
        base.first_set = base.kinds.first_from(&FIRST_SET);
        base
    }
}
