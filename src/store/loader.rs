use super::base::{Builder, Direction};
use super::edge::{PLAIN, SharedEdges};
use super::kinds::{Key, Kinds, kind, with_kind};
use super::snapshot::Snapshot;
use super::{Dictionary, Edge};
use crate::model::Relationship;
use crate::text::sort_by;

/// Makes a base of many relationships at once: they are gathered, sorted and laid out, without a map in between.
#[derive(Debug)]
pub struct Loader {
    dictionary: Dictionary,
    kinds: Kinds,
    rows: Vec<(Key, Key)>,
    /// The edges of those that are not plain.
    edges: Vec<(Key, Key, Edge)>,
    shared: SharedEdges,
    expiring: usize,
}

impl Loader {
    /// Nothing yet, under the names of a dictionary.
    #[must_use]
    pub fn new(dictionary: Dictionary) -> Self {
        Self {
            dictionary,
            kinds: Kinds::default(),
            rows: Vec::new(),
            edges: Vec::new(),
            shared: SharedEdges::default(),
            expiring: 0,
        }
    }

    /// Makes room for so many more relationships.
    pub fn reserve(&mut self, rows: usize) {
        self.rows.reserve_exact(rows);
    }

    /// Adds one; nothing where there is no number left for its names.
    pub fn add(&mut self, relationship: &Relationship<'_>) -> Option<()> {
        let (resource, subject, edge) = self.dictionary.row(relationship)?;
        let (resource, subject) = (self.kinds.intern_key(&resource), self.kinds.intern_key(&subject));
        if let Some(traits) = &edge {
            self.expiring += usize::from(traits.expiration.is_some());
            self.edges.push((resource, subject, self.shared.shared(edge)));
        }
        self.rows.push((resource, subject));
        Some(())
    }

    /// How many were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of them, at that revision; nothing where one was added twice, or there are too many.
    #[must_use]
    pub fn finish(mut self, revision: u64) -> Option<Snapshot> {
        let (kinds, numbers) = self.kinds.sorted();
        let renumber = |key: Key| with_kind(key, numbers.get(kind(key) as usize).copied().unwrap_or_default());
        for (resource, subject) in &mut self.rows {
            (*resource, *subject) = (renumber(*resource), renumber(*subject));
        }
        self.rows.sort_unstable();
        for (resource, subject, _) in &mut self.edges {
            (*resource, *subject) = (renumber(*resource), renumber(*subject));
        }
        sort_by(&mut self.edges, |one, other| (one.0, one.1).cmp(&(other.0, other.1)));
        let resources = self.rows.chunk_by(|(one, _), (other, _)| one == other).count();
        let mut builder = Builder::new(kinds);
        builder.side(Direction::Subjects).reserve(resources, self.rows.len());
        let mut edges = self.edges.into_iter().peekable();
        let mut last = None;
        for row in &self.rows {
            if last.replace(*row) == Some(*row) {
                return None;
            }
            let edge =
                edges.next_if(|(resource, subject, _)| (*resource, *subject) == *row).map_or(PLAIN.clone(), |(.., edge)| edge);
            builder.push(Direction::Subjects, row.0, row.1, &edge)?;
        }
        drop(self.rows);
        Some(Snapshot::of_base(revision, self.dictionary, builder.finish()?, self.expiring))
    }
}
