//! ImportBulkRelationships and ExportBulkRelationships.

use super::Service;
use super::consistency::{asked, cursor};
use super::convert::{relationship, relationship_message};
use super::filter::{filter, limit_up_to};
use super::messages as v1;
use super::read::{filter_key, place};
use crate::api::{Error, Snapshot};
use crate::model::Relationship;
use crate::model::limits::MAX_EXPORT_PAGE;
use crate::store::{Filter, Operation, Row, Update};

/// Relationships that are being imported: handed over in as many messages as one likes, written in one transaction at the end.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// One a line: a fraction of the memory that messages take.
    lines: String,
}

impl Import {
    /// Takes the relationships of one message.
    ///
    /// # Errors
    /// A relationship that is none. The import must then be given up.
    pub fn add(&mut self, request: &v1::ImportBulkRelationshipsRequest) -> Result<(), Error> {
        for message in &request.relationships {
            self.lines.push_str(&relationship(message)?.to_string());
            self.lines.push('\n');
        }
        Ok(())
    }
}

impl Service<'_> {
    /// Writes all that was handed over, as new relationships, or nothing.
    ///
    /// # Errors
    /// SpiceDB's: relationships that do not fit the schema, are there already or are given twice.
    pub fn import_bulk_relationships(&mut self, import: &Import) -> Result<v1::ImportBulkRelationshipsResponse, Error> {
        let mut updates = Vec::new();
        for line in import.lines.lines() {
            let relationship = Relationship::parse(line).map_err(|problem| Error::of_text(line, vec![problem]))?;
            let update = Update { operation: Operation::Create, relationship };
            self.engine.head().check_update(&update)?;
            updates.push(update);
        }
        self.commit(&updates, None)?;
        Ok(v1::ImportBulkRelationshipsResponse { num_loaded: u64::try_from(updates.len()).unwrap_or(u64::MAX) })
    }

    /// All relationships, or those that a filter means, in pages: in the order of reading, no page with resources of two types.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn export_bulk_relationships(&self, request: &v1::ExportBulkRelationshipsRequest) -> Result<Export, Error> {
        let filter = request.optional_relationship_filter.as_ref().map(filter).transpose()?.unwrap_or_default();
        let limit = limit_up_to(request.optional_limit, MAX_EXPORT_PAGE)?;
        let page = limit.unwrap_or(usize::try_from(MAX_EXPORT_PAGE).unwrap_or(usize::MAX));
        let asked = asked(&filter_key("export", &filter, &request.optional_limit.to_string()), None);
        let (snapshot, after) = self.resume(request.consistency.as_ref(), request.optional_cursor.as_ref(), asked)?;
        if filter != Filter::default() {
            snapshot.check_filter(&filter)?;
        }
        let rows = snapshot.rows_after(&filter, self.now, after.as_deref(), None);
        let identity = self.engine.settings().identity;
        Ok(Export { snapshot, rows: rows.into_iter().peekable(), page, asked, identity })
    }
}

/// An export, a page at a time.
#[derive(Clone, Debug)]
pub struct Export {
    snapshot: Snapshot,
    rows: std::iter::Peekable<std::vec::IntoIter<Row>>,
    page: usize,
    asked: u64,
    identity: u64,
}

impl Iterator for Export {
    type Item = v1::ExportBulkRelationshipsResponse;

    fn next(&mut self) -> Option<Self::Item> {
        let mut last = self.rows.next()?;
        let data = &self.snapshot.data;
        let message = |row: &Row| relationship_message(&data.relationship(&row.resource, &row.subject, &row.edge));
        let mut relationships = vec![message(&last)];
        while relationships.len() < self.page
            && let Some(row) = self.rows.next_if(|row| row.resource.object_type == last.resource.object_type)
        {
            relationships.push(message(&row));
            last = row;
        }
        let after = cursor(self.identity, &self.snapshot, self.asked, place(&self.snapshot, &last));
        Some(v1::ExportBulkRelationshipsResponse { after_result_cursor: Some(after), relationships })
    }
}
