use std::ops::Bound;
use std::sync::Arc;

use super::Change;
use super::base::{Base, Builder, Direction};
use super::dictionary::Merge;
use super::kinds::Kinds;
use super::layout::{Layout, layout};
use super::level::Written;
use super::overlay::{Ends, FIRST, LAST, Overlay};
use super::rows::Place;
use super::snapshot::Snapshot;
use super::touched::Touched;
use crate::model::{Node, Symbol};

/// Makes a new base of a base and the overlay above it, a few steps with each commit, so that no commit waits for all of it.
///
/// Answers do not change by it, nor do snapshots that were taken before.
#[derive(Debug, Default)]
pub struct Folding {
    job: Option<Job>,
}

impl Clone for Folding {
    /// Another line of commits begins its own.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A base in the making.
#[derive(Debug)]
pub(super) struct Job {
    /// What goes into the base.
    from: Snapshot,
    builder: Builder,
    /// The numbers that the kinds of the old base have in the new one.
    numbers: Vec<u32>,
    names: Option<Merge>,
    /// What was written since: the overlay of the new base.
    since: Overlay,
    touched: Arc<Touched>,
    stage: Stage,
    /// Where the walk over the rows of a direction is.
    place: Place,
    last: Option<Ends>,
}

/// What is being done. Room is made before rows are added, so that adding them never moves them.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Room(Direction),
    Slots(Direction),
    Rows(Direction),
    Names,
}

/// A base is made anew once so many rows were written above it: often enough to keep them few, so seldom that it costs each write little.
const LEAST: usize = 65_536;

/// Or one for each so many rows of the base, where that is more.
const SHARE: usize = 8;

/// A small base already once it would be twice as large, and the first one once there are so many: what is filled by writes alone is not
/// asked far more slowly than what was loaded.
const FIRST_BASE: usize = 4_096;

/// So many rows are looked through at once, where nobody noted which nodes they are of.
const MOST_AT_ONCE: usize = 16_384;

/// The rows that there is room for when the first is noted.
const FIRST_ROOM: usize = 128;

/// Rows that are copied in one step of work where their node was not written to.
const ROWS_PER_STEP: usize = 16;

impl Folding {
    /// Does its share of work after a commit that made these changes. Where a new base is ready, the snapshot moves to it.
    pub fn after_commit(&mut self, head: &mut Snapshot, changes: &[Change]) {
        head.dictionary.tidy();
        head.overlay.tidy();
        match &mut self.job {
            Some(job) => job.note(changes),
            None if head.overlay.len() >= most_above(&head.base) => self.job = Some(Job::new(head)),
            None => head.watch_touched(),
        }
        let steps = steps_for(head, changes.len() + 1);
        if let Some(mut job) = self.job.take() {
            match job.work(steps) {
                Some(true) => job.finish(head),
                Some(false) => self.job = Some(job),
                // There is no room for such a base: it stays as it is.
                None => {}
            }
        }
    }
}

/// How many rows may be written above a base before a new one is made.
fn most_above(base: &Base) -> usize {
    match layout() {
        Layout::Usual => base.len().clamp(FIRST_BASE, LEAST).max(base.len() / SHARE),
        Layout::Base => 1,
        Layout::Overlay => usize::MAX,
        Layout::Mixed => 3,
    }
}

/// How many steps are done for so many changes: a base is ready before half as many are written again as it was made after.
fn steps_for(head: &Snapshot, changes: usize) -> usize {
    match layout() {
        Layout::Usual => changes * (1 + head.len() / (most_above(&head.base) / 5)),
        Layout::Base | Layout::Overlay => usize::MAX,
        Layout::Mixed => changes,
    }
}

impl Snapshot {
    /// Notes which nodes are written to, in as much memory as their number asks for. Where there are many that nobody noted, nobody does.
    pub(super) fn watch_touched(&mut self) {
        let rows = self.overlay.len();
        let room = match &self.touched {
            Some(touched) if rows <= touched.rows() => return,
            Some(touched) => rows.max(touched.rows() * 8),
            None if rows <= MOST_AT_ONCE => rows.max(FIRST_ROOM),
            None => return,
        };
        let touched = Touched::new(room);
        let mut changes = self.overlay.range(Direction::Subjects, Bound::Unbounded, (LAST, LAST));
        while let Some(((resource, subject), _)) = changes.peek() {
            touched.add(Direction::Subjects, &resource);
            touched.add(Direction::Resources, &subject);
            changes.advance();
        }
        self.touched = Some(Arc::new(touched));
    }

    /// The kinds of all rows, sorted.
    fn kinds(&self) -> Kinds {
        let mut kinds = self.base.kinds.clone();
        for direction in [Direction::Subjects, Direction::Resources] {
            // From the first of a kind to the first of the next.
            let mut from = Bound::Included((FIRST, FIRST));
            while let Some(((node, _), _)) = self.overlay.range(direction, from, (LAST, LAST)).peek() {
                kinds.intern(node.relation, node.object_type);
                from = Bound::Excluded((Node { id: Symbol::GHOST, ..node }, LAST));
            }
        }
        kinds.sorted().0
    }
}

impl Job {
    pub(super) fn new(head: &Snapshot) -> Self {
        let kinds = head.kinds();
        Self {
            from: head.clone(),
            numbers: head.base.kinds.numbers_in(&kinds),
            builder: Builder::new(kinds),
            names: head.dictionary.merge(),
            since: Overlay::default(),
            touched: Arc::new(Touched::new(LEAST.max(head.len() / SHARE))),
            stage: Stage::Room(Direction::Subjects),
            place: Place::default(),
            last: None,
        }
    }

    /// How many nodes a direction can have at most.
    fn nodes(&self, direction: Direction) -> usize {
        self.from.base.side(direction).nodes() + self.from.overlay.len()
    }

    /// Notes what is written while the base is made.
    pub(super) fn note(&mut self, changes: &[Change]) {
        let rows = changes.iter().map(|change| Written { ends: (change.resource, change.subject), edge: change.after() });
        if !self.since.set_all(rows.collect()) {
            changes.iter().for_each(|change| self.since.set(change.resource, change.subject, change.after()));
        }
        self.since.tidy();
        for Change { resource, subject, .. } in changes {
            self.touched.add(Direction::Subjects, resource);
            self.touched.add(Direction::Resources, subject);
        }
    }

    /// Does so many steps; whether all is done.
    pub(super) fn work(&mut self, steps: usize) -> Option<bool> {
        let mut left = steps;
        while left > 0 {
            match self.stage {
                Stage::Room(direction) => {
                    let nodes = self.nodes(direction);
                    self.builder.side(direction).reserve(nodes, self.from.len());
                    self.stage = Stage::Slots(direction);
                }
                Stage::Slots(direction) => {
                    let nodes = self.nodes(direction);
                    if self.builder.side(direction).add_slots(nodes, left) {
                        (self.place, self.last) = (Place::default(), None);
                        self.stage = Stage::Rows(direction);
                        left -= 1;
                    } else {
                        left = 0;
                    }
                }
                Stage::Rows(direction) => {
                    let mut rows = self.from.rows_after(direction, self.place, self.last);
                    let done = loop {
                        if left == 0 {
                            break false;
                        }
                        if let Some(run) = rows.untouched(left.saturating_mul(ROWS_PER_STEP)) {
                            self.builder.copy(direction, &self.from.base, run, &self.numbers)?;
                            left -= 1 + run.1.len() / (ROWS_PER_STEP + 1);
                            continue;
                        }
                        left -= 1;
                        let Some((node, neighbour, edge)) = rows.next() else { break true };
                        let (node, neighbour) = (self.builder.kinds().key(&node)?, self.builder.kinds().key(&neighbour)?);
                        self.builder.push(direction, node, neighbour, edge)?;
                    };
                    (self.place, self.last) = rows.position();
                    if done {
                        self.stage = match direction {
                            Direction::Subjects => Stage::Room(Direction::Resources),
                            Direction::Resources => Stage::Names,
                        };
                    }
                }
                Stage::Names => {
                    return Some(self.names.as_mut().is_none_or(|names| names.step(&self.from.dictionary, left)));
                }
            }
        }
        Some(false)
    }

    /// Moves the newest snapshot to the new base.
    pub(super) fn finish(self, head: &mut Snapshot) {
        head.base = Arc::new(self.builder.finished());
        head.overlay = self.since;
        head.touched = Some(self.touched);
        if let Some(names) = self.names {
            head.dictionary = head.dictionary.merged(names);
        }
    }
}
