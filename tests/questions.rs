//! Lookups, many checks in one call, permissions and traces, as their users meet them: pages, order, refusals, errors.
//! What they answer is compared in the differential tests and in the derived suite.

use peppercorn::model::Value;
use peppercorn::{
    Answer, CheckItem, Context, Environment, Error, Found, LookupResources, LookupSubjects, Page, Peppercorn, Permissionship,
    Timestamp,
};

const SCHEMA: &str = "
caveat weekday(day int) { day < 6 }
caveat larger(one int, two int) { one > two }
definition user {}
definition group {
    relation member: user | user with weekday | group#member
}
definition document {
    relation viewer: user | user:* | group#member | group#member with larger
    relation banned: user | user with weekday
    permission view = viewer - banned
    permission edit = viewer & banned
    permission odd = viewer - odd
}
";

const ROWS: &str = "
document:c#viewer@user:alice
document:a#viewer@user:alice
document:b#viewer@group:eng#member[larger:{\"two\":5}]
document:b/1#viewer@user:*
document:b/1#banned@user:zed
document:b/1#banned@user:amy[weekday]
document:b/1#viewer@user:tom
group:eng#member@user:alice
group:eng#member@user:bob[weekday]
group:eng#member@group:ops#member
group:ops#member@group:eng#member
";

fn engine() -> Peppercorn {
    Peppercorn::new(SCHEMA, ROWS).unwrap()
}

fn now() -> Environment {
    Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap())
}

fn context(json: &str) -> Context {
    Value::parse_object(json).unwrap()
}

const DOCUMENTS: LookupResources<'_> =
    LookupResources { subject: "user:alice", permission: "view", resource_type: "document", limit: None, cursor: None };

const VIEWERS: LookupSubjects<'_> = LookupSubjects {
    resource: "document:b/1",
    permission: "view",
    subject_type: "user",
    subject_relation: None,
    limit: None,
    cursor: None,
    wildcards: true,
};

/// `id`, or `id?missing,missing`.
fn shown(id: &str, answer: &Answer) -> String {
    match answer.permissionship {
        Permissionship::HasPermission => id.to_owned(),
        Permissionship::ConditionalPermission => format!("{id}?{}", answer.missing_context.join(",")),
        Permissionship::NoPermission => panic!("{id} is no result"),
    }
}

fn ids(found: &[Found]) -> Vec<String> {
    found.iter().map(|found| shown(&found.id, &found.answer)).collect()
}

fn resources(request: &LookupResources<'_>, environment: &Environment) -> Vec<String> {
    ids(&engine().lookup_resources(request, environment).unwrap().items)
}

fn subjects(request: &LookupSubjects<'_>, environment: &Environment) -> Vec<String> {
    let page = engine().lookup_subjects(request, environment).unwrap();
    let one = |found: &peppercorn::FoundSubject| {
        let excluded = ids(&found.excluded);
        let minus = if excluded.is_empty() { String::new() } else { format!(" - {{{}}}", excluded.join(", ")) };
        shown(&found.id, &found.answer) + &minus
    };
    page.items.iter().map(one).collect()
}

#[test]
fn results_are_in_order_each_once() {
    assert_eq!(resources(&DOCUMENTS, &now()), ["a", "b?one", "b/1", "c"]);
    let bob = LookupResources { subject: "user:bob", ..DOCUMENTS };
    assert_eq!(resources(&bob, &now()), ["b?day,one", "b/1"]);
    assert_eq!(subjects(&VIEWERS, &now()), ["* - {amy?day, zed}", "tom"]);
    assert_eq!(subjects(&LookupSubjects { wildcards: false, ..VIEWERS }, &now()), ["tom"]);
    let groups = LookupSubjects {
        resource: "document:b",
        permission: "viewer",
        subject_relation: Some("member"),
        subject_type: "group",
        ..VIEWERS
    };
    assert_eq!(subjects(&groups, &now()), ["eng?one", "ops?one"]);
}

#[test]
fn context_decides() {
    let seven = now().with_context(context(r#"{"one": 7, "day": 2, "unheard_of": 1}"#));
    assert_eq!(resources(&DOCUMENTS, &seven), ["a", "b", "b/1", "c"]);
    let five = now().with_context(context(r#"{"one": 5, "two": 1, "day": 7}"#));
    assert_eq!(resources(&DOCUMENTS, &five), ["a", "b/1", "c"], "the stored `two` wins");
    assert_eq!(subjects(&VIEWERS, &five), ["* - {zed}", "tom"]);
    assert_eq!(subjects(&VIEWERS, &seven), ["* - {amy, zed}", "tom"]);
}

#[test]
fn pages_make_up_the_whole() {
    let engine = engine();
    let whole = resources(&DOCUMENTS, &now());
    for limit in 1..=5 {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let request = LookupResources { limit: Some(limit), cursor: cursor.as_deref(), ..DOCUMENTS };
            let page = engine.lookup_resources(&request, &now()).unwrap();
            assert!(page.items.len() <= limit);
            found.extend(ids(&page.items));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, whole, "by {limit}");
    }
    let whole_page = LookupResources { limit: Some(whole.len()), ..DOCUMENTS };
    assert_eq!(engine.lookup_resources(&whole_page, &now()).unwrap().cursor, None, "a full page that is the last says so");
    let first = engine.lookup_subjects(&LookupSubjects { limit: Some(1), ..VIEWERS }, &now()).unwrap();
    let rest = LookupSubjects { limit: Some(1), cursor: first.cursor.as_deref(), ..VIEWERS };
    assert_eq!(subjects(&rest, &now()), ["tom"]);
    assert_eq!(engine.lookup_subjects(&rest, &now()).unwrap().cursor, None);
}

#[test]
fn cursors_belong_to_their_request() {
    let engine = engine();
    let Page { cursor, .. } = engine.lookup_resources(&LookupResources { limit: Some(1), ..DOCUMENTS }, &now()).unwrap();
    let cursor = cursor.as_deref();
    let of = |request: LookupResources<'_>, environment: &Environment| {
        engine.lookup_resources(&LookupResources { cursor, ..request }, environment).map_err(|error| error.code())
    };
    assert!(of(LookupResources { limit: Some(2), ..DOCUMENTS }, &now()).is_ok(), "another limit is no other request");
    for other in [
        of(LookupResources { subject: "user:bob", ..DOCUMENTS }, &now()),
        of(LookupResources { permission: "edit", ..DOCUMENTS }, &now()),
        of(DOCUMENTS, &now().with_context(context(r#"{"day": 1}"#))),
        engine.lookup_resources(&LookupResources { cursor: Some("nonsense"), ..DOCUMENTS }, &now()).map_err(|error| error.code()),
    ] {
        assert_eq!(other, Err("INVALID_CURSOR"));
    }
    let zero = engine.lookup_resources(&LookupResources { limit: Some(0), ..DOCUMENTS }, &now());
    assert_eq!(zero.unwrap_err().code(), "INVALID_ARGUMENT");
}

#[test]
fn a_page_after_a_write_goes_on_where_it_should() {
    let mut engine = engine();
    let first = engine.lookup_resources(&LookupResources { limit: Some(2), ..DOCUMENTS }, &now()).unwrap();
    let added = peppercorn::model::Relationship::parse("document:aa#viewer@user:alice").unwrap();
    engine.write(&[peppercorn::Update { operation: peppercorn::Operation::Create, relationship: added }], now().now).unwrap();
    let rest = engine.lookup_resources(&LookupResources { cursor: first.cursor.as_deref(), ..DOCUMENTS }, &now()).unwrap();
    assert_eq!(ids(&rest.items), ["b/1", "c"]);
}

#[test]
fn counts() {
    let count = engine().count_resources(&LookupResources { limit: Some(1), ..DOCUMENTS }, &now()).unwrap();
    assert_eq!((count.has, count.conditional), (3, 1));
    let count = engine().count_subjects(&VIEWERS, &now()).unwrap();
    assert_eq!((count.has, count.conditional), (2, 0));
}

#[test]
fn who_was_never_written_is_answered_too() {
    let stranger = LookupResources { subject: "user:stranger", ..DOCUMENTS };
    assert_eq!(resources(&stranger, &now()), ["b/1"], "by the wildcard");
    let itself = LookupResources { subject: "group:nowhere#member", permission: "member", resource_type: "group", ..DOCUMENTS };
    assert_eq!(resources(&itself, &now()), ["nowhere"], "a set of subjects is in itself");
    let itself = LookupSubjects {
        resource: "group:nowhere",
        permission: "member",
        subject_type: "group",
        subject_relation: Some("member"),
        ..VIEWERS
    };
    assert_eq!(subjects(&itself, &now()), ["nowhere"]);
}

#[test]
fn lookups_are_refused_as_checks_are() {
    let engine = engine();
    let refused = |request: LookupResources<'_>| engine.lookup_resources(&request, &now()).unwrap_err().code();
    assert_eq!(refused(LookupResources { subject: "user:*", ..DOCUMENTS }), "WILDCARD_NOT_ALLOWED");
    assert_eq!(refused(LookupResources { subject: "usr:a", ..DOCUMENTS }), "UNKNOWN_DEFINITION");
    assert_eq!(refused(LookupResources { subject: "user", ..DOCUMENTS }), "INVALID_ARGUMENT");
    assert_eq!(refused(LookupResources { subject: "group:eng#members", ..DOCUMENTS }), "UNKNOWN_RELATION_OR_PERMISSION");
    assert_eq!(refused(LookupResources { resource_type: "doc", ..DOCUMENTS }), "UNKNOWN_DEFINITION");
    assert_eq!(refused(LookupResources { permission: "vew", ..DOCUMENTS }), "UNKNOWN_RELATION_OR_PERMISSION");
    assert_eq!(refused(LookupResources { permission: "odd", ..DOCUMENTS }), "CYCLE_THROUGH_EXCLUSION");
    let refused = |request: LookupSubjects<'_>| engine.lookup_subjects(&request, &now()).unwrap_err();
    assert_eq!(refused(LookupSubjects { subject_type: "usr", ..VIEWERS }).code(), "UNKNOWN_DEFINITION");
    assert_eq!(refused(LookupSubjects { subject_relation: Some("staff"), ..VIEWERS }).code(), "UNKNOWN_RELATION_OR_PERMISSION");
    assert_eq!(refused(LookupSubjects { resource: "document", ..VIEWERS }).code(), "INVALID_ARGUMENT");
    let circle = refused(LookupSubjects { permission: "odd", ..VIEWERS });
    assert!(circle.message.contains("document:b/1#odd"), "{circle}");
}

#[test]
fn many_checks_have_an_answer_or_an_error_each() {
    let engine = engine();
    let (monday, sunday) = (context(r#"{"day": 1, "one": 9}"#), context(r#"{"day": 7, "one": 9}"#));
    let item = |subject, permission, resource, context| CheckItem { subject, permission, resource, context };
    let answers = engine.check_many(
        &[
            item("user:bob", "view", "document:b", Some(&monday)),
            item("user:\0", "view", "document:a", None),
            item("user:alice", "view", "document:a", None),
            item("user:bob", "view", "document:b", Some(&sunday)),
            item("user:bob", "view", "document:b", None),
            item("user:bob", "vew", "document:b", Some(&monday)),
            item("user:*", "view", "document:b", None),
            item("user:alice", "odd", "document:a", None),
            item("user:alice", "view", "document:a", None),
            item("alice", "view", "document:a", None),
        ],
        &now(),
    );
    let shown = |answer: &Result<Answer, Error>| match answer {
        Ok(answer) => format!("{:?} {}", answer.permissionship, answer.missing_context.join(",")),
        Err(error) => error.code().to_owned(),
    };
    assert_eq!(
        answers.iter().map(shown).collect::<Vec<_>>(),
        [
            "HasPermission ",
            "INVALID_ARGUMENT",
            "HasPermission ",
            "NoPermission ",
            "ConditionalPermission day,one",
            "UNKNOWN_RELATION_OR_PERMISSION",
            "WILDCARD_NOT_ALLOWED",
            "CYCLE_THROUGH_EXCLUSION",
            "HasPermission ",
            "INVALID_ARGUMENT",
        ]
    );
}

#[test]
fn all_permissions_in_the_order_of_the_schema() {
    let schema = SCHEMA.replace("permission odd = viewer - odd", "permission audit = banned");
    let engine = Peppercorn::new(&schema, ROWS).unwrap();
    let found = engine.permissions("user:amy", "document:b/1", &now()).unwrap();
    let shown: Vec<_> = found.iter().map(|(name, answer)| format!("{name} {:?}", answer.permissionship)).collect();
    assert_eq!(shown, ["view ConditionalPermission", "edit ConditionalPermission", "audit ConditionalPermission"]);
    assert_eq!(engine.permissions("user:amy", "file:x", &now()).unwrap_err().code(), "UNKNOWN_DEFINITION");
    assert!(engine.permissions("user:amy", "user:x", &now()).unwrap().is_empty());
}

#[test]
fn what_remains_can_be_decided_later() {
    let answer = engine().check("user:bob", "view", "document:b", &now()).unwrap();
    assert_eq!(answer.missing_context, ["day", "one"]);
    assert_eq!(answer.residual.as_deref(), Some("(one > 5) && (day < 6)"));
    let answer = engine().check("user:amy", "view", "document:b/1", &now()).unwrap();
    assert_eq!(answer.residual.as_deref(), Some("!(day < 6)"));
}

#[test]
fn errors_of_caveats_are_told() {
    let schema = "
caveat divides(one int, two int) { one % two == 0 }
definition user {}
definition document {
    relation viewer: user with divides
    relation owner: user
    permission view = viewer + owner
}";
    let engine = Peppercorn::new(
        schema,
        "document:a#viewer@user:amy[divides]\ndocument:a#owner@user:bob\ndocument:a#viewer@user:bob[divides]",
    )
    .unwrap();
    let check = |subject: &str, json: &str| engine.check(subject, "view", "document:a", &now().with_context(context(json)));
    assert!(check("user:amy", r#"{"one": 4, "two": 2}"#).unwrap().is_yes());
    assert_eq!(check("user:amy", r#"{"one": 4, "two": 0}"#).unwrap_err().code(), "CAVEAT_EVALUATION_ERROR");
    let wrong = check("user:amy", r#"{"one": 4, "two": "two"}"#).unwrap_err();
    assert_eq!(wrong.code(), "CAVEAT_PARAMETER_TYPE_ERROR");
    assert!(wrong.message.contains("`two`") && wrong.message.contains("`divides`"), "{wrong}");
    // Who has it without the caveat has it whatever the caveat does.
    assert!(check("user:bob", r#"{"one": 4, "two": 0}"#).unwrap().is_yes());
    let documents = LookupResources { subject: "user:amy", ..DOCUMENTS };
    let failing = now().with_context(context(r#"{"one": 4, "two": 0}"#));
    assert_eq!(engine.lookup_resources(&documents, &failing).unwrap_err().code(), "CAVEAT_EVALUATION_ERROR");
    let viewers = LookupSubjects { resource: "document:a", ..VIEWERS };
    assert_eq!(engine.lookup_subjects(&viewers, &failing).unwrap_err().code(), "CAVEAT_EVALUATION_ERROR");
}

#[test]
fn a_trace_shows_everything_that_was_looked_at() {
    let trace = engine().trace("user:bob", "view", "document:b", &now().with_context(context(r#"{"day": 7}"#))).unwrap();
    let drawn = "\
user:bob
✗ document:b#view if (one > two) && (day < 6) with {\"day\":7,\"two\":5} -> false
├─ ✗ document:b#viewer if (one > two) && (day < 6) with {\"day\":7,\"two\":5} -> false
│  └─ ✗ group:eng#member
│        row group:eng#member@user:bob if weekday: day < 6 with {\"day\":7} -> false
│     └─ ✗ group:ops#member if weekday: day < 6 with {\"day\":7} -> false
│        └─ ✗ group:eng#member (circle: group:eng#member -> group:ops#member -> group:eng#member)
│              row group:eng#member@user:bob if weekday: day < 6 with {\"day\":7} -> false
└─ ✗ minus document:b#banned
";
    assert_eq!(trace.to_string(), drawn);
    assert_eq!(trace.answer.unwrap().permissionship, Permissionship::NoPermission);
}

#[test]
fn a_trace_of_a_question_without_an_answer_names_the_circle() {
    let trace = engine().trace("user:alice", "odd", "document:a", &now()).unwrap();
    assert_eq!(trace.answer.unwrap_err().code(), "CYCLE_THROUGH_EXCLUSION");
    assert_eq!(trace.nodes[0].result, None);
    let circle = trace.nodes.iter().find(|node| !node.circle.is_empty()).unwrap();
    assert_eq!(circle.circle, ["document:a#odd", "document:a#odd"]);
}
