//! ReadRelationships.

use super::Service;
use super::consistency::asked;
use super::convert::{relationship_message, required};
use super::filter::{check_limit, fields, filter};
use super::messages as v1;
use crate::api::{Error, Reason, Snapshot};
use crate::store::{Filter, Row};
use crate::text::Listed;

/// Relationships that were asked for, one at a time, by the bytes of their names: resource type, id and relation, then subject type, id
/// and relation.
#[derive(Clone, Debug)]
pub struct Relationships {
    pub(super) snapshot: Snapshot,
    pub(super) rows: std::vec::IntoIter<Row>,
    read_at: Option<v1::ZedToken>,
    asked: u64,
    identity: u64,
}

impl Service<'_> {
    /// The relationships that a filter means.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn read_relationships(&self, request: &v1::ReadRelationshipsRequest) -> Result<Relationships, Error> {
        let filter = filter(required(request.relationship_filter.as_ref(), "relationship_filter")?)?;
        let limit = check_limit(request.optional_limit)?;
        let asked = asked(&filter_key("read", &filter, &request.optional_limit.to_string()), None);
        let (snapshot, after) = self.resume(request.consistency.as_ref(), request.optional_cursor.as_ref(), asked)?;
        snapshot.check_filter(&filter)?;
        snapshot.check_possible(&filter)?;
        let rows = snapshot.rows_after(&filter, self.now, after.as_deref(), limit);
        let read_at = self.token(&snapshot);
        Ok(Relationships { snapshot, rows: rows.into_iter(), read_at, asked, identity: self.engine.settings().identity })
    }
}

impl Iterator for Relationships {
    type Item = v1::ReadRelationshipsResponse;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        let data = &self.snapshot.data;
        Some(v1::ReadRelationshipsResponse {
            read_at: self.read_at.clone(),
            relationship: Some(relationship_message(&data.relationship(&row.resource, &row.subject, &row.edge))),
            after_result_cursor: Some(super::consistency::cursor(
                self.identity,
                &self.snapshot,
                self.asked,
                place(&self.snapshot, &row),
            )),
        })
    }
}

/// Where a row stands, for cursors: its names, which have no blanks.
pub(super) fn place(snapshot: &Snapshot, row: &Row) -> String {
    snapshot.data.names(row).join(" ")
}

/// What a request with a filter asks, for cursors.
pub(super) fn filter_key<'a>(method: &'a str, filter: &Filter<'a>, limit: &'a str) -> Vec<&'a str> {
    const KEYS: [&str; 7] = ["t", "i", "p", "r", "s", "o", "l"];
    let mut key = vec![method, limit];
    for (place, value) in fields(filter) {
        key.extend(KEYS.get(place));
        key.push(value);
    }
    key
}

impl Snapshot {
    /// The rows that a filter means and that stand after a place, sorted.
    pub(super) fn rows_after(
        &self,
        filter: &Filter<'_>,
        now: crate::model::Timestamp,
        after: Option<&str>,
        limit: Option<usize>,
    ) -> Vec<Row> {
        let mut rows = self.data.select(filter, Some(now), usize::MAX);
        if let Some(after) = after {
            let after: Vec<&str> = after.split(' ').listed();
            rows.retain(|row| self.data.names(row).as_slice() > after.as_slice());
        }
        self.data.sort_rows(&mut rows);
        rows.truncate(limit.unwrap_or(usize::MAX));
        rows
    }

    /// # Errors
    /// A filter that no relationship can fit under this schema.
    fn check_possible(&self, filter: &Filter<'_>) -> Result<(), Error> {
        let Some((object_type, relation)) = filter.resource_type.zip(filter.relation) else { return Ok(()) };
        if self.is_permission(object_type, relation) {
            let message =
                format!("`{relation}` is a permission of `{object_type}`: no relationship has it, so the filter means none");
            return Err(Error::plain(Reason::SchemaTypeError, message));
        }
        Ok(())
    }
}
