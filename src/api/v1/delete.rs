//! DeleteRelationships.

use super::convert::required;
use super::filter::{check_count, check_limit, conditions, fields, filter, show};
use super::write::metadata;
use super::{Service, messages as v1};
use crate::api::{Error, Reason};
use crate::store::Change;
use crate::text::Listed;

impl Service<'_> {
    /// Removes the relationships that a filter means, in one transaction; at most `optional_limit`, the first in the order of reading,
    /// where partial deletions are allowed.
    ///
    /// The progress is partial whenever as many as the limit were removed, as in SpiceDB: clients go on until it is complete.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn delete_relationships(
        &mut self,
        request: &v1::DeleteRelationshipsRequest,
    ) -> Result<v1::DeleteRelationshipsResponse, Error> {
        let filter = filter(required(request.relationship_filter.as_ref(), "relationship_filter")?)?;
        let conditions = conditions(&request.optional_preconditions)?;
        let metadata = metadata(request.optional_transaction_metadata.as_ref())?;
        check_count(conditions.len())?;
        let limit = check_limit(request.optional_limit)?;
        let head = self.engine.head();
        head.check_filter(&filter)?;
        self.check_conditions(&conditions)?;
        self.hold(&conditions)?;
        let mut rows = head.data.select(&filter, None, usize::MAX);
        if let Some(limit) = limit.filter(|limit| rows.len() > *limit) {
            if !request.optional_allow_partial_deletions {
                return Err(too_many(limit, &filter));
            }
            head.data.sort_rows(&mut rows);
            rows.truncate(limit);
        } else {
            head.data.sort_rows(&mut rows);
        }
        let removed = rows.len();
        let change =
            |row: crate::store::Row| Change { resource: row.resource, subject: row.subject, edge: row.edge, removes: true };
        let changes: Vec<Change> = rows.into_iter().map(change).listed();
        if !changes.is_empty() {
            let data = head.data.replay(&changes);
            self.engine.commit(data, changes, metadata, self.now);
        }
        let is_partial = limit == Some(removed);
        Ok(v1::DeleteRelationshipsResponse {
            deleted_at: self.token(self.engine.head()),
            deletion_progress: if is_partial { v1::DeletionProgress::Partial } else { v1::DeletionProgress::Complete },
            relationships_deleted_count: u64::try_from(removed).unwrap_or(u64::MAX),
        })
    }
}

fn too_many(limit: usize, filter: &crate::store::Filter<'_>) -> Error {
    const KEYS: [&str; 7] = [
        "filter_resource_type",
        "filter_resource_id",
        "filter_resource_id_prefix",
        "filter_relation",
        "filter_subject_type",
        "filter_subject_id",
        "filter_subject_relation",
    ];
    let message = format!("found more than {limit} relationships to be deleted for {}; none were", show(filter));
    let error = Error::plain(Reason::TooManyRelationshipsForTransactionalDelete, message).about("limit", limit.to_string());
    fields(filter).fold(error, |error, (place, value)| match KEYS.get(place) {
        Some(key) => error.about(key, value),
        None => error,
    })
}
