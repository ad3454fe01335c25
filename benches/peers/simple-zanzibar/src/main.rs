//! simple-zanzibar, natively: no wildcards, caveats, bulk checks or watching. `simple-zanzibar-peer WORKLOAD FOLDER quick|full`.
//!
//! Its arrows follow only subjects that name a relation, so `#parent@folder:x` is loaded as `#parent@folder:x#view`, and its lookups
//! stop silently at 1,000 results unless its limits are raised.

use std::collections::BTreeSet;
use std::error::Error;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simple_zanzibar::ZanzibarEngine;
use simple_zanzibar::eval::EvaluationLimits;
use simple_zanzibar::model::{LookupResourcesRequest, LookupSubjectsRequest, Object, Relation, User};
use simple_zanzibar::relationship::RelationshipMutation;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const FLAT: &str = r#"namespace user {} namespace document { relation viewer {} relation view { rewrite computed_userset(relation: "viewer") } }"#;

const FOLDERS: &str = r#"
namespace user {}
namespace group { relation member {} }
namespace folder {
    relation parent {}
    relation viewer {}
    relation view { rewrite union(computed_userset(relation: "viewer"), tuple_to_userset(tupleset: "parent", computed_userset: "view")) }
}
namespace document {
    relation parent {}
    relation viewer {}
    relation view { rewrite union(computed_userset(relation: "viewer"), tuple_to_userset(tupleset: "parent", computed_userset: "view")) }
}"#;

const ORGANIZATIONS: &str = r#"
namespace user {}
namespace team { relation member {} }
namespace organization {
    relation member {}
    relation admin {}
    relation banned {}
    relation active { rewrite exclusion(union(computed_userset(relation: "member"), computed_userset(relation: "admin")), computed_userset(relation: "banned")) }
}
namespace repository {
    relation organization {}
    relation reader {}
    relation writer {}
    relation maintainer {}
    relation blocked {}
    relation push { rewrite intersection(
        union(computed_userset(relation: "writer"), computed_userset(relation: "maintainer")),
        tuple_to_userset(tupleset: "organization", computed_userset: "active")) }
    relation read { rewrite union(
        exclusion(
            intersection(
                union(computed_userset(relation: "reader"), computed_userset(relation: "writer"), computed_userset(relation: "maintainer")),
                tuple_to_userset(tupleset: "organization", computed_userset: "active")),
            computed_userset(relation: "blocked")),
        tuple_to_userset(tupleset: "organization", computed_userset: "admin")) }
}"#;

/// A workload: its folder of data and how long to measure.
struct Task {
    folder: String,
    measure: Duration,
}

/// What was loaded.
struct Loaded {
    engine: ZanzibarEngine,
    queries: Value,
    loading: Duration,
}

/// A check: object, relation, user, answer.
type Question = (Object, Relation, User, bool);

fn main() {
    if let Err(error) = run() {
        println!("{}", json!({ "failed": error.to_string() }));
    }
}

fn run() -> Outcome {
    let mut words = std::env::args().skip(1);
    let (Some(workload), Some(folder), how) = (words.next(), words.next(), words.next()) else {
        return Err("a workload and a folder are needed".into());
    };
    let quick = how.as_deref() == Some("quick");
    let task = Task { folder, measure: Duration::from_millis(if quick { 100 } else { 1000 }) };
    println!("{}", json!({ "version": "0.3.0, native" }));
    match workload.as_str() {
        "W1" => task.checks("W1", FLAT, &[("W1.allow", "allow"), ("W1.deny", "deny")]),
        "W2" => task.checks("W2", FOLDERS, &[("W2.allow", "allow")]),
        "W3" => task.checks("W3", ORGANIZATIONS, &[("W3.allow", "allow"), ("W3.deny", "deny")]),
        "W6" => task.resources(),
        "W7" => task.subjects(),
        "W9" => task.writes(),
        "W10" => task.loading("W1", "W10.small"),
        "W10M" => task.loading("W10M", "W10.million"),
        "W13" => task.checks("W2", FOLDERS, &[("W13.deny", "deny")]),
        "W14" => task.checks("W14", FOLDERS, &[("W14.allow", "allow"), ("W14.deny", "deny")]),
        "W15" => task.checks("W15", FOLDERS, &[("W15.allow", "allow"), ("W15.deny", "deny")]),
        other => Err(format!("`{other}` is not for it").into()),
    }
}

impl Task {
    fn load(&self, set: &str, dsl: &str) -> Outcome<Loaded> {
        let read = |ending: &str| std::fs::read_to_string(Path::new(&self.folder).join(format!("{set}.{ending}")));
        let queries = serde_json::from_str(&read("queries.json")?)?;
        let lines: Vec<String> = read("rels")?.lines().map(as_it_takes).collect();
        let started = Instant::now();
        let many = NonZeroU32::new(200_000).ok_or("no limit")?;
        let mut limits = EvaluationLimits::default();
        (limits.max_depth, limits.max_fanout_per_step, limits.max_lookup_results) = (many, many, many);
        let engine = ZanzibarEngine::builder().evaluation_limits(limits).build();
        engine.add_dsl(dsl)?;
        for batch in lines.chunks(10_000) {
            write(&engine, batch)?;
        }
        Ok(Loaded { engine, queries, loading: started.elapsed() })
    }

    fn checks(&self, set: &str, dsl: &str, lists: &[(&str, &str)]) -> Outcome {
        let loaded = self.load(set, dsl)?;
        for (key, list) in lists {
            self.measure_checks(key, &loaded, list)?;
        }
        Ok(())
    }

    fn measure_checks(&self, key: &str, loaded: &Loaded, list: &str) -> Outcome {
        let questions = loaded.list(list)?.iter().map(question).collect::<Outcome<Vec<Question>>>()?;
        self.measure(key, &questions, |(object, relation, user, expect)| {
            Ok(loaded.engine.check_relation(object, relation, user)? == *expect)
        })
    }

    /// Times calls, in blocks where they are quick; every answer is looked at.
    fn measure<T>(&self, key: &str, questions: &[T], ask: impl Fn(&T) -> Outcome<bool>) -> Outcome {
        let started = Instant::now();
        for (place, question) in questions.iter().enumerate() {
            if !ask(question)? {
                return Err(format!("the answer to question {place} of {key} is wrong").into());
            }
        }
        let cost = started.elapsed().as_secs_f64() / questions.len() as f64;
        let block = (75e-6 / cost).round().max(1.0) as usize;
        let mut around = questions.iter().cycle();
        let mut each = Vec::new();
        let started = Instant::now();
        while started.elapsed() < self.measure || each.len() < 3 {
            let start = Instant::now();
            for question in around.by_ref().take(block) {
                ask(question)?;
            }
            each.push(start.elapsed().as_secs_f64() * 1e6 / block as f64);
        }
        row(key, each);
        Ok(())
    }

    fn resources(&self) -> Outcome {
        let loaded = self.load("W6", FOLDERS)?;
        for question in loaded.list("lookupResources")? {
            let (type_name, permission) = (text(question, "resourceType")?, text(question, "permission")?);
            let request = LookupResourcesRequest::new(user(&text(question, "subject")?), Relation::new(permission), type_name);
            let key = format!("W6.{}", question["expectCount"]);
            let ask = |request: &LookupResourcesRequest| -> Outcome<Vec<Object>> {
                Ok(loaded.engine.lookup_resources(request)?.resources)
            };
            expect(question, ask(&request)?.iter().map(|object| object.id.as_str()))?;
            self.measure(&key, &[request], |request| Ok(json!(ask(request)?.len()) == question["expectCount"]))?;
        }
        Ok(())
    }

    fn subjects(&self) -> Outcome {
        for (key, set) in [("W7.a", "W2"), ("W7.b", "W15")] {
            let loaded = self.load(set, FOLDERS)?;
            let mut questions = Vec::new();
            for question in loaded.list("lookupSubjects")? {
                let (permission, type_name) = (Relation::new(text(question, "permission")?), text(question, "subjectType")?);
                questions
                    .push((LookupSubjectsRequest::new(object(&text(question, "resource")?), permission, type_name), question));
            }
            let ask =
                |request: &LookupSubjectsRequest| -> Outcome<Vec<User>> { Ok(loaded.engine.lookup_subjects(request)?.subjects) };
            for (request, question) in &questions {
                let found = ask(request)?;
                expect(
                    question,
                    found.iter().filter_map(|user| if let User::UserId(id) = user { Some(id.as_str()) } else { None }),
                )?;
            }
            self.measure(key, &questions, |(request, _)| Ok(!ask(request)?.is_empty()))?;
        }
        Ok(())
    }

    fn writes(&self) -> Outcome {
        let loaded = self.load("W1", FLAT)?;
        let single: Vec<Vec<String>> = fresh("single", 5_000).into_iter().map(|line| vec![line]).collect();
        let batches: Vec<Vec<String>> = (0..20).map(|number| fresh(&format!("batch{number}_"), 1000)).collect();
        for (key, writes) in [("W9.single", single), ("W9.batch", batches)] {
            let mut each = Vec::new();
            for lines in &writes {
                let started = Instant::now();
                write(&loaded.engine, lines)?;
                each.push(started.elapsed().as_secs_f64() * 1e6);
            }
            for line in writes.iter().flatten() {
                let (resource, subject) = line.split_once("#viewer@").ok_or("no relationship")?;
                if !loaded.engine.check_relation(&object(resource), &Relation::new("view"), &user(subject))? {
                    return Err(format!("{line} was written and is not there").into());
                }
            }
            row(key, each);
        }
        Ok(())
    }

    fn loading(&self, set: &str, key: &str) -> Outcome {
        let loaded = self.load(set, FLAT)?;
        row(&format!("{key}.text"), vec![loaded.loading.as_secs_f64() * 1e6]);
        self.measure_checks(&format!("{key}.text.check"), &loaded, "allow")
    }
}

impl Loaded {
    fn list(&self, name: &str) -> Outcome<&Vec<Value>> {
        self.queries[name].as_array().ok_or_else(|| format!("there is no list {name}").into())
    }
}

fn as_it_takes(line: &str) -> String {
    match line.split_once('@') {
        Some((left, folder)) if left.ends_with("#parent") => format!("{left}@{folder}#view"),
        Some((left, organization)) if left.ends_with("#organization") => format!("{left}@{organization}#active"),
        _ => line.to_owned(),
    }
}

fn write(engine: &ZanzibarEngine, lines: &[String]) -> Outcome {
    let mutations = lines.iter().map(RelationshipMutation::touch).collect::<Result<Vec<_>, _>>()?;
    engine.write_relationships(mutations)?;
    Ok(())
}

fn fresh(kind: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("document:{kind}{number}#viewer@user:u{}", number % 1000)).collect()
}

fn object(text: &str) -> Object {
    let (type_name, id) = text.split_once(':').unwrap_or((text, ""));
    Object::new(type_name, id)
}

fn user(text: &str) -> User {
    User::user_id(object(text).id)
}

fn question(json: &Value) -> Outcome<Question> {
    let relation = Relation::new(text(json, "permission")?);
    Ok((object(&text(json, "resource")?), relation, user(&text(json, "subject")?), json["expect"] == json!(true)))
}

fn text(json: &Value, field: &str) -> Outcome<String> {
    json[field].as_str().map(str::to_owned).ok_or_else(|| format!("a question lacks `{field}`").into())
}

/// Refuses other ids than the question says, where it does.
fn expect<'a>(question: &Value, found: impl Iterator<Item = &'a str>) -> Outcome {
    let Some(ids) = question["expectIds"].as_array() else { return Ok(()) };
    let known: BTreeSet<&str> = ids.iter().filter_map(Value::as_str).collect();
    if known == found.collect() { Ok(()) } else { Err("a lookup gives other results than it should".into()) }
}

fn row(key: &str, mut each: Vec<f64>) {
    each.sort_by(f64::total_cmp);
    let at = |share: f64| each[((each.len() as f64 * share) as usize).min(each.len() - 1)];
    let mean = each.iter().sum::<f64>() / each.len() as f64;
    let figures = json!({ "key": key, "median": at(0.5), "p99": at(0.99), "least": at(0.0), "perSecond": 1e6 / mean, "samples": each.len() });
    println!("{figures}");
}
