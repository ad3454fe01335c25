use std::sync::Arc;

use foldhash::fast::FixedState;
use thiserror::Error;

use super::{Dictionary, Edge, Row, Run, Traits};
use crate::model::{Caveat, Node, Object, Relationship, Subject, Symbol};

/// What is done with a relationship. Source of semantics: SpiceDB's `RelationshipUpdate.Operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Add it; refused where it is there already, whatever its caveat and expiration.
    Create,
    /// Add it, or replace the caveat and expiration of the one that is there.
    Touch,
    /// Remove it, whatever its caveat and expiration; nothing where it is not there.
    Delete,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Update<'a> {
    /// What is done.
    pub operation: Operation,
    /// With which relationship.
    pub relationship: Relationship<'a>,
}

/// Why a batch was not committed. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommitError {
    /// The relationship to create, by its place in the batch, is there already.
    #[error("relationship {0} of the batch exists already")]
    AlreadyExists(usize),
    /// There is no number left for another name or id.
    #[error("the store holds as many names and ids as it can")]
    Full,
}

/// A relationship that was written or removed by a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The resource and relation.
    pub resource: Node,
    /// The subject.
    pub subject: Node,
    /// What the relationship has, or had before it was removed.
    pub edge: Edge,
    /// Whether it was removed.
    pub removes: bool,
}

/// Both directions are of one type: the edge is always empty in the second, which costs less than a second map's code.
type Index = im::GenericHashMap<Node, Run, FixedState, im::shared_ptr::DefaultSharedPtr>;

/// The relationships at one revision. Cloning is O(1) and copies no data.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) revision: u64,
    dictionary: Dictionary,
    /// From a resource and relation to its subjects.
    pub(super) subjects: Index,
    /// From a subject to the resources and relations it is in.
    resources: Index,
    len: usize,
    /// How many of them expire: where none does, nobody need ask for the time.
    expiring: usize,
}

impl Snapshot {
    /// No relationships, at revision 0. The dictionary may hold the names of a schema already.
    #[must_use]
    pub fn new(dictionary: Dictionary) -> Self {
        let (subjects, resources) = (Index::with_hasher(FixedState::default()), Index::with_hasher(FixedState::default()));
        Self { revision: 0, dictionary, subjects, resources, len: 0, expiring: 0 }
    }

    /// The next revision, after all of the updates, in order. O(log n) an update; this snapshot stays as it is.
    ///
    /// # Errors
    /// Where one of them cannot be done.
    pub fn commit(&self, updates: &[Update<'_>]) -> Result<(Self, Vec<Change>), CommitError> {
        let mut changes = Vec::with_capacity(updates.len());
        let mut next = self.clone();
        next.apply(updates, &mut |change| changes.push(change))?;
        next.revision += 1;
        Ok((next, changes))
    }

    /// As [`Self::commit`], for the relationships an engine begins with, of which nobody asks what changed.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn load(&self, updates: &[Update<'_>]) -> Result<Self, CommitError> {
        let mut next = self.clone();
        next.apply(updates, &mut |_| {})?;
        next.revision += 1;
        Ok(next)
    }

    /// The next revision, after changes that are known to be possible: those of a filter, or of a log.
    #[must_use]
    pub fn replay(&self, changes: &[Change]) -> Self {
        let mut next = self.clone();
        for change in changes {
            if change.removes {
                next.remove(change.resource, change.subject);
            } else {
                next.insert(change.resource, change.subject, change.edge.clone());
            }
        }
        next.revision += 1;
        next
    }

    /// The same relationships but for some, under the names of another schema as well, as the next revision.
    #[must_use]
    pub fn with_dictionary(&self, dictionary: Dictionary, removed: &[Row]) -> Self {
        let mut next = Self { dictionary, revision: self.revision + 1, ..self.clone() };
        for row in removed {
            next.remove(row.resource, row.subject);
        }
        next
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
    pub fn subjects(&self, resource: &Node) -> Option<&Run> {
        self.subjects.get(resource)
    }

    /// The resources and relations that a subject is in directly, sorted; one hash probe.
    #[must_use]
    pub fn resources(&self, subject: &Node) -> Option<&Run> {
        self.resources.get(subject)
    }

    /// All relationships, in no order.
    pub fn unordered(&self) -> impl Iterator<Item = Relationship<'_>> {
        self.rows().map(|(resource, subject, edge)| self.relationship(resource, subject, edge))
    }

    /// The nodes and edges of all relationships, in no order.
    pub fn rows(&self) -> impl Iterator<Item = (&Node, &Node, &Edge)> {
        self.subjects.iter().flat_map(|(resource, run)| run.iter().map(move |(subject, edge)| (resource, subject, edge)))
    }

    /// The relationship of these two nodes in words.
    #[must_use]
    pub fn relationship<'a>(&'a self, resource: &Node, subject: &Node, edge: &Edge) -> Relationship<'a> {
        let text = |symbol| self.dictionary.text(symbol);
        let object = |node: &Node| Object::of_parts(text(node.object_type), text(node.id));
        let relation = (subject.relation != Symbol::NONE).then(|| text(subject.relation));
        let caveat = edge.as_ref().and_then(|traits| traits.caveat.as_ref());
        let caveat = caveat.map(|(name, context)| Caveat::of_parts(text(*name), context.clone()));
        let expiration = edge.as_ref().and_then(|traits| traits.expiration);
        Relationship::of_parts(
            object(resource),
            text(resource.relation),
            Subject::of_parts(object(subject), relation),
            caveat,
            expiration,
        )
    }

    pub(super) fn insert(&mut self, resource: Node, subject: Node, edge: Edge) {
        let expires = |edge: &Edge| usize::from(edge.as_ref().is_some_and(|traits| traits.expiration.is_some()));
        self.expiring += expires(&edge);
        match self.subjects.entry(resource).or_default().insert(subject, edge) {
            Some(old) => self.expiring -= expires(&old),
            None => {
                self.len += 1;
                self.resources.entry(subject).or_default().insert(resource, None);
            }
        }
    }

    pub(super) fn remove(&mut self, resource: Node, subject: Node) -> Option<Edge> {
        let run = self.subjects.get_mut(&resource)?;
        let edge = run.remove(&subject)?;
        self.len -= 1;
        self.expiring -= usize::from(edge.as_ref().is_some_and(|traits| traits.expiration.is_some()));
        if run.is_empty() {
            self.subjects.remove(&resource);
        }
        if let Some(run) = self.resources.get_mut(&subject) {
            run.remove(&resource);
            if run.is_empty() {
                self.resources.remove(&subject);
            }
        }
        Some(edge)
    }

    /// # Errors
    /// As [`Self::commit`]; the snapshot is then partly changed and must be dropped.
    fn apply(&mut self, updates: &[Update<'_>], changed: &mut dyn FnMut(Change)) -> Result<(), CommitError> {
        for (place, update) in updates.iter().enumerate() {
            let relationship = &update.relationship;
            let relation = relationship.subject.relation;
            if update.operation == Operation::Delete {
                let found = self
                    .find(&relationship.resource, Some(relationship.relation))
                    .zip(self.find(&relationship.subject.object, relation));
                if let Some((resource, subject)) = found
                    && let Some(edge) = self.remove(resource, subject)
                {
                    changed(Change { resource, subject, edge, removes: true });
                }
                continue;
            }
            let resource = self.intern(&relationship.resource, Some(relationship.relation)).ok_or(CommitError::Full)?;
            let subject = self.intern(&relationship.subject.object, relation).ok_or(CommitError::Full)?;
            if update.operation == Operation::Create && self.subjects(&resource).is_some_and(|run| run.get(&subject).is_some()) {
                return Err(CommitError::AlreadyExists(place));
            }
            let caveat = match &relationship.caveat {
                Some(caveat) => Some((self.dictionary.intern(caveat.name).ok_or(CommitError::Full)?, caveat.context.clone())),
                None => None,
            };
            let plain = caveat.is_none() && relationship.expiration.is_none();
            let edge = (!plain).then(|| Arc::new(Traits { caveat, expiration: relationship.expiration }));
            if self.subjects(&resource).and_then(|run| run.get(&subject)) == Some(&edge) {
                continue;
            }
            self.insert(resource, subject, edge.clone());
            changed(Change { resource, subject, edge, removes: false });
        }
        Ok(())
    }

    fn intern(&mut self, object: &Object<'_>, relation: Option<&str>) -> Option<Node> {
        let relation = relation.map_or(Some(Symbol::NONE), |relation| self.dictionary.intern(relation))?;
        Some(Node { relation, object_type: self.dictionary.intern(object.object_type)?, id: self.dictionary.intern(object.id)? })
    }

    pub(super) fn find(&self, object: &Object<'_>, relation: Option<&str>) -> Option<Node> {
        let relation = relation.map_or(Some(Symbol::NONE), |relation| self.dictionary.symbol(relation))?;
        Some(Node { relation, object_type: self.dictionary.symbol(object.object_type)?, id: self.dictionary.symbol(object.id)? })
    }
}
