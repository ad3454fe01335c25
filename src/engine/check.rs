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
use crate::model::{Node, Permissionship, Symbol};
use crate::plan::{self, MemberId, Rule, Step, StepId};
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
    stack: SmallVec<[Frame<'a>; 8]>,
    /// Goals that may be met again, by number their levels, or [`OPEN`].
    known: Goals,
    met_circle: bool,
    met_exclusion: bool,
    /// Relations with sets that were met: the first few are looked through.
    met_sets: u32,
    /// The sets that the subject is in, once that pays.
    groups: Option<Groups<'a>>,
}

/// How many relations with sets are looked through before it is found out which sets the subject is in.
const FEW_SETS: u32 = 2;

/// Work that waits for a value.
enum Frame<'a> {
    /// The value is the goal's own.
    Goal(Goal),
    /// Subjects of a relation that are sets, or objects that an arrow finds: one of them is enough.
    Any { rows: RunIter<'a>, leads: Leads<'a>, best: Permissionship, edge: Permissionship },
    /// Objects that an arrow finds: all of them are needed, and there must be one.
    All { rows: RunIter<'a>, targets: &'a [plan::Target], worst: Option<Permissionship>, edge: Permissionship },
    /// Operands of which one is enough.
    Union { operands: std::slice::Iter<'a, StepId>, object: Goal, best: Permissionship },
    /// Operands that are all needed.
    Intersection { operands: std::slice::Iter<'a, StepId>, object: Goal, worst: Option<Permissionship> },
    /// The operands after the first, which are taken away from it.
    Exclusion { operands: std::slice::Iter<'a, StepId>, object: Goal, rest: Option<Permissionship> },
}

/// Where a row leads.
#[derive(Clone, Copy)]
enum Leads<'a> {
    /// To the set that its subject is, one of these.
    Set(&'a [MemberId]),
    /// To a member of its object, by the object's type.
    Object(&'a [plan::Target]),
}

/// What a frame does next.
enum Next {
    Return(Permissionship),
    Goal(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
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
        let mut value = self.enter(goal)?;
        while let Some(frame) = self.stack.last_mut() {
            let next = match frame {
                Frame::Goal(goal) => {
                    let found = value.unwrap_or(NO);
                    self.known.set(*goal, number(found));
                    Next::Return(found)
                }
                _ => advance(frame, value, self.query.facts, self.budget)?,
            };
            value = match next {
                Next::Return(found) => {
                    // Not `pop`, which would move the frame.
                    self.stack.truncate(self.stack.len() - 1);
                    Some(found)
                }
                Next::Goal(goal) => self.enter(goal)?,
                Next::Step(step, object) => self.step(step, object)?,
            };
        }
        Ok(value.unwrap_or(NO))
    }

    /// Begins a goal: its value where it is plain, otherwise frames that will find it.
    fn enter(&mut self, mut goal: Goal) -> Result<Option<Permissionship>, Stop> {
        let query = self.query;
        loop {
            self.budget.spend(1)?;
            let member = query.facts.member(goal.member)?;
            let node = Facts::node(member, goal.id);
            if node == query.subject {
                return Ok(Some(HAS));
            }
            let step = match &member.rule {
                Rule::Relation { sets, is_closed: true, .. } if !sets.is_empty() && self.knows_groups()? => {
                    let holds = self.groups.as_ref().is_some_and(|groups| groups.are_in(&node));
                    return Ok(Some(if holds { HAS } else { NO }));
                }
                Rule::Relation { sets, wildcards, .. } => return Ok(self.relation(goal, &node, sets, wildcards)),
                Rule::Permission(step) => *step,
            };
            if member.is_shallow {
                return self.step(step, goal);
            }
            if let Some(known) = self.begin(goal) {
                return Ok(Some(known));
            }
            // A schema may hold a hundred thousand permissions that only name the next.
            match query.facts.plan.step(step) {
                Some(Step::Member(member)) => goal.member = *member,
                _ => return self.step(step, goal),
            }
        }
    }

    #[inline(always)]
    fn relation(&mut self, goal: Goal, node: &Node, sets: &'a [MemberId], wildcards: &[Symbol]) -> Option<Permissionship> {
        let facts = self.query.facts;
        let Some(run) = facts.snapshot.subjects(node) else { return Some(NO) };
        let mut best = run.find(&self.subject).map_or(NO, |edge| facts.worth(edge).level());
        let object_type = self.query.subject.object_type;
        if best != HAS && wildcards.contains(&object_type) {
            best = run.get(&wildcard(object_type)).map_or(best, |edge| facts.worth(edge).level().max(best));
        }
        if best == HAS || sets.is_empty() {
            return Some(best);
        }
        let Some(rows) = run.sets() else { return Some(best) };
        if let Some(known) = self.begin(goal) {
            return Some(known);
        }
        self.stack.push(Frame::Any { rows, leads: Leads::Set(sets), best, edge: NO });
        None
    }

    /// Whether it is known which sets the subject is in. Found out when more than a few relations with sets were met.
    #[inline(always)]
    fn knows_groups(&mut self) -> Result<bool, Stop> {
        self.met_sets = self.met_sets.saturating_add(1);
        if self.met_sets == FEW_SETS + 1 {
            self.find_groups()?;
        }
        Ok(self.groups.is_some())
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
    fn step(&mut self, step: StepId, object: Goal) -> Result<Option<Permissionship>, Stop> {
        self.budget.spend(1)?;
        let query = self.query;
        let frame = match query.facts.step(step)? {
            Step::Nil => return Ok(Some(NO)),
            Step::SelfObject => return Ok(Some(query.is_self(query.facts.member(object.member)?, object.id).level())),
            Step::Member(member) => return self.enter(Goal { member: *member, id: object.id }),
            Step::Union(operands) => Frame::Union { operands: operands.iter(), object, best: NO },
            Step::Intersection(operands) => Frame::Intersection { operands: operands.iter(), object, worst: None },
            Step::Exclusion(operands) => {
                self.met_exclusion = true;
                Frame::Exclusion { operands: operands.iter(), object, rest: None }
            }
            Step::Arrow { relation, function, targets } => {
                let Some(run) = query.facts.rows(*relation, object.id)? else {
                    return Ok(Some(NO));
                };
                let rows = run.iter();
                match function {
                    ArrowFunction::Any => Frame::Any { rows, leads: Leads::Object(targets), best: NO, edge: NO },
                    ArrowFunction::All => Frame::All { rows, targets, worst: None, edge: NO },
                }
            }
        };
        self.stack.push(frame);
        Ok(None)
    }
}

/// Goes on with a frame: first with the value it waited for, if any, then to what it needs next.
fn advance<'a>(
    frame: &mut Frame<'a>,
    value: Option<Permissionship>,
    facts: Facts<'a>,
    budget: &mut Budget,
) -> Result<Next, Stop> {
    match frame {
        Frame::Goal(_) => Ok(Next::Return(value.unwrap_or(NO))),
        Frame::Any { rows, leads, best, edge } => {
            *best = value.map_or(*best, |value| value.min(*edge).max(*best));
            if *best == HAS {
                return Ok(Next::Return(HAS));
            }
            while let Some((row, traits)) = rows.step() {
                budget.spend(1)?;
                *edge = facts.worth(traits).level();
                // Only a row that could raise the best value so far.
                if *edge > *best
                    && let Some(goal) = leads.goal(facts, &row)?
                {
                    return Ok(Next::Goal(goal));
                }
            }
            Ok(Next::Return(*best))
        }
        Frame::All { rows, targets, worst, edge } => {
            if let Some(value) = value {
                *worst = Some(value.min(*edge).min(worst.unwrap_or(HAS)));
            }
            if *worst == Some(NO) {
                return Ok(Next::Return(NO));
            }
            for (row, traits) in rows {
                budget.spend(1)?;
                if !facts.conditions.is_live(traits) {
                    continue;
                }
                *edge = facts.worth(traits).level();
                return Ok(match reached(targets, &row) {
                    Some(goal) if *edge > NO => Next::Goal(goal),
                    Some(_) | None => Next::Return(NO),
                });
            }
            Ok(Next::Return(worst.unwrap_or(NO)))
        }
        Frame::Union { operands, object, best } => {
            *best = value.map_or(*best, |value| value.max(*best));
            Ok(match operands.next() {
                Some(operand) if *best < HAS => Next::Step(*operand, *object),
                _ => Next::Return(*best),
            })
        }
        Frame::Intersection { operands, object, worst } => {
            if let Some(value) = value {
                *worst = Some(value.min(worst.unwrap_or(HAS)));
            }
            Ok(match operands.next() {
                Some(operand) if *worst != Some(NO) => Next::Step(*operand, *object),
                _ => Next::Return(worst.unwrap_or(NO)),
            })
        }
        Frame::Exclusion { operands, object, rest } => {
            if let Some(value) = value {
                *rest = Some(rest.map_or(value, |rest| rest.min(opposite(value))));
            }
            Ok(match operands.next() {
                Some(operand) if *rest != Some(NO) => Next::Step(*operand, *object),
                _ => Next::Return(rest.unwrap_or(NO)),
            })
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
