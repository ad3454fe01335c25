//! One level of a permission as a tree: its operators, and at the leaves the subjects that relations hold.
//!
//! Semantics are SpiceDB's (`internal/graph/expand.go`): usersets are not followed, members and arrows are, and caveats
//! are carried, not evaluated. Where relationships or permissions go round in a circle, SpiceDB ends with its depth error;
//! here a permission met again inside itself is a leaf whose one subject is that permission as a userset.

use super::query::{Budget, Facts, Goal, QueryError, reached};
use crate::model::{Node, Symbol};
use crate::plan::{Rule, Step, StepId};
use crate::schema::ast::ArrowFunction;
use crate::store::{Dictionary, Edge, Run};
use crate::text::hash::Set;
use crate::text::{Listed, sort, sort_by};

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Expanded {
    /// The object, and the relation or permission of it that the node is of.
    pub node: Node,
    /// The relationship that an arrow came by.
    pub edge: Edge,
    /// What is there.
    pub content: Content,
}

/// What is at a node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Subjects, those without a relation first, then by type, id and relation as texts.
    Leaf(Vec<(Node, Edge)>),
    /// The places of other nodes, and what they are combined by. Operands stand as written, objects that an arrow finds by
    /// type and id as texts.
    Intermediate(Operation, Vec<usize>),
}

/// How nodes are combined. Source: SpiceDB's `AlgebraicSubjectSet.Operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Whoever is in one of them.
    Union,
    /// Whoever is in all of them.
    Intersection,
    /// Whoever is in the first and not in the second.
    Exclusion,
}

/// The tree of a goal: the root is first, and every node stands before its children.
///
/// # Errors
/// Where the tree has more nodes and subjects than the budget.
pub fn expand(facts: &Facts<'_>, goal: Goal) -> Result<Vec<Expanded>, QueryError> {
    let mut tree =
        Tree { facts: *facts, budget: Budget::new(facts.budget), open: Set::default(), tasks: Vec::new(), nodes: Vec::new() };
    tree.tasks.push((0, Task::Member(goal, None)));
    while let Some((parent, task)) = tree.tasks.pop() {
        tree.run(parent, task)?;
    }
    Ok(tree.nodes)
}

struct Tree<'a> {
    facts: Facts<'a>,
    budget: Budget,
    /// The permissions around.
    open: Set<Goal>,
    /// What is still to be made, last first, each with the place of the node it belongs under.
    tasks: Vec<(usize, Task)>,
    nodes: Vec<Expanded>,
}

enum Task {
    Member(Goal, Edge),
    /// An operand in the expression of a permission.
    Operand(StepId, Goal),
    /// The first operand without the others, of which there are some.
    Exclusion(Vec<StepId>, Goal),
    /// An object without the member that an arrow asks for.
    Lacking(Goal),
    /// All of a permission is made.
    Close(Goal),
}

impl Tree<'_> {
    /// Makes a node and gives its place.
    fn add(&mut self, parent: usize, goal: Goal, edge: Edge, content: Content) -> Result<usize, QueryError> {
        self.budget.spend(1)?;
        let place = self.nodes.len();
        if let Some(Expanded { content: Content::Intermediate(_, children), .. }) = self.nodes.get_mut(parent) {
            children.push(place);
        }
        let node = self.facts.goal_node(goal)?;
        self.nodes.push(Expanded { node, edge, content });
        Ok(place)
    }

    /// The first operand is to be made first, so it comes last.
    fn operands(&mut self, place: usize, goal: Goal, operands: &[StepId]) {
        self.tasks.extend(as_written(operands).into_iter().rev().map(|operand| (place, Task::Operand(operand, goal))));
    }

    fn run(&mut self, parent: usize, task: Task) -> Result<(), QueryError> {
        match task {
            Task::Member(goal, edge) => self.member(parent, goal, edge),
            Task::Operand(step, goal) => self.operand(parent, step, goal, None),
            Task::Exclusion(operands, goal) => self.exclusion(parent, operands, goal, None),
            Task::Lacking(goal) => self.add(parent, goal, None, Content::Leaf(Vec::new())).map(drop),
            Task::Close(goal) => {
                self.open.remove(&goal);
                Ok(())
            }
        }
    }

    fn member(&mut self, parent: usize, goal: Goal, edge: Edge) -> Result<(), QueryError> {
        let step = match &self.facts.member(goal.member)?.rule {
            Rule::Relation { .. } => {
                let subjects = self.rows(goal)?;
                return self.add(parent, goal, edge, Content::Leaf(subjects)).map(drop);
            }
            Rule::Permission(step) => *step,
        };
        if !self.open.insert(goal) {
            let itself = vec![(self.facts.goal_node(goal)?, None)];
            return self.add(parent, goal, edge, Content::Leaf(itself)).map(drop);
        }
        self.tasks.push((parent, Task::Close(goal)));
        match self.facts.step(step)? {
            Step::Union(_) | Step::Intersection(_) | Step::Exclusion(_) => self.operand(parent, step, goal, edge),
            Step::Nil | Step::SelfObject | Step::Member(_) | Step::Arrow { .. } => {
                let place = self.add(parent, goal, edge, Content::Intermediate(Operation::Union, Vec::new()))?;
                self.operands(place, goal, &[step]);
                Ok(())
            }
        }
    }

    fn operand(&mut self, parent: usize, step: StepId, goal: Goal, edge: Edge) -> Result<(), QueryError> {
        match self.facts.step(step)? {
            Step::Nil => self.add(parent, goal, edge, Content::Leaf(Vec::new())).map(drop),
            Step::SelfObject => {
                let itself = Node { relation: Symbol::NONE, ..self.facts.goal_node(goal)? };
                self.add(parent, goal, edge, Content::Leaf(vec![(itself, None)])).map(drop)
            }
            Step::Member(member) => self.member(parent, Goal { member: *member, id: goal.id }, edge),
            Step::Union(operands) => self.operator(parent, Operation::Union, operands, goal, edge),
            Step::Intersection(operands) => self.operator(parent, Operation::Intersection, operands, goal, edge),
            Step::Exclusion(operands) => self.exclusion(parent, as_written(operands), goal, edge),
            Step::Arrow { relation, function, targets } => {
                let operation = match function {
                    ArrowFunction::Any => Operation::Union,
                    ArrowFunction::All => Operation::Intersection,
                };
                let rows = self.rows(Goal { member: *relation, id: goal.id })?;
                let place = self.add(parent, goal, edge, Content::Intermediate(operation, Vec::new()))?;
                self.tasks.extend(rows.into_iter().rev().map(|(row, edge)| {
                    (place, reached(targets, &row).map_or(Task::Lacking(goal), |found| Task::Member(found, edge)))
                }));
                Ok(())
            }
        }
    }

    /// A union within a union of the same permission is one union, as SpiceDB compiles it; so for intersections.
    fn operator(
        &mut self,
        parent: usize,
        operation: Operation,
        operands: &[StepId],
        goal: Goal,
        edge: Edge,
    ) -> Result<(), QueryError> {
        let same = match self.nodes.get(parent) {
            Some(Expanded { node, content: Content::Intermediate(around, _), .. }) => {
                *around == operation && *node == self.facts.goal_node(goal)?
            }
            _ => false,
        };
        let place = if same { parent } else { self.add(parent, goal, edge, Content::Intermediate(operation, Vec::new()))? };
        self.operands(place, goal, operands);
        Ok(())
    }

    /// `a - b - c` is `(a - b) - c`.
    fn exclusion(&mut self, parent: usize, mut operands: Vec<StepId>, goal: Goal, edge: Edge) -> Result<(), QueryError> {
        let place = self.add(parent, goal, edge, Content::Intermediate(Operation::Exclusion, Vec::new()))?;
        if let Some(last) = operands.pop() {
            self.tasks.push((place, Task::Operand(last, goal)));
        }
        match operands.as_slice() {
            [base] => self.tasks.push((place, Task::Operand(*base, goal))),
            _ => self.tasks.push((place, Task::Exclusion(operands, goal))),
        }
        Ok(())
    }

    /// The relationships of a relation that hold, in order.
    fn rows(&mut self, goal: Goal) -> Result<Vec<(Node, Edge)>, QueryError> {
        let run = self.facts.rows(goal.member, goal.id)?;
        self.budget.spend(run.as_ref().map_or(0, Run::len))?;
        let live = run.iter().flat_map(Run::iter).filter(|(_, edge)| self.facts.conditions.is_live(edge));
        let mut found: Vec<_> = live.map(|(row, edge)| (row, edge.clone())).listed();
        let dictionary = self.facts.snapshot.dictionary();
        sort_by(&mut found, |(one, _), (other, _)| text_key(dictionary, one).cmp(&text_key(dictionary, other)));
        Ok(found)
    }
}

/// What orders subjects: those without a relation first, then by texts.
fn text_key<'a>(dictionary: &'a Dictionary, node: &Node) -> (bool, &'a str, &'a str, &'a str) {
    (node.relation != Symbol::NONE, dictionary.text(node.object_type), dictionary.text(node.id), dictionary.text(node.relation))
}

/// Operands in the order written, which is that of their numbers.
pub(super) fn as_written(operands: &[StepId]) -> Vec<StepId> {
    let mut operands = operands.to_vec();
    sort(&mut operands);
    operands
}
