//! A schema whose names are all resolved: what the rest of the engine works with.

use std::sync::Arc;

use super::ast::{ArrowFunction, Target};
use crate::caveat;
use crate::text::hash::Map;

/// A schema that compiles: every name in it leads somewhere, every rule of SpiceDB's type system holds.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub(super) definitions: Vec<Definition>,
    pub(super) caveats: Vec<Caveat>,
    /// Where in `definitions` each name is.
    pub(super) by_name: Map<String, usize>,
    /// Where in `caveats` each name is.
    pub(super) caveats_by_name: Map<String, usize>,
    /// The text it was compiled from.
    pub(super) text: Arc<str>,
}

impl Schema {
    /// The text it was compiled from, as written; what it imports is not in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The definitions, in the order written, imported ones first.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The caveats, in the order written, imported ones first.
    #[must_use]
    pub fn caveats(&self) -> &[Caveat] {
        &self.caveats
    }

    /// The definition of that name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.by_name.get(name).and_then(|index| self.definitions.get(*index))
    }

    /// The caveat of that name.
    #[must_use]
    pub fn caveat(&self, name: &str) -> Option<&Caveat> {
        self.caveats_by_name.get(name).and_then(|index| self.caveats.get(*index))
    }

    /// The names of all definitions, in the order written.
    pub fn definition_names(&self) -> impl Iterator<Item = &str> {
        self.definitions.iter().map(|item| item.name.as_str())
    }

    /// The names of all caveats, in the order written.
    pub fn caveat_names(&self) -> impl Iterator<Item = &str> {
        self.caveats.iter().map(|caveat| caveat.name.as_str())
    }
}

/// A type of object.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name, prefix included.
    pub name: String,
    /// The comments before it: see [`Member::comment`].
    pub comment: Box<str>,
    pub(super) members: Vec<Member>,
    pub(super) by_name: Map<String, usize>,
}

impl Definition {
    /// Relations and permissions, in the order written, partials spliced in.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The relation or permission of that name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.by_name.get(name).and_then(|index| self.members.get(*index))
    }

    /// The names of all members, in the order written.
    pub fn member_names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|item| item.name.as_str())
    }
}

/// A relation or permission.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The comments before it, delimiters included, every line trimmed, as SpiceDB keeps them; empty where there are none.
    pub comment: Box<str>,
    /// What it is.
    pub kind: MemberKind,
}

/// What a member is.
#[derive(Clone, Debug)]
pub enum MemberKind {
    /// A relation, with the subjects it may hold.
    Relation(Vec<AllowedType>),
    /// A permission, with what it is computed from.
    Permission(Expression),
}

/// A type of subject that a relation may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedType {
    /// The definition's name.
    pub definition: String,
    /// Which of its subjects.
    pub subjects: Subjects,
    /// The caveat a relationship must have; none may be given where there is none.
    pub caveat: Option<String>,
    /// Whether a relationship must expire; otherwise it must not.
    pub expiration: bool,
}

/// Which subjects of a definition a relation may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Objects: `user`.
    Objects,
    /// All of them at once: `user:*`.
    Wildcard,
    /// Those that have this relation or permission: `group#member`.
    Set(String),
}

impl From<&Target> for Subjects {
    fn from(target: &Target) -> Self {
        match target {
            Target::Object => Self::Objects,
            Target::Wildcard => Self::Wildcard,
            Target::Relation(name) => Self::Set(name.text.clone()),
        }
    }
}

/// Prints the type as it stands in a schema: `group#member with only_on and expiration`.
impl std::fmt::Display for AllowedType {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.definition)?;
        match &self.subjects {
            Subjects::Objects => {}
            Subjects::Wildcard => out.write_str(":*")?,
            Subjects::Set(relation) => write!(out, "#{relation}")?,
        }
        match (&self.caveat, self.expiration) {
            (None, false) => Ok(()),
            (Some(caveat), false) => write!(out, " with {caveat}"),
            (None, true) => out.write_str(" with expiration"),
            (Some(caveat), true) => write!(out, " with {caveat} and expiration"),
        }
    }
}

/// A permission's expression, names resolved. Depth is the depth of parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Nobody.
    Nil,
    /// The resource itself.
    SelfObject,
    /// A member of the same definition.
    Member(String),
    /// For each subject of a relation, a member of the subject's own definition.
    Arrow {
        /// The relation of the same definition.
        relation: String,
        /// How the objects found count.
        function: ArrowFunction,
        /// The member of theirs; those whose definition lacks it grant nothing.
        target: String,
    },
    /// Whoever is in one of them.
    Union(Vec<Expression>),
    /// Whoever is in all of them.
    Intersection(Vec<Expression>),
    /// Whoever is in the first and in none of the others.
    Exclusion(Vec<Expression>),
}

/// A caveat, type-checked.
#[derive(Clone, Debug)]
pub struct Caveat {
    /// Its name.
    pub name: String,
    /// The comments before it: see [`Member::comment`].
    pub comment: Box<str>,
    /// Its parameters, in the order written.
    pub parameters: Vec<caveat::Parameter>,
    /// Its expression.
    pub expression: caveat::Expression,
}
