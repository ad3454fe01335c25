//! What a conditional answer depends on, as one expression: caveats joined by `&&`, `||` and `!` as the graph joins them.

use super::condition::Worth;
use super::query::{Budget, Facts, Goal, Query, reached, wildcard};
use super::system::{System, Unknown};
use crate::model::limits::MAX_RESIDUAL_BYTES;
use crate::plan::{Rule, Step, StepId, Target};
use crate::schema::ast::ArrowFunction;
use crate::store::{Edge, Run};
use crate::text::Listed;

/// How deep the places between a goal and a caveat are walked. Bounds recursion.
const MAX_DEPTH: usize = 256;

/// How many places are walked: shared ones are walked each time.
const MAX_PLACES: usize = 20_000;

/// Makes the expression of a goal in a solved system. `leaf` gives the text of an undecided edge's caveat.
///
/// Nothing where it is too long, or a circle keeps it from being said without reference to itself.
pub(super) fn formula<'a>(system: &System<'a>, goal: Goal, leaf: &mut dyn FnMut(&'a Edge) -> Option<String>) -> Option<String> {
    let mut writer = Writer { system, facts: system.facts(), leaf, path: Vec::new(), places: 0, under_not: 0 };
    writer.place(Unknown::Member(goal))?.filter(|text| text.len() <= MAX_RESIDUAL_BYTES)
}

/// What remains to be decided of a conditional answer, as a CEL expression over the names that are missing.
///
/// Nothing where it is too long, or a circle keeps it from being said.
#[must_use]
pub fn residual(query: &Query<'_>, goal: Goal) -> Option<String> {
    let system = System::of(query, &[goal], &mut Budget::new(query.facts.budget)).ok()?;
    formula(&system, goal, &mut |edge| query.facts.conditions.residual(edge))
}

struct Writer<'s, 'a> {
    system: &'s System<'a>,
    facts: Facts<'a>,
    leaf: &'s mut dyn FnMut(&'a Edge) -> Option<String>,
    /// What is being written, from the goal on.
    path: Vec<Unknown>,
    places: usize,
    under_not: usize,
}

/// A text; or nothing where what is said is false: only within a circle.
type Piece = Option<String>;

impl<'a> Writer<'_, 'a> {
    /// The text of a place that is undecided.
    fn place(&mut self, unknown: Unknown) -> Option<Piece> {
        if self.path.contains(&unknown) {
            // What supports itself only is not so; what denies itself cannot be said this way.
            return if self.under_not == 0 { Some(None) } else { None };
        }
        self.places += 1;
        if self.path.len() >= MAX_DEPTH || self.places > MAX_PLACES {
            return None;
        }
        self.path.push(unknown);
        let piece = match unknown {
            Unknown::Member(goal) => self.member(goal),
            Unknown::Step(step, object) => self.step(step, object),
        };
        self.path.pop();
        piece
    }

    fn member(&mut self, goal: Goal) -> Option<Piece> {
        let (facts, subject) = (self.facts, self.system.subject());
        let member = facts.member(goal.member).ok()?;
        let wildcards = match &member.rule {
            Rule::Permission(step) => return self.place(Unknown::Step(*step, goal)),
            Rule::Relation { wildcards, .. } => wildcards,
        };
        let run = facts.snapshot.subjects(&Facts::node(member, goal.id))?;
        let mut pieces = Vec::new();
        let everyone = wildcards.contains(&subject.object_type).then(|| run.get(&wildcard(subject.object_type)));
        for edge in run.get(&subject).into_iter().chain(everyone.flatten()) {
            if self.is_open(facts.worth(edge)) {
                pieces.push((self.leaf)(edge)?);
            }
        }
        for (row, edge) in run.sets().into_iter().flatten() {
            let goal = facts.set(&row).ok()?;
            pieces.extend(self.beyond(edge, goal)?);
        }
        Some(join(pieces, " || "))
    }

    fn step(&mut self, step: StepId, object: Goal) -> Option<Piece> {
        match self.facts.plan.step(step)? {
            Step::Nil | Step::SelfObject => Some(None),
            Step::Member(member) => self.place(Unknown::Member(Goal { member: *member, id: object.id })),
            Step::Union(operands) => Some(join(self.operands(operands, object)?.into_iter().flatten().listed(), " || ")),
            Step::Intersection(operands) => Some(join_all(self.operands(operands, object)?)),
            Step::Exclusion(operands) => {
                let (base, taken) = operands.split_first()?;
                let mut pieces = self.operands(std::slice::from_ref(base), object)?;
                self.under_not += 1;
                let taken = self.operands(taken, object);
                self.under_not -= 1;
                pieces.extend(taken?.into_iter().flatten().map(|text| Some(format!("!({text})"))));
                Some(join_all(pieces))
            }
            Step::Arrow { relation, function, targets } => {
                let run = self.facts.rows(*relation, object.id).ok()??;
                self.arrow(&run, *function, targets)
            }
        }
    }

    fn arrow(&mut self, run: &Run<'a>, function: ArrowFunction, targets: &[Target]) -> Option<Piece> {
        let mut pieces = Vec::new();
        for (row, edge) in run.iter() {
            if let Some(goal) = reached(targets, &row).filter(|_| !self.facts.worth(edge).is_no()) {
                match function {
                    ArrowFunction::Any => pieces.extend(self.beyond(edge, goal)?.map(Some)),
                    ArrowFunction::All => pieces.extend(self.parts(edge, goal)?),
                }
            }
        }
        Some(match function {
            ArrowFunction::Any => join(pieces.into_iter().flatten().listed(), " || "),
            ArrowFunction::All => join_all(pieces),
        })
    }

    /// The undecided ones of some operands.
    fn operands(&mut self, operands: &[StepId], object: Goal) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        for operand in operands {
            let unknown = Unknown::Step(*operand, object);
            if self.system.value(unknown).is_some_and(|worth| self.is_open(worth)) {
                pieces.push(self.place(unknown)?);
            }
        }
        Some(pieces)
    }

    /// An edge and what lies beyond it; nothing where that decides the matter.
    fn beyond(&mut self, edge: &'a Edge, goal: Goal) -> Option<Piece> {
        let worth = self.system.value(Unknown::Member(goal)).unwrap_or(Worth::NO);
        if self.facts.worth(edge).is_no() || worth.is_no() {
            return Some(None);
        }
        let parts = self.parts(edge, goal)?;
        Some(if parts.is_empty() { None } else { join_all(parts) })
    }

    /// The undecided ones of an edge and what lies beyond it.
    fn parts(&mut self, edge: &'a Edge, goal: Goal) -> Option<Vec<Piece>> {
        let mut parts = Vec::new();
        if self.is_open(self.facts.worth(edge)) {
            parts.push(Some((self.leaf)(edge)?));
        }
        if self.system.value(Unknown::Member(goal)).is_some_and(|worth| self.is_open(worth)) {
            parts.push(self.place(Unknown::Member(goal))?);
        }
        Some(parts)
    }

    fn is_open(&self, worth: Worth) -> bool {
        !worth.is_no() && !worth.is_has()
    }
}

/// Texts joined, equal ones once; nothing where there are none.
fn join(mut texts: Vec<String>, operator: &str) -> Piece {
    let mut seen = crate::text::hash::Set::default();
    texts.retain(|text| seen.insert(text.clone()));
    if texts.len() < 2 {
        return texts.pop();
    }
    let wrapped: Vec<String> = texts.into_iter().map(|text| format!("({text})")).listed();
    Some(wrapped.join(operator))
}

/// Texts that must all be so: where one is false, all are.
fn join_all(pieces: Vec<Piece>) -> Piece {
    let mut texts = Vec::new();
    for piece in pieces {
        texts.push(piece?);
    }
    join(texts, " && ")
}
