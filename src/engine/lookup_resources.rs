//! Which resources a subject has a permission on.
//!
//! A walk from the subject backwards along the relationships, over those members only that the permission depends on. What
//! it reaches without a condition, through unions and `any` arrows, has the permission; what it reaches otherwise is a
//! candidate, and is checked. Who is not reached does not have it, so that no type is ever enumerated.

use super::check::check_each;
use super::condition::Worth;
use super::goals::Goals;
use super::query::{Budget, Facts, Goal, Query, QueryError, Stop, wildcard};
use crate::model::{Node, Symbol};
use crate::plan::{Arrows, MemberId, Plan, Reader, Reading, Rule, Step, StepId};
use crate::text::sort_by_text;

/// Which part of all results is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window<'a> {
    /// Only those whose id comes after this one.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// The resources of the member's type that the subject has the member on, by the bytes of their ids, each once; and
/// whether there are more. `subject_id` is the text of the subject's id, which no relationship need name.
///
/// # Errors
/// As [`check`](super::check()), where it is so of any resource looked at.
pub fn lookup_resources(
    query: &Query<'_>,
    member: MemberId,
    subject_id: &str,
    window: Window<'_>,
) -> Result<(Vec<(Symbol, Worth)>, bool), QueryError> {
    let mut budget = Budget::new(query.facts.budget);
    let mut walk = Walk {
        query,
        budget: &mut budget,
        is_needed: needed(query.facts.plan, member)?,
        reached: Goals::default(),
        found: Vec::new(),
        wanted: member,
        certain: Vec::new(),
        uncertain: Vec::new(),
    };
    walk.start()?;
    walk.run()?;
    let Walk { mut reached, found, .. } = walk;
    let text = |id: Symbol| if id == query.subject.id { subject_id } else { query.facts.snapshot.dictionary().text(id) };
    let mut candidates: Vec<(&str, Symbol, bool)> = Vec::with_capacity(found.len());
    for id in found {
        let (shown, certain) = (text(id), reached.add(Goal { member, id }, UNCERTAIN) == Some(CERTAIN));
        if window.after.is_none_or(|after| shown > after) {
            candidates.push((shown, id, certain));
        }
    }
    sort_by_text(&mut candidates, |(id, ..)| id);
    budget.spend(candidates.len())?;
    let mut found = Vec::new();
    let mut rest = candidates.as_slice();
    while !rest.is_empty() {
        // One more than the limit tells whether there are more.
        let wanted = window.limit.map_or(rest.len(), |limit| limit.saturating_add(1) - found.len());
        let (some, after) = rest.split_at_checked(wanted).unwrap_or((rest, &[]));
        rest = after;
        let unsure: Vec<Goal> = some.iter().filter(|(_, _, enough)| !enough).map(|(_, id, _)| Goal { member, id: *id }).collect();
        let mut checked = check_each(query, &unsure, &mut budget).into_iter();
        for (_, id, enough) in some {
            let worth = if *enough { Worth::HAS } else { checked.next().ok_or(QueryError::Mismatch)?? };
            if !worth.is_no() {
                found.push((*id, worth));
            }
        }
        if let Some(limit) = window.limit.filter(|limit| found.len() > *limit) {
            found.truncate(limit);
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

/// Of a goal that was reached.
const UNCERTAIN: u64 = 0;

/// See [`UNCERTAIN`].
const CERTAIN: u64 = 1;

struct Walk<'w, 'a> {
    query: &'w Query<'a>,
    budget: &'w mut Budget,
    /// By the place of the member: whether the member asked for depends on it.
    is_needed: Vec<bool>,
    /// Whether what was reached is [`CERTAIN`] to be the subject's.
    reached: Goals,
    /// What was reached of the member asked for.
    found: Vec<Symbol>,
    wanted: MemberId,
    certain: Vec<Goal>,
    uncertain: Vec<Goal>,
}

impl Walk<'_, '_> {
    /// The goals that the subject is in directly.
    fn start(&mut self) -> Result<(), Stop> {
        let subject = self.query.subject;
        for node in [subject, wildcard(subject.object_type)] {
            self.rows(&node, true)?;
        }
        if subject.relation == Symbol::NONE {
            for reading in self.query.facts.plan.readers().selves() {
                if self.query.facts.member(reading.permission)?.object_type == subject.object_type {
                    self.reach(reading.permission, subject.id, reading.enough)?;
                }
            }
            return Ok(());
        }
        let itself = self.query.facts.set(&subject)?;
        self.reach(itself.member, itself.id, true)
    }

    /// Certain ones first: what they reach need not be walked again.
    fn run(&mut self) -> Result<(), Stop> {
        while let Some(goal) = self.certain.pop().or_else(|| self.uncertain.pop()) {
            let certain = self.reached.add(goal, UNCERTAIN) == Some(CERTAIN);
            self.leave(goal, certain)?;
        }
        Ok(())
    }

    /// Goes on from a goal to all that it grants.
    fn leave(&mut self, goal: Goal, certain: bool) -> Result<(), Stop> {
        let facts = self.query.facts;
        let member = facts.member(goal.member)?;
        self.rows(&Facts::node(member, goal.id), certain)?;
        for reader in facts.plan.readers().of(goal.member) {
            self.budget.spend(1)?;
            match reader {
                Reader::Same(Reading { permission, enough }) => self.reach(*permission, goal.id, certain && *enough)?,
                Reader::Arrow { arrows, subject_relations } => {
                    let arrows = facts.plan.readers().arrows(*arrows).ok_or(Stop::Mismatch)?;
                    if !arrows.permissions.iter().any(|reading| self.needs(reading.permission)) {
                        continue;
                    }
                    for relation in std::iter::once(Symbol::NONE).chain(subject_relations.iter().copied()) {
                        let subject = Node { relation, object_type: member.object_type, id: goal.id };
                        self.rows_of(&subject, arrows, certain)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The relations that a subject stands in.
    fn rows(&mut self, subject: &Node, certain: bool) -> Result<(), Stop> {
        let facts = self.query.facts;
        let Some(run) = facts.snapshot.resources(subject) else {
            return Ok(());
        };
        let mut rows = run.iter();
        let mut last: Option<MemberId> = None;
        while let Some((row, _)) = rows.next() {
            self.budget.spend(1)?;
            let relation = match last {
                Some(last) if facts.member(last)?.is_of(&row) => last,
                Some(_) | None => *last.insert(facts.set(&row)?.member),
            };
            if !self.needs(relation) {
                // All the rows of a relation stand together.
                rows = run.iter_from(&Node { id: Symbol::GHOST, ..row });
                continue;
            }
            let worth = self.edge(relation, &row, subject)?;
            if !worth.is_no() {
                self.reach(relation, row.id, certain && worth.is_has())?;
            }
        }
        Ok(())
    }

    /// The objects that have the subject in one relation, and their permissions.
    fn rows_of(&mut self, subject: &Node, arrows: &Arrows, certain: bool) -> Result<(), Stop> {
        let facts = self.query.facts;
        let relation = arrows.relation;
        let first = Facts::node(facts.member(relation)?, Symbol::NONE);
        let rows = facts.snapshot.resources(subject).map(|run| run.iter_from(&first));
        for (row, _) in rows.into_iter().flatten() {
            if (row.relation, row.object_type) != (first.relation, first.object_type) {
                break;
            }
            self.budget.spend(1)?;
            let worth = self.edge(relation, &row, subject)?;
            if !worth.is_no() {
                for reading in &arrows.permissions {
                    self.reach(reading.permission, row.id, certain && worth.is_has() && reading.enough)?;
                }
            }
        }
        Ok(())
    }

    /// What a row that is there is worth. Rows are indexed in both directions, with caveat and expiration in one of them.
    fn edge(&self, relation: MemberId, resource: &Node, subject: &Node) -> Result<Worth, Stop> {
        if let Rule::Relation { is_plain: true, .. } = self.query.facts.member(relation)?.rule {
            return Ok(Worth::HAS);
        }
        let edge = self.query.facts.snapshot.edge(resource, subject);
        Ok(edge.map_or(Worth::NO, |edge| self.query.facts.worth(edge)))
    }

    fn needs(&self, member: MemberId) -> bool {
        self.is_needed.get(member.place()) == Some(&true)
    }

    fn reach(&mut self, member: MemberId, id: Symbol, certain: bool) -> Result<(), Stop> {
        self.budget.spend(1)?;
        let goal = Goal { member, id };
        if !self.needs(member) {
            return Ok(());
        }
        match self.reached.add(goal, if certain { CERTAIN } else { UNCERTAIN }) {
            None if member == self.wanted => self.found.push(id),
            None => {}
            Some(known) if known == CERTAIN || !certain => return Ok(()),
            Some(_) => self.reached.set(goal, CERTAIN),
        }
        if certain {
            self.certain.push(goal)
        } else {
            self.uncertain.push(goal)
        }
        Ok(())
    }
}

/// Which members the walk to a member can pass through, itself included: the first operands of intersections, the bases of
/// exclusions.
fn needed(plan: &Plan, member: MemberId) -> Result<Vec<bool>, QueryError> {
    let mut needed = vec![false; plan.len()];
    let mut open = vec![member];
    while let Some(member) = open.pop() {
        if needed.get_mut(member.place()).is_none_or(|needed| std::mem::replace(needed, true)) {
            continue;
        }
        match &plan.member(member).ok_or(QueryError::Mismatch)?.rule {
            Rule::Relation { sets, .. } => open.extend(sets),
            Rule::Permission(step) => read_by(plan, *step, &mut open)?,
        }
    }
    Ok(needed)
}

/// The members of an instruction that the walk can come from.
fn read_by(plan: &Plan, step: StepId, members: &mut Vec<MemberId>) -> Result<(), QueryError> {
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        match plan.step(step).ok_or(QueryError::Mismatch)? {
            Step::Nil | Step::SelfObject => {}
            Step::Member(member) => members.push(*member),
            Step::Arrow { targets, .. } => members.extend(targets.iter().map(|target| target.member)),
            Step::Union(operands) => open.extend(operands),
            Step::Intersection(operands) | Step::Exclusion(operands) => open.extend(operands.first()),
        }
    }
    Ok(())
}
