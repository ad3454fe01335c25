//! A whole engine as bytes, and back. `docs/snapshot-format.md` has every field.
//!
//! Promises: an engine that is loaded answers as the one that was saved, old tokens and watches included, and saves as the same bytes.
//! Bytes that were changed are refused; even with a right checksum, nothing in them makes a load panic, take memory or time that
//! their length does not justify, or hold a relationship that its schema does not allow.

use std::sync::Arc;

use super::log::{Commit, Log};
use super::program::Program;
use super::v1::messages::{RelationFilter, RelationshipFilter, SubjectFilter};
use super::{Error, ForeignTokens, Peppercorn, Reason, Settings, Snapshot};
use crate::model::Relationship;
use crate::plan::Plan;
use crate::schema::{Schema, compile_with};
use crate::store::saved::{Expected, RowReader, RowWriter, read_context, read_time, write_context, write_time};
use crate::text::bytes::{Bytes, write_count, write_number, write_text};
use crate::text::hash::sum;

/// What every snapshot begins with: no text does, and a transfer that rewrites line ends shows.
const MAGIC: [u8; 8] = *b"\x89PEPPER\n";

/// The version of the format that is written, and the only one that is read.
const VERSION: u8 = 2;

/// Revisions are far from the end of their numbers.
const LAST_REVISION: u64 = u64::MAX >> 1;

/// What keeps every revision, while those that were kept are done again.
const KEEP_ALL: Settings = Settings {
    identity: 0,
    retention_seconds: u64::MAX,
    retention_revisions: usize::MAX,
    foreign_tokens: ForeignTokens::FullConsistency,
};

impl Peppercorn {
    /// The whole engine as bytes: schema, relationships, settings, counters, and every revision that is kept. The same calls give the
    /// same bytes everywhere. O(n log n).
    ///
    /// ```
    /// use peppercorn::Peppercorn;
    ///
    /// let schema = "definition user {}
    ///     definition document {
    ///         relation viewer: user
    ///     }";
    /// let engine = Peppercorn::new(schema, "document:readme#viewer@user:alice")?;
    /// let bytes = engine.save();
    /// let loaded = Peppercorn::load(&bytes)?;
    /// assert_eq!(loaded.snapshot().relationships(), ["document:readme#viewer@user:alice"]);
    /// assert_eq!(loaded.save(), bytes);
    /// assert_eq!(Peppercorn::load(&bytes[1..]).unwrap_err().code(), "DAMAGED_SNAPSHOT");
    /// # Ok::<(), peppercorn::Error>(())
    /// ```
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        let length = out.len();
        out.extend([0; 8]);
        self.write_to(&mut out);
        let total = u64::try_from(out.len() + 8).unwrap_or(u64::MAX);
        for (place, byte) in out.iter_mut().skip(length).zip(total.to_le_bytes()) {
            *place = byte;
        }
        let checksum = sum(&out).to_le_bytes();
        out.extend(checksum);
        out
    }

    /// The engine that was saved as these bytes. O(n log n).
    ///
    /// # Errors
    /// Bytes that are no snapshot, or not exactly one; a snapshot of a newer version.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        let body = body(bytes)?;
        Self::read_from(&mut Bytes::new(body)).ok_or_else(damaged)
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        let Settings { identity, retention_seconds, retention_revisions, foreign_tokens } = self.settings;
        write_number(out, identity);
        write_number(out, retention_seconds);
        write_count(out, retention_revisions);
        out.push(u8::from(foreign_tokens == ForeignTokens::Error));
        write_count(out, self.counters.len());
        for (name, filter) in &self.counters {
            write_text(out, name);
            write_filter(out, filter);
        }
        self.head().data.dictionary().write(out);
        let (first, later) = self.log.split();
        let schema = &first.snapshot.program.schema;
        write_count(out, schema.imports().len());
        for text in schema.imports().iter().flat_map(|(path, text)| [path, text]) {
            write_text(out, text);
        }
        write_text(out, schema.text());
        write_number(out, first.revision());
        out.push(u8::from(first.written_at.is_some()));
        if let Some(time) = first.written_at {
            write_time(out, time);
        }
        let mut rows = RowWriter::default();
        rows.rows(out, &first.snapshot.data);
        write_count(out, later.len());
        for commit in later {
            write_time(out, commit.written_at.unwrap_or_default());
            out.push(u8::from(commit.metadata.is_some()));
            if let Some(metadata) = &commit.metadata {
                write_context(out, metadata);
            }
            out.push(u8::from(commit.writes_schema));
            if commit.writes_schema {
                write_text(out, commit.snapshot.program.schema.text());
            } else {
                rows.changes(out, &commit.changes);
            }
        }
    }

    fn read_from(input: &mut Bytes<'_>) -> Option<Self> {
        let settings = Settings {
            identity: input.number(),
            retention_seconds: input.number(),
            retention_revisions: usize::try_from(input.number()).unwrap_or(usize::MAX),
            foreign_tokens: if input.flag() { ForeignTokens::Error } else { ForeignTokens::FullConsistency },
        };
        let mut counters = Vec::new();
        for _ in 0..input.count() {
            counters.push((input.text().to_owned(), read_filter(input)));
            // What is not there would be read once and again.
            if input.is_damaged() {
                return None;
            }
        }
        let (mut rows, mut dictionary) = RowReader::new(input)?;
        let schema = read_schema(input)?;
        let plan = Plan::new(&schema, &mut dictionary)?;
        let program = Arc::new(Program::new(schema, plan));
        let revision = Some(input.number()).filter(|revision| *revision <= LAST_REVISION)?;
        let written_at = input.flag().then(|| read_time(input));
        // A schema may be written that does not allow what has expired.
        let data = rows.rows(input, dictionary, revision, &Expected { fits: &fits(&program.schema), expired: written_at })?;
        let first = Commit { written_at, ..Commit::first(Snapshot { program, data }) };
        let mut engine = Self { log: Log::new(first), settings: KEEP_ALL, counters };
        for _ in 0..input.count() {
            engine.replay(input, &mut rows)?;
        }
        engine.settings = settings;
        input.is_done().then_some(engine)
    }

    /// Makes the next revision once more, by the code that made it.
    fn replay(&mut self, input: &mut Bytes<'_>, rows: &mut RowReader) -> Option<()> {
        let time = read_time(input);
        let metadata = input.flag().then(|| Arc::new(read_context(input)));
        if input.flag() {
            rows.schema_changes();
            return self.write_schema(input.text(), time).ok().map(|_| ());
        }
        let head = self.head();
        let (data, changes) = rows.changes(input, &head.data, &Expected { fits: &fits(&head.program.schema), expired: None })?;
        self.commit(data, changes, metadata, time);
        (!input.is_damaged()).then_some(())
    }
}

/// Whether a relationship fits a schema.
fn fits(schema: &Schema) -> impl Fn(&Relationship<'_>) -> bool {
    |relationship| schema.check_relationship(relationship, false).is_ok()
}

/// What stands between header and checksum, once both are right.
fn body(bytes: &[u8]) -> Result<&[u8], Error> {
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
    let (version, rest) = rest.split_first().filter(|_| *magic == MAGIC).ok_or_else(damaged)?;
    // Of another version nothing more is known than this.
    if *version != VERSION {
        let message = format!("the snapshot is of format version {version}; this version of the engine reads {VERSION} alone");
        let reason = if *version > VERSION { Reason::NewerSnapshot } else { Reason::DamagedSnapshot };
        return Err(Error::plain(reason, message));
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
    let (body, _) = rest.split_last_chunk::<8>().ok_or_else(damaged)?;
    let (checked, checksum) = bytes.split_last_chunk().ok_or_else(damaged)?;
    let whole = u64::try_from(bytes.len()).is_ok_and(|found| found == u64::from_le_bytes(*length));
    if whole && sum(checked) == u64::from_le_bytes(*checksum) { Ok(body) } else { Err(damaged()) }
}

fn damaged() -> Error {
    Error::plain(Reason::DamagedSnapshot, "the bytes are no snapshot of an engine, or a damaged or incomplete one")
}

/// Reads a schema and what it imports.
fn read_schema(input: &mut Bytes<'_>) -> Option<Schema> {
    let mut imports = Vec::new();
    for _ in 0..input.count() {
        imports.push((input.text(), input.text()));
        if input.is_damaged() {
            return None;
        }
    }
    let mut loader = |wanted: &str| imports.iter().find(|(path, _)| *path == wanted).map(|(_, text)| (*text).to_owned());
    compile_with(input.text(), Some(&mut loader)).schema
}

/// Writes a filter: its texts, and before those that may be absent whether they are there.
fn write_filter(out: &mut Vec<u8>, filter: &RelationshipFilter) {
    let RelationshipFilter { resource_type, optional_resource_id, optional_resource_id_prefix, optional_relation, .. } = filter;
    for text in [resource_type, optional_resource_id, optional_resource_id_prefix, optional_relation] {
        write_text(out, text);
    }
    let subject = filter.optional_subject_filter.as_ref();
    out.push(u8::from(subject.is_some()));
    if let Some(subject) = subject {
        write_text(out, &subject.subject_type);
        write_text(out, &subject.optional_subject_id);
        out.push(u8::from(subject.optional_relation.is_some()));
        if let Some(wanted) = &subject.optional_relation {
            write_text(out, &wanted.relation);
        }
    }
}

fn read_filter(input: &mut Bytes<'_>) -> RelationshipFilter {
    let text = |input: &mut Bytes<'_>| input.text().to_owned();
    RelationshipFilter {
        resource_type: text(input),
        optional_resource_id: text(input),
        optional_resource_id_prefix: text(input),
        optional_relation: text(input),
        optional_subject_filter: input.flag().then(|| SubjectFilter {
            subject_type: text(input),
            optional_subject_id: text(input),
            optional_relation: input.flag().then(|| RelationFilter { relation: text(input) }),
        }),
    }
}
