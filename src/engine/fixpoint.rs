//! The answer where relationships or permissions go round in a circle.
//!
//! Everything the goal can reach becomes a system of equations, one for each member of an object and each operand of its
//! expression. Without exclusions its least solution is the answer: what nothing outside a circle supports is not so.
//! With exclusions it is the well-founded solution (Van Gelder, "The alternating fixpoint of logic programs with
//! negation", 1993): what is taken away is read from the previous solution, first from the least possible, then from the
//! greatest, until both stop moving. Where they still differ, the answer depends on its own negation.

use super::query::{CheckError, Goal, Query, reached, without};
use crate::model::limits::STEPS_PER_EQUATION;
use crate::model::{Node, Permissionship};
use crate::plan::{Rule, Step, StepId};
use crate::schema::ast::ArrowFunction;
use crate::text::hash::Map;

/// Solves for a goal with that many steps of work.
pub(super) fn solve(query: &Query<'_>, budget: u64, goal: Goal) -> Result<Permissionship, CheckError> {
    let mut system = System { query, left: budget, unknowns: Vec::new(), numbers: Map::default(), equations: Vec::new() };
    let root = system.number(Unknown::Member(goal));
    while let Some(unknown) = system.unknowns.get(system.equations.len()).copied() {
        let equation = system.equation(unknown)?;
        system.equations.push(equation);
    }
    let readers = system.readers();
    let mut lower = vec![NO; system.equations.len()];
    loop {
        let upper = system.least(&readers, &lower)?;
        let better = system.least(&readers, &upper)?;
        if better == lower {
            let (Some(least), Some(greatest)) = (lower.get(root), upper.get(root)) else {
                return Err(CheckError::Mismatch);
            };
            return if least == greatest {
                Ok(*least)
            } else {
                Err(CheckError::CycleThroughExclusion(system.circle(root, &lower, &upper)))
            };
        }
        lower = better;
    }
}

const NO: Permissionship = Permissionship::NoPermission;
const HAS: Permissionship = Permissionship::HasPermission;

/// What an equation is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Unknown {
    Member(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
}

/// What an unknown equals. The numbers are those of other unknowns; each is worth at most what stands beside it.
enum Equation {
    /// The greatest of these, and at least the first.
    Any(Permissionship, Vec<(Permissionship, usize)>),
    /// The least of these.
    All(Vec<(Permissionship, usize)>),
    /// The first without the others.
    Without(usize, Vec<usize>),
}

struct System<'q, 'a> {
    query: &'q Query<'a>,
    left: u64,
    unknowns: Vec<Unknown>,
    numbers: Map<Unknown, usize>,
    /// In the order of the unknowns.
    equations: Vec<Equation>,
}

impl System<'_, '_> {
    fn spend(&mut self, steps: usize) -> Result<(), CheckError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(steps).ok_or(CheckError::BudgetExceeded(self.query.budget))?;
        Ok(())
    }

    fn number(&mut self, unknown: Unknown) -> usize {
        *self.numbers.entry(unknown).or_insert_with(|| {
            self.unknowns.push(unknown);
            self.unknowns.len() - 1
        })
    }

    fn equation(&mut self, unknown: Unknown) -> Result<Equation, CheckError> {
        self.spend(STEPS_PER_EQUATION)?;
        match unknown {
            Unknown::Member(goal) => self.member(goal),
            Unknown::Step(step, object) => self.step(step, object),
        }
    }

    fn member(&mut self, goal: Goal) -> Result<Equation, CheckError> {
        let query = self.query;
        let member = query.member(goal.member)?;
        let node = Query::node(member, goal.id);
        if node == query.subject {
            return Ok(Equation::Any(HAS, Vec::new()));
        }
        match &member.rule {
            Rule::Permission(step) => Ok(Equation::Any(NO, vec![(HAS, self.number(Unknown::Step(*step, goal)))])),
            Rule::Relation { wildcards, .. } => {
                let Some(run) = query.snapshot.subjects(&node) else {
                    return Ok(Equation::Any(NO, Vec::new()));
                };
                let mut sets = Vec::new();
                for (row, edge) in run.iter_from(&Query::FIRST_SET) {
                    self.spend(1)?;
                    sets.push((query.worth(edge), self.number(Unknown::Member(query.set(row)?))));
                }
                Ok(Equation::Any(query.direct(run, wildcards), sets))
            }
        }
    }

    fn step(&mut self, step: StepId, object: Goal) -> Result<Equation, CheckError> {
        let query = self.query;
        Ok(match query.plan.step(step).ok_or(CheckError::Mismatch)? {
            Step::Nil => Equation::Any(NO, Vec::new()),
            Step::SelfObject => Equation::Any(query.is_self(query.member(object.member)?, object.id), Vec::new()),
            Step::Member(member) => {
                let goal = Goal { member: *member, id: object.id };
                Equation::Any(NO, vec![(HAS, self.number(Unknown::Member(goal)))])
            }
            Step::Union(operands) => Equation::Any(NO, self.operands(operands, object)),
            Step::Intersection(operands) => Equation::All(self.operands(operands, object)),
            Step::Exclusion(operands) => {
                let mut numbers = self.operands(operands, object).into_iter().map(|(_, number)| number);
                let base = numbers.next().ok_or(CheckError::Mismatch)?;
                Equation::Without(base, numbers.collect())
            }
            Step::Arrow { relation, function, targets } => {
                let Some(run) = query.snapshot.subjects(&Query::node(query.member(*relation)?, object.id)) else {
                    return Ok(Equation::Any(NO, Vec::new()));
                };
                let mut found = Vec::new();
                let mut lacking = false;
                for (row, edge) in run.iter() {
                    self.spend(1)?;
                    let worth = query.worth(edge);
                    if worth == NO {
                        continue;
                    }
                    match reached(targets, row) {
                        Some(goal) => found.push((worth, self.number(Unknown::Member(goal)))),
                        None => lacking = true,
                    }
                }
                match function {
                    ArrowFunction::Any => Equation::Any(NO, found),
                    ArrowFunction::All if lacking || found.is_empty() => Equation::Any(NO, Vec::new()),
                    ArrowFunction::All => Equation::All(found),
                }
            }
        })
    }

    fn operands(&mut self, operands: &[StepId], object: Goal) -> Vec<(Permissionship, usize)> {
        operands.iter().map(|operand| (HAS, self.number(Unknown::Step(*operand, object)))).collect()
    }

    /// For each unknown, the equations that must be looked at again when it grows. What is taken away does not count:
    /// it is read from another solution.
    fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.equations.len()];
        for (reader, equation) in self.equations.iter().enumerate() {
            let mut reads = |number: usize| {
                if let Some(list) = readers.get_mut(number) {
                    list.push(reader);
                }
            };
            match equation {
                Equation::Any(_, parts) | Equation::All(parts) => parts.iter().for_each(|(_, number)| reads(*number)),
                Equation::Without(base, _) => reads(*base),
            }
        }
        readers
    }

    /// The least solution when what is taken away is read from `taken`. Each value grows at most twice, so this is linear
    /// in the size of the system.
    fn least(&mut self, readers: &[Vec<usize>], taken: &[Permissionship]) -> Result<Vec<Permissionship>, CheckError> {
        let mut values = vec![NO; self.equations.len()];
        let mut open: Vec<usize> = (0..self.equations.len()).rev().collect();
        while let Some(number) = open.pop() {
            let Some(equation) = self.equations.get(number) else {
                continue;
            };
            let (value, size) = value(equation, &values, taken);
            self.spend(size)?;
            if let Some(old) = values.get_mut(number).filter(|old| **old < value) {
                *old = value;
                open.extend(readers.get(number).into_iter().flatten());
            }
        }
        Ok(values)
    }

    /// A circle of members whose values are undecided, from the first one reached.
    fn circle(&self, root: usize, lower: &[Permissionship], upper: &[Permissionship]) -> Vec<Node> {
        let mut walked = Vec::new();
        let mut seen = vec![false; self.equations.len()];
        let mut next = Some(root);
        while let Some(number) = next.filter(|number| seen.get_mut(*number).is_some_and(|seen| !std::mem::replace(seen, true))) {
            walked.push(number);
            let reads: Vec<usize> = match self.equations.get(number) {
                Some(Equation::Any(_, parts) | Equation::All(parts)) => parts.iter().map(|(_, number)| *number).collect(),
                Some(Equation::Without(base, taken)) => std::iter::once(*base).chain(taken.iter().copied()).collect(),
                None => Vec::new(),
            };
            next = reads.into_iter().find(|number| lower.get(*number) != upper.get(*number));
        }
        let first = walked.iter().position(|number| Some(*number) == next).unwrap_or(0);
        let members = walked.iter().skip(first).filter_map(|number| match self.unknowns.get(*number) {
            Some(Unknown::Member(goal)) => self.query.member(goal.member).ok().map(|member| Query::node(member, goal.id)),
            Some(Unknown::Step(..)) | None => None,
        });
        members.collect()
    }
}

/// The value of an equation, and how many others it read.
fn value(equation: &Equation, values: &[Permissionship], taken: &[Permissionship]) -> (Permissionship, usize) {
    let of = |values: &[Permissionship], number: usize| values.get(number).copied().unwrap_or(NO);
    match equation {
        Equation::Any(least, parts) => {
            let greatest = parts.iter().map(|(worth, number)| of(values, *number).min(*worth)).max();
            (greatest.unwrap_or(NO).max(*least), parts.len() + 1)
        }
        Equation::All(parts) => {
            let least = parts.iter().map(|(worth, number)| of(values, *number).min(*worth)).min();
            (least.unwrap_or(NO), parts.len() + 1)
        }
        Equation::Without(base, others) => {
            let kept = others.iter().map(|number| without(of(taken, *number))).min();
            (of(values, *base).min(kept.unwrap_or(HAS)), others.len() + 1)
        }
    }
}
