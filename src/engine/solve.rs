//! Systems of equations over values that grow.
//!
//! Strongly connected equations are solved together, after all that they read. An equation in no circle is evaluated once.
//! A circle without exclusions has its least solution: what nothing outside it supports is not so. A circle through
//! exclusions has the well-founded one (Van Gelder, "The alternating fixpoint of logic programs with negation", 1993): what
//! is taken away is read from the previous solution, first from the least possible, then from the greatest, until both
//! stop moving; where they still differ, the answer depends on its own negation.
//!
//! Levels come first. Only when they stand is it gathered what conditions miss, which shrinks where a level grows.

use super::condition::{Conditions, Worth};
use super::query::{Budget, QueryError};
use crate::text::{Listed, sort};

/// What an equation can come to: a worth for one subject, or for many at once.
pub(super) trait Value: Clone + PartialEq {
    /// The least: nobody.
    fn none() -> Self;
    /// Adds another, each part of which is worth at most `limit`.
    fn unite(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>);
    /// Keeps what another has too, at most `limit` of it.
    fn intersect(&mut self, other: &Self, limit: Worth, conditions: &Conditions<'_>);
    /// Takes another away.
    fn subtract(&mut self, taken: &Self, conditions: &Conditions<'_>);
    /// At most `limit` of it.
    fn limit(&mut self, limit: Worth, conditions: &Conditions<'_>);
    /// The same without what its conditions miss.
    fn bare(self) -> Self;
    /// How many steps of work it is to read.
    fn size(&self) -> usize;
}

/// Another unknown, worth at most something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) limit: Worth,
    pub(super) of: usize,
}

/// What an unknown equals. Unknowns are numbered as their equations are.
#[derive(Clone, Debug)]
pub(super) enum Equation<V> {
    /// One of these is enough, or the value itself.
    Any(V, Vec<Part>),
    /// All of these are needed, and there is at least one.
    All(Vec<Part>),
    /// The first without the others.
    Without(usize, Vec<usize>),
}

impl<V> Equation<V> {
    /// The unknowns it reads, in order.
    pub(super) fn reads(&self) -> Vec<usize> {
        match self {
            Self::Any(_, parts) | Self::All(parts) => parts.iter().map(|part| part.of).listed(),
            Self::Without(base, taken) => std::iter::once(*base).chain(taken.iter().copied()).listed(),
        }
    }
}

/// The values of all unknowns.
#[derive(Debug)]
pub(super) struct Solution<V> {
    lower: Vec<V>,
    /// Where the greatest value is another than the least.
    upper: Vec<Option<V>>,
}

impl<V> Solution<V> {
    /// The value of an unknown, unless it depends on its own negation.
    pub(super) fn value(&self, number: usize) -> Option<&V> {
        self.lower.get(number).filter(|_| self.is_decided(number))
    }

    pub(super) fn is_decided(&self, number: usize) -> bool {
        matches!(self.upper.get(number), Some(None))
    }

    fn lower(&self, number: usize) -> Result<&V, QueryError> {
        self.lower.get(number).ok_or(QueryError::Mismatch)
    }

    fn upper(&self, number: usize) -> Result<&V, QueryError> {
        match self.upper.get(number) {
            Some(Some(upper)) => Ok(upper),
            Some(None) | None => self.lower(number),
        }
    }
}

/// Which of the two solutions is being found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Lower,
    Upper,
}

/// Solves a system.
pub(super) fn solve<V: Value>(
    equations: &[Equation<V>],
    conditions: &Conditions<'_>,
    budget: &mut Budget,
) -> Result<Solution<V>, QueryError> {
    let solution = Solution { lower: vec![V::none(); equations.len()], upper: vec![None; equations.len()] };
    let is_waiting = vec![false; equations.len()];
    let mut solver = Solver { equations, conditions, budget, solution, is_waiting };
    for component in components(equations) {
        solver.component(&component)?;
    }
    Ok(solver.solution)
}

struct Solver<'s, V> {
    equations: &'s [Equation<V>],
    conditions: &'s Conditions<'s>,
    budget: &'s mut Budget,
    solution: Solution<V>,
    /// Equations to be evaluated again.
    is_waiting: Vec<bool>,
}

impl<V: Value> Solver<'_, V> {
    fn component(&mut self, component: &[usize]) -> Result<(), QueryError> {
        let reads = |number: usize| self.equations.get(number).map(Equation::reads).unwrap_or_default();
        if let [only] = component
            && !reads(*only).contains(only)
        {
            let value = self.evaluate(*only, Side::Lower)?;
            let decided = reads(*only).into_iter().all(|read| self.solution.is_decided(read));
            let upper = if decided { None } else { Some(self.evaluate(*only, Side::Upper)?) };
            self.set(*only, Side::Lower, value);
            return self.settle(*only, upper);
        }
        let mut readers: Vec<(usize, usize)> = Vec::new();
        for reader in component {
            readers.extend(reads(*reader).into_iter().map(|read| (read, *reader)));
        }
        sort(&mut readers);
        if !self.reads_negation(component) {
            self.least(component, &readers, Side::Lower)?;
            return self.grow(component, &readers, Side::Lower, false);
        }
        loop {
            let before: Vec<V> = component.iter().filter_map(|number| self.solution.lower.get(*number)).cloned().listed();
            self.least(component, &readers, Side::Upper)?;
            self.least(component, &readers, Side::Lower)?;
            let after = component.iter().filter_map(|number| self.solution.lower.get(*number));
            if after.eq(&before) {
                break;
            }
        }
        for number in component {
            let upper = self.solution.upper.get_mut(*number).and_then(Option::take);
            self.settle(*number, upper)?;
        }
        self.grow(component, &readers, Side::Lower, false)
    }

    /// Whether the value of a component may depend on its own negation, or on what does.
    fn reads_negation(&self, component: &[usize]) -> bool {
        let is_inside = |number: &usize| component.binary_search(number).is_ok();
        component.iter().filter_map(|number| self.equations.get(*number)).any(|equation| {
            let taken = matches!(equation, Equation::Without(_, taken) if taken.iter().any(is_inside));
            taken || equation.reads().into_iter().any(|read| !is_inside(&read) && !self.solution.is_decided(read))
        })
    }

    /// Keeps the greatest value where it is another than the least.
    fn settle(&mut self, number: usize, upper: Option<V>) -> Result<(), QueryError> {
        let lower = self.solution.lower(number)?.clone().bare();
        put(&mut self.solution.upper, number, upper.filter(|upper| upper.clone().bare() != lower));
        Ok(())
    }

    /// The least solution of a component on one side, levels only.
    fn least(&mut self, component: &[usize], readers: &[(usize, usize)], side: Side) -> Result<(), QueryError> {
        for number in component {
            self.set(*number, side, V::none());
        }
        self.grow(component, readers, side, true)
    }

    /// Evaluates the equations of a component until nothing changes.
    fn grow(&mut self, component: &[usize], readers: &[(usize, usize)], side: Side, bare: bool) -> Result<(), QueryError> {
        let mut open: Vec<usize> = component.iter().rev().copied().listed();
        component.iter().for_each(|number| put(&mut self.is_waiting, *number, true));
        while let Some(number) = open.pop() {
            put(&mut self.is_waiting, number, false);
            let found = self.evaluate(number, side)?;
            let value = if bare { found.bare() } else { found };
            let old = if side == Side::Lower { self.solution.lower(number)? } else { self.solution.upper(number)? };
            if *old == value {
                continue;
            }
            self.set(number, side, value);
            let first = readers.partition_point(|(read, _)| *read < number);
            for (_, reader) in readers.iter().skip(first).take_while(|(read, _)| *read == number) {
                if self.is_waiting.get(*reader) == Some(&false) {
                    put(&mut self.is_waiting, *reader, true);
                    open.push(*reader);
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, number: usize, side: Side, value: V) {
        match side {
            Side::Lower => put(&mut self.solution.lower, number, value),
            Side::Upper => put(&mut self.solution.upper, number, Some(value)),
        }
    }

    /// An equation evaluated on one side. What is taken away is read from the other.
    fn evaluate(&mut self, number: usize, side: Side) -> Result<V, QueryError> {
        let solution = &self.solution;
        let read = |number: usize| if side == Side::Lower { solution.lower(number) } else { solution.upper(number) };
        // Both sides have the same levels where the value is decided, and the lower one knows what its conditions miss.
        let taken = |number: usize| if side == Side::Lower { solution.upper(number) } else { solution.lower(number) };
        let mut steps = 1;
        let value = match self.equations.get(number).ok_or(QueryError::Mismatch)? {
            Equation::Any(own, parts) => {
                let mut value = own.clone();
                for part in parts {
                    let other = read(part.of)?;
                    steps += other.size();
                    value.unite(other, part.limit, self.conditions);
                }
                value
            }
            Equation::All(parts) => {
                let (first, rest) = parts.split_first().ok_or(QueryError::Mismatch)?;
                let mut value = read(first.of)?.clone();
                steps += value.size();
                value.limit(first.limit, self.conditions);
                for part in rest {
                    let other = read(part.of)?;
                    steps += other.size();
                    value.intersect(other, part.limit, self.conditions);
                }
                value
            }
            Equation::Without(base, others) => {
                let mut value = read(*base)?.clone();
                steps += value.size();
                for other in others {
                    let other = taken(*other)?;
                    steps += other.size();
                    value.subtract(other, self.conditions);
                }
                value
            }
        };
        self.budget.spend(steps)?;
        Ok(value)
    }
}

/// A circle of unknowns that depend on their own negation, from the first one reached.
pub(super) fn circle<V>(equations: &[Equation<V>], solution: &Solution<V>, root: usize) -> Vec<usize> {
    let mut walked = Vec::new();
    let mut seen = vec![false; equations.len()];
    let mut next = Some(root);
    while let Some(number) = next.filter(|number| seen.get_mut(*number).is_some_and(|seen| !std::mem::replace(seen, true))) {
        walked.push(number);
        let reads = equations.get(number).map(Equation::reads).unwrap_or_default();
        next = reads.into_iter().find(|number| !solution.is_decided(*number));
    }
    let first = walked.iter().position(|number| Some(*number) == next).unwrap_or(0);
    walked.split_off(first)
}

/// The strongly connected components, each after all that it reads. Tarjan's algorithm with a stack of its own.
fn components<V>(equations: &[Equation<V>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; equations.len()];
    let mut lowest = vec![UNSEEN; equations.len()];
    let mut is_open = vec![false; equations.len()];
    let (mut found, mut open, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..equations.len() {
        if order.get(root) != Some(&UNSEEN) {
            continue;
        }
        let mut walk: Vec<(usize, std::vec::IntoIter<usize>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(number) = enter.take() {
                put(&mut order, number, next);
                put(&mut lowest, number, next);
                put(&mut is_open, number, true);
                next += 1;
                open.push(number);
                walk.push((number, equations.get(number).map(Equation::reads).unwrap_or_default().into_iter()));
            }
            let Some((number, reads)) = walk.last_mut() else {
                break;
            };
            let number = *number;
            if let Some(read) = reads.next() {
                if order.get(read) == Some(&UNSEEN) {
                    enter = Some(read);
                } else if is_open.get(read) == Some(&true) {
                    lower_to(&mut lowest, number, order.get(read).copied());
                }
                continue;
            }
            walk.pop();
            let reached = lowest.get(number).copied();
            if let Some((reader, _)) = walk.last() {
                lower_to(&mut lowest, *reader, reached);
            }
            if reached == order.get(number).copied() {
                let first = open.iter().rposition(|open| *open == number).unwrap_or(0);
                let mut component = open.split_off(first);
                sort(&mut component);
                component.iter().for_each(|number| put(&mut is_open, *number, false));
                found.push(component);
            }
        }
    }
    found
}

fn put<T>(list: &mut [T], place: usize, value: T) {
    if let Some(slot) = list.get_mut(place) {
        *slot = value;
    }
}

fn lower_to(list: &mut [usize], place: usize, value: Option<usize>) {
    if let (Some(slot), Some(value)) = (list.get_mut(place), value) {
        *slot = (*slot).min(value);
    }
}
