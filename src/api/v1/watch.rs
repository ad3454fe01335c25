//! Watch: what changes, transaction by transaction.

use super::convert::{invalid, object_type, relationship_message};
use super::filter::filter;
use super::{Service, Struct, messages as v1};
use crate::api::log::{Commit, Unavailable};
use crate::api::revision::{foreign, unavailable};
use crate::api::token::{Kind, Token};
use crate::api::{Error, Peppercorn, Reason};
use crate::model::limits::MAX_WATCH_LAG;
use crate::model::{Context, Timestamp};
use crate::store::Change;
use crate::text::Listed;

/// A place in the history of an engine, from which it is read on: by [`Watch::next`], as often as one likes.
///
/// It holds nothing but that place: the history is the engine's, which forgets what is too old.
#[derive(Clone, Debug)]
pub struct Watch {
    /// All up to this revision was handed over.
    position: u64,
    /// The newest revision when watching began: to be behind that is no slowness.
    began: u64,
    object_types: Vec<String>,
    filters: Vec<v1::RelationshipFilter>,
    schema_updates: bool,
    checkpoints: bool,
    /// What is still to be handed over of the revision at `position`, last first.
    pending: Vec<v1::WatchResponse>,
    failed: Option<Error>,
}

impl Service<'_> {
    /// Watches from a token, or from now.
    ///
    /// # Errors
    /// SpiceDB's; a token of another store, or of a revision that is no longer kept.
    pub fn watch(&self, request: &v1::WatchRequest) -> Result<Watch, Error> {
        if !request.optional_object_types.is_empty() && !request.optional_relationship_filters.is_empty() {
            return Err(invalid("cannot specify both object types and relationship filters"));
        }
        for name in &request.optional_object_types {
            object_type(name, "optional_object_types")?;
        }
        let head = self.engine.head();
        for message in &request.optional_relationship_filters {
            head.check_filter(&filter(message)?)?;
        }
        if request.optional_update_kinds.contains(&v1::WatchKind::Unspecified) {
            return Err(invalid("`optional_update_kinds`: value must not be unspecified"));
        }
        let position = match &request.optional_start_cursor {
            None => head.revision(),
            Some(token) => {
                let token = Token::read(Kind::ZedToken, &token.token)?;
                if token.identity != self.engine.settings().identity {
                    return Err(foreign());
                }
                self.engine.at_revision(token.revision, self.now)?;
                token.revision
            }
        };
        Ok(Watch {
            position,
            began: head.revision(),
            object_types: request.optional_object_types.clone(),
            filters: request.optional_relationship_filters.clone(),
            schema_updates: request.optional_update_kinds.contains(&v1::WatchKind::IncludeSchemaUpdates),
            checkpoints: request.optional_update_kinds.contains(&v1::WatchKind::IncludeCheckpoints),
            pending: Vec::new(),
            failed: None,
        })
    }
}

impl Watch {
    /// What came next, or nothing while nothing did. Transactions come whole and in order: relationships, then whether the schema was
    /// written, then a checkpoint; as many of these as were asked for.
    ///
    /// # Errors
    /// A watcher that is too far behind, or whose place in the history is no longer kept. It can begin again, by the token it was
    /// handed last, as far as that is kept. Every later call gives the same error.
    pub fn next(&mut self, engine: &Peppercorn, now: Timestamp) -> Result<Option<v1::WatchResponse>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.step(engine, now);
        self.failed = next.as_ref().err().cloned();
        next
    }

    fn step(&mut self, engine: &Peppercorn, now: Timestamp) -> Result<Option<v1::WatchResponse>, Error> {
        loop {
            if let Some(message) = self.pending.pop() {
                return Ok(Some(message));
            }
            let newest = engine.revision();
            if self.position >= newest {
                return Ok(None);
            }
            if newest - self.position.max(self.began).min(newest) > MAX_WATCH_LAG {
                let message = format!("watch disconnected: more than {MAX_WATCH_LAG} revisions behind");
                return Err(Error::plain(Reason::WatchTooSlow, message));
            }
            engine.at_revision(self.position, now)?;
            let commit = engine.log.commit(self.position + 1).ok_or_else(|| unavailable(Unavailable::Expired))?;
            self.pending = self.messages(engine, commit);
            self.position += 1;
        }
    }

    /// The messages of a revision, last first.
    fn messages(&self, engine: &Peppercorn, commit: &Commit) -> Vec<v1::WatchResponse> {
        let token = || Some(v1::ZedToken { token: engine.token_of(&commit.snapshot) });
        let metadata = commit.metadata.as_ref().map(|metadata| Struct(Context::clone(metadata)));
        let message = v1::WatchResponse {
            changes_through: token(),
            full_revision_metadata: metadata.iter().cloned().listed(),
            optional_transaction_metadata: metadata,
            ..Default::default()
        };
        let mut messages = Vec::new();
        if self.checkpoints {
            messages.push(v1::WatchResponse { changes_through: token(), is_checkpoint: true, ..Default::default() });
        }
        if self.schema_updates && commit.writes_schema {
            messages.push(v1::WatchResponse { schema_updated: true, ..message.clone() });
        }
        let updates: Vec<_> =
            commit.changes.iter().filter(|change| self.wants(commit, change)).map(|it| update(commit, it)).listed();
        if !updates.is_empty() {
            messages.push(v1::WatchResponse { updates, ..message });
        }
        messages
    }

    fn wants(&self, commit: &Commit, change: &Change) -> bool {
        let data = &commit.snapshot.data;
        let of_type = |name: &String| data.dictionary().text(change.resource.object_type) == name;
        let meant = |message: &v1::RelationshipFilter| {
            filter(message).is_ok_and(|filter| data.is_meant(&filter, &change.resource, &change.subject))
        };
        match (self.object_types.as_slice(), self.filters.as_slice()) {
            ([], []) => true,
            ([], filters) => filters.iter().any(meant),
            (types, _) => types.iter().any(of_type),
        }
    }
}

/// A change as watchers see it: creating is touching.
fn update(commit: &Commit, change: &Change) -> v1::RelationshipUpdate {
    let relationship = commit.snapshot.data.relationship(&change.resource, &change.subject, &change.edge);
    let operation = if change.removes { v1::UpdateOperation::Delete } else { v1::UpdateOperation::Touch };
    v1::RelationshipUpdate { operation, relationship: Some(relationship_message(&relationship)) }
}
