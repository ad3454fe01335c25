//! WriteRelationships.

use std::sync::Arc;

use super::convert::{check_stored_context, identity, invalid, relationship, required, size};
use super::filter::{check_count, conditions};
use super::{Service, Struct, messages as v1};
use crate::api::{Error, Reason, Snapshot};
use crate::model::limits::{MAX_METADATA_BYTES, MAX_UPDATES};
use crate::model::{Context, Relationship};
use crate::store::{CommitError, Operation, Update};
use crate::text::Listed;
use crate::text::hash::Set;

impl Service<'_> {
    /// Does all of the updates, or none. SpiceDB's order of checks: metadata, numbers, duplicates and contexts, then filters of
    /// preconditions, updates against the schema, preconditions.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn write_relationships(
        &mut self,
        request: &v1::WriteRelationshipsRequest,
    ) -> Result<v1::WriteRelationshipsResponse, Error> {
        let updates = request.updates.iter().map(update).listed_or()?;
        let conditions = conditions(&request.optional_preconditions)?;
        let metadata = metadata(request.optional_transaction_metadata.as_ref())?;
        if updates.len() > MAX_UPDATES {
            let message = format!("update count of {} is greater than maximum allowed of {MAX_UPDATES}", updates.len());
            return Err(Error::plain(Reason::TooManyUpdatesInRequest, message)
                .about("update_count", updates.len().to_string())
                .about("maximum_updates_allowed", MAX_UPDATES.to_string()));
        }
        check_count(conditions.len())?;
        let mut seen = Set::default();
        for Update { relationship, .. } in &updates {
            if !seen.insert((relationship.resource, relationship.relation, relationship.subject)) {
                return Err(duplicate(relationship));
            }
            check_stored_context(relationship)?;
        }
        self.check_conditions(&conditions)?;
        for update in &updates {
            self.engine.head().check_update(update)?;
        }
        self.hold(&conditions)?;
        self.commit(&updates, metadata)?;
        Ok(v1::WriteRelationshipsResponse { written_at: self.token(self.engine.head()) })
    }

    /// Makes the next revision of updates that were checked; none where nothing changes.
    pub(super) fn commit(&mut self, updates: &[Update<'_>], metadata: Option<Arc<Context>>) -> Result<(), Error> {
        let (data, changes) = self.engine.head().data.commit(updates).map_err(|error| match error {
            CommitError::Full => crate::api::peppercorn::full(),
            CommitError::AlreadyExists(place) => match updates.get(place) {
                Some(update) => exists(&update.relationship),
                None => invalid(error.to_string()),
            },
        })?;
        self.engine.commit_updates(updates, data, changes, metadata, self.now);
        Ok(())
    }
}

fn update(message: &v1::RelationshipUpdate) -> Result<Update<'_>, Error> {
    let operation = match message.operation {
        v1::UpdateOperation::Create => Operation::Create,
        v1::UpdateOperation::Touch => Operation::Touch,
        v1::UpdateOperation::Delete => Operation::Delete,
        v1::UpdateOperation::Unspecified => return Err(invalid("`operation`: value must not be unspecified")),
    };
    Ok(Update { operation, relationship: relationship(required(message.relationship.as_ref(), "relationship")?)? })
}

/// What a writer says about a transaction.
pub(super) fn metadata(given: Option<&Struct>) -> Result<Option<Arc<Context>>, Error> {
    let Some(given) = given.filter(|given| !given.0.is_empty()) else {
        return Ok(None);
    };
    let bytes = size(&given.0);
    if bytes > MAX_METADATA_BYTES {
        let message = format!("metadata size of {bytes} is greater than maximum allowed of {MAX_METADATA_BYTES}");
        return Err(Error::plain(Reason::TransactionMetadataTooLarge, message)
            .about("metadata_byte_size", bytes.to_string())
            .about("maximum_allowed_metadata_byte_size", MAX_METADATA_BYTES.to_string()));
    }
    Ok(Some(Arc::new(given.0.clone())))
}

fn duplicate(relationship: &Relationship<'_>) -> Error {
    let message = format!(
        "found more than one update with relationship `{relationship}` in this request; a relationship can only be specified in an update once per overall WriteRelationships request"
    );
    Error::plain(Reason::UpdatesOnSameRelationship, message)
        .about("definition_name", relationship.resource.object_type)
        .about("relationship", relationship.to_string())
}

pub(super) fn exists(relationship: &Relationship<'_>) -> Error {
    let message = format!(
        "could not CREATE relationship `{relationship}`, as it already existed. If this is persistent, please switch to TOUCH operations or specify a precondition"
    );
    Error::plain(Reason::AttemptToRecreateRelationship, message)
        .about("relationship", identity(relationship))
        .about("resource_type", relationship.resource.object_type)
        .about("resource_object_id", relationship.resource.id)
        .about("resource_relation", relationship.relation)
        .about("subject_type", relationship.subject.object.object_type)
        .about("subject_object_id", relationship.subject.object.id)
        .about("subject_relation", relationship.subject.relation.unwrap_or_default())
}

impl Snapshot {
    /// # Errors
    /// An update that does not fit the schema.
    pub(super) fn check_update(&self, update: &Update<'_>) -> Result<(), Error> {
        let relationship = &update.relationship;
        let checked = self.program.schema.check_relationship(relationship, update.operation == Operation::Delete);
        checked.map_err(|problem| Error::of_text(&relationship.to_string(), vec![problem]))
    }
}
