//! What explains an answer of SpiceDB 1.54 that is not right: one of the mistakes that [`super::quirks`] holds on to and that the
//! generator does not keep clear of.

use std::collections::BTreeMap;

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

/// Whether SpiceDB may lose conditional resources of a system's lookups: it takes what led to a resource for certain when it checks the
/// rest, what an exclusion takes away included.
fn loses_conditional_resources(system: &System) -> bool {
    let caveats = system.rows.iter().any(|row| row.caveat.is_some());
    let twice = |definition: &Definition| {
        definition.permissions.iter().any(|permission| {
            let whole = leaves(definition, &permission.expression);
            permission.expression.any(&mut |operand| match operand {
                Expression::Exclusion(_, removed) => leaves(definition, removed).iter().any(|(leaf, count)| whole[leaf] > *count),
                Expression::Nil
                | Expression::Myself
                | Expression::Name(_)
                | Expression::Arrow(..)
                | Expression::Union(_)
                | Expression::Intersection(_)
                | Expression::Group(_) => false,
            })
        })
    };
    caveats && system.definitions.iter().any(twice)
}

/// The names and arrows that an expression is made of, those behind its names included, and how often each stands there.
fn leaves(definition: &Definition, expression: &Expression) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    count_leaves(definition, expression, &mut found);
    found
}

fn count_leaves(definition: &Definition, expression: &Expression, found: &mut BTreeMap<String, usize>) {
    expression.any(&mut |operand| {
        let text = match operand {
            Expression::Name(name) => name.clone(),
            Expression::Arrow(relation, _, target) => format!("{relation}->{target}"),
            Expression::Nil
            | Expression::Myself
            | Expression::Union(_)
            | Expression::Intersection(_)
            | Expression::Exclusion(..)
            | Expression::Group(_) => return false,
        };
        let count = found.entry(text.clone()).or_default();
        *count += 1;
        if *count == 1
            && let Some(named) = definition.permissions.iter().find(|permission| permission.name == text)
        {
            count_leaves(definition, &named.expression, found);
        }
        false
    });
}
