//! ReadSchema and WriteSchema.

use super::Service;
use super::messages as v1;
use crate::api::{Error, Reason};

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

    /// Replaces the schema, unless that would leave relationships without their place in it.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn write_schema(&mut self, request: &v1::WriteSchemaRequest) -> Result<v1::WriteSchemaResponse, Error> {
        self.engine.write_schema(&request.schema, self.now)?;
        Ok(v1::WriteSchemaResponse { written_at: self.token(self.engine.head()) })
    }
}
