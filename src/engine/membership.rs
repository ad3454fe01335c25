//! Everyone in a member of an object, usersets followed, each with the relations that hold them: what validation files
//! expect.
//!
//! Semantics are those of SpiceDB's development tools (`internal/developmentmembership`): caveats are not evaluated, a subject is
//! caveated or not; a userset is a subject as well as its members are; a wildcard keeps a list of whom it leaves out.
//!
//! Unions need no set of their own: what they reach is gathered in one walk that enters each place once. Intersections
//! and exclusions each have a set, remembered. Where these go round in a circle, the sets are the well-founded solution, as for
//! a check ([`super::fixpoint`]).

use super::query::{CheckError, Goal, Query, reached};
use crate::model::{Node, Symbol, Timestamp};
use crate::plan::{MemberId, Plan, Rule, Step, StepId};
use crate::schema::ast::ArrowFunction;
use crate::store::{Edge, Snapshot};
use crate::text::hash::Map;

/// A subject that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The subject, a wildcard perhaps.
    pub subject: Node,
    /// Whether it depends on caveats.
    pub caveated: bool,
    /// The relations that hold it directly, sorted by symbols.
    pub sources: Vec<Node>,
    /// Whom the wildcard leaves out, sorted by symbols; of a wildcard only.
    pub excluded: Vec<Found>,
}

/// Everyone in a member of an object, sorted by symbols, each once.
///
/// # Errors
/// Where it takes more steps than the budget, or a permission depends on its own negation.
pub fn membership(
    plan: &Plan,
    snapshot: &Snapshot,
    now: Timestamp,
    budget: u64,
    member: MemberId,
    id: Symbol,
) -> Result<Vec<Found>, CheckError> {
    let mut system =
        System { plan, snapshot, now, budget, left: budget, numbers: Map::default(), unknowns: Vec::new(), depends: Vec::new() };
    let root = Place::Member(Goal { member, id });
    // What is read here is empty: the walk finds out which sets there are.
    system.gather(root, &[])?;
    while let Some((step, goal)) = system.unknowns.get(system.depends.len()).copied() {
        let mut depends = Vec::new();
        for operand in system.operands(step, goal)? {
            system.gather_noting(operand.place, &[], &mut depends)?;
        }
        system.depends.push(depends);
    }
    let values = system.solve()?;
    system.gather(root, &values)
}

/// A place in the graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Member(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
}

/// A place whose set another set is made of.
struct Operand {
    place: Place,
    /// Whether the way there is caveated.
    caveated: bool,
}

struct System<'a> {
    plan: &'a Plan,
    snapshot: &'a Snapshot,
    now: Timestamp,
    budget: u64,
    left: u64,
    /// The numbers of the intersections and exclusions.
    numbers: Map<(StepId, Goal), usize>,
    unknowns: Vec<(StepId, Goal)>,
    /// For each of them, those that it reads.
    depends: Vec<Vec<usize>>,
}

impl<'a> System<'a> {
    fn spend(&mut self, steps: usize) -> Result<(), CheckError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(steps).ok_or(CheckError::BudgetExceeded(self.budget))?;
        Ok(())
    }

    fn node(&self, goal: Goal) -> Result<Node, CheckError> {
        self.plan.member(goal.member).map(|member| Query::node(member, goal.id)).ok_or(CheckError::Mismatch)
    }

    fn step(&self, step: StepId) -> Result<&'a Step, CheckError> {
        self.plan.step(step).ok_or(CheckError::Mismatch)
    }

    fn gather(&mut self, root: Place, values: &[Vec<Found>]) -> Result<Vec<Found>, CheckError> {
        self.gather_noting(root, values, &mut Vec::new())
    }

    /// Everyone that unions reach from a place, with the sets of the intersections and exclusions met, whose numbers are noted.
    fn gather_noting(&mut self, root: Place, values: &[Vec<Found>], met: &mut Vec<usize>) -> Result<Vec<Found>, CheckError> {
        let mut found = Vec::new();
        // Each place is entered once, and once more where the first way was caveated and a later one is not.
        let mut entered: Map<Place, bool> = Map::default();
        let mut waiting = vec![(root, false)];
        while let Some((place, caveated)) = waiting.pop() {
            self.spend(1)?;
            match entered.get(&place) {
                Some(before) if caveated || !*before => continue,
                _ => entered.insert(place, caveated),
            };
            let (step, goal) = match place {
                Place::Step(step, goal) => (step, goal),
                Place::Member(goal) => match &self.plan.member(goal.member).ok_or(CheckError::Mismatch)?.rule {
                    Rule::Permission(step) => (*step, goal),
                    Rule::Relation { .. } => {
                        let source = self.node(goal)?;
                        for (subject, row_caveated) in self.rows(&source)? {
                            let caveated = caveated || row_caveated;
                            found.push(Found { subject, caveated, sources: vec![source], excluded: Vec::new() });
                            if subject.relation != Symbol::NONE {
                                let member = self.plan.find(subject.object_type, subject.relation).ok_or(CheckError::Mismatch)?;
                                waiting.push((Place::Member(Goal { member, id: subject.id }), caveated));
                            }
                        }
                        continue;
                    }
                },
            };
            match self.step(step)? {
                Step::Nil => {}
                Step::SelfObject => {
                    let source = self.node(goal)?;
                    let subject = Node { relation: Symbol::NONE, ..source };
                    found.push(Found { subject, caveated, sources: vec![source], excluded: Vec::new() });
                }
                Step::Member(_) | Step::Union(_) | Step::Arrow { function: ArrowFunction::Any, .. } => {
                    let operands = self.operands(step, goal)?;
                    waiting.extend(operands.into_iter().map(|operand| (operand.place, caveated || operand.caveated)));
                }
                Step::Intersection(_) | Step::Exclusion(_) | Step::Arrow { function: ArrowFunction::All, .. } => {
                    let number = *self.numbers.entry((step, goal)).or_insert_with(|| {
                        self.unknowns.push((step, goal));
                        self.unknowns.len() - 1
                    });
                    met.push(number);
                    let value = values.get(number).map(Vec::as_slice).unwrap_or_default();
                    self.spend(value.len())?;
                    found.extend(value.iter().map(|one| Found { caveated: caveated || one.caveated, ..one.clone() }));
                }
            }
        }
        Ok(union(found))
    }

    /// The places that an instruction combines. An object without the member that an arrow asks for is a place where nobody is.
    fn operands(&mut self, step: StepId, goal: Goal) -> Result<Vec<Operand>, CheckError> {
        Ok(match self.step(step)? {
            Step::Nil | Step::SelfObject => Vec::new(),
            Step::Member(member) => {
                vec![Operand { place: Place::Member(Goal { member: *member, id: goal.id }), caveated: false }]
            }
            Step::Union(operands) | Step::Intersection(operands) | Step::Exclusion(operands) => {
                operands.iter().map(|operand| Operand { place: Place::Step(*operand, goal), caveated: false }).collect()
            }
            Step::Arrow { relation, targets, function } => {
                let mut operands = Vec::new();
                for (row, caveated) in self.rows(&self.node(Goal { member: *relation, id: goal.id })?)? {
                    match (reached(targets, &row), function) {
                        (Some(found), _) => operands.push(Operand { place: Place::Member(found), caveated }),
                        (None, ArrowFunction::Any) => {}
                        (None, ArrowFunction::All) => return Ok(Vec::new()),
                    }
                }
                operands
            }
        })
    }

    /// The subjects of a relation that are there, and whether each is caveated.
    fn rows(&mut self, relation: &Node) -> Result<Vec<(Node, bool)>, CheckError> {
        let mut found = Vec::new();
        if let Some(run) = self.snapshot.subjects(relation) {
            self.spend(run.len())?;
            let is_live = |edge: &Edge| edge.as_ref().is_none_or(|traits| traits.is_live(self.now));
            let is_caveated = |edge: &Edge| edge.as_ref().is_some_and(|traits| traits.caveat.is_some());
            found.extend(run.iter().filter(|(_, edge)| is_live(edge)).map(|(row, edge)| (*row, is_caveated(edge))));
        }
        Ok(found)
    }

    /// The sets of all intersections and exclusions.
    fn solve(&mut self) -> Result<Vec<Vec<Found>>, CheckError> {
        let (order, is_circular) = self.order();
        let nothing = vec![Vec::new(); self.unknowns.len()];
        if !is_circular {
            let mut values = nothing;
            self.evaluate(&order, &mut values, None)?;
            return Ok(values);
        }
        let mut lower = nothing.clone();
        loop {
            let upper = self.least(&order, &nothing, &lower)?;
            let better = self.least(&order, &nothing, &upper)?;
            if better == lower {
                let differs = lower.iter().zip(&upper).position(|(least, greatest)| statuses(least).ne(statuses(greatest)));
                let Some((_, goal)) = differs.and_then(|number| self.unknowns.get(number).copied()) else {
                    return Ok(lower);
                };
                return Err(CheckError::CycleThroughExclusion(vec![self.node(goal)?]));
            }
            lower = better;
        }
    }

    /// The least sets, where what is taken away is read from `assumed`.
    fn least(&mut self, order: &[usize], nothing: &[Vec<Found>], assumed: &[Vec<Found>]) -> Result<Vec<Vec<Found>>, CheckError> {
        let mut values = nothing.to_vec();
        while self.evaluate(order, &mut values, Some(assumed))? {}
        Ok(values)
    }

    /// Makes each set anew, in order; whether one of them changed.
    fn evaluate(
        &mut self,
        order: &[usize],
        values: &mut Vec<Vec<Found>>,
        assumed: Option<&[Vec<Found>]>,
    ) -> Result<bool, CheckError> {
        let mut changed = false;
        for number in order {
            let Some((step, goal)) = self.unknowns.get(*number).copied() else { continue };
            let is_exclusion = matches!(self.step(step)?, Step::Exclusion(_));
            let mut value: Option<Vec<Found>> = None;
            for operand in self.operands(step, goal)? {
                let taken_away = is_exclusion && value.is_some();
                let read = assumed.filter(|_| taken_away).unwrap_or(values.as_slice());
                let mut set = self.gather(operand.place, read)?;
                self.spend(set.len() + value.as_ref().map_or(0, Vec::len))?;
                if operand.caveated {
                    set.iter_mut().for_each(|found| found.caveated = true);
                }
                value = Some(match value {
                    None => set,
                    Some(before) if is_exclusion => without(before, &set),
                    Some(before) => intersection(&before, &set),
                });
            }
            let value = value.unwrap_or_default();
            if let Some(before) = values.get_mut(*number)
                && *before != value
            {
                *before = value;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// An order in which each set comes after those it reads, and whether they go round in a circle, where there is none.
    fn order(&self) -> (Vec<usize>, bool) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let (mut order, mut is_circular) = (Vec::new(), false);
        let mut states = vec![State::New; self.depends.len()];
        for root in 0..self.depends.len() {
            let mut stack = vec![root];
            while let Some(number) = stack.last().copied() {
                let (Some(state), Some(depends)) = (states.get(number).copied(), self.depends.get(number)) else {
                    stack.pop();
                    continue;
                };
                let next = match state {
                    State::New => State::Open,
                    State::Open | State::Done => State::Done,
                };
                if let Some(state) = states.get_mut(number) {
                    *state = next;
                }
                if state == State::New {
                    for inner in depends {
                        match states.get(*inner) {
                            Some(State::New) => stack.push(*inner),
                            Some(State::Open) => is_circular = true,
                            Some(State::Done) | None => {}
                        }
                    }
                } else {
                    stack.pop();
                    if state == State::Open {
                        order.push(number);
                    }
                }
            }
        }
        (order, is_circular)
    }
}

/// Who is in a set, without the sources.
fn statuses(set: &[Found]) -> impl Iterator<Item = (Node, bool, Vec<(Node, bool)>)> {
    set.iter().map(|found| {
        (found.subject, found.caveated, found.excluded.iter().map(|found| (found.subject, found.caveated)).collect())
    })
}

/// The wildcard that takes in a subject.
fn wildcard(subject: &Node) -> Option<Node> {
    (subject.relation == Symbol::NONE && subject.id != Symbol::WILDCARD).then_some(Node { id: Symbol::WILDCARD, ..*subject })
}

fn get<'s>(set: &'s [Found], subject: &Node) -> Option<&'s Found> {
    set.binary_search_by(|found| found.subject.cmp(subject)).ok().and_then(|place| set.get(place))
}

/// A subject that is there because of both.
fn joined(one: &Found, other: &Found, caveated: bool) -> Found {
    let mut sources = [one.sources.as_slice(), other.sources.as_slice()].concat();
    in_order(&mut sources);
    Found { subject: one.subject, caveated, sources, excluded: Vec::new() }
}

fn in_order(nodes: &mut Vec<Node>) {
    nodes.sort_unstable();
    nodes.dedup();
}

/// The set of subjects that may repeat: an uncaveated one makes the subject uncaveated, a wildcard leaves out whom all of
/// its kind leave out and nobody brings back.
fn union(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|one, other| one.subject.cmp(&other.subject));
    let mut set: Vec<Found> = Vec::with_capacity(found.len());
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
fn bring_back(set: &mut [Found]) {
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
fn under(found: &Found, wildcard: &Found) -> Option<Found> {
    match get(&wildcard.excluded, &found.subject) {
        None if wildcard.caveated => Some(joined(found, wildcard, true)),
        None => Some(found.clone()),
        Some(left_out) if left_out.caveated => Some(joined(&joined(found, wildcard, true), left_out, true)),
        Some(_) => None,
    }
}

fn intersection(one: &[Found], other: &[Found]) -> Vec<Found> {
    let mut both = Vec::new();
    for (set, opposite, is_first) in [(one, other, true), (other, one, false)] {
        for found in set {
            if is_first && let Some(same) = get(opposite, &found.subject) {
                let mut excluded = [found.excluded.as_slice(), same.excluded.as_slice()].concat();
                excluded = union(excluded);
                both.push(Found { excluded, ..joined(found, same, found.caveated || same.caveated) });
            }
            if let Some(wildcard) = wildcard(&found.subject).and_then(|wildcard| get(opposite, &wildcard)) {
                both.extend(under(found, wildcard));
            }
        }
    }
    union(both)
}

fn without(base: Vec<Found>, taken: &[Found]) -> Vec<Found> {
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
        let Some(wildcard) = wildcard(&found.subject).and_then(|wildcard| get(taken, &wildcard)) else {
            rest.push(found);
            continue;
        };
        match get(&wildcard.excluded, &found.subject) {
            Some(left_out) if !left_out.caveated => rest.push(found),
            None if !wildcard.caveated => {}
            Some(_) | None => rest.push(Found { caveated: true, ..found }),
        }
    }
    union(rest)
}

/// What remains of a wildcard: itself without those taken away by name; or, where a wildcard is taken away too, those whom that one
/// leaves out.
fn wildcard_without(mut found: Found, taken: &[Found], rest: &mut Vec<Found>) {
    let object_type = found.subject.object_type;
    let same_type = |one: &&Found| one.subject.object_type == object_type && one.subject.relation == Symbol::NONE;
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
            rest.push(Found { caveated, ..left_out.clone() });
        }
    }
    if wildcard.caveated {
        rest.push(Found { excluded: found.excluded.clone(), ..joined(&found, wildcard, true) });
    }
}
