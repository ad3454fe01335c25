//! Check, depth first with a memo and a stack of its own.
//!
//! Each goal is answered once. A goal met again while it is being answered closes a circle: it counts as *no* for the
//! time being, which makes every value found a lower bound. A lower bound of *yes* is the answer, unless an exclusion
//! took something away on the strength of such a bound; in all other cases the circle goes to a [`System`]. So does what is
//! conditional: the system says what it misses.

use smallvec::SmallVec;

use super::condition::Worth;
use super::goals::Goals;
use super::query::{Budget, Facts, Goal, Query, QueryError, Stop, reached, wildcard};
use super::system::System;
use crate::model::{Node, Permissionship};
use crate::plan::{self, Member, MemberId, Rule, Step, StepId};
use crate::schema::ast::ArrowFunction;
use crate::store::{Groups, RunIter, Target};

/// What the goal is worth for the query's subject.
///
/// # Errors
/// Where there is no answer: see [`QueryError`].
pub fn check(query: &Query<'_>, goal: Goal) -> Result<Worth, QueryError> {
    let mut budget = Budget::new(query.facts.budget);
    match Search::new(query, &mut budget).answer(goal)? {
        Some(worth) => Ok(worth),
        None => System::of(query, &[goal], &mut budget)?.worth(goal),
    }
}

/// What each of the goals is worth for the query's subject, or why it has no answer. What they have in common is looked at
/// once, and they share the budget: where it ends, the goals not answered yet are errors.
#[must_use]
pub fn check_all(query: &Query<'_>, goals: &[Goal]) -> Vec<Result<Worth, QueryError>> {
    check_each(query, goals, &mut Budget::new(query.facts.budget))
}

/// As [`check_all`], with what is left of a budget.
pub(super) fn check_each(query: &Query<'_>, goals: &[Goal], budget: &mut Budget) -> Vec<Result<Worth, QueryError>> {
    let mut search = Search::new(query, budget);
    let mut found = Vec::with_capacity(goals.len());
    for goal in goals {
        // What was found in a circle is not certain, so nothing can be built on what is remembered after one.
        let worth = if search.met_circle { Ok(None) } else { search.answer(*goal).map_err(QueryError::from) };
        found.push(worth);
    }
    let is_open = |found: &Result<Option<Worth>, QueryError>| matches!(found, Ok(None));
    let open: Vec<Goal> = goals.iter().zip(&found).filter(|(_, found)| is_open(found)).map(|(goal, _)| *goal).collect();
    let system = if open.is_empty() { None } else { Some(System::of(query, &open, budget)) };
    let worth = |goal: Goal| match &system {
        Some(Ok(system)) => system.worth(goal),
        Some(Err(error)) => Err(error.clone()),
        None => Err(QueryError::Mismatch),
    };
    found.into_iter().zip(goals).map(|(found, goal)| found?.map_or_else(|| worth(*goal), Ok)).collect()
}

struct Search<'q, 'a> {
    query: &'q Query<'a>,
    subject: Target<'a>,
    budget: &'q mut Budget,
    stack: SmallVec<[Frame<'a>; 16]>,
    /// Goals that may be met again, by number their levels, or [`OPEN`].
    known: Goals,
    met_circle: bool,
    met_exclusion: bool,
    /// Relations that hold sets that were met: the first few are looked through.
    met_sets: u32,
    /// The sets that the subject is in, once that pays.
    groups: Option<Groups<'a>>,
}

/// How many relations that hold sets are looked through before it is found out which sets the subject is in.
const FEW_SETS: u32 = 1;

/// Work that waits for a value.
enum Frame<'a> {
    /// The value is the goal's own.
    Goal(Goal),
    /// Subjects of a relation that are sets, or objects that an arrow finds: one of them is enough.
    Any { rows: RunIter<'a>, leads: Leads<'a>, best: Permissionship, edge: Permissionship },
    /// Objects that an arrow finds: all of them are needed, and there must be one.
    All { rows: RunIter<'a>, targets: &'a [plan::Target], worst: Option<Permissionship>, edge: Permissionship },
    /// The operands after the one that is waited for.
    Operands(Operands<'a>),
}

/// Operands for the object of a goal that are still to be looked at, and what those before them come to.
#[derive(Clone, Copy)]
struct Operands<'a> {
    rest: &'a [StepId],
    object: Goal,
    /// How the next is put together with those before it.
    fold: Fold,
    held: Permissionship,
}

/// How operands are put together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// One of them is enough.
    Union,
    /// All of them are needed.
    Intersection,
    /// The first, from which the others are taken away.
    Exclusion,
    /// The others.
    Taken,
}

/// Where a row leads.
#[derive(Clone, Copy)]
enum Leads<'a> {
    /// To the set that its subject is, one of these.
    Set(&'a [MemberId]),
    /// To a member of its object, by the object's type.
    Object(&'a [plan::Target]),
}

/// What is done next.
enum Next {
    Return(Permissionship),
    Goal(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
    /// The frame on top, which waits for nothing.
    Frame,
}

/// What a relation comes to.
enum Found<'a> {
    Level(Permissionship),
    /// At least the level; it depends on these sets.
    Sets {
        rows: RunIter<'a>,
        sets: &'a [MemberId],
        best: Permissionship,
    },
}

const NO: Permissionship = Permissionship::NoPermission;
const HAS: Permissionship = Permissionship::HasPermission;

/// The number of a goal that is being answered.
const OPEN: u64 = 3;

/// The number of a level.
#[inline(always)]
fn number(level: Permissionship) -> u64 {
    match level {
        Permissionship::NoPermission => 0,
        Permissionship::ConditionalPermission => 1,
        Permissionship::HasPermission => 2,
    }
}

impl<'q, 'a> Search<'q, 'a> {
    #[inline(always)]
    fn new(query: &'q Query<'a>, budget: &'q mut Budget) -> Self {
        let subject = query.facts.snapshot.target(query.subject);
        let (stack, known) = (SmallVec::new(), Goals::default());
        Self { query, subject, budget, stack, known, met_circle: false, met_exclusion: false, met_sets: 0, groups: None }
    }

    /// What the goal is worth, unless that is for a [`System`] to say: in a circle, or where something is missing.
    fn answer(&mut self, goal: Goal) -> Result<Option<Worth>, Stop> {
        let found = self.run(goal)?;
        let certain = !self.met_circle || (found == HAS && !self.met_exclusion);
        Ok(match found {
            Permissionship::HasPermission if certain => Some(Worth::HAS),
            Permissionship::NoPermission if certain => Some(Worth::NO),
            Permissionship::NoPermission | Permissionship::ConditionalPermission | Permissionship::HasPermission => None,
        })
    }

    fn run(&mut self, goal: Goal) -> Result<Permissionship, Stop> {
        let mut next = Next::Goal(goal);
        loop {
            next = match next {
                Next::Goal(goal) => self.enter(goal)?,
                Next::Step(step, object) => self.step(step, object)?,
                Next::Frame => self.resume(None)?,
                Next::Return(found) if self.stack.is_empty() => return Ok(found),
                Next::Return(found) => self.resume(Some(found))?,
            };
        }
    }

    /// Begins a goal: its value where it is plain, otherwise what will find it.
    fn enter(&mut self, mut goal: Goal) -> Result<Next, Stop> {
        let facts = self.query.facts;
        loop {
            self.budget.spend(1)?;
            let member = facts.member(goal.member)?;
            let Rule::Permission(step) = &member.rule else {
                return match self.relation(goal, member)? {
                    Found::Level(level) => Ok(Next::Return(level)),
                    Found::Sets { rows, sets, best } => self.sets(goal, rows, sets, best),
                };
            };
            if Facts::node(member, goal.id) == self.query.subject {
                return Ok(Next::Return(HAS));
            }
            if member.is_shallow {
                return Ok(Next::Step(*step, goal));
            }
            if let Some(known) = self.begin(goal) {
                return Ok(Next::Return(known));
            }
            // A schema may hold a hundred thousand permissions that only name the next.
            match facts.plan.step(*step) {
                Some(Step::Member(member)) => goal.member = *member,
                _ => return Ok(Next::Step(*step, goal)),
            }
        }
    }

    /// What the subject has of a relation, as far as that shows without a look at other relations.
    fn relation(&mut self, goal: Goal, member: &'a Member) -> Result<Found<'a>, Stop> {
        let Query { facts, subject } = self.query;
        let node = Facts::node(member, goal.id);
        if node == *subject {
            return Ok(Found::Level(HAS));
        }
        let Rule::Relation { sets, wildcards, is_closed, .. } = &member.rule else { return Err(Stop::Mismatch) };
        let is_closed = *is_closed && !sets.is_empty();
        if is_closed && let Some(level) = self.by_groups(&node) {
            return Ok(Found::Level(level));
        }
        // By reference: to move it would be to copy it.
        let run = &facts.snapshot.subjects(&node);
        let Some(run) = run else { return Ok(Found::Level(NO)) };
        let mut best = run.find(&self.subject).map_or(NO, |edge| facts.worth(edge).level());
        let object_type = subject.object_type;
        if best != HAS && wildcards.contains(&object_type) {
            best = run.get(&wildcard(object_type)).map_or(best, |edge| facts.worth(edge).level().max(best));
        }
        if best == HAS || sets.is_empty() {
            return Ok(Found::Level(best));
        }
        let Some(rows) = run.sets() else { return Ok(Found::Level(best)) };
        if is_closed {
            self.met_sets = self.met_sets.saturating_add(1);
            if self.met_sets == FEW_SETS + 1 {
                self.find_groups()?;
                if let Some(level) = self.by_groups(&node) {
                    return Ok(Found::Level(level));
                }
            }
        }
        Ok(Found::Sets { rows, sets, best })
    }

    /// Begins to look through the sets of a relation.
    fn sets(&mut self, goal: Goal, rows: RunIter<'a>, sets: &'a [MemberId], best: Permissionship) -> Result<Next, Stop> {
        if let Some(known) = self.begin(goal) {
            return Ok(Next::Return(known));
        }
        let leads = Leads::Set(sets);
        if best == NO
            && let Some(row) = rows.only()
        {
            return Ok(leads.goal(self.query.facts, &row)?.map_or(Next::Return(NO), Next::Goal));
        }
        self.stack.push(Frame::Any { rows, leads, best, edge: NO });
        Ok(Next::Frame)
    }

    /// What the subject has of a closed relation, where it is known which sets the subject is in.
    #[inline(always)]
    fn by_groups(&self, node: &Node) -> Option<Permissionship> {
        match &self.groups {
            Some(groups) if groups.are_in(node) => Some(HAS),
            Some(_) => Some(NO),
            None => None,
        }
    }

    #[inline(never)]
    fn find_groups(&mut self) -> Result<(), Stop> {
        let Query { facts, subject } = *self.query;
        let kinds = facts.plan.closed_sets();
        self.groups = Groups::of(facts.snapshot, &[subject, wildcard(subject.object_type)], kinds);
        self.budget.spend(kinds.len())
    }

    /// Marks a goal as being answered; its value where it is known, or *no* for now where it is met within itself.
    #[inline(always)]
    fn begin(&mut self, goal: Goal) -> Option<Permissionship> {
        match self.known.add(goal, OPEN) {
            None => {
                self.stack.push(Frame::Goal(goal));
                None
            }
            Some(OPEN) => {
                self.met_circle = true;
                Some(NO)
            }
            Some(1) => Some(Permissionship::ConditionalPermission),
            Some(2) => Some(HAS),
            Some(_) => Some(NO),
        }
    }

    /// Begins an instruction for the object of a goal.
    fn step(&mut self, step: StepId, object: Goal) -> Result<Next, Stop> {
        self.budget.spend(1)?;
        let query = self.query;
        let (fold, held, rest) = match query.facts.step(step)? {
            Step::Nil => return Ok(Next::Return(NO)),
            Step::SelfObject => return Ok(Next::Return(query.is_self(query.facts.member(object.member)?, object.id).level())),
            Step::Member(member) => return Ok(Next::Goal(Goal { member: *member, id: object.id })),
            Step::Union(operands) => (Fold::Union, NO, operands),
            Step::Intersection(operands) => (Fold::Intersection, HAS, operands),
            Step::Exclusion(operands) => {
                self.met_exclusion = true;
                (Fold::Exclusion, HAS, operands)
            }
            Step::Arrow { relation, function, targets } => {
                let Some(run) = query.facts.rows(*relation, object.id)? else {
                    return Ok(Next::Return(NO));
                };
                let rows = run.iter();
                if let Some(row) = rows.only() {
                    return Ok(reached(targets, &row).map_or(Next::Return(NO), Next::Goal));
                }
                self.stack.push(match function {
                    ArrowFunction::Any => Frame::Any { rows, leads: Leads::Object(targets), best: NO, edge: NO },
                    ArrowFunction::All => Frame::All { rows, targets, worst: None, edge: NO },
                });
                return Ok(Next::Frame);
            }
        };
        if rest.is_empty() { Ok(Next::Return(NO)) } else { self.operands(Operands { rest, object, fold, held }) }
    }

    /// Looks at operands, until one of them takes more than a look. The last is all that counts where those before it decide nothing.
    fn operands(&mut self, mut operands: Operands<'a>) -> Result<Next, Stop> {
        let facts = self.query.facts;
        while let Some((step, rest)) = operands.rest.split_first() {
            operands.rest = rest;
            let is_last = rest.is_empty() && operands.fold.starts_at() == Some(operands.held);
            let object = operands.object;
            if let Step::Member(id) = facts.step(*step)?
                && let member = facts.member(*id)?
                && matches!(member.rule, Rule::Relation { .. })
            {
                self.budget.spend(1)?;
                let goal = Goal { member: *id, id: object.id };
                match self.relation(goal, member)? {
                    Found::Level(level) => {
                        if operands.take(level) {
                            break;
                        }
                    }
                    Found::Sets { rows, sets, best } => {
                        if !is_last {
                            self.stack.push(Frame::Operands(operands));
                        }
                        return self.sets(goal, rows, sets, best);
                    }
                }
            } else {
                if !is_last {
                    self.stack.push(Frame::Operands(operands));
                }
                return Ok(Next::Step(*step, object));
            }
        }
        Ok(Next::Return(operands.held))
    }

    /// Goes on with the frame on top: first with the value it waited for, if any, then to what it needs next.
    fn resume(&mut self, value: Option<Permissionship>) -> Result<Next, Stop> {
        let facts = self.query.facts;
        let found = match self.stack.last_mut() {
            None => NO,
            Some(Frame::Goal(goal)) => {
                let found = value.unwrap_or(NO);
                self.known.set(*goal, number(found));
                found
            }
            Some(Frame::Operands(operands)) => {
                let mut operands = *operands;
                self.pop();
                let is_decided = value.is_some_and(|value| operands.take(value));
                return if is_decided { Ok(Next::Return(operands.held)) } else { self.operands(operands) };
            }
            Some(Frame::Any { rows, leads, best, edge }) => {
                *best = value.map_or(*best, |value| value.min(*edge).max(*best));
                while *best != HAS
                    && let Some((row, traits)) = rows.step()
                {
                    self.budget.spend(1)?;
                    *edge = facts.worth(traits).level();
                    // Only a row that could raise the best value so far.
                    if *edge > *best
                        && let Some(goal) = leads.goal(facts, &row)?
                    {
                        return Ok(Next::Goal(goal));
                    }
                }
                *best
            }
            Some(Frame::All { rows, targets, worst, edge }) => {
                if let Some(value) = value {
                    *worst = Some(value.min(*edge).min(worst.unwrap_or(HAS)));
                }
                while *worst != Some(NO)
                    && let Some((row, traits)) = rows.step()
                {
                    self.budget.spend(1)?;
                    if !facts.conditions.is_live(traits) {
                        continue;
                    }
                    *edge = facts.worth(traits).level();
                    match reached(targets, &row) {
                        Some(goal) if *edge > NO => return Ok(Next::Goal(goal)),
                        Some(_) | None => *worst = Some(NO),
                    }
                }
                worst.unwrap_or(NO)
            }
        };
        self.pop();
        Ok(Next::Return(found))
    }

    /// Not `pop` of the stack, which would move the frame.
    fn pop(&mut self) {
        self.stack.truncate(self.stack.len().saturating_sub(1));
    }
}

impl Operands<'_> {
    /// Takes in the value of an operand; whether those after it can change nothing.
    #[inline(always)]
    fn take(&mut self, value: Permissionship) -> bool {
        match self.fold {
            Fold::Union => {
                self.held = self.held.max(value);
                return self.held == HAS;
            }
            Fold::Intersection => self.held = self.held.min(value),
            Fold::Exclusion => {
                self.held = value;
                self.fold = Fold::Taken;
            }
            Fold::Taken => self.held = self.held.min(opposite(value)),
        }
        self.held == NO
    }
}

impl Fold {
    /// What is held before anything was taken in, where the next value is then what comes out.
    #[inline(always)]
    fn starts_at(self) -> Option<Permissionship> {
        match self {
            Self::Union => Some(NO),
            Self::Intersection => Some(HAS),
            Self::Exclusion | Self::Taken => None,
        }
    }
}

impl Leads<'_> {
    #[inline(always)]
    fn goal(self, facts: Facts<'_>, row: &Node) -> Result<Option<Goal>, Stop> {
        match self {
            Self::Object(targets) => Ok(reached(targets, row)),
            Self::Set([only]) if facts.member(*only)?.is_of(row) => Ok(Some(Goal { member: *only, id: row.id })),
            Self::Set(_) => facts.set(row).map(Some),
        }
    }
}

/// What remains of something certain once this is taken away.
fn opposite(taken: Permissionship) -> Permissionship {
    match taken {
        Permissionship::NoPermission => Permissionship::HasPermission,
        Permissionship::ConditionalPermission => Permissionship::ConditionalPermission,
        Permissionship::HasPermission => Permissionship::NoPermission,
    }
}
