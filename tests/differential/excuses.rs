//! What explains an answer of SpiceDB 1.54 that is not right: one of the mistakes that [`super::quirks`] holds on to and that the
//! generator does not keep clear of.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answer;
use super::kleene::{Value, Verdict};
use super::oracle::{Mistakes, Oracle};
use super::questions::{Asked, Question};
use super::system::{Definition, Expression, System};

type Members = BTreeMap<String, Verdict>;

/// Only the names differ that a lookup's results miss: a check knows when a condition on one way is made needless by another, lookups
/// that go way by way do not.
pub(crate) fn names(_: &System, _: &Question, right: &Answer, tested: &Answer) -> Option<&'static str> {
    right.like(tested).then_some("names missed on ways that do not matter")
}

/// A mistake of SpiceDB's lookups that explains an answer of it, if one does: `tested` is right, and SpiceDB's answer is what the
/// oracle says when it makes the mistake too.
pub(crate) fn excuse(system: &System, question: &Question, spicedb: &Answer, tested: &Answer) -> Option<&'static str> {
    let oracle = Oracle::new(system);
    let with = |mistakes: Mistakes| oracle.answers_with(std::slice::from_ref(question), mistakes).remove(0);
    let right = &with(Mistakes::default());
    if !tested.like(right) {
        return None;
    }
    if let Some(reason) = names(system, question, right, spicedb) {
        return Some(reason);
    }
    if let Asked::LookupResources { .. } = &question.asked {
        let blind = with(Mistakes { wildcard_for_objects_only: true, ..Mistakes::default() });
        return match (spicedb, right, blind) {
            (failed, _, _) if fails_on_self(failed) => Some("`self` SpiceDB fails on"),
            (Answer::Resources(spicedb), Answer::Resources(right), Answer::Resources(blind)) => {
                resources(system, spicedb, right, &blind)
            }
            _ => None,
        };
    }
    let none = Mistakes::default();
    let wildcard_for_objects_only = true;
    let known = [
        ("wildcards in lookups of subjects with a relation", Mistakes { wildcard_for_objects_only, ..none }),
        ("`self` of any type", Mistakes { self_of_any_type: true, ..none }),
        ("`.all` without the objects that have no such member", Mistakes { all_skips: true, ..none }),
        ("sets with wildcards", Mistakes { sets: true, ..none }),
        ("several mistakes at once", Mistakes { wildcard_for_objects_only, self_of_any_type: true, all_skips: true, sets: true }),
    ];
    known.into_iter().find(|(_, mistakes)| with(*mistakes).like(spicedb)).map(|(reason, _)| reason)
}

pub(crate) fn fails_on_self(spicedb: &Answer) -> bool {
    matches!(spicedb, Answer::Failed(message) if message.contains("for kind SELF_ENTRYPOINT"))
}

/// What explains SpiceDB's resources. In `blind` a wildcard does not match a subject with a relation.
fn resources(system: &System, spicedb: &Members, right: &Members, blind: &Members) -> Option<&'static str> {
    let like = |one: Option<&Verdict>, other: Option<&Verdict>| match (one, other) {
        (Some(one), Some(other)) => one.like(*other),
        (one, other) => one == other,
    };
    let differing: Vec<_> = spicedb.keys().chain(right.keys()).filter(|id| !like(spicedb.get(*id), right.get(*id))).collect();
    let conditional = |found: Option<&Verdict>| found.is_some_and(|verdict| verdict.value == Value::Conditional);
    // Where SpiceDB does not walk but checks, it still sees the wildcard: it then gives less than is right, or the same.
    let by_wildcard = |id: &&&String| {
        let less = !spicedb.contains_key(**id) || conditional(spicedb.get(**id)) && !conditional(right.get(**id));
        right.get(**id) != blind.get(**id) && (less || like(spicedb.get(**id), blind.get(**id)))
    };
    let lost = |id: &&&String| conditional(right.get(**id)) && (!spicedb.contains_key(**id) || conditional(spicedb.get(**id)));
    let loses = loses_conditional_resources(system);
    match differing.iter().filter(|id| !by_wildcard(id)).count() {
        0 => Some("wildcards in lookups for a subject with a relation"),
        _ if loses && differing.iter().all(|id| by_wildcard(&id) || lost(&id)) => {
            Some("conditional resources lost at an exclusion")
        }
        _ => None,
    }
}

/// Whether SpiceDB may lose conditional resources of a system's lookups: it takes what led to any of the resources for certain when it
/// checks the rest, also where that is what an exclusion removes.
fn loses_conditional_resources(system: &System) -> bool {
    let caveats = system.rows.iter().any(|row| row.caveat.is_some());
    let twice = |definition: &Definition| {
        definition.permissions.iter().any(|permission| {
            let mut leaves = Leaves { system, kept: BTreeSet::new(), removed: BTreeSet::new() };
            leaves.gather(definition, &permission.expression, false);
            !leaves.kept.is_disjoint(&leaves.removed)
        })
    };
    caveats && system.definitions.iter().any(twice)
}

/// The members and arrows that an expression is made of, those behind its names and arrows included.
struct Leaves<'a> {
    system: &'a System,
    kept: BTreeSet<String>,
    /// Those that an exclusion removes.
    removed: BTreeSet<String>,
}

impl Leaves<'_> {
    fn gather(&mut self, definition: &Definition, expression: &Expression, is_removed: bool) {
        match expression {
            Expression::Nil | Expression::Myself => {}
            Expression::Name(name) => self.member(definition, name, is_removed),
            Expression::Arrow(relation, _, target) => {
                self.add(format!("{}#{relation}->{target}", definition.name), is_removed);
                // Whatever the relation holds: this only decides what may be excused.
                self.system.definitions.iter().for_each(|reached| self.member(reached, target, is_removed));
            }
            Expression::Union(operands) | Expression::Intersection(operands) => {
                operands.iter().for_each(|operand| self.gather(definition, operand, is_removed));
            }
            Expression::Exclusion(base, removed) => {
                self.gather(definition, base, is_removed);
                self.gather(definition, removed, true);
            }
            Expression::Group(inner) => self.gather(definition, inner, is_removed),
        }
    }

    fn member(&mut self, definition: &Definition, name: &str, is_removed: bool) {
        let permission = definition.permissions.iter().find(|permission| permission.name == name);
        if self.add(format!("{}#{name}", definition.name), is_removed)
            && let Some(permission) = permission
        {
            self.gather(definition, &permission.expression, is_removed);
        }
    }

    /// Whether the leaf is new.
    fn add(&mut self, leaf: String, is_removed: bool) -> bool {
        if is_removed { self.removed.insert(leaf) } else { self.kept.insert(leaf) }
    }
}
