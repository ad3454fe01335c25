use std::collections::VecDeque;
use std::sync::Arc;

use super::{Settings, Snapshot};
use crate::model::{Context, Timestamp};
use crate::store::{Change, Folding};
use crate::text::Listed;

/// A revision, and how it came about.
#[derive(Clone, Debug)]
pub(super) struct Commit {
    /// The engine after it.
    pub(super) snapshot: Snapshot,
    /// When it was made; nothing for what an engine begins with.
    pub(super) written_at: Option<Timestamp>,
    /// The relationships written and removed, in order.
    pub(super) changes: Arc<[Change]>,
    /// What the writer said about it.
    pub(super) metadata: Option<Arc<Context>>,
    /// Whether it wrote a schema.
    pub(super) writes_schema: bool,
}

/// The newest revision and those before it that are kept, for snapshots and for watching.
#[derive(Clone, Debug)]
pub(super) struct Log {
    head: Commit,
    /// Oldest first. Their revisions have no gaps.
    older: VecDeque<Commit>,
    folding: Folding,
}

/// Why a revision cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    /// It was replaced too long ago, or by too many others.
    Expired,
    /// There was none yet.
    NotReached,
}

impl Commit {
    /// What an engine begins with.
    pub(super) fn first(snapshot: Snapshot) -> Self {
        Self { snapshot, written_at: None, changes: Arc::default(), metadata: None, writes_schema: false }
    }

    pub(super) fn revision(&self) -> u64 {
        self.snapshot.revision()
    }
}

impl Log {
    pub(super) fn new(first: Commit) -> Self {
        Self { head: first, older: VecDeque::new(), folding: Folding::default() }
    }

    pub(super) fn head(&self) -> &Commit {
        &self.head
    }

    /// The oldest that is kept, and all since.
    pub(super) fn split(&self) -> (&Commit, Vec<&Commit>) {
        let mut commits = self.commits();
        (commits.next().unwrap_or(&self.head), commits.listed())
    }

    /// All that are kept, oldest first.
    pub(super) fn commits(&self) -> impl Iterator<Item = &Commit> {
        self.older.iter().chain(std::iter::once(&self.head))
    }

    /// The revision that is kept longest.
    pub(super) fn oldest(&self) -> u64 {
        self.older.front().unwrap_or(&self.head).revision()
    }

    /// Puts the next revision in place and forgets those that are too old by then. The one place where the engine changes.
    pub(super) fn push(&mut self, next: Commit, settings: &Settings) {
        let now = next.written_at;
        self.older.push_back(std::mem::replace(&mut self.head, next));
        if self.head.writes_schema {
            // It may have removed relationships that are among no changes.
            self.folding = Folding::default();
        } else {
            self.folding.after_commit(&mut self.head.snapshot.data, &self.head.changes);
        }
        if let Some(now) = now {
            self.forget(settings, now);
        }
    }

    /// Forgets what is too old at `now`, and with it the memory.
    pub(super) fn forget(&mut self, settings: &Settings, now: Timestamp) {
        let keep = settings.retention_revisions.max(1) - 1;
        while self.older.len() > keep || self.is_outdated(0, settings, now) {
            self.older.pop_front();
        }
    }

    /// The snapshot of a revision.
    pub(super) fn at(&self, revision: u64, settings: &Settings, now: Timestamp) -> Result<&Snapshot, Unavailable> {
        if revision > self.head.revision() {
            return Err(Unavailable::NotReached);
        }
        if revision == self.head.revision() {
            return Ok(&self.head.snapshot);
        }
        let place = revision.checked_sub(self.oldest()).and_then(|place| usize::try_from(place).ok());
        let place = place.filter(|place| !self.is_outdated(*place, settings, now)).ok_or(Unavailable::Expired)?;
        self.older.get(place).map(|commit| &commit.snapshot).ok_or(Unavailable::Expired)
    }

    /// What made a revision, where that is kept.
    pub(super) fn commit(&self, revision: u64) -> Option<&Commit> {
        let place = usize::try_from(revision.checked_sub(self.oldest())?).ok()?;
        self.commits().nth(place)
    }

    /// Whether the commit at that place was replaced longer ago than is kept.
    fn is_outdated(&self, place: usize, settings: &Settings, now: Timestamp) -> bool {
        let next = if place + 1 < self.older.len() { self.older.get(place + 1) } else { Some(&self.head) };
        let replaced = next.filter(|_| place < self.older.len()).and_then(|next| next.written_at);
        replaced.is_some_and(|replaced| {
            let age = now.unix_seconds().saturating_sub(replaced.unix_seconds());
            u64::try_from(age).is_ok_and(|age| age > settings.retention_seconds)
        })
    }
}
