use std::sync::Arc;

use super::peppercorn::full;
use super::program::Program;
use super::{Error, Peppercorn};
use crate::model::Relationship;
use crate::plan::Plan;
use crate::schema::compile;
use crate::store::{self, Dictionary};

/// An engine in the making, whose relationships come in parts: no more than a part of their text need be in memory at once.
///
/// ```
/// use peppercorn::Loader;
///
/// let schema = "definition user {}
///     definition document {
///         relation viewer: user
///     }";
/// let mut loader = Loader::new(schema, 74)?;
/// assert!(loader.push("document:readme#viewer@user:alice\ndocument:readme#viewer@user:bob\n"));
/// assert!(loader.push("document:plan#viewer@user:alice\n"));
/// assert_eq!(loader.finish().unwrap().snapshot().relationships().len(), 3);
/// # Ok::<(), peppercorn::Error>(())
/// ```
#[derive(Debug)]
pub struct Loader {
    program: Arc<Program>,
    rows: store::Loader,
    /// The bytes that are expected, and those that came.
    length: usize,
    read: usize,
}

impl Loader {
    /// An engine of a schema text without relationships yet, of which about so many bytes are to come.
    ///
    /// # Errors
    /// Everything wrong with the schema.
    pub fn new(schema: &str, length: usize) -> Result<Self, Error> {
        let compiled = compile(schema).map_err(|problems| Error::of_text(schema, problems))?;
        let mut dictionary = Dictionary::new();
        let plan = Plan::new(&compiled, &mut dictionary).ok_or_else(full)?;
        Ok(Self::of(Arc::new(Program::new(compiled, plan)), dictionary, length))
    }

    pub(super) fn of(program: Arc<Program>, dictionary: Dictionary, length: usize) -> Self {
        Self { program, rows: store::Loader::new(dictionary), length, read: 0 }
    }

    /// Adds whole lines of relationships, blank lines and lines that begin with `//` aside. False where one of them is malformed or
    /// does not fit the schema; what is wrong is told by [`Peppercorn::new`], given all of the text.
    #[must_use]
    pub fn push(&mut self, lines: &str) -> bool {
        let is_first = self.read == 0;
        self.read += lines.len();
        for line in lines.split('\n') {
            let line = line.trim();
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            let Ok(relationship) = Relationship::parse(line) else { return false };
            if self.program.schema.check_relationship(&relationship, false).is_err() || self.rows.add(&relationship).is_none() {
                return false;
            }
        }
        if is_first {
            self.make_room();
        }
        true
    }

    /// Makes room for what is to come, as much as the first part tells: growing by doubling would take twice the memory.
    fn make_room(&mut self) {
        let to_come = self.length.saturating_sub(self.read);
        let rows = u64::try_from(self.rows.len()).unwrap_or_default() * u64::try_from(to_come).unwrap_or_default();
        let expected = rows / u64::try_from(self.read.max(1)).unwrap_or(1);
        self.rows.reserve(usize::try_from(expected + expected / 64).unwrap_or_default());
    }

    /// The engine, at its first revision. Nothing where a relationship was given twice, or there are too many; which, is told by
    /// [`Peppercorn::new`].
    #[must_use]
    pub fn finish(self) -> Option<Peppercorn> {
        let revision = u64::from(!self.rows.is_empty());
        Some(Peppercorn::starting_with(self.program, self.rows.finish(revision)?))
    }
}
