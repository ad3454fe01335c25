//! The only place of these tests that knows the engine's interface.

use std::collections::BTreeMap;

use peppercorn::api::{ExpandContent, ExpandNode, SetOperation};
use peppercorn::model::{Timestamp, Value};
use peppercorn::text::Diagnostic;
use peppercorn::{CheckItem, Environment, Error, Found, LookupResources, LookupSubjects, Peppercorn, Permissionship};
use serde_json::json;

use super::answers::{Answer, Answers, Node, Tree};
use super::caveats::Context;
use super::kleene::{Names, Verdict};
use super::questions::{Asked, Question};
use super::subjects::{Subjects, Wildcard};
use super::system::{NOW, System};

/// Whether the engine accepts a schema: `code: message` of each error if not.
pub(crate) fn verdict(schema: &str) -> Result<(), Vec<String>> {
    let problem = |problem: Diagnostic| format!("{}: {}", problem.code.as_str(), problem.message);
    match peppercorn::schema::compile(schema) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems.into_iter().map(problem).collect()),
    }
}

/// The answers in the order of the questions, or why the system is no good.
pub(crate) fn answers(system: &System, questions: &[Question]) -> Answers {
    let engine = Peppercorn::new(&system.schema(), &system.relationships().join("\n")).map_err(|error| error.to_string())?;
    let mut answers: Vec<_> = questions.iter().map(|question| other(&engine, question)).collect();
    // All the checks are one question, as they are for SpiceDB.
    let checks = |question: &Question| match &question.asked {
        Asked::Check { resource, permission, subject } => {
            Some((resource.to_string(), permission.clone(), subject.to_string(), context(&question.context)))
        }
        Asked::LookupResources { .. } | Asked::LookupSubjects { .. } | Asked::Expand { .. } => None,
    };
    let checks: Vec<_> = questions.iter().filter_map(checks).collect();
    let item = |(resource, permission, subject, context)| CheckItem { subject, permission, resource, context: Some(context) };
    let items: Vec<_> =
        checks.iter().map(|(resource, permission, subject, context)| item((resource, permission, subject, context))).collect();
    let checked = engine.check_many(&items, &environment(&Context::new()));
    let empty = answers.iter_mut().filter(|answer| answer.is_none());
    for (place, result) in empty.zip(checked) {
        *place = Some(result.map_or_else(|error| failed(&error), |answer| Answer::Check(read_verdict(&answer))));
    }
    Ok(answers.into_iter().map(|answer| answer.expect("one answer a check")).collect())
}

fn environment(asked: &Context) -> Environment {
    let now = Timestamp::parse(NOW).unwrap();
    Environment::at(now).with_context(context(asked))
}

fn context(context: &Context) -> peppercorn::model::Context {
    Value::parse_object(&json!(context).to_string()).unwrap()
}

/// The answer to anything but a check.
fn other(engine: &Peppercorn, Question { asked, context }: &Question) -> Option<Answer> {
    let environment = environment(context);
    let answer = match asked {
        Asked::Check { .. } => return None,
        Asked::LookupResources { definition, permission, subject } => {
            let subject = subject.to_string();
            let (limit, cursor) = (None, None);
            let request = LookupResources { subject: &subject, permission, resource_type: definition, limit, cursor };
            engine.lookup_resources(&request, &environment).map(|page| Answer::Resources(read_members(&page.items)))
        }
        Asked::LookupSubjects { resource, permission, definition, relation } => {
            let resource = resource.to_string();
            let request = LookupSubjects {
                resource: &resource,
                permission,
                subject_type: definition,
                subject_relation: relation.as_deref(),
                limit: None,
                cursor: None,
                wildcards: true,
            };
            engine.lookup_subjects(&request, &environment).map(|page| {
                let mut subjects = Subjects::default();
                for found in &page.items {
                    let verdict = read_verdict(&found.answer);
                    match found.id.as_str() {
                        "*" => subjects.wildcard = Some(Wildcard { verdict, excluded: read_members(&found.excluded) }),
                        id => _ = subjects.single.insert(id.to_owned(), verdict),
                    }
                }
                Answer::Subjects(subjects)
            })
        }
        Asked::Expand { resource, permission } => {
            engine.expand(permission, &resource.to_string(), &environment).map(|tree| Answer::Tree(read_tree(&tree.nodes, 0)))
        }
    };
    Some(answer.unwrap_or_else(|error| failed(&error)))
}

fn failed(error: &Error) -> Answer {
    match error.code() {
        "CYCLE_THROUGH_EXCLUSION" => Answer::CycleThroughExclusion,
        code => Answer::Failed(format!("{code}: {error}")),
    }
}

fn read_members(found: &[Found]) -> BTreeMap<String, Verdict> {
    found.iter().map(|found| (found.id.clone(), read_verdict(&found.answer))).collect()
}

fn read_verdict(answer: &peppercorn::Answer) -> Verdict {
    match answer.permissionship {
        Permissionship::NoPermission => Verdict::NO,
        Permissionship::ConditionalPermission => {
            Verdict::conditional(Names::of(answer.missing_context.iter().map(String::as_str)))
        }
        Permissionship::HasPermission => Verdict::HAS,
    }
}

fn read_tree(nodes: &[ExpandNode], place: usize) -> Tree {
    let node = &nodes[place];
    let content = match &node.content {
        ExpandContent::Leaf(subjects) => {
            let mut subjects: Vec<_> = subjects.iter().map(|found| found.subject.clone()).collect();
            subjects.sort();
            Node::Leaf(subjects)
        }
        ExpandContent::Intermediate(operation, children) => {
            let mut children: Vec<_> = children.iter().map(|child| read_tree(nodes, *child)).collect();
            let (name, sorted) = match operation {
                SetOperation::Union => ("union", 0),
                SetOperation::Intersection => ("intersection", 0),
                SetOperation::Exclusion => ("exclusion", 1),
            };
            children[sorted..].sort();
            Node::Operation(name.to_owned(), children)
        }
    };
    Tree { of: format!("{}#{}", node.object, node.relation), node: content }
}
