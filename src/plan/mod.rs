//! A resolved schema as a permission plan: a closed set of instructions over dense numbers, with all names looked up.
//!
//! Promises: every number in a plan leads somewhere in it; operands stand cheapest first. Leaves to others: data
//! ([`crate::store`]) and evaluation ([`crate::engine`]).

mod build;
mod readers;

use std::sync::Arc;

use crate::model::{Node, Symbol};
use crate::schema::Caveat;
use crate::schema::ast::ArrowFunction;
use crate::text::hash::Map;

pub use readers::{Arrows, Reader, Readers, Reading};

/// The number of a relation or permission, of any definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

/// The number of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(u32);

/// A relation or permission.
#[derive(Clone, Debug)]
pub struct Member {
    /// The definition's name.
    pub object_type: Symbol,
    /// Its own name.
    pub name: Symbol,
    /// How it is answered.
    pub rule: Rule,
    /// Whether it is a permission over relations of the same object that hold no sets: a few probes, not worth remembering,
    /// and never part of a circle.
    pub is_shallow: bool,
}

/// How a member is answered.
#[derive(Clone, Debug)]
pub enum Rule {
    /// From stored relationships.
    Relation {
        /// The `type#relation` subjects it may hold, as the members they stand for.
        sets: Vec<MemberId>,
        /// The types it may hold a wildcard of.
        wildcards: Vec<Symbol>,
        /// Whether its rows have neither caveats nor expirations.
        is_plain: bool,
        /// Whether the same is so of all relations that its sets lead to, and these are no permissions: who is in it follows from which
        /// sets a subject is in.
        is_closed: bool,
    },
    /// By an instruction.
    Permission(StepId),
}

/// Where the objects of a type lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The type.
    pub object_type: Symbol,
    /// The member of that type.
    pub member: MemberId,
}

/// An instruction, evaluated for one resource and one subject.
#[derive(Clone, Debug)]
pub enum Step {
    /// Nobody.
    Nil,
    /// The resource itself, as a subject without a relation.
    SelfObject,
    /// Another member of the same object.
    Member(MemberId),
    /// For each subject of a relation, a member of the subject's object; its relation is ignored.
    Arrow {
        /// The relation, of the same object.
        relation: MemberId,
        /// How the objects found count.
        function: ArrowFunction,
        /// What each type leads to; a type that is not here lacks the member.
        targets: Arc<[Target]>,
    },
    /// The greatest of the operands.
    Union(Vec<StepId>),
    /// The least of the operands.
    Intersection(Vec<StepId>),
    /// The first operand without the others.
    Exclusion(Vec<StepId>),
}

/// The plan of a schema.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    members: Vec<Member>,
    steps: Vec<Step>,
    /// By the names of the definition and of the member.
    by_name: Map<(Symbol, Symbol), MemberId>,
    /// The names of definitions.
    definitions: Map<Box<str>, Symbol>,
    /// The names of members.
    names: Map<Box<str>, Symbol>,
    /// The caveats, by the symbols of their names.
    caveats: Map<Symbol, Caveat>,
    readers: Readers,
    /// The relations and types of the sets that closed relations may hold.
    closed_sets: Vec<(Symbol, Symbol)>,
}

impl Plan {
    /// The relations and types of the sets that closed relations may hold.
    #[must_use]
    pub fn closed_sets(&self) -> &[(Symbol, Symbol)] {
        &self.closed_sets
    }

    /// The member of that number.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(id.0 as usize)
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// The instruction of that number.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.0 as usize)
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The caveat of that name.
    #[must_use]
    pub fn caveat(&self, name: Symbol) -> Option<&Caveat> {
        self.caveats.get(&name)
    }

    /// The plan read backwards: what each member grants.
    #[must_use]
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// The symbol of the definition of that name. One hash probe, where the dictionary of all ids would take several.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<Symbol> {
        self.definitions.get(name).copied()
    }

    /// The member of that name, as text, under a definition.
    #[must_use]
    pub fn find_named(&self, object_type: Symbol, name: &str) -> Option<MemberId> {
        self.find(object_type, *self.names.get(name)?)
    }

    /// The member of that name under a definition.
    #[must_use]
    pub fn find(&self, object_type: Symbol, name: Symbol) -> Option<MemberId> {
        self.by_name.get(&(object_type, name)).copied()
    }
}

impl Member {
    /// Whether a set of subjects stands for this member of its object.
    #[inline(always)]
    #[must_use]
    pub fn is_of(&self, set: &Node) -> bool {
        (self.object_type, self.name) == (set.object_type, set.relation)
    }
}

impl MemberId {
    /// The member at that place; a plan may have no more than half a thousand million.
    pub(crate) fn at(place: usize) -> Option<Self> {
        u32::try_from(place).ok().filter(|place| *place < 1 << 29).map(Self)
    }

    /// Its place among all members.
    #[must_use]
    #[inline(always)]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}
