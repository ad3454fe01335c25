use std::sync::Arc;

use thiserror::Error;

use super::base::Direction;
use super::level::Written;
use super::overlay::most_recent;
use super::snapshot::Snapshot;
use super::{Dictionary, Edge, Loader, Row, Traits};
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

/// Puts a row in or takes it away, and gives the edge that it had.
type Put<'a> = dyn FnMut(&mut Snapshot, Node, Node, Option<Edge>) -> Option<Edge> + 'a;

impl Change {
    /// What the row has after it.
    pub(super) fn after(&self) -> Option<Edge> {
        (!self.removes).then(|| self.edge.clone())
    }
}

impl Snapshot {
    /// The next revision, after all of the updates, in order. O(log n) an update; this snapshot stays as it is.
    ///
    /// # Errors
    /// Where one of them cannot be done.
    pub fn commit(&self, updates: &[Update<'_>]) -> Result<(Self, Vec<Change>), CommitError> {
        let mut next = self.clone();
        next.revision += 1;
        if updates.len() >= most_recent() {
            let mut rows = Vec::with_capacity(updates.len());
            let changes = next.apply(updates, &mut |next, resource, subject, edge| {
                let before = next.count(&resource, &subject, &edge);
                next.touch(&resource, &subject);
                rows.push(Written { ends: (resource, subject), edge });
                before
            })?;
            if next.overlay.set_all(rows) {
                return Ok((next, changes));
            }
            // One row more than once: they have to be done one after the other.
            next = Self { revision: next.revision, ..self.clone() };
        }
        let changes = next.apply(updates, &mut Self::set)?;
        Ok((next, changes))
    }

    /// As [`Self::commit`], for the relationships an engine begins with, of which nobody asks what changed.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn load(&self, updates: &[Update<'_>]) -> Result<Self, CommitError> {
        let mut loader = Loader::new(self.dictionary.clone());
        for update in updates {
            loader.add(&update.relationship).ok_or(CommitError::Full)?;
        }
        match loader.finish(self.revision + 1) {
            Some(loaded) if self.is_empty() && updates.iter().all(|update| update.operation == Operation::Touch) => Ok(loaded),
            Some(_) | None => self.commit(updates).map(|(next, _)| next),
        }
    }

    /// The next revision, after changes that are known to be possible: those of a filter, or of a log.
    #[must_use]
    pub fn replay(&self, changes: &[Change]) -> Self {
        let mut next = self.clone();
        for change in changes {
            next.set(change.resource, change.subject, change.after());
        }
        next.revision += 1;
        next
    }

    /// The same relationships but for some, under the names of another schema as well, as the next revision.
    #[must_use]
    pub fn with_dictionary(&self, dictionary: Dictionary, removed: &[Row]) -> Self {
        let mut next = Self { dictionary, revision: self.revision + 1, ..self.clone() };
        next.dictionary.tidy();
        for row in removed {
            next.set(row.resource, row.subject, None);
        }
        next
    }

    /// The same relationships for another line of writes, which tells this one nothing of what it touches.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { touched: None, ..self.clone() }
    }

    /// Puts a row in, with an edge, or takes it away; gives back the edge that it had.
    pub(super) fn set(&mut self, resource: Node, subject: Node, edge: Option<Edge>) -> Option<Edge> {
        let before = self.count(&resource, &subject, &edge);
        if before != edge {
            let is_plain = edge.is_none() && self.base.edge(&resource, &subject).is_none();
            if !(is_plain && self.overlay.forget(resource, subject)) {
                self.touch(&resource, &subject);
                self.overlay.set(resource, subject, edge);
            }
        }
        before
    }

    /// Counts a row as put in or taken away; gives the edge that it has before.
    fn count(&mut self, resource: &Node, subject: &Node, edge: &Option<Edge>) -> Option<Edge> {
        let before = self.edge(resource, subject).cloned();
        let expires = |edge: &Option<Edge>| {
            usize::from(edge.as_ref().and_then(Option::as_ref).is_some_and(|traits| traits.expiration.is_some()))
        };
        self.expiring = self.expiring + expires(edge) - expires(&before);
        self.len = self.len + usize::from(edge.is_some()) - usize::from(before.is_some());
        before
    }

    /// Notes that something is written above these nodes.
    fn touch(&self, resource: &Node, subject: &Node) {
        if let Some(touched) = &self.touched {
            touched.add(Direction::Subjects, resource);
            touched.add(Direction::Resources, subject);
        }
    }

    /// Does the updates, each row by `put`.
    ///
    /// # Errors
    /// As [`Self::commit`]; the snapshot is then partly changed and must be dropped.
    fn apply(&mut self, updates: &[Update<'_>], put: &mut Put<'_>) -> Result<Vec<Change>, CommitError> {
        let mut changes = Vec::with_capacity(updates.len());
        for (place, update) in updates.iter().enumerate() {
            let relationship = &update.relationship;
            let relation = relationship.subject.relation;
            if update.operation == Operation::Delete {
                let found = self
                    .find(&relationship.resource, Some(relationship.relation))
                    .zip(self.find(&relationship.subject.object, relation));
                if let Some((resource, subject)) = found
                    && let Some(edge) = put(self, resource, subject, None)
                {
                    changes.push(Change { resource, subject, edge, removes: true });
                }
                continue;
            }
            let (resource, subject, edge) = self.dictionary.row(relationship).ok_or(CommitError::Full)?;
            let before = put(self, resource, subject, Some(edge.clone()));
            if update.operation == Operation::Create && before.is_some() {
                return Err(CommitError::AlreadyExists(place));
            }
            if before.as_ref() != Some(&edge) {
                changes.push(Change { resource, subject, edge, removes: false });
            }
        }
        Ok(changes)
    }

    fn find(&self, object: &Object<'_>, relation: Option<&str>) -> Option<Node> {
        let relation = relation.map_or(Some(Symbol::NONE), |relation| self.dictionary.symbol(relation))?;
        Some(Node { relation, object_type: self.dictionary.symbol(object.object_type)?, id: self.dictionary.symbol(object.id)? })
    }
}

impl Dictionary {
    /// The nodes and the edge of a relationship, whose names are made known; nothing where there is no room for them.
    pub(super) fn row(&mut self, relationship: &Relationship<'_>) -> Option<(Node, Node, Edge)> {
        let resource = self.node(&relationship.resource, Some(relationship.relation))?;
        let subject = self.node(&relationship.subject.object, relationship.subject.relation)?;
        let caveat = match &relationship.caveat {
            Some(caveat) => Some((self.intern(caveat.name)?, caveat.context.clone())),
            None => None,
        };
        let is_plain = caveat.is_none() && relationship.expiration.is_none();
        let edge = (!is_plain).then(|| Arc::new(Traits { caveat, expiration: relationship.expiration }));
        Some((resource, subject, edge))
    }

    fn node(&mut self, object: &Object<'_>, relation: Option<&str>) -> Option<Node> {
        let relation = relation.map_or(Some(Symbol::NONE), |relation| self.intern(relation))?;
        Some(Node { relation, object_type: self.intern(object.object_type)?, id: self.intern(object.id)? })
    }

    /// The relationship of these two nodes in words.
    pub(super) fn relationship<'a>(&'a self, resource: &Node, subject: &Node, edge: &Edge) -> Relationship<'a> {
        let text = |symbol| self.text(symbol);
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
}
