//! What SpiceDB 1.54 gets wrong, held on to one by one: its answer and the right one.
//!
//! The generator keeps clear of some of these, so that they do not drown other differences, and [`super::excuses`] sets apart the
//! rest. A test fails here when a newer SpiceDB no longer does it: then neither is needed any more.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answer;
use super::build::{arrow, check, definition, name, resources, subjects, system, without};
use super::caveats::Context;
use super::engine;
use super::excuses;
use super::generate::{self, Shape};
use super::kleene::{Names, Verdict};
use super::oracle::Oracle;
use super::questions::{Asked, Question};
use super::schema_texts;
use super::spicedb;
use super::subjects::{Subjects, Wildcard};
use super::system::{ArrowKind, Expression, System};

/// With the context given the answers of the oracle and of the engine are right, and SpiceDB's is what it says; a lookup's is set apart.
fn holds(system: &System, asked: Asked, context: &Context, right: &Answer, spicedb: &Answer) {
    let question = Question { asked, context: context.clone() };
    let questions = std::slice::from_ref(&question);
    let shown = || system.validation_file(&question, "assertTrue");
    assert_eq!(Oracle::new(system).answers(questions), std::slice::from_ref(right), "oracle: {question}\n{}", shown());
    assert_eq!(engine::answers(system, questions), Ok(vec![right.clone()]), "engine: {question}\n{}", shown());
    let apart = excuses::excuse(system, &question, spicedb, right);
    assert!(apart.is_some() || matches!(question.asked, Asked::Check { .. }), "not set apart: {question}\n{}", shown());
    if let Some(mut process) = spicedb::spicedb(0) {
        assert_eq!(process.answers(system, questions), Ok(vec![spicedb.clone()]), "SpiceDB: {question}\n{}", shown());
    }
}

fn conditional() -> Answer {
    Answer::Check(Verdict::missing("value"))
}

fn no_context() -> Context {
    Context::new()
}

fn members(found: &[(&str, Verdict)]) -> BTreeMap<String, Verdict> {
    found.iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect()
}

fn found(single: &[(&str, Verdict)]) -> Answer {
    Answer::Subjects(Subjects { single: members(single), wildcard: None })
}

fn everyone(verdict: Verdict, excluded: &[(&str, Verdict)], single: &[(&str, Verdict)]) -> Answer {
    let wildcard = Some(Wildcard { verdict, excluded: members(excluded) });
    Answer::Subjects(Subjects { single: members(single), wildcard })
}

/// The lists of a document: relations of users, perhaps everyone, perhaps on a condition.
fn lists(relations: &[(&str, &str)], view: Expression, rows: &[&str]) -> System {
    system(vec![definition("user", &[], &[]), definition("document", relations, &[("view", view)])], rows)
}

/// Whether SpiceDB accepts a schema only because it remembers by name alone whether a relation leads to a wildcard.
///
/// It asks that of every relation left of an arrow or after `#`. The first relation of a name to be asked about answers for all of
/// that name in other definitions, and which is first changes from run to run; the engine refuses such a schema always.
pub(crate) fn wildcard_missed(text: &str, spicedb: &Result<(), String>, engine: &Result<(), Vec<String>>) -> bool {
    let Err(problems) = engine else { return false };
    let wildcard =
        |problem: &String| problem.starts_with("types/wildcard-in-arrow") || problem.starts_with("types/transitive-wildcard");
    spicedb.is_ok() && problems.iter().all(wildcard) && shares_a_member_name(text)
}

/// Whether two relations or permissions have the same name.
fn shares_a_member_name(text: &str) -> bool {
    let pieces = schema_texts::pieces(text);
    let words: Vec<_> = pieces.iter().filter(|piece| !piece.trim().is_empty()).collect();
    let declared = words.windows(2).filter(|pair| ["relation", "permission"].contains(&pair[0].as_str()));
    let mut seen = BTreeSet::new();
    !declared.map(|pair| pair[1]).all(|name| seen.insert(name))
}

/// Beside an uncaveated userset of the same definition SpiceDB does not see a caveated row at all.
#[test]
fn spicedb_loses_caveated_rows() {
    let cases = [
        ("user#staff | user with small", "document:a#viewer@user:a[small]", Answer::Check(Verdict::NO)),
        ("user#staff | user:* with small", "document:a#viewer@user:*[small]", Answer::Check(Verdict::NO)),
        ("user with small", "document:a#viewer@user:a[small]", conditional()),
    ];
    for (types, row, said) in cases {
        let user = definition("user", &[], &[("staff", Expression::Nil)]);
        let system = system(vec![user, definition("document", &[("viewer", types)], &[])], &[row]);
        holds(&system, check("document:a#viewer@user:a"), &no_context(), &conditional(), &said);
    }
}

/// For the same reason an expired row still grants.
#[test]
fn spicedb_counts_expired_rows() {
    for (types, said) in [("user#boss | user with expiration", Verdict::HAS), ("user with expiration", Verdict::NO)] {
        let user = definition("user", &[("boss", "user")], &[]);
        let document = definition("document", &[("viewer", types)], &[]);
        let system = system(vec![user, document], &["document:a#viewer@user:a[expired]"]);
        let asked = check("document:a#viewer@user:a");
        holds(&system, asked, &no_context(), &Answer::Check(Verdict::NO), &Answer::Check(said));
    }
}

/// Under `.all`, a caveat on the row of one team reaches another team whose row leads to the same group.
#[test]
fn spicedb_gives_a_caveat_to_other_resources() {
    let share = arrow("parent", ArrowKind::All, "member");
    let system = system(
        vec![
            definition("user", &[], &[]),
            definition("group", &[("member", "user")], &[]),
            definition("team", &[("parent", "group | group with small")], &[("share", share)]),
        ],
        &["team:a#parent@group:a[small]", "team:b#parent@group:a", "group:a#member@user:a"],
    );
    let question = |text| Question { asked: check(text), context: no_context() };
    let both = [question("team:a#share@user:a"), question("team:b#share@user:a")];
    let right = [conditional(), Answer::Check(Verdict::HAS)];
    assert_eq!(Oracle::new(&system).answers(&both), right);
    assert_eq!(engine::answers(&system, &both), Ok(right.to_vec()));
    if let Some(mut process) = spicedb::spicedb(0) {
        assert_eq!(process.answers(&system, &both[1..]), Ok(right[1..].to_vec()), "alone");
        assert_eq!(process.answers(&system, &both), Ok(vec![right[0].clone(), right[0].clone()]), "together");
    }
}

/// A check lets a wildcard match a subject with a relation, SpiceDB's lookups do not.
#[test]
fn a_wildcard_matches_a_subject_with_a_relation() {
    let user = definition("user", &[], &[("staff", Expression::Nil)]);
    let document = definition("document", &[("viewer", "user:*")], &[]);
    let system = system(vec![user, document], &["document:a#viewer@user:*"]);
    let has = Answer::Check(Verdict::HAS);
    holds(&system, check("document:a#viewer@user:a#staff"), &no_context(), &has, &has);
    let (all, none) = (Answer::Resources(members(&[("a", Verdict::HAS)])), Answer::Resources(members(&[])));
    holds(&system, resources("document#viewer@user:a#staff"), &no_context(), &all, &none);
    let all = everyone(Verdict::HAS, &[], &[]);
    holds(&system, subjects("document:a#viewer@user#staff"), &no_context(), &all, &found(&[]));
}

/// `self` finds the resource's id as a subject of any type.
#[test]
fn spicedb_finds_self_as_any_type() {
    let system = lists(&[], Expression::Myself, &[]);
    holds(&system, subjects("document:a#view@user"), &no_context(), &found(&[]), &found(&[("a", Verdict::HAS)]));
}

/// SpiceDB ends a lookup of resources with an internal error where `self` stands beside another operator than union.
#[test]
fn spicedb_fails_on_self() {
    let system = lists(&[], without(Expression::Myself, Expression::Nil), &[]);
    let question = Question { asked: resources("document#view@document:a"), context: no_context() };
    let questions = std::slice::from_ref(&question);
    let right = vec![Answer::Resources(members(&[("a", Verdict::HAS)]))];
    assert_eq!(engine::answers(&system, questions), Ok(right));
    if let Some(mut process) = spicedb::spicedb(0) {
        let answers = process.answers(&system, questions).unwrap();
        assert!(excuses::fails_on_self(&answers[0]), "{answers:?}");
    }
}

/// In a lookup of resources SpiceDB takes what led to a resource for certain, on both sides of an exclusion.
#[test]
fn spicedb_loses_conditional_resources() {
    let system =
        lists(&[("viewer", "user with small")], without(name("viewer"), name("viewer")), &["document:a#viewer@user:a[small]"]);
    holds(&system, check("document:a#view@user:a"), &no_context(), &conditional(), &conditional());
    let right = Answer::Resources(members(&[("a", Verdict::missing("value"))]));
    holds(&system, resources("document#view@user:a"), &no_context(), &right, &Answer::Resources(members(&[])));
}

/// A lookup of subjects passes over what an `.all` arrow finds without the member, a check does not.
#[test]
fn spicedb_passes_over_objects_in_all() {
    let share = arrow("parent", ArrowKind::All, "member");
    let system = system(
        vec![
            definition("user", &[], &[]),
            definition("group", &[("member", "user")], &[]),
            definition("team", &[("parent", "group | user")], &[("share", share)]),
        ],
        &["team:a#parent@group:a", "team:a#parent@user:b", "group:a#member@user:a"],
    );
    let no = Answer::Check(Verdict::NO);
    holds(&system, check("team:a#share@user:a"), &no_context(), &no, &no);
    holds(&system, subjects("team:a#share@user"), &no_context(), &found(&[]), &found(&[("a", Verdict::HAS)]));
}

/// In a lookup of subjects a wildcard whose caveat is false still lifts the exclusions of another wildcard.
#[test]
fn spicedb_counts_a_false_wildcard() {
    let all = without(name("viewer"), name("banned"));
    let view = Expression::Union(vec![Expression::Group(Box::new(all)), name("reader")]);
    let system = lists(
        &[("viewer", "user:*"), ("banned", "user"), ("reader", "user:* with small")],
        view,
        &["document:a#viewer@user:*", "document:a#banned@user:a", "document:a#reader@user:*[small]"],
    );
    let large = Context::from([("value".to_owned(), 20.into())]);
    let no = Answer::Check(Verdict::NO);
    holds(&system, check("document:a#view@user:a"), &large, &no, &no);
    let right = everyone(Verdict::HAS, &[("a", Verdict::HAS)], &[]);
    holds(&system, subjects("document:a#view@user"), &large, &right, &everyone(Verdict::HAS, &[], &[]));
    // Undecided, it still says yes where a check says perhaps.
    let right = everyone(Verdict::HAS, &[("a", Verdict::missing("value"))], &[]);
    holds(&system, check("document:a#view@user:a"), &no_context(), &conditional(), &conditional());
    holds(&system, subjects("document:a#view@user"), &no_context(), &right, &everyone(Verdict::HAS, &[], &[]));
}

/// Taking away a wildcard that has exclusions but no caveat leaves a wildcard with a caveat as it was.
#[test]
fn spicedb_keeps_a_wildcard_that_is_taken_away() {
    let most = Expression::Group(Box::new(without(name("reader"), name("banned"))));
    let system = lists(
        &[("viewer", "user:* with small"), ("reader", "user:*"), ("banned", "user")],
        without(name("viewer"), most),
        &["document:a#viewer@user:*[small]", "document:a#reader@user:*", "document:a#banned@user:a"],
    );
    let small = Context::from([("value".to_owned(), 1.into())]);
    let no = Answer::Check(Verdict::NO);
    holds(&system, check("document:a#view@user:b"), &small, &no, &no);
    let said = everyone(Verdict::HAS, &[], &[("a", Verdict::HAS)]);
    holds(&system, subjects("document:a#view@user"), &small, &found(&[("a", Verdict::HAS)]), &said);
}

/// Who stays by name when a wildcard is taken away takes the place of who stayed for another reason.
#[test]
fn spicedb_forgets_who_stayed() {
    let most = Expression::Group(Box::new(without(name("reader"), name("banned"))));
    let some = Expression::Group(Box::new(Expression::Union(vec![name("viewer"), name("owner")])));
    let system = lists(
        &[("viewer", "user:* with small"), ("owner", "user"), ("reader", "user:*"), ("banned", "user")],
        without(some, most),
        &["document:a#viewer@user:*[small]", "document:a#owner@user:a", "document:a#reader@user:*", "document:a#banned@user:a"],
    );
    let large = Context::from([("value".to_owned(), 20.into())]);
    let has = Answer::Check(Verdict::HAS);
    holds(&system, check("document:a#view@user:a"), &large, &has, &has);
    holds(&system, subjects("document:a#view@user"), &large, &found(&[("a", Verdict::HAS)]), &found(&[]));
}

/// What the usersets of a relation hold SpiceDB answers side by side, mistakes and all; a permission puts it together, with one more.
#[test]
fn spicedb_hands_on_usersets_side_by_side() {
    let some = Expression::Group(Box::new(Expression::Union(vec![name("viewer"), name("owner")])));
    let group = definition(
        "group",
        &[("viewer", "user:* with small"), ("owner", "user"), ("reader", "user:*"), ("banned", "user")],
        &[("most", without(name("reader"), name("banned"))), ("share", without(some, name("most")))],
    );
    let document = definition("document", &[("seen", "group#most | group#share")], &[("view", name("seen"))]);
    let system = system(
        vec![definition("user", &[], &[]), group, document],
        &[
            "group:a#viewer@user:*[small]",
            "group:a#owner@user:a",
            "group:a#reader@user:*",
            "group:a#banned@user:a",
            "group:b#reader@user:*",
            "group:b#banned@user:b",
            "document:a#seen@group:a#share",
            "document:a#seen@group:b#most",
        ],
    );
    let large = Context::from([("value".to_owned(), 20.into())]);
    let without_b = [("b", Verdict::HAS)];
    let right = everyone(Verdict::HAS, &without_b, &[("a", Verdict::HAS)]);
    // `group:a#share` has lost `a`; its wildcard is false and does no harm by itself, but put together it lifts the exclusion.
    holds(&system, subjects("group:a#share@user"), &large, &found(&[("a", Verdict::HAS)]), &found(&[]));
    holds(&system, subjects("document:a#seen@user"), &large, &right, &everyone(Verdict::HAS, &without_b, &[]));
    holds(&system, subjects("document:a#view@user"), &large, &right, &everyone(Verdict::HAS, &[], &[]));
}

/// Systems for SpiceDB still have caveats and expirations, in spite of what the generator takes away.
#[test]
fn caveats_are_left() {
    let rows = |seed: u64| generate::system(seed, Shape::Acyclic).rows;
    assert!((0..100).filter(|seed| rows(*seed).iter().any(|row| row.caveat.is_some())).count() >= 40);
    assert!((0..100).filter(|seed| rows(*seed).iter().any(|row| row.expiration.is_some())).count() >= 15);
}

/// A condition that another way makes needless: a check does not miss its names, SpiceDB's lookups do, for they go way by way.
#[test]
fn lookups_miss_names_of_every_way() {
    let system = system(
        vec![
            definition("group", &[], &[("view", Expression::Myself)]),
            definition("team", &[("member", "group with even_days | group#view")], &[]),
            definition("document", &[("viewer", "team#member with small")], &[("view", name("viewer"))]),
        ],
        &["document:b#viewer@team:b#member[small]", "team:b#member@group:a#view", "team:b#member@group:a[even_days]"],
    );
    let both = Verdict::conditional(Names::of(["value", "day"]));
    holds(&system, check("document:b#view@group:a"), &no_context(), &conditional(), &conditional());
    let right = Answer::Resources(members(&[("b", Verdict::missing("value"))]));
    holds(&system, resources("document#view@group:a"), &no_context(), &right, &Answer::Resources(members(&[("b", both)])));
    let question = Question { asked: subjects("document:b#view@group"), context: no_context() };
    if let Some(mut process) = spicedb::spicedb(0) {
        assert_eq!(process.answers(&system, &[question]), Ok(vec![found(&[("a", both)])]));
    }
}
