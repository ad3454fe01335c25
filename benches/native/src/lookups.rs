//! Lookups, each to the last result.

use std::collections::BTreeSet;

use peppercorn::{Environment, LookupResources, LookupSubjects};
use serde_json::Value as Json;

use crate::data::{DataSet, now, text};
use crate::{Bench, Outcome};

/// Of 10, 1,000 and 10,000 resources.
pub fn resources(bench: &mut Bench) -> Outcome {
    let set = DataSet::read(bench, "W6")?;
    let engine = set.engine()?;
    let environment = Environment::at(now()?);
    for question in set.list("lookupResources")? {
        let (subject, permission, resource_type) =
            (text(question, "subject")?, text(question, "permission")?, text(question, "resourceType")?);
        let request = LookupResources {
            subject: &subject,
            permission: &permission,
            resource_type: &resource_type,
            limit: None,
            cursor: None,
        };
        let found = engine.lookup_resources(&request, &environment)?.items;
        expect(question, found.iter().map(|found| found.id.as_str()))?;
        let key = format!("W6.{}", found.len());
        bench.criterion.bench_function(&key, |bencher| bencher.iter(|| engine.lookup_resources(&request, &environment)));
    }
    Ok(())
}

/// Of the subjects of documents in folders, and of a large group.
pub fn subjects(bench: &mut Bench) -> Outcome {
    let environment = Environment::at(now()?);
    for (key, set) in [("W7.a", "W2"), ("W7.b", "W15")] {
        let set = DataSet::read(bench, set)?;
        let engine = set.engine()?;
        let mut asked = Vec::new();
        for question in set.list("lookupSubjects")? {
            asked.push((text(question, "resource")?, text(question, "permission")?, text(question, "subjectType")?, question));
        }
        let request = |(resource, permission, subject_type): (&'_ String, &'_ String, &'_ String)| {
            engine.lookup_subjects(
                &LookupSubjects {
                    resource,
                    permission,
                    subject_type,
                    subject_relation: None,
                    limit: None,
                    cursor: None,
                    wildcards: true,
                },
                &environment,
            )
        };
        for (resource, permission, subject_type, question) in &asked {
            let found = request((resource, permission, subject_type))?.items;
            expect(question, found.iter().map(|found| found.id.as_str()))?;
        }
        let mut round = asked.iter().cycle();
        bench.criterion.bench_function(key, |bencher| {
            bencher.iter(|| {
                round.next().map(|(resource, permission, subject_type, _)| request((resource, permission, subject_type)))
            });
        });
    }
    Ok(())
}

/// Whether these are the ids that the question says, as far as it does.
fn expect<'a>(question: &Json, found: impl Iterator<Item = &'a str>) -> Outcome {
    let found: Vec<&str> = found.collect();
    let count = question.get("expectCount").and_then(Json::as_u64);
    let ids = question.get("expectIds").and_then(Json::as_array);
    let counted = count.is_none_or(|count| u64::try_from(found.len()) == Ok(count));
    let known: Option<BTreeSet<&str>> = ids.map(|ids| ids.iter().filter_map(Json::as_str).collect());
    if counted && known.is_none_or(|known| known == found.iter().copied().collect()) {
        return Ok(());
    }
    Err(format!("a lookup gives {} results, not those expected ({count:?})", found.len()).into())
}
