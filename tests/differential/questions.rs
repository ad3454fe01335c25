//! What can be asked of a system, and what is worth asking.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::json;

use super::caveats::{self, Context};
use super::random::Random;
use super::system::{GHOST, Object, Subject, System};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    pub(crate) context: Context,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Check { resource: Object, permission: String, subject: Subject },
    LookupResources { definition: String, permission: String, subject: Subject },
    LookupSubjects { resource: Object, permission: String, definition: String, relation: Option<String> },
    Expand { resource: Object, permission: String },
}

/// How much of what is asked of each system.
#[derive(Clone, Copy)]
pub(crate) struct Amounts {
    /// Subjects with a context each.
    subjects: usize,
    /// Objects with one of their members, checked for each of them.
    checks: usize,
    /// Lookups of resources for each of some of them.
    resources: usize,
    /// Kinds of subjects looked up, with a context each, on some resources each.
    kinds: usize,
    subjects_of: usize,
    expands: usize,
}

/// What a system is asked on every run.
pub(crate) const USUAL: Amounts = Amounts { subjects: 9, checks: 40, resources: 2, kinds: 3, subjects_of: 4, expands: 4 };

impl Question {
    pub(crate) fn check(resource: Object, permission: &str, subject: Subject) -> Self {
        let asked = Asked::Check { resource, permission: permission.to_owned(), subject };
        Self { asked, context: Context::new() }
    }
}

impl Asked {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Check { .. } => "checks",
            Self::LookupResources { .. } => "lookups of resources",
            Self::LookupSubjects { .. } => "lookups of subjects",
            Self::Expand { .. } => "expands",
        }
    }
}

/// The questions of a seed.
pub(crate) fn questions(system: &System, seed: u64, amounts: Amounts) -> Vec<Question> {
    let mut random = Random::new(seed ^ 0x51);
    let subjects = subjects(&mut random, system, amounts.subjects);
    let nodes = system.nodes();
    if nodes.is_empty() {
        return Vec::new();
    }
    let mut questions = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        let context = caveats::request(&mut random);
        for (resource, permission) in random.sample(nodes.clone(), amounts.checks) {
            let asked = Asked::Check { resource, permission, subject: subject.clone() };
            questions.push(Question { asked, context: context.clone() });
        }
        // A lookup repeats a check's subject and context: the sides that remember need not start anew.
        for _ in 0..if at % 2 == 0 { amounts.resources } else { 0 } {
            let (resource, permission) = random.pick(&nodes).clone();
            let asked = Asked::LookupResources { definition: resource.definition, permission, subject: subject.clone() };
            questions.push(Question { asked, context: context.clone() });
        }
    }
    for _ in 0..amounts.kinds {
        let context = caveats::request(&mut random);
        let Subject { object, relation } = random.pick(&subjects).clone();
        for (resource, permission) in random.sample(nodes.clone(), amounts.subjects_of) {
            let (definition, relation) = (object.definition.clone(), relation.clone());
            let asked = Asked::LookupSubjects { resource, permission, definition, relation };
            questions.push(Question { asked, context: context.clone() });
        }
    }
    for (resource, permission) in random.sample(nodes, amounts.expands) {
        questions.push(Question { asked: Asked::Expand { resource, permission }, context: Context::new() });
    }
    questions
}

/// Some subjects: a third of them objects with relationships, a third usersets with relationships, the rest any, ghosts among them.
fn subjects(random: &mut Random, system: &System, count: usize) -> Vec<Subject> {
    let (mut objects, mut usersets) = (BTreeSet::new(), BTreeSet::new());
    for row in system.rows.iter().filter(|row| row.subject.object.id != "*") {
        if row.subject.relation.is_none() { &mut objects } else { &mut usersets }.insert(row.subject.clone());
    }
    let mut rest: BTreeSet<_> = system.objects().iter().map(Object::subject).collect();
    rest.extend(system.nodes().into_iter().map(|(object, member)| Subject { object, relation: Some(member) }));
    let ghosts: Vec<_> =
        rest.iter().filter(|subject| subject.object.id == GHOST && subject.relation.is_none()).cloned().collect();

    let mut chosen: BTreeSet<_> = random.sample(objects.into_iter().collect(), count / 2).into_iter().collect();
    chosen.extend(random.sample(usersets.into_iter().collect(), count / 4));
    chosen.extend(random.sample(ghosts, 1));
    let rest: Vec<_> = rest.into_iter().filter(|subject| !chosen.contains(subject)).collect();
    let missing = count.saturating_sub(chosen.len());
    chosen.extend(random.sample(rest, missing));
    let chosen: Vec<_> = chosen.into_iter().collect();
    random.sample(chosen, count)
}

impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.asked)?;
        if self.context.is_empty() { Ok(()) } else { write!(out, " with {}", json!(self.context)) }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { resource, permission, subject } => write!(out, "{resource}#{permission}@{subject}"),
            Self::LookupResources { definition, permission, subject } => {
                write!(out, "lookup resources {definition}#{permission}@{subject}")
            }
            Self::LookupSubjects { resource, permission, definition, relation } => {
                let relation = relation.as_ref().map(|relation| format!("#{relation}")).unwrap_or_default();
                write!(out, "lookup subjects {resource}#{permission}@{definition}{relation}")
            }
            Self::Expand { resource, permission } => write!(out, "expand {resource}#{permission}"),
        }
    }
}
