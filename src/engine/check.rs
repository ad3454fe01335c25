//! Check, depth first with a memo and a stack of its own.
//!
//! Each goal is answered once. A goal met again while it is being answered closes a circle: it counts as *no* for the
//! time being, which makes every value found a lower bound. A lower bound of *yes* is the answer, unless an exclusion
//! took something away on the strength of such a bound; in all other cases the circle goes to [`fixpoint`].

use smallvec::SmallVec;

use super::fixpoint;
use super::query::{CheckError, Goal, Query, reached, without};
use crate::model::{Node, Permissionship, Symbol};
use crate::plan::{MemberId, Rule, Step, StepId, Target};
use crate::schema::ast::ArrowFunction;
use crate::store::RunIter;
use crate::text::hash::Map;

/// Whether the query's subject has the member of the object with that id.
///
/// # Errors
/// Where there is no answer: see [`CheckError`].
pub fn check(query: &Query<'_>, member: MemberId, id: Symbol) -> Result<Permissionship, CheckError> {
    let goal = Goal { member, id };
    let mut search = Search {
        query,
        left: query.budget,
        stack: SmallVec::new(),
        known: Map::default(),
        met_circle: false,
        met_exclusion: false,
    };
    let found = search.run(goal)?;
    let certain = !search.met_circle || (found == Permissionship::HasPermission && !search.met_exclusion);
    if certain { Ok(found) } else { fixpoint::solve(query, search.left, goal) }
}

struct Search<'q, 'a> {
    query: &'q Query<'a>,
    /// Steps of work left.
    left: u64,
    stack: SmallVec<[Frame<'a>; 8]>,
    /// Goals that may be met again; no value while one is being answered.
    known: Map<Goal, Option<Permissionship>>,
    met_circle: bool,
    met_exclusion: bool,
}

/// Work that waits for a value.
enum Frame<'a> {
    /// The value is the goal's own.
    Goal(Goal),
    /// Subjects of a relation that are sets: one of them is enough.
    Sets { rows: RunIter<'a>, best: Permissionship, edge: Permissionship },
    /// Objects that an arrow finds: one of them is enough.
    Any { rows: RunIter<'a>, targets: &'a [Target], best: Permissionship, edge: Permissionship },
    /// Objects that an arrow finds: all of them are needed, and there must be one.
    All { rows: RunIter<'a>, targets: &'a [Target], worst: Option<Permissionship>, edge: Permissionship },
    /// Operands of which one is enough.
    Union { operands: std::slice::Iter<'a, StepId>, object: Goal, best: Permissionship },
    /// Operands that are all needed.
    Intersection { operands: std::slice::Iter<'a, StepId>, object: Goal, worst: Option<Permissionship> },
    /// The operands after the first, which are taken away from it.
    Exclusion { operands: std::slice::Iter<'a, StepId>, object: Goal, rest: Option<Permissionship> },
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

impl<'a> Search<'_, 'a> {
    fn run(&mut self, goal: Goal) -> Result<Permissionship, CheckError> {
        let mut value = self.enter(goal)?;
        while let Some(mut frame) = self.stack.pop() {
            let next = match frame {
                Frame::Goal(goal) => {
                    self.known.insert(goal, value);
                    continue;
                }
                _ => self.advance(&mut frame, value)?,
            };
            value = match next {
                Next::Return(found) => Some(found),
                Next::Goal(goal) => {
                    self.stack.push(frame);
                    self.enter(goal)?
                }
                Next::Step(step, object) => {
                    self.stack.push(frame);
                    self.step(step, object)?
                }
            };
        }
        Ok(value.unwrap_or(NO))
    }

    fn spend(&mut self) -> Result<(), CheckError> {
        self.left = self.left.checked_sub(1).ok_or(CheckError::BudgetExceeded(self.query.budget))?;
        Ok(())
    }

    /// Begins a goal: its value where it is plain, otherwise frames that will find it.
    fn enter(&mut self, mut goal: Goal) -> Result<Option<Permissionship>, CheckError> {
        let query = self.query;
        loop {
            self.spend()?;
            let member = query.member(goal.member)?;
            let node = Query::node(member, goal.id);
            if node == query.subject {
                return Ok(Some(HAS));
            }
            let step = match &member.rule {
                Rule::Relation { holds_sets, wildcards } => return self.relation(goal, &node, *holds_sets, wildcards),
                Rule::Permission(step) => *step,
            };
            if member.is_shallow {
                return self.step(step, goal);
            }
            if let Some(known) = self.begin(goal) {
                return Ok(Some(known));
            }
            // A schema may hold a hundred thousand permissions that only name the next.
            match query.plan.step(step) {
                Some(Step::Member(member)) => goal.member = *member,
                _ => return self.step(step, goal),
            }
        }
    }

    fn relation(
        &mut self,
        goal: Goal,
        node: &Node,
        holds_sets: bool,
        wildcards: &[Symbol],
    ) -> Result<Option<Permissionship>, CheckError> {
        let Some(run) = self.query.snapshot.subjects(node) else {
            return Ok(Some(NO));
        };
        let best = self.query.direct(run, wildcards);
        if best == HAS || !holds_sets {
            return Ok(Some(best));
        }
        if let Some(known) = self.begin(goal) {
            return Ok(Some(known));
        }
        self.stack.push(Frame::Sets { rows: run.iter_from(&Query::FIRST_SET), best, edge: NO });
        Ok(None)
    }

    /// Marks a goal as being answered; its value where it is known, or *no* for now where it is met within itself.
    fn begin(&mut self, goal: Goal) -> Option<Permissionship> {
        match self.known.insert(goal, None) {
            None => {
                self.stack.push(Frame::Goal(goal));
                None
            }
            Some(Some(known)) => {
                self.known.insert(goal, Some(known));
                Some(known)
            }
            Some(None) => {
                self.met_circle = true;
                Some(NO)
            }
        }
    }

    /// Begins an instruction for the object of a goal.
    fn step(&mut self, step: StepId, object: Goal) -> Result<Option<Permissionship>, CheckError> {
        self.spend()?;
        let query = self.query;
        let frame = match query.plan.step(step).ok_or(CheckError::Mismatch)? {
            Step::Nil => return Ok(Some(NO)),
            Step::SelfObject => return Ok(Some(query.is_self(query.member(object.member)?, object.id))),
            Step::Member(member) => return self.enter(Goal { member: *member, id: object.id }),
            Step::Union(operands) => Frame::Union { operands: operands.iter(), object, best: NO },
            Step::Intersection(operands) => Frame::Intersection { operands: operands.iter(), object, worst: None },
            Step::Exclusion(operands) => {
                self.met_exclusion = true;
                Frame::Exclusion { operands: operands.iter(), object, rest: None }
            }
            Step::Arrow { relation, function, targets } => {
                let Some(run) = query.snapshot.subjects(&Query::node(query.member(*relation)?, object.id)) else {
                    return Ok(Some(NO));
                };
                let rows = run.iter();
                match function {
                    ArrowFunction::Any => Frame::Any { rows, targets, best: NO, edge: NO },
                    ArrowFunction::All => Frame::All { rows, targets, worst: None, edge: NO },
                }
            }
        };
        self.stack.push(frame);
        Ok(None)
    }

    /// Goes on with a frame: first with the value it waited for, if any, then to what it needs next.
    fn advance(&mut self, frame: &mut Frame<'a>, value: Option<Permissionship>) -> Result<Next, CheckError> {
        match frame {
            Frame::Goal(_) => Ok(Next::Return(value.unwrap_or(NO))),
            Frame::Sets { rows, best, edge } => {
                *best = value.map_or(*best, |value| value.min(*edge).max(*best));
                self.next_row(rows, *best, edge, |query, row| query.set(row).map(Some))
            }
            Frame::Any { rows, targets, best, edge } => {
                *best = value.map_or(*best, |value| value.min(*edge).max(*best));
                self.next_row(rows, *best, edge, |_, row| Ok(reached(targets, row)))
            }
            Frame::All { rows, targets, worst, edge } => {
                if let Some(value) = value {
                    *worst = Some(value.min(*edge).min(worst.unwrap_or(HAS)));
                }
                if *worst == Some(NO) {
                    return Ok(Next::Return(NO));
                }
                for (row, traits) in rows {
                    self.spend()?;
                    *edge = self.query.worth(traits);
                    if *edge > NO {
                        return Ok(reached(targets, row).map_or(Next::Return(NO), Next::Goal));
                    }
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
                    *rest = Some(rest.map_or(value, |rest| rest.min(without(value))));
                }
                Ok(match operands.next() {
                    Some(operand) if *rest != Some(NO) => Next::Step(*operand, *object),
                    _ => Next::Return(rest.unwrap_or(NO)),
                })
            }
        }
    }

    /// The next row that could raise the best value so far, as a goal; the best value where there is none.
    fn next_row(
        &mut self,
        rows: &mut RunIter<'a>,
        best: Permissionship,
        edge: &mut Permissionship,
        goal: impl Fn(&Query<'a>, &Node) -> Result<Option<Goal>, CheckError>,
    ) -> Result<Next, CheckError> {
        if best == HAS {
            return Ok(Next::Return(best));
        }
        for (row, traits) in rows {
            self.spend()?;
            *edge = self.query.worth(traits);
            if *edge > best
                && let Some(goal) = goal(self.query, row)?
            {
                return Ok(Next::Goal(goal));
            }
        }
        Ok(Next::Return(best))
    }
}
