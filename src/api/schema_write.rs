use std::sync::Arc;

use super::log::Commit;
use super::peppercorn::full;
use super::program::Program;
use super::{Error, Peppercorn, Reason, Refusal, Snapshot, Status, refusals};
use crate::model::Timestamp;
use crate::plan::Plan;
use crate::schema::{Schema, compile};
use crate::store::{Edge, Row};
use crate::text::Listed;

/// What replacing the schema would do.
#[derive(Clone, Debug)]
pub struct SchemaChange {
    /// The schema, compiled.
    pub schema: Schema,
    /// Why it would be refused; nothing where it would not be.
    pub refusals: Vec<Refusal>,
}

impl Peppercorn {
    /// Replaces the schema, and gives the new revision. SpiceDB's `WriteSchema`.
    ///
    /// # Errors
    /// Everything wrong with the schema; the first of its refusals, where the change would leave relationships without their place
    /// in it.
    pub fn write_schema(&mut self, schema: &str, now: Timestamp) -> Result<u64, Error> {
        let SchemaChange { schema, refusals } = self.plan_schema(schema, now)?;
        if let Some(first) = refusals.into_iter().next() {
            return Err(refused(first));
        }
        let head = self.head();
        let mut dictionary = head.data.dictionary().clone();
        let plan = Plan::new(&schema, &mut dictionary).ok_or_else(full)?;
        let data = head.data.with_dictionary(dictionary, &head.unfit(&schema));
        let snapshot = Snapshot { program: Arc::new(Program::new(schema, plan)), data };
        let commit =
            Commit { snapshot, written_at: Some(self.clock(now)), changes: Arc::default(), metadata: None, writes_schema: true };
        self.log.push(commit, &self.settings);
        Ok(self.revision())
    }

    /// What replacing the schema would do, without doing it. [`diff`](crate::schema::diff) tells what is different.
    ///
    /// # Errors
    /// Everything wrong with the schema.
    pub fn plan_schema(&self, schema: &str, now: Timestamp) -> Result<SchemaChange, Error> {
        let schema = compile(schema).map_err(|problems| Error::of_text(schema, problems))?;
        let refusals = refusals(self.schema(), &schema, &self.head().data, now);
        Ok(SchemaChange { schema, refusals })
    }
}

impl Snapshot {
    /// The expiring relationships that a schema has no place for. They have expired, or the schema would be refused; left where they
    /// are, they would be read as what the schema says instead: as relationships that never expire.
    fn unfit(&self, schema: &Schema) -> Vec<Row> {
        if !self.data.has_expirations() {
            return Vec::new();
        }
        let expires = |edge: &Edge| edge.as_ref().is_some_and(|traits| traits.expiration.is_some());
        let expiring = self.data.rows().filter(|(_, _, edge)| expires(edge));
        expiring
            .filter(|(resource, subject, edge)| {
                schema.check_relationship(&self.data.relationship(resource, subject, edge), false).is_err()
            })
            .map(|(resource, subject, edge)| Row { resource, subject, edge: edge.clone() })
            .listed()
    }
}

pub(super) fn refused(refusal: Refusal) -> Error {
    let error = Error::plain(Reason::SchemaTypeError, refusal.message).with_status(Status::InvalidArgument);
    let error = refusal
        .metadata
        .into_iter()
        .fold(error.about("operation", refusal.operation), |error, (key, value)| error.about(key, value));
    match refusal.relationship {
        Some(relationship) => error.about("relationship", relationship),
        None => error,
    }
}
