//! Any question about any data is answered or refused, and the ways of asking agree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::model::{Object, Subject, Value};
use peppercorn::{Environment, LookupResources, LookupSubjects, Peppercorn, Permissionship, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    let (Ok(text), Some(now)) = (std::str::from_utf8(bytes), Timestamp::parse("2026-01-01T00:00:00Z")) else {
        return;
    };
    let mut parts = text.splitn(3, "\n----\n");
    let (Some(schema), Some(rows), Some(questions)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let Ok(engine) = Peppercorn::new(schema, rows) else {
        return;
    };
    let mut environment = Environment::at(now);
    for line in questions.lines().take(4) {
        if line.starts_with('{') {
            environment.context = Value::parse_object(line).unwrap_or_default();
            continue;
        }
        let mut words = line.split(' ');
        let (Some(subject), Some(permission), Some(resource)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let checked = engine.check(subject, permission, resource, &environment);
        let trace = engine.trace(subject, permission, resource, &environment);
        if let Ok(trace) = &trace {
            assert!(!trace.to_string().is_empty());
            if let (Ok(traced), Ok(checked)) = (&trace.answer, &checked) {
                assert_eq!(traced.permissionship, checked.permissionship);
            }
        }
        let _ = engine.expand(permission, resource, &environment);
        let (Ok(answer), Ok(object), Ok(asked)) = (checked, Object::parse(resource), Subject::parse(subject)) else {
            continue;
        };
        let has = answer.permissionship != Permissionship::NoPermission;
        let resources =
            LookupResources { subject, permission, resource_type: object.object_type, limit: None, cursor: None };
        if let Ok(page) = engine.lookup_resources(&resources, &environment) {
            let found = page.items.iter().find(|found| found.id == object.id);
            assert_eq!(found.map(|found| &found.answer.permissionship), has.then_some(&answer.permissionship));
        }
        let subjects = LookupSubjects {
            resource,
            permission,
            subject_type: asked.object.object_type,
            subject_relation: asked.relation,
            limit: None,
            cursor: None,
            wildcards: true,
        };
        if let Ok(page) = engine.lookup_subjects(&subjects, &environment) {
            let found = page.items.iter().any(|found| found.id == asked.object.id || found.id == "*");
            assert!(found || !has, "{subject} is not found");
        }
    }
});
