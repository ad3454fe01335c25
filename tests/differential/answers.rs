//! What a side says to a question.

use std::collections::BTreeMap;

use super::kleene::{Value, Verdict};
use super::subjects::Subjects;

/// The answers in the order of the questions, or the message with which the side refuses the system.
pub(crate) type Answers = Result<Vec<Answer>, String>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Check(Verdict),
    /// By id.
    Resources(BTreeMap<String, Verdict>),
    Subjects(Subjects),
    Tree(Tree),
    /// The answer depends on its own negation.
    CycleThroughExclusion,
    /// Any other error, in the words of the side that gave it.
    Failed(String),
}

/// One level of a permission, in a form without order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tree {
    /// `document:a#view`, or empty where the side does not say.
    pub(crate) of: String,
    pub(crate) node: Node,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    /// Sorted.
    Leaf(Vec<String>),
    /// The children sorted, but for what is removed from the first one.
    Operation(String, Vec<Tree>),
}

impl Answer {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Check(Verdict { value: Value::No, .. }) => "no",
            Self::Check(Verdict { value: Value::Conditional, .. }) => "conditional",
            Self::Check(Verdict { value: Value::Has, .. }) => "has",
            Self::Resources(found) if found.is_empty() => "no resources",
            Self::Resources(found) if found.values().any(|verdict| verdict.value == Value::Conditional) => {
                "conditional resources"
            }
            Self::Resources(_) => "resources",
            Self::Subjects(found) => match &found.wildcard {
                None if found.single.is_empty() => "no subjects",
                None if found.single.values().any(|verdict| verdict.value == Value::Conditional) => "conditional subjects",
                None => "subjects",
                Some(wildcard) if wildcard.excluded.is_empty() => "wildcards",
                Some(_) => "wildcards with exclusions",
            },
            Self::Tree(_) => "trees",
            Self::CycleThroughExclusion => "cycle through exclusion",
            Self::Failed(message) if gives_up(message) => "too deep for SpiceDB",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether two lookups found the same, but for some names of the one that the other does not miss.
    pub(crate) fn like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Resources(one), Self::Resources(other)) => like(one, other),
            (Self::Subjects(one), Self::Subjects(other)) => {
                let wildcards = match (&one.wildcard, &other.wildcard) {
                    (Some(one), Some(other)) => one.verdict.like(other.verdict) && like(&one.excluded, &other.excluded),
                    (one, other) => one.is_none() && other.is_none(),
                };
                wildcards && like(&one.single, &other.single)
            }
            _ => self == other,
        }
    }

    /// SpiceDB's answer when a path is longer than 50, or never ends: it says nothing about what the right answer is.
    pub(crate) fn gave_up(&self) -> bool {
        matches!(self, Self::Failed(message) if gives_up(message))
    }
}

fn like(one: &BTreeMap<String, Verdict>, other: &BTreeMap<String, Verdict>) -> bool {
    one.keys().eq(other.keys()) && one.values().zip(other.values()).all(|(one, other)| one.like(*other))
}

fn gives_up(message: &str) -> bool {
    message.contains("max depth") || message.contains("maximum depth")
}
