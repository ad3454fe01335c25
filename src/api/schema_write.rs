use std::sync::Arc;

use super::log::Commit;
use super::peppercorn::full;
use super::program::Program;
use super::{Error, Peppercorn, Snapshot};
use crate::model::Timestamp;
use crate::plan::Plan;
use crate::schema::compile;

impl Peppercorn {
    /// Replaces the schema, and gives the new revision. SpiceDB's `WriteSchema`.
    ///
    /// # Errors
    /// Everything wrong with the schema; a change that would leave relationships without their place in it.
    pub fn write_schema(&mut self, schema: &str, now: Timestamp) -> Result<u64, Error> {
        let schema = compile(schema).map_err(|problems| Error::of_text(schema, problems))?;
        let head = self.head();
        let mut dictionary = head.data.dictionary().clone();
        let plan = Plan::new(&schema, &mut dictionary).ok_or_else(full)?;
        let snapshot = Snapshot { program: Arc::new(Program { schema, plan }), data: head.data.with_dictionary(dictionary) };
        let commit =
            Commit { snapshot, written_at: Some(self.clock(now)), changes: Arc::default(), metadata: None, writes_schema: true };
        self.log.push(commit, &self.settings);
        Ok(self.revision())
    }
}
