//! Sets of subjects as SpiceDB 1.54 combines them in lookups of subjects, its mistakes included: what explains its wrong answers.
//!
//! SpiceDB puts caveats together without looking at their values, and evaluates them at the end. So a member is there until then even
//! when its caveat is false, and it takes the lack of a caveat for the lack of a condition in three places where that is wrong
//! (marked below). [`super::subjects`] has the same operations, right.

use std::collections::BTreeMap;

use super::kleene::Verdict;
use super::subjects::{Subjects, Wildcard};

/// Nothing when there is no caveat, otherwise what the caveats come to.
type Condition = Option<Verdict>;
type Members = BTreeMap<String, Condition>;

/// What SpiceDB finds. It hands on side by side what the usersets of a relation hold; the next permission or caveat on the way puts
/// that together, and without one each set is evaluated by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpiceDbSets(Vec<SpiceDbSet>);

impl SpiceDbSets {
    pub(crate) fn one(id: &str) -> Self {
        Self(vec![SpiceDbSet::one(id)])
    }

    pub(crate) fn everyone() -> Self {
        Self(vec![SpiceDbSet::everyone()])
    }

    /// A set that is there already adds nothing, neither side by side nor put together.
    pub(crate) fn beside(mut self, other: Self) -> Self {
        for set in other.0 {
            if !self.0.contains(&set) {
                self.0.push(set);
            }
        }
        self
    }

    fn set(&self) -> SpiceDbSet {
        self.0.iter().fold(SpiceDbSet::default(), |all, set| all.union(set))
    }

    pub(crate) fn together(&self) -> Self {
        Self(vec![self.set()])
    }

    pub(crate) fn under(&self, caveat: Verdict) -> Self {
        Self(vec![self.set().under(caveat)])
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self(vec![self.set().union(&other.set())])
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self(vec![self.set().intersection(&other.set())])
    }

    pub(crate) fn exclusion(&self, other: &Self) -> Self {
        Self(vec![self.set().exclusion(&other.set())])
    }

    /// What is answered.
    pub(crate) fn evaluated(&self) -> Subjects {
        self.0.iter().fold(Subjects::default(), |all, set| all.union(&set.evaluated())).tidy()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct SpiceDbSet {
    single: Members,
    wildcard: Option<(Condition, Members)>,
}

fn and(left: Condition, right: Condition) -> Condition {
    left.zip(right).map(|(left, right)| left.and(right)).or(left).or(right)
}

fn or(left: Condition, right: Condition) -> Condition {
    left.zip(right).map(|(left, right)| left.or(right))
}

fn not(condition: Condition) -> Condition {
    condition.map(Verdict::not)
}

fn add(members: &mut Members, id: &str, condition: Condition) {
    let condition = members.get(id).map_or(condition, |there| or(*there, condition));
    members.insert(id.to_owned(), condition);
}

impl SpiceDbSet {
    fn one(id: &str) -> Self {
        Self { single: Members::from([(id.to_owned(), None)]), wildcard: None }
    }

    fn everyone() -> Self {
        Self { single: Members::new(), wildcard: Some((None, Members::new())) }
    }

    fn under(mut self, caveat: Verdict) -> Self {
        self.single.values_mut().for_each(|condition| *condition = and(Some(caveat), *condition));
        if let Some((condition, _)) = &mut self.wildcard {
            *condition = and(Some(caveat), *condition);
        }
        self
    }

    fn union(&self, other: &Self) -> Self {
        let mut set = self.clone();
        for (id, condition) in &other.single {
            add(&mut set.single, id, *condition);
        }
        set.wildcard = match (&self.wildcard, &other.wildcard) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one.clone()),
            (Some((left, kept)), Some((right, others))) => {
                // MISTAKE: a wildcard whose caveat is false still lifts the exclusions of the other.
                let both = kept.iter().filter_map(|(id, excluded)| Some((id.clone(), and(*excluded, *others.get(id)?))));
                Some((or(*left, *right), both.collect()))
            }
        };
        if let Some((_, excluded)) = &mut set.wildcard {
            for (id, condition) in &set.single {
                match (excluded.get_mut(id), condition) {
                    (Some(_), None) => _ = excluded.remove(id),
                    (Some(excluded), Some(_)) => *excluded = and(*excluded, not(*condition)),
                    (None, _) => {}
                }
            }
        }
        set
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut single = Members::new();
        for (id, condition) in &self.single {
            if let Some(there) = other.single.get(id) {
                add(&mut single, id, and(*condition, *there));
            }
            other.meet(&mut single, id, *condition);
        }
        for (id, condition) in &other.single {
            self.meet(&mut single, id, *condition);
        }
        let wildcard = self.wildcard.clone().zip(other.wildcard.as_ref()).map(|((left, mut excluded), (right, others))| {
            others.iter().for_each(|(id, condition)| add(&mut excluded, id, *condition));
            (and(left, *right), excluded)
        });
        Self { single, wildcard }
    }

    /// A single subject of another set, as far as the wildcard has it.
    fn meet(&self, single: &mut Members, id: &str, condition: Condition) {
        let Some((wildcard, excluded)) = &self.wildcard else { return };
        match excluded.get(id) {
            None => add(single, id, and(condition, *wildcard)),
            Some(None) => {}
            Some(excluded) => add(single, id, and(condition, and(*wildcard, not(*excluded)))),
        }
    }

    fn exclusion(&self, other: &Self) -> Self {
        let mut set = self.clone();
        for (id, removed) in &other.single {
            match (set.single.get_mut(id), removed) {
                (Some(_), None) => _ = set.single.remove(id),
                (Some(condition), Some(_)) => *condition = and(*condition, not(*removed)),
                (None, _) => {}
            }
            if let Some((_, excluded)) = &mut set.wildcard {
                add(excluded, id, *removed);
            }
        }
        let Some((removed, kept)) = &other.wildcard else { return set };
        set.single = set
            .single
            .into_iter()
            .filter_map(|(id, condition)| match kept.get(&id) {
                None if removed.is_none() => None,
                None => Some((id, and(condition, not(*removed)))),
                Some(None) => Some((id, condition)),
                Some(kept) => Some((id, and(condition, removed.map_or(*kept, |removed| or(Some(removed.not()), *kept))))),
            })
            .collect();
        let Some((wildcard, excluded)) = set.wildcard.take() else { return set };
        if removed.is_none() && kept.is_empty() {
            return set;
        }
        for (id, kept) in kept {
            let stays = and(and(wildcard, *removed), *kept);
            // MISTAKE: in place of the same subject that stayed for another reason.
            match excluded.get(id) {
                Some(None) => {}
                Some(excluded) => _ = set.single.insert(id.clone(), and(stays, not(*excluded))),
                None => _ = set.single.insert(id.clone(), stays),
            }
        }
        // MISTAKE: removing a wildcard without a caveat leaves one with a caveat as it was.
        set.wildcard = and(wildcard, not(*removed)).map(|condition| (Some(condition), excluded));
        set
    }

    fn evaluated(&self) -> Subjects {
        let members =
            |members: &Members| members.iter().map(|(id, condition)| (id.clone(), condition.unwrap_or(Verdict::HAS))).collect();
        let wildcard = |(condition, excluded): &(Condition, Members)| Wildcard {
            verdict: condition.unwrap_or(Verdict::HAS),
            excluded: members(excluded),
        };
        Subjects { single: members(&self.single), wildcard: self.wildcard.as_ref().map(wildcard) }.tidy()
    }
}
