use std::ops::Bound;
use std::sync::Arc;

use super::base::{Base, Direction};
use super::overlay::{FIRST, LAST, Overlay};
use super::rows::{Place, Rows};
use super::run::{Run, Target};
use super::touched::Touched;
use super::{Dictionary, Edge};
use crate::model::{Node, Relationship};

/// The relationships at one revision. Cloning is O(1) and copies no data.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) revision: u64,
    pub(super) dictionary: Dictionary,
    pub(super) base: Arc<Base>,
    pub(super) overlay: Overlay,
    /// Nothing where the overlay has to be asked always.
    pub(super) touched: Option<Arc<Touched>>,
    pub(super) len: usize,
    /// How many of them expire: where none does, nobody need ask for the time.
    pub(super) expiring: usize,
}

impl Snapshot {
    /// No relationships, at revision 0. The dictionary may hold the names of a schema already.
    #[must_use]
    pub fn new(dictionary: Dictionary) -> Self {
        Self::of_base(0, dictionary, Base::default(), 0)
    }

    /// The rows of a base.
    pub(super) fn of_base(revision: u64, dictionary: Dictionary, base: Base, expiring: usize) -> Self {
        let (len, base) = (base.len(), Arc::new(base));
        let loaded = Self { revision, dictionary, base, overlay: Overlay::default(), touched: None, len, expiring };
        #[cfg(feature = "store-layouts")]
        let loaded = super::layout::laid_out(loaded);
        loaded
    }

    /// The number of commits up to this one.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many relationships there are, expired ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether any relationship has an expiration.
    #[must_use]
    pub fn has_expirations(&self) -> bool {
        self.expiring > 0
    }

    /// The names and ids of the relationships.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The subjects of a resource and relation, sorted; one hash probe.
    #[must_use]
    pub fn subjects(&self, resource: &Node) -> Option<Run<'_>> {
        self.run(Direction::Subjects, resource)
    }

    /// The resources and relations that a subject is in directly, sorted; one hash probe. Their edges are not known here.
    #[must_use]
    pub fn resources(&self, subject: &Node) -> Option<Run<'_>> {
        self.run(Direction::Resources, subject)
    }

    fn run(&self, direction: Direction, node: &Node) -> Option<Run<'_>> {
        let overlay = if self.overlay.is_empty() { None } else { self.changes_of(direction, node) };
        Run::of(&self.base, overlay, direction, node)
    }

    /// The overlay, where it may have something of a node.
    fn changes_of(&self, direction: Direction, node: &Node) -> Option<&Overlay> {
        Some(&self.overlay).filter(|_| self.touched.as_ref().is_none_or(|touched| touched.may_have(direction, node)))
    }

    /// Whether nothing of a node was written since the base.
    pub(super) fn is_untouched(&self, direction: Direction, node: &Node) -> bool {
        self.overlay.is_empty() || self.changes_of(direction, node).is_none()
    }

    /// A subject to be looked for in many runs.
    #[must_use]
    pub fn target(&self, subject: Node) -> Target<'_> {
        Target::new(&self.base, subject)
    }

    /// The edge between a resource and relation and a subject.
    #[must_use]
    pub fn edge(&self, resource: &Node, subject: &Node) -> Option<&Edge> {
        match self.changes_of(Direction::Subjects, resource).and_then(|overlay| overlay.get(resource, subject)) {
            Some(changed) => changed.as_ref(),
            None => self.base.edge(resource, subject),
        }
    }

    /// All relationships, in the order of their nodes.
    pub fn relationships(&self) -> impl Iterator<Item = Relationship<'_>> {
        self.rows().map(|(resource, subject, edge)| self.relationship(&resource, &subject, edge))
    }

    /// The nodes and edges of all relationships, in order.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        self.rows_between(Direction::Subjects, &FIRST, LAST)
    }

    /// The rows of the nodes between two, in order.
    pub(super) fn rows_between(&self, direction: Direction, from: &Node, to: Node) -> Rows<'_> {
        let side = self.base.side(direction);
        let place = side.first_from(self.base.kinds.first_from(from));
        let end = if to == LAST { self.base.len() } else { side.first_from(self.base.kinds.first_from(&to)).row };
        let bounds = (Bound::Included((*from, FIRST)), (to, FIRST));
        Rows::new(&self.base, &self.overlay, direction, (place, end), bounds)
    }

    /// The rows after a walk's position.
    pub(super) fn rows_after(&self, direction: Direction, place: Place, last: Option<(Node, Node)>) -> Rows<'_> {
        let bounds = (last.map_or(Bound::Unbounded, Bound::Excluded), (LAST, LAST));
        Rows::new(&self.base, &self.overlay, direction, (place, self.base.len()), bounds)
    }

    /// The relationship of these two nodes in words.
    #[must_use]
    pub fn relationship<'a>(&'a self, resource: &Node, subject: &Node, edge: &Edge) -> Relationship<'a> {
        self.dictionary.relationship(resource, subject, edge)
    }
}
