use std::sync::Arc;

use super::{MemberId, Plan, Rule, Step, StepId, Target};
use crate::model::Symbol;
use crate::schema::ast::ArrowFunction;
use crate::text::hash::Map;

/// A plan read backwards: which permissions a member of an object can grant. What lookups walk from the subject on.
///
/// Of an intersection only the first operand is here, and of an exclusion the base: who has the permission has those, so
/// that walking from them misses nobody and reaches the fewest.
#[derive(Clone, Debug, Default)]
pub struct Readers {
    by_member: Vec<Vec<Reader>>,
    arrows: Vec<Arrows>,
    selves: Vec<Reading>,
}

/// A permission that reads a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The permission.
    pub permission: MemberId,
    /// Whether the member is enough for it: nothing but unions and `any` arrows lie between.
    pub enough: bool,
}

/// What a member of an object grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A permission of the same object.
    Same(Reading),
    /// Permissions of the objects that lead here.
    Arrow {
        /// By which arrows: see [`Readers::arrows`].
        arrows: usize,
        /// The relations that subjects of this type can have there, besides none: an arrow does not ask for them.
        subject_relations: Vec<Symbol>,
    },
}

/// Arrows over the same relation to the same member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrows {
    /// The relation.
    pub relation: MemberId,
    /// The permissions of the object with that relation.
    pub permissions: Vec<Reading>,
}

impl Readers {
    pub(super) fn new(plan: &Plan) -> Self {
        let readers = Self { by_member: vec![Vec::new(); plan.members.len()], ..Self::default() };
        let mut builder = Builder { plan, readers, arrows: Map::default() };
        for (place, member) in plan.members.iter().enumerate() {
            if let (Rule::Permission(step), Some(permission)) = (&member.rule, MemberId::at(place)) {
                builder.step(*step, Reading { permission, enough: true });
            }
        }
        builder.readers
    }

    /// What a member grants.
    #[must_use]
    pub fn of(&self, member: MemberId) -> &[Reader] {
        self.by_member.get(member.place()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The arrows of that number.
    #[must_use]
    pub fn arrows(&self, number: usize) -> Option<&Arrows> {
        self.arrows.get(number)
    }

    /// The permissions that say `self`.
    #[must_use]
    pub fn selves(&self) -> &[Reading] {
        &self.selves
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    readers: Readers,
    /// The number of the arrows over a relation to these targets, which such arrows share.
    arrows: Map<(MemberId, *const Target), usize>,
}

impl Builder<'_> {
    /// Depth is the depth of parentheses, which the reader of schemas bounds.
    fn step(&mut self, step: StepId, reading: Reading) {
        let uncertain = Reading { enough: false, ..reading };
        match self.plan.step(step) {
            None | Some(Step::Nil) => {}
            Some(Step::SelfObject) => self.readers.selves.push(reading),
            Some(Step::Member(member)) => self.add(*member, Reader::Same(reading)),
            Some(Step::Arrow { relation, function, targets }) => {
                let reading = if *function == ArrowFunction::Any { reading } else { uncertain };
                self.arrow(*relation, targets, reading);
            }
            Some(Step::Union(operands)) => operands.iter().for_each(|operand| self.step(*operand, reading)),
            Some(Step::Intersection(operands) | Step::Exclusion(operands)) => {
                operands.iter().take(1).for_each(|operand| self.step(*operand, uncertain));
            }
        }
    }

    fn add(&mut self, member: MemberId, reader: Reader) {
        if let Some(readers) = self.readers.by_member.get_mut(member.place()) {
            readers.push(reader);
        }
    }

    fn arrow(&mut self, relation: MemberId, targets: &Arc<[Target]>, reading: Reading) {
        let key = (relation, targets.as_ptr());
        if let Some(known) = self.arrows.get(&key) {
            if let Some(arrows) = self.readers.arrows.get_mut(*known) {
                arrows.permissions.push(reading);
            }
            return;
        }
        let arrows = self.readers.arrows.len();
        self.arrows.insert(key, arrows);
        self.readers.arrows.push(Arrows { relation, permissions: vec![reading] });
        let Some(Rule::Relation { sets, .. }) = self.plan.member(relation).map(|relation| &relation.rule) else {
            return;
        };
        let mut subject_relations: Map<Symbol, Vec<Symbol>> = Map::default();
        for set in sets.iter().filter_map(|set| self.plan.member(*set)) {
            subject_relations.entry(set.object_type).or_default().push(set.name);
        }
        for target in targets.iter() {
            let subject_relations = subject_relations.get(&target.object_type).cloned().unwrap_or_default();
            self.add(target.member, Reader::Arrow { arrows, subject_relations });
        }
    }
}
