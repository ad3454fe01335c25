//! What can be asked of a system, and what is worth asking.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::json;

use super::caveats::{self, Context};
use super::generate::Shape;
use super::oracle::Oracle;
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
    /// Subjects with a context each, and checks and lookups of resources for each of them.
    subjects: usize,
    checks: usize,
    resources: usize,
    /// Kinds of subjects looked up with a context each, and on how many resources each.
    kinds: usize,
    subjects_of: usize,
    expands: usize,
}

/// What a system is asked. Trees of cyclic ones are too large.
pub(crate) fn amounts(shape: Shape) -> Amounts {
    let expands = if shape == Shape::Acyclic { 3 } else { 0 };
    Amounts { subjects: 9, checks: 16, resources: 2, kinds: 4, subjects_of: 4, expands }
}

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

/// The questions of a seed: of all that could be asked, some of every kind of answer that the oracle has for it, since most answers
/// to blind questions are no.
pub(crate) fn questions(system: &System, seed: u64, amounts: Amounts) -> Vec<Question> {
    let mut random = Random::new(seed ^ 0x51);
    let (subjects, nodes) = (subjects(&mut random, system, amounts.subjects), system.nodes());
    let oracle = Oracle::new(system);
    let mut questions = Vec::new();
    let mut ask = |random: &mut Random, context: &Context, amount: usize, asked: Vec<Asked>| {
        let all = asked.into_iter().map(|asked| Question { asked, context: context.clone() }).collect();
        questions.extend(varied(random, &oracle, all, amount));
    };
    for subject in &subjects {
        let context = caveats::request(&mut random);
        let check = |(resource, permission): &(Object, String)| Asked::Check {
            resource: resource.clone(),
            permission: permission.clone(),
            subject: subject.clone(),
        };
        ask(&mut random, &context, amounts.checks, nodes.iter().map(check).collect());
        let of = |(definition, permission)| Asked::LookupResources { definition, permission, subject: subject.clone() };
        let members: BTreeSet<_> = nodes.iter().map(|(object, member)| (object.definition.clone(), member.clone())).collect();
        ask(&mut random, &context, amounts.resources, members.into_iter().map(of).collect());
    }
    for _ in 0..amounts.kinds {
        let context = caveats::request(&mut random);
        // Wildcards, and so most of what there is to combine, are for subjects without relation.
        let Subject { object, relation } = random.pick(&subjects);
        let relation = relation.as_ref().filter(|_| random.chance(50));
        let lookup = |(resource, permission): &(Object, String)| Asked::LookupSubjects {
            resource: resource.clone(),
            permission: permission.clone(),
            definition: object.definition.clone(),
            relation: relation.cloned(),
        };
        ask(&mut random, &context, amounts.subjects_of, nodes.iter().map(lookup).collect());
    }
    if amounts.expands == 0 {
        return questions;
    }
    let expand = |(resource, permission)| Asked::Expand { resource, permission };
    ask(&mut random, &Context::new(), amounts.expands, nodes.iter().cloned().map(expand).collect());
    questions
}

/// Up to `amount` of the questions, in turn from each kind of answer.
fn varied(random: &mut Random, oracle: &Oracle<'_>, questions: Vec<Question>, amount: usize) -> Vec<Question> {
    let count = questions.len();
    let questions = random.sample(questions, count);
    let answers = oracle.answers(&questions);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut placed = Vec::new();
    for (question, answer) in questions.into_iter().zip(answers) {
        let place = kinds.entry(answer.kind()).or_default();
        placed.push((*place, question));
        *place += 1;
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().take(amount).map(|(_, question)| question).collect()
}

/// Some subjects: half of them objects with relationships, a quarter usersets with relationships, the rest any, ghosts among them.
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
