use std::sync::Arc;

use super::log::{Commit, Log};
use super::program::Program;
use super::v1::messages::RelationshipFilter;
use super::{Error, Loader, Reason, Settings};
use crate::model::limits::MAX_DIAGNOSTICS;
use crate::model::{Context, Object, Relationship, Subject, Timestamp};
use crate::plan::Plan;
use crate::schema::{Schema, compile};
use crate::store::{self, Change, CommitError, Dictionary, Operation, Update};
use crate::text::hash::Set;
use crate::text::{Code, Diagnostic, Listed, Span, sort};

/// A schema and its relationships, ready to be asked.
///
/// ```
/// use peppercorn::{Environment, Peppercorn, Permissionship, Timestamp};
///
/// let schema = "definition user {}
///     definition document {
///         relation viewer: user
///         permission view = viewer
///     }";
/// let engine = Peppercorn::new(schema, "document:readme#viewer@user:alice")?;
/// let environment = Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
/// let answer = engine.check("user:alice", "view", "document:readme", &environment)?;
/// assert_eq!(answer.permissionship, Permissionship::HasPermission);
/// assert!(!engine.can("user:bob", "view", "document:readme", &environment)?);
/// # Ok::<(), peppercorn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Peppercorn {
    pub(super) log: Log,
    pub(super) settings: Settings,
    /// The filters whose relationships are counted, by name.
    pub(super) counters: Vec<(String, RelationshipFilter)>,
}

/// The engine as it was at one revision. Taking and dropping one copies no data, and later writes never show in it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) program: Arc<Program>,
    pub(super) data: store::Snapshot,
}

impl Peppercorn {
    /// An engine of a schema text and relationships, one a line; blank lines and lines that begin with `//` are passed.
    ///
    /// # Errors
    /// Everything wrong with the schema, or else with the relationships: malformed, not fitting the schema, twice.
    pub fn new(schema: &str, relationships: &str) -> Result<Self, Error> {
        let compiled = compile(schema).map_err(|problems| Error::of_text(schema, problems))?;
        Self::with_schema(compiled, relationships)
    }

    /// The same with a schema that is compiled already.
    ///
    /// # Errors
    /// Everything wrong with the relationships.
    pub fn with_schema(schema: Schema, relationships: &str) -> Result<Self, Error> {
        Self::read_relationships(schema, relationships).map_err(|problems| Error::of_text(relationships, problems))
    }

    /// The same, with problems that know their spans.
    pub(crate) fn read_relationships(schema: Schema, relationships: &str) -> Result<Self, Vec<Diagnostic>> {
        let full = || vec![Diagnostic::error(Code::StoreFull, Span::default(), FULL)];
        let mut dictionary = Dictionary::new();
        let plan = Plan::new(&schema, &mut dictionary).ok_or_else(full)?;
        let program = Arc::new(Program::new(schema, plan));
        let mut loader = Loader::of(Arc::clone(&program), dictionary, relationships.len());
        if loader.push(relationships)
            && let Some(engine) = loader.finish()
        {
            return Ok(engine);
        }
        // What is wrong, all of it, takes more to tell than that something is.
        let problems = problems_of(&program.schema, relationships);
        if problems.is_empty() { Err(full()) } else { Err(problems) }
    }

    /// An engine at its first revision.
    pub(super) fn starting_with(program: Arc<Program>, data: store::Snapshot) -> Self {
        Self { log: Log::new(Commit::first(Snapshot { program, data })), settings: Settings::default(), counters: Vec::new() }
    }

    /// Tells it what it is told once, before its first write.
    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// What it was told once.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Another engine with the same schema and relationships, at the same revision, independent from now on. O(1): nothing is
    /// copied. Its tokens are its own, and its history begins here.
    #[must_use]
    pub fn fork(&self, identity: u64) -> Self {
        let head = self.head();
        let snapshot = Snapshot { program: Arc::clone(&head.program), data: head.data.apart() };
        let first = Commit { written_at: self.log.head().written_at, ..Commit::first(snapshot) };
        let settings = Settings { identity, ..self.settings };
        Self { log: Log::new(first), settings, counters: self.counters.clone() }
    }

    /// Does all of the updates and gives the new revision, or none of them. SpiceDB's `WriteRelationships`, without its limits.
    ///
    /// `now` dates the revision, for how long earlier ones are kept.
    ///
    /// # Errors
    /// Every update that does not fit the schema or touches the same relationship as another; a relationship to create
    /// that is there already. The diagnostics say which by their line, the place of the update counted from 1.
    pub fn write(&mut self, updates: &[Update<'_>], now: Timestamp) -> Result<u64, Error> {
        let (data, changes) = self.head().prepare(updates)?;
        self.commit_updates(updates, data, changes, None, now);
        Ok(self.revision())
    }

    /// Makes the next revision of updates that were done; none where they only remove what is not there. A TOUCH is a write even
    /// where all is there already: watchers are not told of it.
    pub(super) fn commit_updates(
        &mut self,
        updates: &[Update<'_>],
        data: store::Snapshot,
        changes: Vec<Change>,
        metadata: Option<Arc<Context>>,
        now: Timestamp,
    ) {
        if !changes.is_empty() || updates.iter().any(|update| update.operation != Operation::Delete) {
            self.commit(data, changes, metadata, now);
        }
    }

    /// Makes the next revision of relationships that were changed.
    pub(super) fn commit(
        &mut self,
        data: store::Snapshot,
        changes: Vec<Change>,
        metadata: Option<Arc<Context>>,
        now: Timestamp,
    ) -> u64 {
        let snapshot = Snapshot { program: Arc::clone(&self.head().program), data };
        let commit =
            Commit { snapshot, written_at: Some(self.clock(now)), changes: changes.into(), metadata, writes_schema: false };
        self.log.push(commit, &self.settings);
        self.revision()
    }

    /// The time of a commit: never before the one before it, whatever the host's clock does.
    pub(super) fn clock(&self, now: Timestamp) -> Timestamp {
        self.log.head().written_at.map_or(now, |last| last.max(now))
    }

    /// The newest revision.
    pub(crate) fn head(&self) -> &Snapshot {
        &self.log.head().snapshot
    }

    /// The engine as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.head().clone()
    }

    /// How many writes there were, the relationships it began with counted as one.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.head().revision()
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.head().program.schema
    }
}

impl Snapshot {
    /// The relationships after all of the updates, and what changed. Nothing is committed.
    ///
    /// # Errors
    /// As [`Peppercorn::write`].
    pub(super) fn prepare(&self, updates: &[Update<'_>]) -> Result<(store::Snapshot, Vec<Change>), Error> {
        let mut problems = Vec::new();
        let mut seen = Set::default();
        seen.reserve(updates.len() - updates.len().min(1));
        for (place, update) in updates.iter().enumerate() {
            let relationship = &update.relationship;
            let checked = self.program.schema.check_relationship(relationship, update.operation == Operation::Delete);
            let once = if updates.len() == 1 || seen.insert(identity(relationship)) {
                Ok(())
            } else {
                let message = format!("relationship `{relationship}` is updated twice in one write");
                Err(Diagnostic::error(Code::RelationshipDuplicate, Span::default(), message))
            };
            if let Err(problem) = checked.and(once) {
                problems.push((place, problem));
            }
        }
        if !problems.is_empty() {
            problems.truncate(MAX_DIAGNOSTICS);
            return Err(of_updates(updates, problems));
        }
        self.data.commit(updates).map_err(|error| match error {
            CommitError::Full => full(),
            CommitError::AlreadyExists(place) => {
                let shown = updates.get(place).map(|update| update.relationship.to_string()).unwrap_or_default();
                let message = format!("could not CREATE relationship `{shown}`, as it already existed");
                let problem = Diagnostic::error(Code::RelationshipAlreadyExists, Span::new(0, shown.len()), message);
                of_updates(
                    updates,
                    vec![(place, problem.with_help("if this is persistent, use TOUCH to write it whether or not it is there"))],
                )
            }
        })
    }

    /// The same with more relationships, or fewer, for questions of what would be if: SpiceDB has no such thing. O(updates).
    ///
    /// # Errors
    /// As [`Peppercorn::write`].
    pub fn with_updates(&self, updates: &[Update<'_>]) -> Result<Self, Error> {
        let apart = Self { program: Arc::clone(&self.program), data: self.data.apart() };
        let (data, _) = apart.prepare(updates)?;
        Ok(Self { data, ..apart })
    }

    /// The revision it was taken at.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.data.revision()
    }

    /// Whether an answer may depend on the time: not where no relationship can have an expiration or a caveat.
    #[must_use]
    pub fn may_expire(&self) -> bool {
        self.program.may_expire
    }

    /// All relationships, in no order; expired ones included.
    #[cfg(feature = "dev")]
    pub(crate) fn relationship_refs(&self) -> impl Iterator<Item = Relationship<'_>> {
        self.data.relationships()
    }

    /// All relationships as text, sorted; expired ones included.
    #[must_use]
    pub fn relationships(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.data.relationships().map(|relationship| relationship.to_string()).listed();
        sort(&mut lines);
        lines
    }
}

/// What is wrong with the relationships of a text, one a line.
fn problems_of(schema: &Schema, text: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut seen = Set::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let offset = start + (line.len() - line.trim_start().len());
        start += line.len();
        let line = line.trim();
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        let read = Relationship::parse(line).and_then(|relationship| {
            schema.check_relationship(&relationship, false)?;
            if !seen.insert(identity(&relationship)) {
                return Err(Diagnostic::error(
                    Code::RelationshipDuplicate,
                    Span::new(0, line.len()),
                    format!("relationship `{relationship}` is given twice"),
                ));
            }
            Ok(())
        });
        if let Err(problem) = read {
            problems.push(problem.shifted(u32::try_from(offset).unwrap_or(u32::MAX)));
        }
        if problems.len() == MAX_DIAGNOSTICS {
            break;
        }
    }
    problems
}

/// What makes two relationships the same one: their six names. Source: SpiceDB's `tuple.WithoutCaveat`.
fn identity<'a>(relationship: &Relationship<'a>) -> (Object<'a>, &'a str, Subject<'a>) {
    (relationship.resource, relationship.relation, relationship.subject)
}

const FULL: &str = "the engine holds as many names and ids as it can";

pub(super) fn full() -> Error {
    Error::plain(Reason::StoreFull, FULL)
}

/// The error of problems with updates, as if the updates were the lines of a text.
fn of_updates(updates: &[Update<'_>], problems: Vec<(usize, Diagnostic)>) -> Error {
    let mut text = String::new();
    let mut starts = Vec::with_capacity(updates.len());
    for update in updates {
        starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        text.push_str(&update.relationship.to_string());
        text.push('\n');
    }
    let moved = problems.into_iter().map(|(place, problem)| problem.shifted(starts.get(place).copied().unwrap_or_default()));
    Error::of_text(&text, moved.listed())
}
