//! The engine as its users meet it: refusals, batches, snapshots, depth, circles and hostile questions.

use std::fmt::Write as _;

use peppercorn::model::Relationship;
use peppercorn::store::{Operation, Update};
use peppercorn::{Environment, Error, LookupResources, Peppercorn, Permissionship, Timestamp};

const GROUPS: &str = "
definition user {}
definition group {
    relation member: user | group#member
    relation parent: group
    permission all = member + parent->all
    permission every = parent.all(every) + member
}
definition document {
    relation viewer: user | user:* | group#member
    relation banned: user | group#member
    permission view = viewer - banned
}
";

fn now() -> Environment {
    Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap())
}

fn engine(relationships: &str) -> Peppercorn {
    Peppercorn::new(GROUPS, relationships).unwrap()
}

fn has(engine: &Peppercorn, subject: &str, permission: &str, resource: &str) -> bool {
    engine.can(subject, permission, resource, &now()).unwrap()
}

fn update(operation: Operation, relationship: &str) -> Update<'_> {
    Update { operation, relationship: Relationship::parse(relationship).unwrap() }
}

fn chain(length: usize, link: impl Fn(usize) -> String) -> String {
    (0..length).fold(String::new(), |mut text, number| {
        writeln!(text, "{}", link(number)).unwrap();
        text
    })
}

#[test]
fn chains_thousands_deep_do_not_touch_the_stack() {
    let length = 20_000;
    let sets = chain(length, |number| format!("group:g{number}#member@group:g{}#member", number + 1))
        + &format!("group:g{length}#member@user:deep");
    let arrows = chain(length, |number| format!("group:g{number}#parent@group:g{}", number + 1))
        + &format!("group:g{length}#member@user:deep");
    // A thread of the size that WebAssembly's own stack has.
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    let answers = small.spawn(move || {
        let (sets, arrows) = (engine(&sets), engine(&arrows));
        [
            has(&sets, "user:deep", "member", "group:g0"),
            has(&sets, "user:other", "member", "group:g0"),
            has(&arrows, "user:deep", "all", "group:g0"),
            has(&arrows, "user:deep", "every", "group:g0"),
            has(&arrows, "user:other", "every", "group:g0"),
        ]
    });
    assert_eq!(answers.unwrap().join().unwrap(), [true, false, true, true, false]);
}

#[test]
fn a_circle_as_long_as_a_chain_is_solved_without_the_stack() {
    let length = 20_000;
    let circle = chain(length, |number| format!("group:g{number}#member@group:g{}#member", (number + 1) % length))
        + "group:g777#member@user:inside";
    let answers = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
        let circle = engine(&circle);
        [has(&circle, "user:inside", "member", "group:g778"), has(&circle, "user:outside", "member", "group:g778")]
    });
    assert_eq!(answers.unwrap().join().unwrap(), [true, false]);
}

#[test]
fn permissions_that_only_name_the_next_do_not_touch_the_stack() {
    let mut schema =
        "definition user {}\ndefinition document {\nrelation viewer: user\npermission p0 = viewer\n".replace("p0", "per0");
    for number in 1..20_000 {
        writeln!(schema, "permission per{number} = per{}", number - 1).unwrap();
    }
    schema.push_str("}\n");
    let answer = std::thread::Builder::new().stack_size(512 * 1024).spawn(move || {
        let engine = Peppercorn::new(&schema, "document:readme#viewer@user:alice").unwrap();
        has(&engine, "user:alice", "per19999", "document:readme")
    });
    assert!(answer.unwrap().join().unwrap());
}

#[test]
fn a_permission_that_depends_on_its_own_negation_is_an_error_that_names_the_circle() {
    let schema = "definition user {}\ndefinition document {\nrelation viewer: user\nrelation next: document\npermission view = viewer - next->view\n}\n";
    let engine = Peppercorn::new(schema, "document:a1#viewer@user:alice\ndocument:a1#next@document:b2\ndocument:b2#viewer@user:alice\ndocument:b2#next@document:a1").unwrap();
    let error = engine.check("user:alice", "view", "document:a1", &now()).unwrap_err();
    assert_eq!(error.code(), "CYCLE_THROUGH_EXCLUSION");
    assert!(error.message.contains("document:a1#view") && error.message.contains("document:b2#view"), "{error}");
    assert!(!has(&engine, "user:bob", "view", "document:a1"), "whoever is not a viewer is not one either way");
}

#[test]
fn a_hostile_question_ends_with_a_named_error() {
    // Every pair of groups in a circle of full connection, asked for somebody who is in none: quadratic in the groups.
    let schema = "definition user {}\ndefinition group {\nrelation member: user | group#member\npermission odd = member - outer->odd\nrelation outer: group\n}\n";
    let groups = 450;
    let rows = chain(groups * groups, |number| format!("group:g{}#outer@group:g{}", number / groups, number % groups));
    let members = chain(groups, |number| format!("group:g{number}#member@user:alice"));
    let engine = Peppercorn::new(schema, &(rows + &members)).unwrap();
    let error = engine.check("user:alice", "odd", "group:g0", &now()).unwrap_err();
    assert!(matches!(error.code(), "WORK_BUDGET_EXCEEDED" | "CYCLE_THROUGH_EXCLUSION"), "{error}");
    assert!(!has(&engine, "user:bob", "odd", "group:g0"), "the engine goes on");
}

#[test]
fn a_batch_commits_whole_or_not_at_all() {
    let mut engine = engine("document:readme#viewer@user:alice");
    let before = engine.snapshot().relationships();
    let refused = |engine: &mut Peppercorn, updates: &[Update<'_>]| -> Error { engine.write(updates, now().now).unwrap_err() };
    let good = update(Operation::Touch, "document:readme#viewer@user:bob");
    for (bad, code) in [
        (update(Operation::Create, "document:readme#viewer@user:alice"), "ATTEMPT_TO_RECREATE_RELATIONSHIP"),
        (update(Operation::Touch, "document:readme#view@user:alice"), "CANNOT_UPDATE_PERMISSION"),
        (update(Operation::Touch, "document:readme#owner@user:alice"), "UNKNOWN_RELATION_OR_PERMISSION"),
        (update(Operation::Touch, "folder:readme#viewer@user:alice"), "UNKNOWN_DEFINITION"),
        (update(Operation::Touch, "document:readme#banned@user:*"), "INVALID_SUBJECT_TYPE"),
        (update(Operation::Touch, "document:readme#viewer@user:alice[even]"), "INVALID_SUBJECT_TYPE"),
        (update(Operation::Touch, "document:readme#viewer@user:alice[expiration:2030-01-01T00:00:00Z]"), "INVALID_SUBJECT_TYPE"),
        (update(Operation::Delete, "document:readme#viewer@user:bob"), "UPDATES_ON_SAME_RELATIONSHIP"),
    ] {
        assert_eq!(refused(&mut engine, &[good.clone(), bad]).code(), code);
        assert_eq!(engine.snapshot().relationships(), before, "{code}");
        assert_eq!(engine.revision(), 1, "{code}");
    }
    assert_eq!(engine.write(&[good, update(Operation::Delete, "document:none#viewer@user:alice")], now().now).unwrap(), 2);
    assert!(has(&engine, "user:bob", "view", "document:readme"));
}

#[test]
fn snapshots_stay_as_they_were() {
    let mut engine = engine("document:readme#viewer@user:*");
    let mut snapshots = vec![engine.snapshot()];
    for number in 0..50 {
        engine.write(&[update(Operation::Create, &format!("document:readme#banned@user:u{number}"))], now().now).unwrap();
        snapshots.push(engine.snapshot());
    }
    engine.write(&[update(Operation::Delete, "document:readme#viewer@user:*")], now().now).unwrap();
    for (banned, snapshot) in snapshots.iter().enumerate() {
        assert_eq!(snapshot.relationships().len(), banned + 1);
        for number in 0..50 {
            let answer = snapshot.check(&format!("user:u{number}"), "view", "document:readme", &now()).unwrap().permissionship;
            assert_eq!(answer == Permissionship::HasPermission, number >= banned);
        }
    }
    assert!(!has(&engine, "user:u49", "view", "document:readme"));
    let old = snapshots.swap_remove(3);
    drop(snapshots);
    assert_eq!(old.relationships().len(), 4);
}

#[test]
fn the_caveat_and_expiration_of_a_row_are_replaced_by_a_touch() {
    let schema = "use expiration\ndefinition user {}\ncaveat even(number int) { number % 2 == 0 }\ndefinition document {\nrelation viewer: user | user with even | user with expiration\n}\n";
    let mut engine = Peppercorn::new(schema, "document:readme#viewer@user:alice[even]").unwrap();
    let ask = |engine: &Peppercorn, time: &str| {
        engine
            .check("user:alice", "viewer", "document:readme", &Environment::at(Timestamp::parse(time).unwrap()))
            .unwrap()
            .permissionship
    };
    assert_eq!(ask(&engine, "2026-01-01T00:00:00Z"), Permissionship::ConditionalPermission, "a caveated row is never a yes");
    engine
        .write(&[update(Operation::Touch, "document:readme#viewer@user:alice[expiration:2030-01-01T00:00:00Z]")], now().now)
        .unwrap();
    assert_eq!(ask(&engine, "2029-12-31T23:59:59.999Z"), Permissionship::HasPermission);
    assert_eq!(ask(&engine, "2030-01-01T00:00:00Z"), Permissionship::NoPermission, "it ends at its time");
    engine.write(&[update(Operation::Touch, "document:readme#viewer@user:alice")], now().now).unwrap();
    assert_eq!(ask(&engine, "2030-01-01T00:00:00Z"), Permissionship::HasPermission);
    assert_eq!(engine.snapshot().relationships(), ["document:readme#viewer@user:alice"]);
}

/// As in SpiceDB, where only its garbage collection ends that.
#[test]
fn a_row_that_has_expired_is_still_in_the_way_of_a_create() {
    let schema = "use expiration\ndefinition user {}\ndefinition document {\nrelation viewer: user with expiration\n}\n";
    let expired = "document:readme#viewer@user:alice[expiration:2020-01-01T00:00:00Z]";
    let later = "document:readme#viewer@user:alice[expiration:2030-01-01T00:00:00Z]";
    let mut engine = Peppercorn::new(schema, expired).unwrap();
    assert!(!has(&engine, "user:alice", "viewer", "document:readme"));
    let before = engine.snapshot();
    let refused = engine.write(&[update(Operation::Create, later)], now().now).unwrap_err();
    assert_eq!(refused.code(), "ATTEMPT_TO_RECREATE_RELATIONSHIP");
    engine.write(&[update(Operation::Touch, later)], now().now).unwrap();
    assert!(has(&engine, "user:alice", "viewer", "document:readme"));
    assert!(!before.can("user:alice", "viewer", "document:readme", &now()).unwrap(), "the time counts at old snapshots too");
    engine.write(&[update(Operation::Delete, later)], now().now).unwrap();
    engine.write(&[update(Operation::Create, later)], now().now).unwrap();
}

#[test]
fn questions_are_refused_as_spicedb_refuses_them() {
    let engine = engine("document:readme#viewer@user:alice");
    for (subject, permission, resource, code) in [
        ("user:*", "view", "document:readme", "WILDCARD_NOT_ALLOWED"),
        ("robot:r2", "view", "document:readme", "UNKNOWN_DEFINITION"),
        ("user:alice", "view", "folder:readme", "UNKNOWN_DEFINITION"),
        ("user:alice", "edit", "document:readme", "UNKNOWN_RELATION_OR_PERMISSION"),
        ("group:eng#owner", "view", "document:readme", "UNKNOWN_RELATION_OR_PERMISSION"),
        ("user", "view", "document:readme", "INVALID_ARGUMENT"),
        ("user:alice", "view", "document:*", "INVALID_ARGUMENT"),
        ("user:al ice", "view", "document:readme", "INVALID_ARGUMENT"),
        ("", "", "", "INVALID_ARGUMENT"),
        ("user:alice", "", "document:readme", "UNKNOWN_RELATION_OR_PERMISSION"),
        ("user:alice", "View", "document:readme", "INVALID_ARGUMENT"),
    ] {
        let error = engine.check(subject, permission, resource, &now()).unwrap_err();
        assert_eq!(error.code(), code, "{subject} {permission} {resource}: {error}");
    }
    assert!(engine.check("user:alice", "vew", "document:readme", &now()).unwrap_err().message.contains("did you mean `view`?"));
}

#[test]
fn objects_that_were_never_written_are_themselves() {
    let engine = engine("");
    assert!(has(&engine, "group:ghost#member", "member", "group:ghost"));
    assert!(!has(&engine, "group:ghost#member", "member", "group:other"));
    assert!(!has(&engine, "user:ghost", "member", "group:ghost"));
}

#[test]
fn large_and_broken_schemas_are_refused_at_once() {
    let deep = format!("definition user {{\npermission view = {}nil{}\n}}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(Peppercorn::new(&deep, "").unwrap_err().diagnostics[0].code.as_str(), "syntax/nesting-too-deep");
    let large = "definition user {}\n".to_owned() + &"// padding\n".repeat(400_000);
    assert!(large.len() > 4 * 1024 * 1024);
    assert_eq!(Peppercorn::new(&large, "").unwrap_err().diagnostics[0].code.as_str(), "schema/too-large");
    let wrong = "definition user {}\n".to_owned() + &"definition bad {\n relation a: ghost\n}\n".repeat(100_000);
    assert_eq!(Peppercorn::new(&wrong, "").unwrap_err().diagnostics.len(), 100, "a list of problems is bounded");
    let mut many = "use partial\ndefinition user {}\npartial part0 {\n".to_owned();
    for number in 0..10 {
        writeln!(many, "relation rel{number}: user").unwrap();
    }
    for level in 1..12 {
        writeln!(many, "}}\npartial part{level} {{").unwrap();
        many.push_str(&format!("...part{}\n", level - 1).repeat(10));
    }
    many.push_str("}\ndefinition document {\n...part11\n}\n");
    assert!(Peppercorn::new(&many, "").is_err(), "partials that multiply are bounded");
}

#[test]
fn permissions_that_double_at_each_level_are_answered_once() {
    let mut schema = "definition user {}\ndefinition document {\nrelation viewer: user\npermission level0 = viewer\n".to_owned();
    for level in 1..200 {
        writeln!(schema, "permission level{level} = (level{0} & level{0}) + (level{0} - nil)", level - 1).unwrap();
    }
    schema.push_str("}\n");
    let engine = Peppercorn::new(&schema, "document:readme#viewer@user:alice").unwrap();
    assert!(has(&engine, "user:alice", "level199", "document:readme"));
    assert!(!has(&engine, "user:bob", "level199", "document:readme"));
}

/// A relationship that has expired does not stand against a schema that has no place for it, and does not come back under it.
#[test]
fn what_has_expired_does_not_come_back_under_another_schema() {
    let with =
        |types: &str| format!("use expiration\ndefinition user {{}}\ndefinition document {{\n  relation viewer: {types}\n}}");
    let row = "document:readme#viewer@user:alice[expiration:2020-01-01T00:00:00Z]\ndocument:readme#viewer@user:bob[expiration:2030-01-01T00:00:00Z]";
    let mut engine = Peppercorn::new(&with("user with expiration | user"), row).unwrap();
    engine.write(&[update(Operation::Delete, "document:readme#viewer@user:bob")], now().now).unwrap();
    engine.write_schema(&with("user"), now().now).unwrap();
    assert_eq!(engine.snapshot().relationships(), Vec::<String>::new());
    for at in [now(), Environment::at(Timestamp::parse("2019-01-01T00:00:00Z").unwrap())] {
        assert!(!engine.can("user:alice", "viewer", "document:readme", &at).unwrap());
        let lookup =
            LookupResources { subject: "user:alice", permission: "viewer", resource_type: "document", limit: None, cursor: None };
        assert_eq!(engine.lookup_resources(&lookup, &at).unwrap().items, Vec::new());
    }
    // What has not expired stands against it.
    let mut engine = Peppercorn::new(&with("user with expiration | user"), row).unwrap();
    let refused = engine.write_schema(&with("user"), now().now).unwrap_err();
    assert_eq!((refused.code(), refused.status.as_str()), ("SCHEMA_TYPE_ERROR", "INVALID_ARGUMENT"));
    assert_eq!(engine.revision(), 1);
}
