use std::fmt;

use thiserror::Error;

use super::condition::{Conditions, Worth};
use crate::model::{Node, Symbol};
use crate::plan::{Member, MemberId, Plan, Step, StepId, Target};
use crate::store::{Dictionary, Edge, Run, Snapshot};

/// What every question is answered from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The compiled schema.
    pub plan: &'a Plan,
    /// The relationships.
    pub snapshot: &'a Snapshot,
    /// The caveats, and the time at which relationships that expire are read.
    pub conditions: &'a Conditions<'a>,
    /// Steps of work the question may take, evaluating caveats aside.
    pub budget: u64,
}

/// A question about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// What it is answered from.
    pub facts: Facts<'a>,
    /// Who is asked about. An id that no relationship names is [`Symbol::GHOST`] or [`Symbol::OTHER_GHOST`].
    pub subject: Node,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// It would take more work than its budget.
    #[error("the question takes more than {0} steps of work")]
    BudgetExceeded(u64),
    /// The answer depends on its own negation, through these.
    #[error("the answer depends on its own negation")]
    CycleThroughExclusion(Vec<Node>),
    /// There is more to show than a trace may.
    #[error("the trace has more than {0} places")]
    TraceTooLong(usize),
    /// The plan and the relationships are not of one engine.
    #[error("the plan does not fit the relationships")]
    Mismatch,
}

/// A member of an object: whether a subject is in it, or who is, is one goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Goal {
    /// The relation or permission.
    pub member: MemberId,
    /// The id of the object.
    pub id: Symbol,
}

/// The steps of work a question has left.
#[derive(Debug)]
pub(super) struct Budget {
    whole: u64,
    left: u64,
}

impl Budget {
    pub(super) fn new(whole: u64) -> Self {
        Self { whole, left: whole }
    }

    #[inline(always)]
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.checked_sub(steps) {
            Some(left) => self.left = left,
            None => {
                // What was begun is left as it is: nothing goes on after this.
                self.left = 0;
                return Err(Stop::Budget(self.whole));
            }
        }
        Ok(())
    }
}

/// Why an evaluation goes no further: what costs nothing to hand on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Budget(u64),
    Mismatch,
}

impl From<Stop> for QueryError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Budget(whole) => Self::BudgetExceeded(whole),
            Stop::Mismatch => Self::Mismatch,
        }
    }
}

impl<'a> Facts<'a> {
    #[inline(always)]
    pub(super) fn member(&self, id: MemberId) -> Result<&'a Member, Stop> {
        self.plan.member(id).ok_or(Stop::Mismatch)
    }

    #[inline(always)]
    pub(super) fn step(&self, id: StepId) -> Result<&'a Step, Stop> {
        self.plan.step(id).ok_or(Stop::Mismatch)
    }

    pub(super) fn node(member: &Member, id: Symbol) -> Node {
        Node { relation: member.name, object_type: member.object_type, id }
    }

    /// The node that a goal is about.
    pub(super) fn goal_node(&self, goal: Goal) -> Result<Node, Stop> {
        Ok(Self::node(self.member(goal.member)?, goal.id))
    }

    /// The rows of a relation of an object.
    #[inline(always)]
    pub(super) fn rows(&self, relation: MemberId, id: Symbol) -> Result<Option<Run<'a>>, Stop> {
        Ok(self.snapshot.subjects(&Self::node(self.member(relation)?, id)))
    }

    #[inline(always)]
    pub(super) fn worth(&self, edge: &Edge) -> Worth {
        if edge.is_none() { Worth::HAS } else { self.conditions.worth(edge) }
    }

    /// The goal that a set of subjects stands for.
    ///
    /// One that leads nowhere is an error: passed over on the right of an exclusion, it would grant what it should take away.
    pub(super) fn set(&self, subject: &Node) -> Result<Goal, Stop> {
        let member = self.plan.find(subject.object_type, subject.relation).ok_or(Stop::Mismatch)?;
        Ok(Goal { member, id: subject.id })
    }
}

impl Query<'_> {
    /// What the subject has of a relation by name or by wildcard, sets aside: two probes at most.
    ///
    /// As in SpiceDB, a wildcard takes in subjects with a relation too.
    pub(super) fn direct(&self, run: &Run, wildcards: &[Symbol]) -> Worth {
        let own = run.get(&self.subject).map_or(Worth::NO, |edge| self.facts.worth(edge));
        if own.is_has() || !wildcards.contains(&self.subject.object_type) {
            return own;
        }
        run.get(&wildcard(self.subject.object_type)).map_or(own, |edge| self.facts.conditions.or(own, self.facts.worth(edge)))
    }

    /// Whether `self` in a permission of this object means the subject.
    pub(super) fn is_self(&self, member: &Member, id: Symbol) -> Worth {
        let itself = Node { relation: Symbol::NONE, object_type: member.object_type, id };
        if self.subject == itself { Worth::HAS } else { Worth::NO }
    }
}

/// All objects of a type, as a subject.
pub(super) fn wildcard(object_type: Symbol) -> Node {
    Node { relation: Symbol::NONE, object_type, id: Symbol::WILDCARD }
}

/// The goal that an arrow reaches on an object; nothing where its type lacks the member.
#[inline(always)]
pub(super) fn reached(targets: &[Target], object: &Node) -> Option<Goal> {
    targets
        .iter()
        .find(|target| target.object_type == object.object_type)
        .map(|target| Goal { member: target.member, id: object.id })
}

/// Prints nodes as people write them: `document:readme#view`.
pub struct Shown<'a>(pub &'a Dictionary, pub Node);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(dictionary, node) = self;
        let text = |symbol| dictionary.text(symbol);
        write!(out, "{}:{}", text(node.object_type), text(node.id))?;
        if node.relation == Symbol::NONE { Ok(()) } else { write!(out, "#{}", text(node.relation)) }
    }
}
