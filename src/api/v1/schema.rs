//! ReadSchema and WriteSchema.

use super::Service;
use super::messages as v1;
use super::permissions::metadata;
use super::reflect::differences;
use crate::api::schema_write::refused;
use crate::api::{Error, Reason};
use crate::text::Listed;

impl Service<'_> {
    /// The schema, as it was written.
    ///
    /// # Errors
    /// Where there is none.
    pub fn read_schema(&self, _request: &v1::ReadSchemaRequest) -> Result<v1::ReadSchemaResponse, Error> {
        let head = self.engine.head();
        let schema = &head.program.schema;
        if schema.definitions().is_empty() && schema.caveats().is_empty() {
            return Err(Error::plain(Reason::NotFound, "no schema has been defined; please call WriteSchema to start"));
        }
        Ok(v1::ReadSchemaResponse { schema_text: schema.text().to_owned(), read_at: self.token(head) })
    }

    /// What writing a schema would change and why it would be refused, without writing it. SpiceDB has no such method.
    ///
    /// # Errors
    /// Everything wrong with the schema.
    pub fn plan_schema(&self, request: &v1::PlanSchemaRequest) -> Result<v1::PlanSchemaResponse, Error> {
        let change = self.engine.plan_schema(&request.schema, self.now)?;
        let diffs = differences(self.engine.schema(), &change.schema);
        let refusals = change.refusals.into_iter().map(|refusal| {
            let relationships = u64::try_from(refusal.relationships).unwrap_or(u64::MAX);
            let error = refused(refusal);
            v1::SchemaRefusal { metadata: Some(metadata(&error)), message: error.message, relationships }
        });
        Ok(v1::PlanSchemaResponse { diffs, refusals: refusals.listed() })
    }

    /// Replaces the schema, unless that would leave relationships without their place in it.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn write_schema(&mut self, request: &v1::WriteSchemaRequest) -> Result<v1::WriteSchemaResponse, Error> {
        self.engine.write_schema(&request.schema, self.now)?;
        Ok(v1::WriteSchemaResponse { written_at: self.token(self.engine.head()) })
    }
}
