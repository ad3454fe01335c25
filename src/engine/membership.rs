//! Everyone in a member of an object, usersets followed, each with the relations that hold them: what validation files
//! expect.
//!
//! Semantics are those of SpiceDB's development tools (`internal/developmentmembership`): caveats are not evaluated, a subject is
//! caveated or not; a userset is a subject as well as its members are; a wildcard keeps a list of whom it leaves out.
//!
//! What unions and `any` arrows reach is gathered in one walk that enters each place once. Intersections and exclusions are
//! unknowns of their own, solved as those of lookups are.

use super::condition::{Conditions, Worth};
use super::query::{Budget, Facts, Goal, QueryError, reached, wildcard};
use super::solve::{Equation, Part, Value, circle, solve};
use crate::model::{Node, Symbol};
use crate::plan::{MemberId, Rule, Step, StepId, Target};
use crate::schema::ast::ArrowFunction;
use crate::store::{Edge, Run};
use crate::text::hash::Map;
use crate::text::{sort, sort_by};

/// A subject that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The subject, a wildcard perhaps.
    pub subject: Node,
    /// Whether it depends on caveats.
    pub caveated: bool,
    /// The relations that hold it directly, sorted by symbols.
    pub sources: Vec<Node>,
    /// Whom the wildcard leaves out, sorted by symbols; of a wildcard only.
    pub excluded: Vec<Held>,
}

/// Everyone in the goal, sorted by symbols, each once.
///
/// # Errors
/// As [`check`](super::check()).
pub fn membership(facts: &Facts<'_>, goal: Goal) -> Result<Vec<Held>, QueryError> {
    let mut budget = Budget::new(facts.budget);
    let mut builder =
        Builder { facts: *facts, budget: &mut budget, unknowns: Vec::new(), numbers: Map::default(), equations: Vec::new() };
    builder.number(Place::Member(goal));
    while let Some(unknown) = builder.unknowns.get(builder.equations.len()).copied() {
        let equation = builder.equation(unknown)?;
        builder.equations.push(equation);
    }
    let Builder { unknowns, equations, .. } = builder;
    let solution = solve(&equations, facts.conditions, &mut budget)?;
    if let Some(Members(found)) = solution.value(0) {
        return Ok(found.clone());
    }
    let members = circle(&equations, &solution, 0).into_iter().filter_map(|number| match unknowns.get(number)? {
        Place::Member(goal) | Place::Step(_, goal) => facts.goal_node(*goal).ok(),
    });
    let mut members: Vec<Node> = members.collect();
    members.dedup();
    Err(QueryError::CycleThroughExclusion(members))
}

/// A place in the graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Member(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
}

struct Builder<'b, 'a> {
    facts: Facts<'a>,
    budget: &'b mut Budget,
    /// INVARIANT: the first is the goal asked for.
    unknowns: Vec<Place>,
    numbers: Map<Place, usize>,
    equations: Vec<Equation<Members>>,
}

/// What a way that is caveated, or not, limits those beyond it to.
fn limit(caveated: bool) -> Worth {
    if caveated { Worth::CONDITIONAL } else { Worth::HAS }
}

impl Builder<'_, '_> {
    fn number(&mut self, place: Place) -> usize {
        *self.numbers.entry(place).or_insert_with(|| {
            self.unknowns.push(place);
            self.unknowns.len() - 1
        })
    }

    fn equation(&mut self, unknown: Place) -> Result<Equation<Members>, QueryError> {
        let Place::Step(step, goal) = unknown else {
            return self.gather(unknown);
        };
        Ok(match self.facts.step(step)? {
            Step::Intersection(operands) => Equation::All(self.operands(operands, goal)),
            Step::Exclusion(operands) => {
                let mut numbers = self.operands(operands, goal).into_iter().map(|part| part.of);
                let base = numbers.next().ok_or(QueryError::Mismatch)?;
                Equation::Without(base, numbers.collect())
            }
            Step::Arrow { relation, targets, function: ArrowFunction::All } => {
                let mut parts = Vec::new();
                for (target, caveated) in self.arrow(*relation, targets, goal)? {
                    match target {
                        Some(target) => parts.push(Part { limit: limit(caveated), of: self.number(Place::Member(target)) }),
                        None => return Ok(Equation::Any(Members::none(), Vec::new())),
                    }
                }
                if parts.is_empty() { Equation::Any(Members::none(), parts) } else { Equation::All(parts) }
            }
            Step::Nil
            | Step::SelfObject
            | Step::Member(_)
            | Step::Union(_)
            | Step::Arrow { function: ArrowFunction::Any, .. } => {
                return self.gather(unknown);
            }
        })
    }

    fn operands(&mut self, operands: &[StepId], goal: Goal) -> Vec<Part> {
        operands.iter().map(|operand| Part { limit: Worth::HAS, of: self.number(Place::Step(*operand, goal)) }).collect()
    }

    /// The goals that an arrow leads to, nothing where the object lacks the member, and whether each way is caveated.
    fn arrow(&mut self, relation: MemberId, targets: &[Target], goal: Goal) -> Result<Vec<(Option<Goal>, bool)>, QueryError> {
        let rows = self.rows(Goal { member: relation, id: goal.id })?;
        Ok(rows.iter().map(|(row, caveated)| (reached(targets, row), *caveated)).collect())
    }

    /// The subjects of a relation that are there, and whether each is caveated.
    fn rows(&mut self, relation: Goal) -> Result<Vec<(Node, bool)>, QueryError> {
        let run = self.facts.rows(relation.member, relation.id)?;
        self.budget.spend(run.as_ref().map_or(0, Run::len))?;
        let is_caveated = |edge: &Edge| edge.as_ref().is_some_and(|traits| traits.caveat.is_some());
        let live = run.iter().flat_map(Run::iter).filter(|(_, edge)| self.facts.conditions.is_live(edge));
        Ok(live.map(|(row, edge)| (row, is_caveated(edge))).collect())
    }

    /// Everyone that unions reach from a place, with what lies beyond other operations as parts.
    fn gather(&mut self, start: Place) -> Result<Equation<Members>, QueryError> {
        let facts = self.facts;
        let mut found = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        // Each place is entered once, and once more where the first way was caveated and a later one is not.
        let mut entered: Map<Place, bool> = Map::default();
        let mut waiting = vec![(start, false)];
        while let Some((place, caveated)) = waiting.pop() {
            self.budget.spend(1)?;
            match entered.get(&place) {
                Some(before) if caveated || !*before => continue,
                _ => entered.insert(place, caveated),
            };
            let (step, goal) = match place {
                Place::Step(step, goal) => (step, goal),
                Place::Member(goal) => match &facts.member(goal.member)?.rule {
                    Rule::Permission(step) => (*step, goal),
                    Rule::Relation { .. } => {
                        let source = facts.goal_node(goal)?;
                        for (subject, row_caveated) in self.rows(goal)? {
                            let caveated = caveated || row_caveated;
                            found.push(Held { subject, caveated, sources: vec![source], excluded: Vec::new() });
                            if subject.relation != Symbol::NONE {
                                waiting.push((Place::Member(facts.set(&subject)?), caveated));
                            }
                        }
                        continue;
                    }
                },
            };
            match facts.step(step)? {
                Step::Nil => {}
                Step::SelfObject => {
                    let source = facts.goal_node(goal)?;
                    let subject = Node { relation: Symbol::NONE, ..source };
                    found.push(Held { subject, caveated, sources: vec![source], excluded: Vec::new() });
                }
                Step::Member(member) => waiting.push((Place::Member(Goal { member: *member, id: goal.id }), caveated)),
                Step::Union(operands) => {
                    waiting.extend(operands.iter().map(|operand| (Place::Step(*operand, goal), caveated)));
                }
                Step::Arrow { relation, targets, function: ArrowFunction::Any } => {
                    let rows = self.arrow(*relation, targets, goal)?.into_iter();
                    waiting.extend(rows.filter_map(|(goal, on_way)| Some((Place::Member(goal?), caveated || on_way))));
                }
                Step::Intersection(_) | Step::Exclusion(_) | Step::Arrow { function: ArrowFunction::All, .. } => {
                    // Where it is entered again, it repeats without the caveat, and the two are united.
                    parts.push(Part { limit: limit(caveated), of: self.number(Place::Step(step, goal)) });
                }
            }
        }
        Ok(Equation::Any(Members(union(found)), parts))
    }
}

/// A set of subjects, sorted.
#[derive(Clone, Debug, PartialEq)]
struct Members(Vec<Held>);

impl Members {
    fn limited(&self, limit: Worth) -> Vec<Held> {
        let caveated = limit != Worth::HAS;
        self.0.iter().map(|held| Held { caveated: caveated || held.caveated, ..held.clone() }).collect()
    }
}

impl Value for Members {
    fn none() -> Self {
        Self(Vec::new())
    }

    fn unite(&mut self, other: &Self, limit: Worth, _: &Conditions<'_>) {
        let mut both = std::mem::take(&mut self.0);
        both.extend(other.limited(limit));
        self.0 = union(both);
    }

    fn intersect(&mut self, other: &Self, limit: Worth, _: &Conditions<'_>) {
        self.0 = intersection(&self.0, &other.limited(limit));
    }

    fn subtract(&mut self, taken: &Self, _: &Conditions<'_>) {
        self.0 = without(std::mem::take(&mut self.0), &taken.0);
    }

    fn limit(&mut self, limit: Worth, _: &Conditions<'_>) {
        self.0 = self.limited(limit);
    }

    /// The same without sources, which follow from who is in it.
    fn bare(mut self) -> Self {
        for held in &mut self.0 {
            held.sources.clear();
            held.excluded.iter_mut().for_each(|held| held.sources.clear());
        }
        self
    }

    fn size(&self) -> usize {
        self.0.len() + 1
    }
}

/// The wildcard that takes in a subject.
fn wildcard_of(subject: &Node) -> Option<Node> {
    (subject.relation == Symbol::NONE && subject.id != Symbol::WILDCARD).then(|| wildcard(subject.object_type))
}

fn get<'s>(set: &'s [Held], subject: &Node) -> Option<&'s Held> {
    set.binary_search_by(|found| found.subject.cmp(subject)).ok().and_then(|place| set.get(place))
}

/// A subject that is there because of both.
fn joined(one: &Held, other: &Held, caveated: bool) -> Held {
    let mut sources = [one.sources.as_slice(), other.sources.as_slice()].concat();
    in_order(&mut sources);
    Held { subject: one.subject, caveated, sources, excluded: Vec::new() }
}

fn in_order(nodes: &mut Vec<Node>) {
    sort(nodes);
    nodes.dedup();
}

/// The set of subjects that may repeat: an uncaveated one makes the subject uncaveated, a wildcard leaves out whom all of
/// its kind leave out and nobody brings back.
fn union(mut found: Vec<Held>) -> Vec<Held> {
    sort_by(&mut found, |one, other| one.subject.cmp(&other.subject));
    let mut set: Vec<Held> = Vec::with_capacity(found.len());
    for next in found {
        match set.last_mut() {
            Some(last) if last.subject == next.subject => {
                last.caveated &= next.caveated;
                last.sources.extend(next.sources);
                last.excluded = std::mem::take(&mut last.excluded)
                    .iter()
                    .filter_map(|one| {
                        get(&next.excluded, &one.subject).map(|other| joined(one, other, one.caveated || other.caveated))
                    })
                    .collect();
            }
            _ => set.push(next),
        }
    }
    for found in &mut set {
        in_order(&mut found.sources);
    }
    bring_back(&mut set);
    set
}

/// Whoever is in a set is not left out of it by its wildcard, or only where the caveats say so.
fn bring_back(set: &mut [Held]) {
    for place in 0..set.len() {
        let Some(excluded) = set.get_mut(place).map(|found| std::mem::take(&mut found.excluded)) else { continue };
        let excluded = excluded
            .into_iter()
            .filter_map(|left_out| match get(set, &left_out.subject) {
                None => Some(left_out),
                Some(found) => found.caveated.then(|| joined(&left_out, found, true)),
            })
            .collect();
        if let Some(found) = set.get_mut(place) {
            found.excluded = excluded;
        }
    }
}

/// What a wildcard makes of a subject.
fn under(found: &Held, wildcard: &Held) -> Option<Held> {
    match get(&wildcard.excluded, &found.subject) {
        None if wildcard.caveated => Some(joined(found, wildcard, true)),
        None => Some(found.clone()),
        Some(left_out) if left_out.caveated => Some(joined(&joined(found, wildcard, true), left_out, true)),
        Some(_) => None,
    }
}

fn intersection(one: &[Held], other: &[Held]) -> Vec<Held> {
    let mut both = Vec::new();
    for (set, opposite, is_first) in [(one, other, true), (other, one, false)] {
        for found in set {
            if is_first && let Some(same) = get(opposite, &found.subject) {
                let mut excluded = [found.excluded.as_slice(), same.excluded.as_slice()].concat();
                excluded = union(excluded);
                both.push(Held { excluded, ..joined(found, same, found.caveated || same.caveated) });
            }
            if let Some(wildcard) = wildcard_of(&found.subject).and_then(|wildcard| get(opposite, &wildcard)) {
                both.extend(under(found, wildcard));
            }
        }
    }
    union(both)
}

fn without(base: Vec<Held>, taken: &[Held]) -> Vec<Held> {
    let mut rest = Vec::with_capacity(base.len());
    for found in base {
        if found.subject.id == Symbol::WILDCARD {
            wildcard_without(found, taken, &mut rest);
            continue;
        }
        let named = match get(taken, &found.subject) {
            None => Some(found),
            Some(same) => same.caveated.then(|| joined(&found, same, true)),
        };
        let Some(found) = named else { continue };
        let Some(wildcard) = wildcard_of(&found.subject).and_then(|wildcard| get(taken, &wildcard)) else {
            rest.push(found);
            continue;
        };
        match get(&wildcard.excluded, &found.subject) {
            Some(left_out) if !left_out.caveated => rest.push(found),
            None if !wildcard.caveated => {}
            Some(_) | None => rest.push(Held { caveated: true, ..found }),
        }
    }
    union(rest)
}

/// What remains of a wildcard: itself without those taken away by name; or, where a wildcard is taken away too, those whom that one
/// leaves out.
fn wildcard_without(mut found: Held, taken: &[Held], rest: &mut Vec<Held>) {
    let object_type = found.subject.object_type;
    let same_type = |one: &&Held| one.subject.object_type == object_type && one.subject.relation == Symbol::NONE;
    let named = taken.iter().filter(same_type).filter(|one| one.subject.id != Symbol::WILDCARD);
    let before = std::mem::take(&mut found.excluded);
    found.excluded = union(before.into_iter().chain(named.cloned()).collect());
    let Some(wildcard) = get(taken, &found.subject) else {
        rest.push(found);
        return;
    };
    for left_out in &wildcard.excluded {
        let already = get(&found.excluded, &left_out.subject);
        if already.is_none_or(|already| already.caveated) {
            let caveated = found.caveated || wildcard.caveated || left_out.caveated || already.is_some();
            rest.push(Held { caveated, ..left_out.clone() });
        }
    }
    if wildcard.caveated {
        rest.push(Held { excluded: found.excluded.clone(), ..joined(&found, wildcard, true) });
    }
}
