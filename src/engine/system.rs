//! One subject's question as a system of equations: exact where data goes round in circles, and where it must be said what
//! a conditional answer misses.
//!
//! Everything the goals can reach has an equation: each member of an object, and each operand of its expression. What an
//! exclusion takes away is an equation of its own, so that naming it in the schema changes no answer.

use super::condition::{Conditions, Worth, not};
use super::query::{Budget, Facts, Goal, Query, QueryError, reached};
use super::solve::{Equation, Part, Solution, Value, circle, solve};
use crate::model::Node;
use crate::model::limits::STEPS_PER_EQUATION;
use crate::plan::{Rule, Step, StepId, Target};
use crate::schema::ast::ArrowFunction;
use crate::store::{Edge, Run};
use crate::text::Listed;
use crate::text::hash::Map;

/// What an equation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Unknown {
    /// A member of an object.
    Member(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
}

/// A solved system.
pub(super) struct System<'a> {
    query: Query<'a>,
    unknowns: Vec<Unknown>,
    numbers: Map<Unknown, usize>,
    /// In the order of the unknowns.
    equations: Vec<Equation<Worth>>,
    solution: Solution<Worth>,
}

impl<'a> System<'a> {
    /// Makes and solves the system of these goals.
    pub(super) fn of(query: &Query<'a>, goals: &[Goal], budget: &mut Budget) -> Result<Self, QueryError> {
        let mut builder = Builder { query: *query, budget, unknowns: Vec::new(), numbers: Map::default(), equations: Vec::new() };
        for goal in goals {
            builder.number(Unknown::Member(*goal));
        }
        while let Some(unknown) = builder.unknowns.get(builder.equations.len()).copied() {
            let equation = builder.equation(unknown)?;
            builder.equations.push(equation);
        }
        let Builder { unknowns, numbers, equations, budget, .. } = builder;
        let solution = solve(&equations, query.facts.conditions, budget)?;
        Ok(Self { query: *query, unknowns, numbers, equations, solution })
    }

    pub(super) fn facts(&self) -> Facts<'a> {
        self.query.facts
    }

    pub(super) fn subject(&self) -> Node {
        self.query.subject
    }

    /// What one of the goals is worth.
    pub(super) fn worth(&self, goal: Goal) -> Result<Worth, QueryError> {
        let number = *self.numbers.get(&Unknown::Member(goal)).ok_or(QueryError::Mismatch)?;
        self.solution.value(number).copied().ok_or_else(|| QueryError::CycleThroughExclusion(self.circle(number)))
    }

    /// What an unknown is worth; nothing where it depends on its own negation.
    pub(super) fn value(&self, unknown: Unknown) -> Option<Worth> {
        self.numbers.get(&unknown).and_then(|number| self.solution.value(*number)).copied()
    }

    /// The members of a circle whose values are undecided.
    fn circle(&self, root: usize) -> Vec<Node> {
        let members =
            circle(&self.equations, &self.solution, root).into_iter().filter_map(|number| match self.unknowns.get(number) {
                Some(Unknown::Member(goal)) => self.query.facts.goal_node(*goal).ok(),
                Some(Unknown::Step(..)) | None => None,
            });
        members.listed()
    }
}

impl Value for Worth {
    fn none() -> Self {
        Self::NO
    }

    fn unite(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>) {
        *self = conditions.or(*self, conditions.and(*other, limit));
    }

    fn intersect(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>) {
        *self = conditions.and(*self, conditions.and(*other, limit));
    }

    fn subtract(&mut self, taken: &Self, conditions: &Conditions<'_>) {
        *self = conditions.and(*self, not(*taken));
    }

    fn limit(&mut self, limit: Worth, conditions: &Conditions<'_>) {
        *self = conditions.and(*self, limit);
    }

    fn bare(self) -> Self {
        Worth::bare(self)
    }

    fn size(&self) -> usize {
        1
    }
}

struct Builder<'b, 'a> {
    query: Query<'a>,
    budget: &'b mut Budget,
    unknowns: Vec<Unknown>,
    numbers: Map<Unknown, usize>,
    equations: Vec<Equation<Worth>>,
}

impl Builder<'_, '_> {
    fn number(&mut self, unknown: Unknown) -> usize {
        *self.numbers.entry(unknown).or_insert_with(|| {
            self.unknowns.push(unknown);
            self.unknowns.len() - 1
        })
    }

    fn part(&mut self, unknown: Unknown) -> Part {
        Part { limit: Worth::HAS, of: self.number(unknown) }
    }

    fn equation(&mut self, unknown: Unknown) -> Result<Equation<Worth>, QueryError> {
        self.budget.spend(STEPS_PER_EQUATION)?;
        match unknown {
            Unknown::Member(goal) => self.member(goal),
            Unknown::Step(step, object) => self.step(step, object),
        }
    }

    fn member(&mut self, goal: Goal) -> Result<Equation<Worth>, QueryError> {
        let facts = self.query.facts;
        let member = facts.member(goal.member)?;
        let node = Facts::node(member, goal.id);
        if node == self.query.subject {
            return Ok(Equation::Any(Worth::HAS, Vec::new()));
        }
        match &member.rule {
            Rule::Permission(step) => Ok(Equation::Any(Worth::NO, vec![self.part(Unknown::Step(*step, goal))])),
            Rule::Relation { wildcards, .. } => {
                let Some(run) = facts.snapshot.subjects(&node) else {
                    return Ok(Equation::Any(Worth::NO, Vec::new()));
                };
                let sets = run.sets().into_iter().flatten();
                let parts = self.parts(sets, |row| Ok(Some(facts.set(row)?)))?;
                Ok(Equation::Any(self.query.direct(&run, wildcards), parts))
            }
        }
    }

    /// The goals that rows lead to.
    fn parts<'r>(
        &mut self,
        rows: impl Iterator<Item = (Node, &'r Edge)>,
        goal: impl Fn(&Node) -> Result<Option<Goal>, QueryError>,
    ) -> Result<Vec<Part>, QueryError> {
        let mut parts = Vec::new();
        for (row, edge) in rows {
            self.budget.spend(1)?;
            let limit = self.query.facts.worth(edge);
            if !limit.is_no()
                && let Some(goal) = goal(&row)?
            {
                parts.push(Part { limit, of: self.number(Unknown::Member(goal)) });
            }
        }
        Ok(parts)
    }

    /// The goals of an arrow that needs all of its rows: nothing where it has none, or one of them can lead to nobody.
    fn all(&mut self, run: &Run<'_>, targets: &[Target]) -> Result<Option<Vec<Part>>, QueryError> {
        let facts = self.query.facts;
        let mut parts = Vec::new();
        for (row, edge) in run.iter().filter(|(_, edge)| facts.conditions.is_live(edge)) {
            self.budget.spend(1)?;
            let limit = facts.worth(edge);
            match reached(targets, &row) {
                Some(goal) if !limit.is_no() => parts.push(Part { limit, of: self.number(Unknown::Member(goal)) }),
                Some(_) | None => return Ok(None),
            }
        }
        Ok(Some(parts).filter(|parts| !parts.is_empty()))
    }

    fn step(&mut self, step: StepId, object: Goal) -> Result<Equation<Worth>, QueryError> {
        let facts = self.query.facts;
        Ok(match facts.step(step)? {
            Step::Nil => Equation::Any(Worth::NO, Vec::new()),
            Step::SelfObject => Equation::Any(self.query.is_self(facts.member(object.member)?, object.id), Vec::new()),
            Step::Member(member) => {
                Equation::Any(Worth::NO, vec![self.part(Unknown::Member(Goal { member: *member, id: object.id }))])
            }
            Step::Union(operands) => Equation::Any(Worth::NO, self.operands(operands, object)),
            Step::Intersection(operands) => Equation::All(self.operands(operands, object)),
            Step::Exclusion(operands) => {
                let mut numbers = self.operands(operands, object).into_iter().map(|part| part.of);
                let base = numbers.next().ok_or(QueryError::Mismatch)?;
                Equation::Without(base, numbers.listed())
            }
            Step::Arrow { relation, function, targets } => {
                let Some(run) = facts.rows(*relation, object.id)? else {
                    return Ok(Equation::Any(Worth::NO, Vec::new()));
                };
                match function {
                    ArrowFunction::Any => Equation::Any(Worth::NO, self.parts(run.iter(), |row| Ok(reached(targets, row)))?),
                    ArrowFunction::All => {
                        self.all(&run, targets)?.map_or_else(|| Equation::Any(Worth::NO, Vec::new()), Equation::All)
                    }
                }
            }
        })
    }

    fn operands(&mut self, operands: &[StepId], object: Goal) -> Vec<Part> {
        operands.iter().map(|operand| self.part(Unknown::Step(*operand, object))).listed()
    }
}
