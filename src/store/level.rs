use std::cmp::Ordering;

use super::base::Direction;
use super::edge::Edge;
use super::kinds::Kinds;
use super::overlay::Ends;
use crate::model::Node;
use crate::text::sort_by_number;

/// Rows that were written or removed, sorted from either end. Never changed; two become one by being merged.
#[derive(Debug)]
pub(super) struct Level {
    /// By resource, then subject: each once.
    rows: Vec<Written>,
    /// The places of the rows by subject, then resource.
    by_subject: Vec<u32>,
}

/// A row, with its edge unless it was removed.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) ends: Ends,
    pub(super) edge: Option<Edge>,
}

impl Level {
    /// Of rows of which no two are the same; nothing where two are.
    pub(super) fn new(mut rows: Vec<Written>) -> Option<Self> {
        let mut kinds = Kinds::default();
        for Written { ends: (resource, subject), .. } in &rows {
            kinds.intern(resource.relation, resource.object_type);
            kinds.intern(subject.relation, subject.object_type);
        }
        let (kinds, _) = kinds.sorted();
        let key = |node: &Node| kinds.key(node).unwrap_or_default();
        // Each sort keeps the order of the one before where its own numbers are the same.
        if !rows.is_sorted_by(|one, other| one.ends < other.ends) {
            sort_by_number(&mut rows, |row| key(&row.ends.1));
            sort_by_number(&mut rows, |row| key(&row.ends.0));
        }
        let mut by_subject: Vec<u32> = (0..).take(rows.len()).collect();
        sort_by_number(&mut by_subject, |place| rows.get(*place as usize).map(|row| key(&row.ends.1)).unwrap_or_default());
        rows.is_sorted_by(|one, other| one.ends < other.ends).then_some(Self { rows, by_subject })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn get(&self, resource: &Node, subject: &Node) -> Option<&Option<Edge>> {
        let ends = (*resource, *subject);
        let place = self.rows.binary_search_by(|row| row.ends.cmp(&ends)).ok()?;
        self.rows.get(place).map(|row| &row.edge)
    }

    /// The row at a place in the order of a direction, its ends as that has them.
    pub(super) fn at(&self, direction: Direction, place: usize) -> Option<(Ends, &Option<Edge>)> {
        match direction {
            Direction::Subjects => self.rows.get(place).map(|row| (row.ends, &row.edge)),
            Direction::Resources => {
                let row = self.rows.get(*self.by_subject.get(place)? as usize)?;
                Some((flip(row.ends), &row.edge))
            }
        }
    }

    /// The place of the first row that is not before these ends; or after them.
    pub(super) fn first_from(&self, direction: Direction, ends: &Ends, after: bool) -> usize {
        let is_before = |found: Ends| match found.cmp(ends) {
            Ordering::Less => true,
            Ordering::Equal => after,
            Ordering::Greater => false,
        };
        match direction {
            Direction::Subjects => self.rows.partition_point(|row| is_before(row.ends)),
            Direction::Resources => self
                .by_subject
                .partition_point(|place| self.rows.get(*place as usize).is_some_and(|row| is_before(flip(row.ends)))),
        }
    }

    /// These rows, where the later ones do not say otherwise, and those. O(n).
    pub(super) fn merged(&self, later: &Self) -> Self {
        let mut rows = Vec::with_capacity(self.len() + later.len());
        // Where the rows of each are now; `GONE` where another took their place.
        let (mut moved, mut moved_later) = (Vec::with_capacity(self.len()), Vec::with_capacity(later.len()));
        let (mut own, mut others) = (self.rows.iter().peekable(), later.rows.iter().peekable());
        let mut next: u32 = 0;
        loop {
            let order = match (own.peek(), others.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(other)) => one.ends.cmp(&other.ends),
            };
            let taken = match order {
                Ordering::Less => {
                    moved.push(next);
                    own.next()
                }
                Ordering::Greater => {
                    moved_later.push(next);
                    others.next()
                }
                Ordering::Equal => {
                    own.next();
                    moved.push(GONE);
                    moved_later.push(next);
                    others.next()
                }
            };
            rows.extend(taken.cloned());
            next += 1;
        }
        let mut by_subject = Vec::with_capacity(rows.len());
        let now = |moved: &[u32], place: &u32| moved.get(*place as usize).copied().filter(|place| *place != GONE);
        let ends = |place: &u32| rows.get(*place as usize).map(|row: &Written| flip(row.ends));
        let mut own = self.by_subject.iter().filter_map(|place| now(&moved, place)).peekable();
        let mut others = later.by_subject.iter().filter_map(|place| now(&moved_later, place)).peekable();
        while let (Some(one), Some(other)) = (own.peek(), others.peek()) {
            let taken = if ends(one) < ends(other) { own.next() } else { others.next() };
            by_subject.extend(taken);
        }
        by_subject.extend(own);
        by_subject.extend(others);
        Self { rows, by_subject }
    }
}

/// No place: levels have fewer rows.
const GONE: u32 = u32::MAX;

/// The ends exchanged.
pub(super) fn flip((one, other): Ends) -> Ends {
    (other, one)
}
