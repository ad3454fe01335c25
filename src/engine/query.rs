use thiserror::Error;

use crate::model::{Node, Permissionship, Symbol, Timestamp};
use crate::plan::{Member, MemberId, Plan, Target};
use crate::store::{Edge, Run, Snapshot};

/// Everything a question is answered from.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The compiled schema.
    pub plan: &'a Plan,
    /// The relationships.
    pub snapshot: &'a Snapshot,
    /// The time at which relationships that expire are read.
    pub now: Timestamp,
    /// Steps of work the question may take.
    pub budget: u64,
    /// Who is asked about. An id that no relationship names is [`Symbol::GHOST`] or [`Symbol::OTHER_GHOST`].
    pub subject: Node,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckError {
    /// It would take more work than its budget.
    #[error("the question takes more than {0} steps of work")]
    BudgetExceeded(u64),
    /// The answer depends on its own negation, through these.
    #[error("the answer depends on its own negation")]
    CycleThroughExclusion(Vec<Node>),
    /// The plan and the relationships are not of one engine.
    #[error("the plan does not fit the relationships")]
    Mismatch,
}

/// A member of an object: whether the subject is in it is one goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Goal {
    pub(super) member: MemberId,
    pub(super) id: Symbol,
}

impl<'a> Query<'a> {
    pub(super) fn member(&self, id: MemberId) -> Result<&'a Member, CheckError> {
        self.plan.member(id).ok_or(CheckError::Mismatch)
    }

    pub(super) fn node(member: &Member, id: Symbol) -> Node {
        Node { relation: member.name, object_type: member.object_type, id }
    }

    /// What an edge is worth in itself: nothing once it has expired, a condition where it has a caveat.
    pub(super) fn worth(&self, edge: &Edge) -> Permissionship {
        match edge {
            None => Permissionship::HasPermission,
            Some(traits) if !traits.is_live(self.now) => Permissionship::NoPermission,
            Some(traits) if traits.caveat.is_some() => Permissionship::ConditionalPermission,
            Some(_) => Permissionship::HasPermission,
        }
    }

    /// What the subject has of a relation by name or by wildcard, sets aside: two probes at most.
    ///
    /// As in SpiceDB, a wildcard takes in subjects with a relation too.
    pub(super) fn direct(&self, run: &Run, wildcards: &[Symbol]) -> Permissionship {
        let own = run.get(&self.subject).map_or(Permissionship::NoPermission, |edge| self.worth(edge));
        if own == Permissionship::HasPermission || !wildcards.contains(&self.subject.object_type) {
            return own;
        }
        let wildcard = Node { relation: Symbol::NONE, object_type: self.subject.object_type, id: Symbol::WILDCARD };
        run.get(&wildcard).map_or(own, |edge| own.max(self.worth(edge)))
    }

    /// Whether `self` in a permission of this object means the subject.
    pub(super) fn is_self(&self, member: &Member, id: Symbol) -> Permissionship {
        let itself = Node { relation: Symbol::NONE, object_type: member.object_type, id };
        if self.subject == itself { Permissionship::HasPermission } else { Permissionship::NoPermission }
    }

    /// The first place in a run where sets of subjects can stand.
    pub(super) const FIRST_SET: Node = Node { relation: Symbol::WILDCARD, object_type: Symbol::NONE, id: Symbol::NONE };

    /// The goal that a set of subjects stands for.
    ///
    /// One that leads nowhere is an error: passed over on the right of an exclusion, it would grant what it should take away.
    pub(super) fn set(&self, subject: &Node) -> Result<Goal, CheckError> {
        let member = self.plan.find(subject.object_type, subject.relation).ok_or(CheckError::Mismatch)?;
        Ok(Goal { member, id: subject.id })
    }
}

/// The goal that an arrow reaches on an object; nothing where its type lacks the member.
pub(super) fn reached(targets: &[Target], object: &Node) -> Option<Goal> {
    targets
        .iter()
        .find(|target| target.object_type == object.object_type)
        .map(|target| Goal { member: target.member, id: object.id })
}

/// The opposite: what remains of something certain once this is taken away.
pub(super) fn without(taken: Permissionship) -> Permissionship {
    match taken {
        Permissionship::NoPermission => Permissionship::HasPermission,
        Permissionship::ConditionalPermission => Permissionship::ConditionalPermission,
        Permissionship::HasPermission => Permissionship::NoPermission,
    }
}
