//! What SpiceDB 1.54 gets wrong, held on to one by one: its answer and the right one.
//!
//! The generator keeps clear of these, so that they do not drown other differences. A test fails here when a newer SpiceDB no
//! longer does it: then the generator need not avoid it any more.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answer;
use super::generate::{self, Shape};
use super::kleene::{Value, Verdict};
use super::oracle::{Mistakes, Oracle};
use super::questions::{Asked, Question};
use super::schema_texts;
use super::spicedb;
use super::system::{ArrowKind, Definition, Expression, Object, Permission, Relation, Row, System, TypeKind, TypeReference};

/// A relation of `document` with the types, a row of it for `user:a` (or any user) with the caveat, and the question whether
/// `user:a` is in it.
fn caveated_row(types: Vec<TypeReference>, subject: &str) -> (System, Question) {
    let viewer = Relation { name: "viewer".to_owned(), types };
    let staff = Permission { name: "staff".to_owned(), expression: Expression::Nil };
    let system = System {
        ids: vec!["a".to_owned()],
        definitions: vec![
            Definition { name: "user".to_owned(), relations: Vec::new(), permissions: vec![staff] },
            Definition { name: "document".to_owned(), relations: vec![viewer], permissions: Vec::new() },
        ],
        rows: vec![Row {
            caveat: Some("small".to_owned()),
            ..Row::plain(Object::new("document", "a"), "viewer", Object::new("user", subject).subject())
        }],
        break_lines: false,
    };
    (system, Question::check(Object::new("document", "a"), "viewer", Object::new("user", "a").subject()))
}

fn user(kind: TypeKind, caveat: Option<&str>) -> TypeReference {
    TypeReference { caveat: caveat.map(str::to_owned), ..TypeReference::plain("user", kind) }
}

type Members = BTreeMap<String, Verdict>;

fn conditional() -> Answer {
    Answer::Check(Verdict::missing("value"))
}

/// A mistake of SpiceDB's lookups that explains an answer of it, if one does: `tested` is right, and SpiceDB's answer is what the
/// oracle says when it makes the mistake too.
pub(crate) fn excuse(system: &System, question: &Question, spicedb: &Answer, tested: &Answer) -> Option<&'static str> {
    let oracle = Oracle::new(system);
    let with = |mistakes: Mistakes| oracle.answers_with(std::slice::from_ref(question), mistakes).remove(0);
    if *tested != with(Mistakes::default()) {
        return None;
    }
    if let Asked::LookupResources { .. } = &question.asked {
        let blind = with(Mistakes { wildcard_for_objects_only: true, ..Mistakes::default() });
        return match (spicedb, tested, blind) {
            (Answer::Failed(message), _, _) if message.contains("for kind SELF_ENTRYPOINT") => Some("`self` SpiceDB fails on"),
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
    known.into_iter().find(|(_, mistakes)| with(*mistakes) == *spicedb).map(|(reason, _)| reason)
}

/// What explains SpiceDB's resources. In `blind` a wildcard does not match a subject with a relation.
fn resources(system: &System, spicedb: &Members, right: &Members, blind: &Members) -> Option<&'static str> {
    let differing: Vec<_> = spicedb.keys().chain(right.keys()).filter(|id| spicedb.get(*id) != right.get(*id)).collect();
    // Where SpiceDB does not walk but checks, it still sees the wildcard.
    let by_wildcard = |id: &&&String| {
        right.get(**id) != blind.get(**id) && (!spicedb.contains_key(**id) || spicedb.get(**id) == blind.get(**id))
    };
    let conditional = |found: Option<&Verdict>| found.is_some_and(|verdict| verdict.value == Value::Conditional);
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
/// rest, on both sides of an exclusion.
fn loses_conditional_resources(system: &System) -> bool {
    let caveats = system.rows.iter().any(|row| row.caveat.is_some());
    let twice = |definition: &Definition| {
        let mut shared = |operand: &Expression| match operand {
            Expression::Exclusion(base, removed) => {
                let (mut kept, mut taken) = (BTreeSet::new(), BTreeSet::new());
                leaves(definition, base, &mut kept);
                leaves(definition, removed, &mut taken);
                !kept.is_disjoint(&taken)
            }
            Expression::Nil
            | Expression::Myself
            | Expression::Name(_)
            | Expression::Arrow(..)
            | Expression::Union(_)
            | Expression::Intersection(_)
            | Expression::Group(_) => false,
        };
        definition.permissions.iter().any(|permission| permission.expression.any(&mut shared))
    };
    caveats && system.definitions.iter().any(twice)
}

/// The names and arrows that an expression is made of, those behind its names included.
fn leaves(definition: &Definition, expression: &Expression, found: &mut BTreeSet<String>) {
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
        if found.insert(text.clone())
            && let Some(named) = definition.permissions.iter().find(|permission| permission.name == text)
        {
            leaves(definition, &named.expression, found);
        }
        false
    });
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
    let staff = || user(TypeKind::Userset("staff".to_owned()), None);
    let cases = [
        (caveated_row(vec![staff(), user(TypeKind::Object, Some("small"))], "a"), Verdict::NO),
        (caveated_row(vec![staff(), user(TypeKind::Wildcard, Some("small"))], "*"), Verdict::NO),
        (caveated_row(vec![user(TypeKind::Object, Some("small"))], "a"), Verdict::missing("value")),
    ];
    let mut process = spicedb::spicedb(0);
    for ((system, question), said) in cases {
        let questions = [question];
        assert_eq!(Oracle::new(&system).answers(&questions), [conditional()]);
        if let Some(process) = &mut process {
            assert_eq!(process.answers(&system, &questions), Ok(vec![Answer::Check(said)]), "{}", system.schema());
        }
    }
}

/// Under `.all`, a caveat on the row of one team reaches another team whose row leads to the same group.
#[test]
fn spicedb_gives_a_caveat_to_other_resources() {
    let groups = |caveat: Option<&str>| TypeReference {
        caveat: caveat.map(str::to_owned),
        ..TypeReference::plain("group", TypeKind::Object)
    };
    let row = |resource: (&str, &str), relation: &str, subject: (&str, &str), caveat: Option<&str>| Row {
        caveat: caveat.map(str::to_owned),
        ..Row::plain(Object::new(resource.0, resource.1), relation, Object::new(subject.0, subject.1).subject())
    };
    let relation = |name: &str, types| Relation { name: name.to_owned(), types };
    let share = Expression::Arrow("parent".to_owned(), ArrowKind::All, "member".to_owned());
    let share = Permission { name: "share".to_owned(), expression: share };
    let system = System {
        ids: vec!["a".to_owned(), "b".to_owned()],
        definitions: vec![
            Definition { name: "user".to_owned(), relations: Vec::new(), permissions: Vec::new() },
            Definition {
                name: "group".to_owned(),
                relations: vec![relation("member", vec![user(TypeKind::Object, None)])],
                permissions: Vec::new(),
            },
            Definition {
                name: "team".to_owned(),
                relations: vec![relation("parent", vec![groups(None), groups(Some("small"))])],
                permissions: vec![share],
            },
        ],
        rows: vec![
            row(("team", "a"), "parent", ("group", "a"), Some("small")),
            row(("team", "b"), "parent", ("group", "a"), None),
            row(("group", "a"), "member", ("user", "a"), None),
        ],
        break_lines: false,
    };
    let question = |team| Question::check(Object::new("team", team), "share", Object::new("user", "a").subject());
    let both = [question("a"), question("b")];
    let right = [conditional(), Answer::Check(Verdict::HAS)];
    assert_eq!(Oracle::new(&system).answers(&both), right);
    if let Some(mut process) = spicedb::spicedb(0) {
        assert_eq!(process.answers(&system, &both[1..]), Ok(right[1..].to_vec()), "alone");
        assert_eq!(process.answers(&system, &both), Ok(vec![right[0].clone(), right[0].clone()]), "together");
    }
}

/// SpiceDB lets a wildcard match a subject with a relation, as the oracle does.
#[test]
fn a_wildcard_matches_a_subject_with_a_relation() {
    let (mut system, mut question) = caveated_row(vec![user(TypeKind::Wildcard, None)], "*");
    system.rows[0].caveat = None;
    let Asked::Check { subject, .. } = &mut question.asked else { unreachable!() };
    subject.relation = Some("staff".to_owned());
    let questions = [question];
    assert_eq!(Oracle::new(&system).answers(&questions), [Answer::Check(Verdict::HAS)]);
    if let Some(mut process) = spicedb::spicedb(0) {
        assert_eq!(process.answers(&system, &questions), Ok(vec![Answer::Check(Verdict::HAS)]));
    }
}

/// Systems for SpiceDB still have caveats, in spite of what the generator takes away.
#[test]
fn caveats_are_left() {
    let caveated = |seed: &u64| generate::system(*seed, Shape::Acyclic).rows.iter().any(|row| row.caveat.is_some());
    assert!((0..100).filter(caveated).count() >= 25);
}
