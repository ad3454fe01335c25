//! Sets of subjects: single ones, and a wildcard with what is excluded from it, each perhaps conditional.
//!
//! The operations are those of SpiceDB's sets (`internal/datasets/basesubjectset.go`) with their conditions exact:
//! [`super::spicedb_sets`] has them as they are. A wildcard does not swallow the single subjects beside it.

use std::collections::BTreeMap;

use super::kleene::{Value, Verdict};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subjects {
    pub(crate) single: BTreeMap<String, Verdict>,
    pub(crate) wildcard: Option<Wildcard>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wildcard {
    pub(crate) verdict: Verdict,
    pub(crate) excluded: BTreeMap<String, Verdict>,
}

/// Puts a member in a map beside what is there; what is there in neither is not.
fn add(members: &mut BTreeMap<String, Verdict>, id: &str, verdict: Verdict) {
    let entry = members.entry(id.to_owned()).or_insert(Verdict::NO);
    *entry = entry.or(verdict);
}

impl Subjects {
    pub(crate) fn one(id: &str) -> Self {
        Self { single: BTreeMap::from([(id.to_owned(), Verdict::HAS)]), wildcard: None }
    }

    pub(crate) fn everyone() -> Self {
        Self { single: BTreeMap::new(), wildcard: Some(Wildcard { verdict: Verdict::HAS, excluded: BTreeMap::new() }) }
    }

    fn single(&self, id: &str) -> Verdict {
        self.single.get(id).copied().unwrap_or(Verdict::NO)
    }

    /// What the wildcard alone says of a subject.
    fn covers(&self, id: &str) -> Verdict {
        self.wildcard.as_ref().map_or(Verdict::NO, |wildcard| wildcard.verdict.and(wildcard.excludes(id).not()))
    }

    /// What the set says of a subject.
    pub(crate) fn verdict(&self, id: &str) -> Verdict {
        self.single(id).or(self.covers(id))
    }

    /// Without what is certainly not in it.
    pub(crate) fn tidy(mut self) -> Self {
        self.single.retain(|_, verdict| verdict.value != Value::No);
        self.wildcard = self.wildcard.filter(|wildcard| wildcard.verdict.value != Value::No);
        if let Some(wildcard) = &mut self.wildcard {
            wildcard.excluded.retain(|_, verdict| verdict.value != Value::No);
        }
        self
    }

    pub(crate) fn under(mut self, caveat: Verdict) -> Self {
        self.single.values_mut().for_each(|verdict| *verdict = verdict.and(caveat));
        if let Some(wildcard) = &mut self.wildcard {
            wildcard.verdict = wildcard.verdict.and(caveat);
        }
        self
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut single = self.single.clone();
        for (id, verdict) in &other.single {
            add(&mut single, id, *verdict);
        }
        // Who is excluded from one wildcard is in the other, as far as that one holds.
        let mut wildcard = match (&self.wildcard, &other.wildcard) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one.clone()),
            (Some(left), Some(right)) => {
                let either = left.excluded.keys().chain(right.excluded.keys());
                let excluded = |id: &String| (id.clone(), self.covers(id).not().and(other.covers(id).not()));
                Some(Wildcard { verdict: left.verdict.or(right.verdict), excluded: either.map(excluded).collect() })
            }
        };
        if let Some(wildcard) = &mut wildcard {
            for (id, excluded) in &mut wildcard.excluded {
                *excluded = excluded.and(single.get(id).map_or(Verdict::HAS, |verdict| verdict.not()));
            }
        }
        Self { single, wildcard }
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut single = BTreeMap::new();
        for (id, verdict) in &self.single {
            add(&mut single, id, verdict.and(other.single(id)));
            add(&mut single, id, verdict.and(other.covers(id)));
        }
        for (id, verdict) in &other.single {
            add(&mut single, id, verdict.and(self.covers(id)));
        }
        let wildcard = match (&self.wildcard, &other.wildcard) {
            (Some(left), Some(right)) => {
                let mut excluded = left.excluded.clone();
                for (id, verdict) in &right.excluded {
                    add(&mut excluded, id, *verdict);
                }
                Some(Wildcard { verdict: left.verdict.and(right.verdict), excluded })
            }
            (_, None) | (None, _) => None,
        };
        Self { single, wildcard }
    }

    pub(crate) fn exclusion(&self, other: &Self) -> Self {
        let mut left = self.clone();
        for (id, verdict) in &mut left.single {
            *verdict = verdict.and(other.single(id).not());
        }
        if let Some(wildcard) = &mut left.wildcard {
            for (id, verdict) in &other.single {
                add(&mut wildcard.excluded, id, *verdict);
            }
        }
        let Some(removed) = &other.wildcard else { return left };
        for (id, verdict) in &mut left.single {
            *verdict = verdict.and(removed.verdict.not().or(removed.excludes(id)));
        }
        // Who is in the wildcard here and excluded from the other one stays, by name.
        let wildcard = left.wildcard.take();
        if let Some(mut wildcard) = wildcard {
            for (id, excluded) in &removed.excluded {
                let stays = wildcard.verdict.and(wildcard.excludes(id).not()).and(*excluded);
                add(&mut left.single, id, stays);
            }
            wildcard.verdict = wildcard.verdict.and(removed.verdict.not());
            left.wildcard = Some(wildcard);
        }
        left
    }
}

impl Wildcard {
    fn excludes(&self, id: &str) -> Verdict {
        self.excluded.get(id).copied().unwrap_or(Verdict::NO)
    }
}
