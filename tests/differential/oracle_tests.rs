//! The oracle on cycles, worked out by hand: SpiceDB, which judges the rest of it, has no answers there.

use super::answers::Answer;
use super::kleene::Verdict;
use super::oracle::Oracle;
use super::questions::Question;
use super::system::{ArrowKind, Definition, Expression, Object, Permission, Relation, Row, System, TypeKind, TypeReference};

fn name(text: &str) -> Box<Expression> {
    Box::new(Expression::Name(text.to_owned()))
}

fn above(target: &str) -> Box<Expression> {
    let arrow = Expression::Arrow("parent".to_owned(), ArrowKind::Plain, target.to_owned());
    Box::new(arrow)
}

fn object_type(definition: &str, caveat: Option<&str>) -> TypeReference {
    TypeReference { caveat: caveat.map(str::to_owned), ..TypeReference::plain(definition, TypeKind::Object) }
}

/// Folders with a `viewer` and a `parent`, the permissions given, and rows like `a#parent@folder:b` or `a#viewer@user:a[small]`.
fn folders(permissions: &[(&str, Expression)], rows: &[&str]) -> System {
    let relation = |name: &str, types| Relation { name: name.to_owned(), types };
    let permission =
        |(name, expression): &(&str, Expression)| Permission { name: (*name).to_owned(), expression: expression.clone() };
    let viewers = vec![object_type("user", None), object_type("user", Some("small"))];
    let folder = Definition {
        name: "folder".to_owned(),
        relations: vec![relation("viewer", viewers), relation("parent", vec![object_type("folder", None)])],
        permissions: permissions.iter().map(permission).collect(),
    };
    let user = Definition { name: "user".to_owned(), relations: Vec::new(), permissions: Vec::new() };
    let row = |text: &&str| {
        let (resource, rest) = text.split_once('#').unwrap();
        let (relation, rest) = rest.split_once('@').unwrap();
        let (subject, caveat) = match rest.split_once('[') {
            Some((subject, caveat)) => (subject, Some(caveat.trim_end_matches(']').to_owned())),
            None => (rest, None),
        };
        let (definition, id) = subject.split_once(':').unwrap();
        Row { caveat, ..Row::plain(Object::new("folder", resource), relation, Object::new(definition, id).subject()) }
    };
    System {
        ids: vec!["a".to_owned(), "b".to_owned()],
        definitions: vec![user, folder],
        rows: rows.iter().map(row).collect(),
        break_lines: false,
    }
}

/// Asks whether a user has a permission on a folder.
fn ask(system: &System, user: &str, permission: &str, folder: &str) -> Answer {
    let question = Question::check(Object::new("folder", folder), permission, Object::new("user", user).subject());
    Oracle::new(system).answers(&[question]).remove(0)
}

const NO: Answer = Answer::Check(Verdict::NO);
const HAS: Answer = Answer::Check(Verdict::HAS);
fn conditional() -> Answer {
    Answer::Check(Verdict::missing("value"))
}

const LOOP: [&str; 2] = ["a#parent@folder:b", "b#parent@folder:a"];

#[test]
fn a_cycle_without_exclusion_has_its_least_fixpoint() {
    let view = Expression::Union(vec![*name("viewer"), *above("view")]);
    let rows = [LOOP[0], LOOP[1], "b#viewer@user:a", "b#viewer@user:b[small]"];
    let system = folders(&[("view", view)], &rows);
    assert_eq!(ask(&system, "a", "view", "a"), HAS);
    assert_eq!(ask(&system, "b", "view", "a"), conditional());
    assert_eq!(ask(&system, "ghost", "view", "a"), NO);
}

#[test]
fn a_cycle_through_exclusion_has_an_answer_where_the_base_decides() {
    let view = Expression::Exclusion(name("viewer"), above("view"));
    let rows = [LOOP[0], LOOP[1], "a#viewer@user:a", "a#viewer@user:b", "b#viewer@user:b"];
    let system = folders(&[("view", view)], &rows);
    // user:a is no viewer of folder:b, so nothing is removed above folder:a.
    assert_eq!(ask(&system, "a", "view", "a"), HAS);
    assert_eq!(ask(&system, "a", "view", "b"), NO);
    // user:b may view one of the two folders exactly when not the other: either could be.
    assert_eq!(ask(&system, "b", "view", "a"), Answer::CycleThroughExclusion);
    assert_eq!(ask(&system, "ghost", "view", "a"), NO);
}

#[test]
fn what_does_not_depend_on_the_cycle_is_answered() {
    let hidden = Expression::Exclusion(name("viewer"), above("hidden"));
    let either = Expression::Union(vec![*name("viewer"), *name("hidden")]);
    let both = Expression::Intersection(vec![*name("hidden"), Expression::Nil]);
    let permissions = [("hidden", hidden), ("either", either), ("both", both)];
    let system = folders(&permissions, &["a#parent@folder:a", "a#viewer@user:a"]);
    assert_eq!(ask(&system, "a", "hidden", "a"), Answer::CycleThroughExclusion);
    assert_eq!(ask(&system, "a", "either", "a"), HAS);
    assert_eq!(ask(&system, "a", "both", "a"), NO);
}

#[test]
fn two_exclusions_in_a_cycle_are_one_through_exclusion() {
    // Removing what is removed does not make the cycle a harmless one, with a name in between or without.
    let rest = Expression::Exclusion(name("viewer"), above("view"));
    let group = Box::new(Expression::Group(Box::new(rest.clone())));
    let inline = ("view", Expression::Exclusion(name("viewer"), group));
    let named = ("view", Expression::Exclusion(name("viewer"), name("rest")));
    for permissions in [vec![inline], vec![named, ("rest", rest)]] {
        let system = folders(&permissions, &["a#parent@folder:a", "a#viewer@user:a"]);
        assert_eq!(ask(&system, "a", "view", "a"), Answer::CycleThroughExclusion);
        assert_eq!(ask(&system, "ghost", "view", "a"), NO);
    }
}

#[test]
fn an_exclusion_above_a_cycle_is_no_cycle_through_it() {
    let reach = Expression::Union(vec![*name("viewer"), *above("reach")]);
    let only = Expression::Exclusion(name("reach"), name("viewer"));
    let rows = [LOOP[0], LOOP[1], "b#viewer@user:a", "a#viewer@user:b[small]", "b#viewer@user:b"];
    let system = folders(&[("reach", reach), ("only", only)], &rows);
    assert_eq!(ask(&system, "a", "only", "a"), HAS);
    assert_eq!(ask(&system, "a", "only", "b"), NO);
    assert_eq!(ask(&system, "b", "only", "a"), conditional());
}
