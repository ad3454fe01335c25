//! Why an answer is what it is: every place that was looked at, with what was found there.
//!
//! Nothing is cut short: where one operand of a union is enough, the others are shown too. The shape is SpiceDB's
//! (`CheckDebugTrace`): a place is a member of an object, and below it are the places that it reads; operators are not
//! places.

use super::condition::{Conditions, Evaluation, Worth};
use super::expand::as_written;
use super::formula::formula;
use super::query::{Budget, Facts, Goal, Query, QueryError, reached, wildcard};
use super::system::{System, Unknown};
use crate::model::limits::MAX_TRACE_NODES;
use crate::model::{Context, Node};
use crate::plan::{Rule, Step, StepId};
use crate::store::Edge;
use crate::text::Listed;
use crate::text::hash::{Map, Set};

/// Every place looked at, the goal first and each before what is below it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The places.
    pub nodes: Vec<TraceNode>,
}

/// A place.
#[derive(Clone, Debug)]
pub struct TraceNode {
    /// The place above, by its number.
    pub parent: Option<usize>,
    /// The object and its member.
    pub node: Node,
    /// Whether the member is a permission.
    pub is_permission: bool,
    /// What it is worth to the subject; nothing where that depends on its own negation.
    pub worth: Option<Worth>,
    /// The caveats that it depends on.
    pub caveat: Option<TraceCaveat>,
    /// The rows that name the subject.
    pub rows: Vec<MatchedRow>,
    /// Whether it is taken away from what the place above has.
    pub is_subtracted: bool,
    /// Where it is met within itself: the way from there to here, both ends included.
    pub circle: Vec<Node>,
    /// Whether it is shown with all below it further up, and here not again.
    pub is_shown_above: bool,
}

/// The caveats on which a place depends.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceCaveat {
    /// All of them, joined as the graph joins them; nothing where that is too long to say.
    pub expression: Option<String>,
    /// The values they were evaluated with. Where two have different values of one name, the later are `name__2` and so on.
    pub context: Context,
    /// The caveat's name, where there is one only.
    pub name: Option<String>,
}

/// A row that names the subject, or everyone of its type.
#[derive(Clone, Debug)]
pub struct MatchedRow {
    /// The subject of the row.
    pub subject: Node,
    /// What became of it.
    pub state: RowState,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub enum RowState {
    /// It holds.
    Holds,
    /// It has expired.
    Expired,
    /// What its caveat came to.
    Caveat(Evaluation),
}

/// The trace of a goal for the query's subject, and what the goal is worth.
///
/// # Errors
/// Where it takes more work than the budget or has more than [`MAX_TRACE_NODES`] places. An answer that depends on its own
/// negation is no error of the trace, which shows the circle.
pub fn trace(query: &Query<'_>, goal: Goal) -> Result<(Trace, Result<Worth, QueryError>), QueryError> {
    let mut budget = Budget::new(query.facts.budget);
    let system = System::of(query, &[goal], &mut budget)?;
    let conditions = Conditions::undecided(query.facts.plan, query.facts.conditions.now());
    let undecided = Query { facts: Facts { conditions: &conditions, ..query.facts }, ..*query };
    let undecided = System::of(&undecided, &[goal], &mut budget)?;
    let mut tracer = Tracer { query, system: &system, undecided: &undecided, trace: Trace::default(), shown: Set::default() };
    tracer.run(goal)?;
    Ok((tracer.trace, system.worth(goal)))
}

struct Tracer<'t, 'a> {
    query: &'t Query<'a>,
    system: &'t System<'a>,
    /// The same question with every caveat undecided: what depends on one is conditional there.
    undecided: &'t System<'t>,
    trace: Trace,
    shown: Set<Goal>,
}

/// Something to do, last first.
enum Task {
    Show(Child, Option<usize>),
    /// All below a goal is shown.
    Leave(Goal),
}

/// What a place reads.
#[derive(Clone, Copy)]
struct Child {
    goal: Goal,
    is_subtracted: bool,
}

impl Tracer<'_, '_> {
    fn run(&mut self, goal: Goal) -> Result<(), QueryError> {
        // Goals that are being shown, in order, and where each stands among them.
        let (mut path, mut places): (Vec<Goal>, Map<Goal, usize>) = (Vec::new(), Map::default());
        let mut tasks = vec![Task::Show(Child { goal, is_subtracted: false }, None)];
        while let Some(task) = tasks.pop() {
            let (child, parent) = match task {
                Task::Show(child, parent) => (child, parent),
                Task::Leave(goal) => {
                    path.pop();
                    places.remove(&goal);
                    continue;
                }
            };
            let number = self.trace.nodes.len();
            if number >= MAX_TRACE_NODES {
                return Err(QueryError::TraceTooLong(MAX_TRACE_NODES));
            }
            let mut node = self.node(child, parent)?;
            if let Some(first) = places.get(&child.goal) {
                let circle = path.iter().skip(*first).chain(std::iter::once(&child.goal));
                node.circle = circle.map(|goal| self.query.facts.goal_node(*goal)).listed_or()?;
            } else if !self.shown.insert(child.goal) {
                node.is_shown_above = true;
            } else {
                places.insert(child.goal, path.len());
                path.push(child.goal);
                tasks.push(Task::Leave(child.goal));
                let children = self.children(child.goal)?;
                tasks.extend(children.into_iter().rev().map(|child| Task::Show(child, Some(number))));
            }
            self.trace.nodes.push(node);
        }
        Ok(())
    }

    fn node(&self, child: Child, parent: Option<usize>) -> Result<TraceNode, QueryError> {
        let facts = self.query.facts;
        let member = facts.member(child.goal.member)?;
        Ok(TraceNode {
            parent,
            node: Facts::node(member, child.goal.id),
            is_permission: matches!(member.rule, Rule::Permission(_)),
            worth: self.system.value(Unknown::Member(child.goal)),
            caveat: self.caveat(child.goal),
            rows: self.rows(child.goal)?,
            is_subtracted: child.is_subtracted,
            circle: Vec::new(),
            is_shown_above: false,
        })
    }

    fn caveat(&self, goal: Goal) -> Option<TraceCaveat> {
        let worth = self.undecided.value(Unknown::Member(goal))?;
        if worth.is_no() || worth.is_has() {
            return None;
        }
        let (mut names, mut context): (Vec<String>, Context) = (Vec::new(), Context::new());
        let expression = formula(self.undecided, goal, &mut |edge: &Edge| {
            let evaluation = self.query.facts.conditions.describe(edge)?;
            for (name, value) in evaluation.context {
                add(&mut context, name, value);
            }
            if !names.contains(&evaluation.name) {
                names.push(evaluation.name);
            }
            Some(evaluation.expression)
        });
        let name = if names.len() == 1 { names.pop() } else { None };
        Some(TraceCaveat { expression, context, name })
    }

    fn rows(&self, goal: Goal) -> Result<Vec<MatchedRow>, QueryError> {
        let facts = self.query.facts;
        let Rule::Relation { wildcards, .. } = &facts.member(goal.member)?.rule else {
            return Ok(Vec::new());
        };
        let Some(run) = facts.rows(goal.member, goal.id)? else {
            return Ok(Vec::new());
        };
        let subject = self.query.subject;
        let everyone = wildcards.contains(&subject.object_type).then(|| wildcard(subject.object_type));
        let rows = std::iter::once(subject).chain(everyone).filter_map(|subject| Some((subject, run.get(&subject)?)));
        let state = |edge: &Edge| match facts.conditions.describe(edge) {
            _ if !facts.conditions.is_live(edge) => RowState::Expired,
            Some(evaluation) => RowState::Caveat(evaluation),
            None => RowState::Holds,
        };
        Ok(rows.map(|(subject, edge)| MatchedRow { subject, state: state(edge) }).listed())
    }

    /// What a goal reads, in the order of the plan and of the rows.
    fn children(&self, goal: Goal) -> Result<Vec<Child>, QueryError> {
        let facts = self.query.facts;
        let mut children = Vec::new();
        if facts.goal_node(goal)? == self.query.subject {
            return Ok(children);
        }
        match &facts.member(goal.member)?.rule {
            Rule::Relation { .. } => {
                for (row, edge) in facts.rows(goal.member, goal.id)?.into_iter().flat_map(|run| run.sets()).flatten() {
                    if facts.conditions.is_live(edge) {
                        children.push(Child { goal: facts.set(&row)?, is_subtracted: false });
                    }
                }
            }
            Rule::Permission(step) => self.operands(*step, goal, false, &mut children)?,
        }
        Ok(children)
    }

    /// Depth is the depth of parentheses, which the reader of schemas bounds.
    fn operands(&self, step: StepId, object: Goal, is_subtracted: bool, children: &mut Vec<Child>) -> Result<(), QueryError> {
        let facts = self.query.facts;
        match facts.step(step)? {
            Step::Nil | Step::SelfObject => {}
            Step::Member(member) => children.push(Child { goal: Goal { member: *member, id: object.id }, is_subtracted }),
            Step::Union(operands) | Step::Intersection(operands) => {
                for operand in as_written(operands) {
                    self.operands(operand, object, is_subtracted, children)?;
                }
            }
            Step::Exclusion(operands) => {
                for (place, operand) in as_written(operands).into_iter().enumerate() {
                    self.operands(operand, object, is_subtracted != (place > 0), children)?;
                }
            }
            Step::Arrow { relation, targets, .. } => {
                for (row, edge) in facts.rows(*relation, object.id)?.into_iter().flat_map(|run| run.iter()) {
                    if let Some(goal) = reached(targets, &row).filter(|_| facts.conditions.is_live(edge)) {
                        children.push(Child { goal, is_subtracted });
                    }
                }
            }
        }
        Ok(())
    }
}

/// Adds a value under its name, or another name where that has another value.
fn add(context: &mut Context, name: String, value: crate::model::Value) {
    let mut tried = name.clone();
    for count in 2.. {
        match context.binary_search_by(|(known, _)| known.cmp(&tried)) {
            Ok(place) if context.get(place).is_some_and(|(_, known)| *known == value) => return,
            Ok(_) => tried = format!("{name}__{count}"),
            Err(place) => return context.insert(place, (tried, value)),
        }
    }
}
