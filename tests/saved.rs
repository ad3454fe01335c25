//! Saved engines: what is loaded answers as what was saved, and bytes that were changed are refused.

use peppercorn::schema::compile_with;
use peppercorn::text::hash::{fnv, sum};
use peppercorn::v1::messages as v1;
use peppercorn::{
    Environment, ForeignTokens, LookupResources, Operation, Peppercorn, Permissionship, Reason, Settings, Timestamp, Update,
};
use proptest::prelude::*;

const SCHEMA: &str = "use expiration
caveat larger(one int, two int, rest map<any>) { one > two || rest.size() > 3 }
definition user {}
definition group {
    relation member: user | group#member
}
definition document {
    relation viewer: user | user:* | group#member | user with larger and expiration | user with larger | user with expiration
    permission view = viewer
}";

const ROWS: &str = r#"
document:a#viewer@user:alice
document:a#viewer@user:*
document:a#viewer@group:eng#member
document:a#viewer@user:bob[larger:{"two":5,"rest":{"é":[1e20,null,"\u0001",{}]}}][expiration:2030-01-01T00:00:00.25Z]
document:b#viewer@user:cy[larger]
document:b#viewer@user:dee[larger:{}]
document:b#viewer@user:eve[expiration:1999-12-31T23:59:59Z]
group:eng#member@group:ops#member
group:ops#member@user:flo
"#;

fn time(second: i64) -> Timestamp {
    Timestamp::from_unix(1_767_225_600 + second, 7).unwrap()
}

fn update(operation: Operation, text: &str) -> Update<'_> {
    Update { operation, relationship: peppercorn::model::Relationship::parse(text).unwrap() }
}

/// An engine with some of everything.
fn engine() -> Peppercorn {
    let mut engine = Peppercorn::new(SCHEMA, ROWS).unwrap();
    engine.configure(Settings {
        identity: 0x1234_5678_9abc_def0,
        retention_seconds: 50,
        retention_revisions: 6,
        foreign_tokens: ForeignTokens::Error,
    });
    for second in 0..4 {
        let text = format!("document:n{second}#viewer@user:alice");
        engine.write(&[update(Operation::Touch, &text)], time(second)).unwrap();
    }
    engine.write_schema(&format!("{SCHEMA}\ndefinition folder {{ relation viewer: user; }}"), time(10)).unwrap();
    let updates = [
        update(Operation::Touch, "folder:f#viewer@user:alice"),
        update(Operation::Touch, "document:b#viewer@user:dee"),
        update(Operation::Delete, "document:a#viewer@user:bob"),
        update(Operation::Delete, "document:a#viewer@user:nobody"),
    ];
    engine.write(&updates, time(20)).unwrap();
    register(&mut engine, "all", v1::RelationshipFilter { resource_type: "document".into(), ..Default::default() });
    let subject = v1::SubjectFilter {
        subject_type: "group".into(),
        optional_subject_id: "eng".into(),
        optional_relation: Some(v1::RelationFilter { relation: "member".into() }),
    };
    let filter = v1::RelationshipFilter {
        optional_resource_id_prefix: "a".into(),
        optional_relation: "viewer".into(),
        optional_subject_filter: Some(subject),
        ..Default::default()
    };
    register(&mut engine, "groups", filter);
    let request = v1::WriteRelationshipsRequest {
        updates: vec![v1::RelationshipUpdate {
            operation: v1::UpdateOperation::Touch,
            relationship: Some(v1::Relationship {
                resource: Some(v1::ObjectReference { object_type: "folder".into(), object_id: "g".into() }),
                relation: "viewer".into(),
                subject: Some(v1::SubjectReference {
                    object: Some(v1::ObjectReference { object_type: "user".into(), object_id: "alice".into() }),
                    ..Default::default()
                }),
                ..Default::default()
            }),
        }],
        optional_transaction_metadata: Some(peppercorn::v1::Struct(
            peppercorn::model::Value::parse_object(r#"{"by":"someone","at":[1,2.5]}"#).unwrap(),
        )),
        ..Default::default()
    };
    engine.v1(time(30)).write_relationships(&request).unwrap();
    engine
}

fn register(engine: &mut Peppercorn, name: &str, filter: v1::RelationshipFilter) {
    let request = v1::ExperimentalRegisterRelationshipCounterRequest { name: name.into(), relationship_filter: Some(filter) };
    engine.v1(time(0)).register_relationship_counter(&request).unwrap();
}

/// Everything that can be seen of an engine, but for what it saves as.
fn observed(engine: &mut Peppercorn) -> String {
    let mut seen = format!("{:?} {} {}\n", engine.settings(), engine.revision(), engine.token());
    let tokens = tokens(engine);
    for (second, token) in (0..90).step_by(30).flat_map(|second| tokens.iter().map(move |token| (second, token))) {
        match engine.at(token, time(second)) {
            Ok(snapshot) => seen += &format!("{second} {} {:?}\n", snapshot.revision(), snapshot.relationships()),
            Err(error) => seen += &format!("{second} {} {error}\n", error.code()),
        }
        let request = v1::WatchRequest {
            optional_start_cursor: Some(v1::ZedToken { token: token.clone() }),
            optional_update_kinds: vec![
                v1::WatchKind::IncludeRelationshipUpdates,
                v1::WatchKind::IncludeSchemaUpdates,
                v1::WatchKind::IncludeCheckpoints,
            ],
            ..Default::default()
        };
        match engine.v1(time(second)).watch(&request) {
            Ok(mut watch) => {
                while let Some(message) = watch.next(engine, time(second)).unwrap() {
                    seen += &format!("{message:?}\n");
                }
            }
            Err(error) => seen += &format!("{error}\n"),
        }
    }
    for name in ["all", "groups", "none"] {
        let request = v1::ExperimentalCountRelationshipsRequest { name: name.into() };
        seen += &format!("{:?}\n", engine.v1(time(30)).count_relationships(&request));
    }
    seen + &questions(engine) + engine.schema().text()
}

/// The tokens of all revisions so far, and of one that is not reached yet.
fn tokens(engine: &Peppercorn) -> Vec<String> {
    let mut fork = engine.fork(engine.settings().identity);
    let mut found = vec![engine.token(), fork.token()];
    fork.write(&[update(Operation::Touch, "group:eng#member@user:later")], time(40)).unwrap();
    found.push(fork.token());
    // Tokens differ by their revision, which stands at a known place in them, and their schema, which nothing asks for.
    for revision in 0..engine.revision() {
        let mut bytes = vec![1, 1];
        for number in [engine.settings().identity, revision, 0] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        let check = fnv(bytes.iter().copied()).to_be_bytes();
        bytes.extend_from_slice(&check[4..]);
        found.push(base64(&bytes));
    }
    found
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, place| bits << 8 | usize::from(*group.get(place).unwrap_or(&0)));
        for place in 0..4 {
            text.push(if place <= group.len() { char::from(DIGITS[bits >> (18 - 6 * place) & 63]) } else { '=' });
        }
    }
    text
}

/// Who may view what.
fn questions(engine: &Peppercorn) -> String {
    let mut seen = String::new();
    let mut environment = Environment::at(time(30));
    for context in ["{}", r#"{"one":6}"#, r#"{"one":1,"two":0}"#] {
        environment.context = peppercorn::model::Value::parse_object(context).unwrap();
        for subject in ["alice", "bob", "cy", "dee", "eve", "flo"] {
            let subject = format!("user:{subject}");
            for resource in ["document:a", "document:b", "document:n0"] {
                seen += &format!("{:?}\n", engine.check(&subject, "view", resource, &environment));
            }
            let lookup =
                LookupResources { subject: &subject, permission: "view", resource_type: "document", limit: None, cursor: None };
            seen += &format!("{:?}\n", engine.lookup_resources(&lookup, &environment));
        }
    }
    seen
}

fn assert_comes_back(mut engine: Peppercorn) -> Peppercorn {
    let bytes = engine.save();
    let mut loaded = Peppercorn::load(&bytes).unwrap();
    assert_eq!(observed(&mut loaded), observed(&mut engine));
    assert_eq!(loaded.save(), bytes);
    loaded
}

#[test]
fn what_is_loaded_is_what_was_saved() {
    let mut loaded = assert_comes_back(engine());
    // And it goes on as the other one does.
    let mut saved = engine();
    for engine in [&mut saved, &mut loaded] {
        engine.write(&[update(Operation::Create, "document:z#viewer@user:zoe")], time(5)).unwrap();
        engine.write(&[update(Operation::Delete, "document:a#viewer@group:eng#member")], time(70)).unwrap();
    }
    assert_eq!(observed(&mut saved), observed(&mut loaded));
    assert_eq!(saved.save(), loaded.save());
    assert_comes_back(saved.fork(9));
    assert_comes_back(assert_comes_back(saved.fork(9)).fork(10));
}

#[test]
fn the_smallest_engine_comes_back() {
    let empty = Peppercorn::new("", "").unwrap();
    let bytes = empty.save();
    let loaded = Peppercorn::load(&bytes).unwrap();
    assert_eq!((loaded.save(), loaded.revision(), loaded.token()), (bytes, empty.revision(), empty.token()));
}

#[test]
fn what_a_schema_imports_is_saved_with_it() {
    let mut loader = |path: &str| (path == "shared/users.zed").then(|| "definition user {}".to_owned());
    let text = "use import\nimport \"shared/users.zed\"\ndefinition document { relation viewer: user; }";
    let compiled = compile_with(text, Some(&mut loader));
    let row = "document:a#viewer@user:alice";
    let engine = Peppercorn::with_schema(compiled.schema.unwrap(), row).unwrap();
    let loaded = Peppercorn::load(&engine.save()).unwrap();
    assert_eq!((loaded.schema().text(), loaded.snapshot().relationships()), (text, vec![row.to_owned()]));
    assert_eq!(loaded.save(), engine.save());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any writes come back, and the same ones have the same bytes.
    #[test]
    fn any_history_comes_back(actions in prop::collection::vec((0..3_u8, 0..6_u8, 0..40_u8, 0..4_u8, 0..30_i64), 0..60), kept in 1..20_usize) {
        let run = || {
            let mut engine = Peppercorn::new(SCHEMA, "").unwrap();
            engine.configure(Settings { retention_seconds: 40, retention_revisions: kept, ..Settings::default() });
            let mut now = 0;
            for (operation, resource, subject, kind, later) in &actions {
                now += later;
                if operation == &2 && kind == &3 {
                    engine.write_schema(&format!("{SCHEMA}\n// {now}"), time(now)).unwrap();
                    continue;
                }
                let traits = match kind {
                    0 => String::new(),
                    1 => format!("[larger:{{\"two\":{later}}}]"),
                    2 => "[expiration:2040-01-01T00:00:00Z]".to_owned(),
                    _ => "[larger][expiration:2020-01-01T00:00:00Z]".to_owned(),
                };
                let operation = if *operation == 0 { Operation::Delete } else { Operation::Touch };
                let text = format!("document:d{resource}#viewer@user:u{subject}{traits}");
                let other = format!("group:g{subject}#member@group:g{resource}#member");
                engine.write(&[update(operation, &text), update(Operation::Touch, &other)], time(now)).unwrap();
            }
            engine
        };
        let engine = run();
        prop_assert_eq!(engine.save(), run().save());
        assert_comes_back(engine);
    }
}

/// A small engine with a caveat, a wildcard, an expiration, a set, history and a counter.
fn small() -> Peppercorn {
    let schema = "use expiration
caveat is(it bool) { it }
definition user {}
definition doc { relation see: user | user:* with is | user with expiration | doc#see; }";
    let rows = "doc:a#see@user:u1\ndoc:a#see@user:*[is:{\"it\":false}]\ndoc:b#see@doc:a#see";
    let mut engine = Peppercorn::new(schema, rows).unwrap();
    register(&mut engine, "n", v1::RelationshipFilter { resource_type: "doc".into(), ..Default::default() });
    let updates = [
        update(Operation::Touch, "doc:b#see@user:u2[expiration:2020-01-01T00:00:00Z]"),
        update(Operation::Delete, "doc:a#see@user:u1"),
    ];
    engine.write(&updates, time(1)).unwrap();
    engine.write_schema(&format!("{schema}\ndefinition new {{}}"), time(2)).unwrap();
    engine
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = u64::try_from(bytes.len()).unwrap();
    bytes[9..17].copy_from_slice(&length.to_le_bytes());
    let end = bytes.len() - 8;
    let checksum = sum(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

#[test]
fn every_change_of_a_byte_is_refused() {
    let bytes = small().save();
    for place in 0..bytes.len() {
        assert_eq!(Peppercorn::load(&bytes[..place]).unwrap_err().reason, Reason::DamagedSnapshot, "{place}");
        let mut changed = bytes.clone();
        for other in (0..=u8::MAX).filter(|other| *other != bytes[place]) {
            changed[place] = other;
            let reason = Peppercorn::load(&changed).unwrap_err().reason;
            let newer = place == 8 && other > 2;
            assert_eq!(reason, if newer { Reason::NewerSnapshot } else { Reason::DamagedSnapshot }, "{place} {other}");
        }
        let mut longer = bytes.clone();
        longer.insert(place, 0);
        assert!(Peppercorn::load(&longer).is_err(), "{place}");
    }
    assert!(Peppercorn::load(&[bytes.as_slice(), &[0]].concat()).is_err());
}

/// Bytes whose checksum is right are refused, or they are an engine like any other, whose relationships fit its schema.
#[test]
fn what_is_changed_with_its_checksum_is_harmless() {
    let bytes = small().save();
    let (mut refused, mut loaded) = (0, 0);
    let mut examine = |changed: Vec<u8>| {
        let changed = with_checksum(changed);
        let Ok(mut engine) = Peppercorn::load(&changed) else {
            refused += 1;
            return;
        };
        loaded += 1;
        let rows = engine.snapshot().relationships().join("\n");
        Peppercorn::new(engine.schema().text(), &rows).unwrap();
        let again = Peppercorn::load(&engine.save()).unwrap();
        assert_eq!(again.save(), engine.save());
        let environment = Environment::at(time(3));
        for subject in ["user:u1", "user:u2", "doc:a#see"] {
            let answer = engine.check(subject, "see", "doc:b", &environment);
            let request = LookupResources { subject, permission: "see", resource_type: "doc", limit: None, cursor: None };
            let found = engine.lookup_resources(&request, &environment);
            if let (Ok(answer), Ok(found)) = (answer, found) {
                let has = answer.permissionship != Permissionship::NoPermission;
                assert_eq!(found.items.iter().any(|found| found.id == "b"), has);
            }
        }
        let token = engine.token();
        let watch = v1::WatchRequest { optional_start_cursor: Some(v1::ZedToken { token }), ..Default::default() };
        let _ = engine.v1(time(3)).watch(&watch);
        let _ = engine.v1(time(3)).count_relationships(&v1::ExperimentalCountRelationshipsRequest { name: "n".into() });
        let _ = engine.write(&[update(Operation::Touch, "doc:z#see@user:u9")], time(4));
    };
    for place in 17..bytes.len() - 8 {
        // Every bit, and numbers one more or one less.
        let byte = bytes[place];
        for other in (0..8).map(|bit| byte ^ 1 << bit).chain([byte.wrapping_add(1), byte.wrapping_sub(1), 0, u8::MAX]) {
            let mut changed = bytes.clone();
            changed[place] = other;
            examine(changed);
        }
        let mut shorter = bytes.clone();
        shorter.remove(place);
        examine(shorter);
        examine([&bytes[..place], &bytes[bytes.len() - 8..]].concat());
    }
    assert!(refused > 1_000 && loaded > 100, "{refused} {loaded}");
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = small().save();
    bytes[8] += 1;
    let error = Peppercorn::load(&with_checksum(bytes)).unwrap_err();
    assert_eq!((error.reason, error.code()), (Reason::NewerSnapshot, "NEWER_SNAPSHOT"));
    assert!(error.message.contains("version 3") && error.message.contains("reads 2"), "{error}");
}

/// A relationship that its schema does not allow is not loaded, not even where another of its shape is.
#[test]
fn what_does_not_fit_is_refused() {
    let bytes = Peppercorn::new(
        "definition user {}\ndefinition doc { relation see: user | user:*; relation own: user; }",
        "doc:a#see@user:u1\ndoc:a#own@user:u2",
    )
    .unwrap()
    .save();
    Peppercorn::load(&bytes).unwrap();
    let schema = |from: &str, to: &str| {
        let place = bytes.windows(from.len()).position(|found| found == from.as_bytes()).unwrap();
        let changed = [&bytes[..place], to.as_bytes(), &bytes[place + from.len()..]].concat();
        Peppercorn::load(&with_checksum(changed))
    };
    for (from, to) in [("own: user;", "own: doc ;"), ("see: user |", "see: doc  |"), ("relation own", "relation owm")] {
        assert!(schema(from, to).is_err(), "{from}");
    }
    assert!(schema("see: user |", "see: user  ").is_err(), "the schema itself is broken");
    assert!(schema("u1", "!1").is_err() && schema("u1", "u2").is_err() && schema("u1", "zz").is_ok());
}
