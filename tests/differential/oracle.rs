//! The naive evaluator: obviously right, slow, and sharing nothing with the engine.
//!
//! Every object and member is one equation over the others, made straight from the definitions and the rows. For one subject the
//! equations are applied to all nodes over and over until nothing changes. There is no walk, no memo and no short cut.
//!
//! Values are NO < CONDITIONAL < HAS: union is the greatest, intersection the least, and removing turns the order over. A
//! caveated row is CONDITIONAL together with what lies beyond it. Without a cycle through an exclusion the least fixpoint is the
//! answer. With one, the well-founded semantics (Van Gelder's alternating fixpoint) bounds each node from below and above; where
//! the bounds differ there is no answer, and the right one is the error.

use std::collections::HashMap;

use super::system::{ArrowKind, Expression, Object, Question, Row, Subject, System};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Value {
    No,
    Conditional,
    Has,
}

/// What any of the compared sides says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Value(Value),
    /// The answer depends on its own negation.
    CycleThroughExclusion,
    /// Any other error, in the words of the side that gave it.
    Failed(String),
}

/// The equations of a system.
pub(crate) struct Oracle {
    nodes: HashMap<(Object, String), usize>,
    /// In the order of the numbers of `nodes`, then those of removed operands, which are no subject.
    equations: Vec<(Option<Subject>, Formula)>,
}

enum Formula {
    /// The subject asked about is exactly this one.
    Is(Subject),
    /// The subject asked about is of this type. SpiceDB lets a wildcard match a subject with a relation as well.
    IsAny(String),
    Node(usize),
    Conditional,
    Greatest(Vec<Formula>),
    Least(Vec<Formula>),
    /// What is removed is an equation of its own, as if it were a permission with a name: naming it changes no answer.
    Without(Box<Formula>, usize),
}

/// `Greatest` of nothing.
const NEVER: Formula = Formula::Greatest(Vec::new());

impl Oracle {
    pub(crate) fn new(system: &System) -> Self {
        let nodes = system.nodes();
        let numbers: HashMap<_, _> = nodes.iter().cloned().enumerate().map(|(number, node)| (node, number)).collect();
        let mut build = Build { system, numbers: &numbers, removed: Vec::new() };
        let mut equations = Vec::new();
        for (object, member) in &nodes {
            let itself = Subject { object: object.clone(), relation: Some(member.clone()) };
            equations.push((Some(itself), build.member(object, member)));
        }
        equations.extend(build.removed.into_iter().map(|formula| (None, formula)));
        Self { nodes: numbers, equations }
    }

    /// The answers to the questions, in their order.
    pub(crate) fn answers(&self, questions: &[Question]) -> Vec<Answer> {
        let mut solved: HashMap<&Subject, (Vec<Value>, Vec<Value>)> = HashMap::new();
        let mut answers = Vec::new();
        for question in questions {
            let (lower, upper) = solved.entry(&question.subject).or_insert_with(|| self.solve(&question.subject));
            let node = self.nodes[&(question.resource.clone(), question.permission.clone())];
            let known = lower[node] == upper[node];
            answers.push(if known { Answer::Value(lower[node]) } else { Answer::CycleThroughExclusion });
        }
        answers
    }

    /// What each node is at least and at most for the subject.
    fn solve(&self, subject: &Subject) -> (Vec<Value>, Vec<Value>) {
        let mut lower = vec![Value::No; self.equations.len()];
        loop {
            let upper = self.least_fixpoint(subject, &lower);
            let better = self.least_fixpoint(subject, &upper);
            if better == lower {
                return (lower, upper);
            }
            lower = better;
        }
    }

    /// The least solution when what is removed is read from `removed` and not from the solution itself.
    fn least_fixpoint(&self, subject: &Subject, removed: &[Value]) -> Vec<Value> {
        let mut values = vec![Value::No; self.equations.len()];
        loop {
            let mut changed = false;
            for (node, (itself, formula)) in self.equations.iter().enumerate() {
                // Whoever asks whether a userset is in itself is told yes, whatever its rows say.
                let value = if itself.as_ref() == Some(subject) { Value::Has } else { formula.value(subject, &values, removed) };
                changed |= value != values[node];
                values[node] = value;
            }
            if !changed {
                return values;
            }
        }
    }
}

impl Formula {
    fn value(&self, subject: &Subject, values: &[Value], removed: &[Value]) -> Value {
        let either = |yes: bool| if yes { Value::Has } else { Value::No };
        match self {
            Self::Is(wanted) => either(wanted == subject),
            Self::IsAny(definition) => either(*definition == subject.object.definition),
            Self::Node(node) => values[*node],
            Self::Conditional => Value::Conditional,
            Self::Greatest(parts) => parts.iter().map(|part| part.value(subject, values, removed)).max().unwrap_or(Value::No),
            Self::Least(parts) => parts.iter().map(|part| part.value(subject, values, removed)).min().unwrap_or(Value::Has),
            Self::Without(base, taken) => {
                let kept = match removed[*taken] {
                    Value::Has => Value::No,
                    Value::Conditional => Value::Conditional,
                    Value::No => Value::Has,
                };
                base.value(subject, values, removed).min(kept)
            }
        }
    }
}

struct Build<'a> {
    system: &'a System,
    numbers: &'a HashMap<(Object, String), usize>,
    removed: Vec<Formula>,
}

impl<'a> Build<'a> {
    fn member(&mut self, object: &Object, member: &str) -> Formula {
        let definition = self.system.definition(&object.definition).unwrap();
        match definition.permissions.iter().find(|permission| permission.name == member) {
            Some(permission) => self.expression(object, &permission.expression),
            None => Formula::Greatest(self.rows(object, member).map(|row| self.row(row)).collect()),
        }
    }

    fn rows<'b>(&self, object: &'b Object, relation: &'b str) -> impl Iterator<Item = &'a Row> + use<'a, 'b> {
        self.system.rows.iter().filter(move |row| row.resource == *object && row.relation == relation)
    }

    fn row(&self, row: &Row) -> Formula {
        let subject = &row.subject;
        let direct = match (subject.object.id.as_str(), &subject.relation) {
            ("*", _) => Formula::IsAny(subject.object.definition.clone()),
            (_, None) => Formula::Is(subject.clone()),
            (_, Some(relation)) => Formula::Greatest(vec![Formula::Is(subject.clone()), self.node(&subject.object, relation)]),
        };
        caveated(row, direct)
    }

    fn expression(&mut self, object: &Object, expression: &Expression) -> Formula {
        match expression {
            Expression::Nil => NEVER,
            Expression::Myself => Formula::Is(Subject { object: object.clone(), relation: None }),
            Expression::Name(name) => self.node(object, name),
            Expression::Union(operands) => Formula::Greatest(self.each(object, operands)),
            Expression::Intersection(operands) => Formula::Least(self.each(object, operands)),
            Expression::Exclusion(base, removed) => {
                let base = self.expression(object, base);
                let removed = self.expression(object, removed);
                self.removed.push(removed);
                Formula::Without(Box::new(base), self.numbers.len() + self.removed.len() - 1)
            }
            Expression::Group(inner) => self.expression(object, inner),
            Expression::Arrow(relation, kind, target) => {
                // The relation of the row's subject plays no part: the arrow goes on from the object.
                let step = |row: &Row| caveated(row, self.node(&row.subject.object, target));
                let steps: Vec<_> = self.rows(object, relation).map(step).collect();
                match kind {
                    ArrowKind::Plain | ArrowKind::Any => Formula::Greatest(steps),
                    ArrowKind::All if steps.is_empty() => NEVER,
                    ArrowKind::All => Formula::Least(steps),
                }
            }
        }
    }

    fn each(&mut self, object: &Object, operands: &[Expression]) -> Vec<Formula> {
        let mut formulas = Vec::new();
        for operand in operands {
            formulas.push(self.expression(object, operand));
        }
        formulas
    }

    /// The node, or never when the type has no such member.
    fn node(&self, object: &Object, member: &str) -> Formula {
        self.numbers.get(&(object.clone(), member.to_owned())).map_or(NEVER, |number| Formula::Node(*number))
    }
}

fn caveated(row: &Row, beyond: Formula) -> Formula {
    if row.caveat.is_some() { Formula::Least(vec![Formula::Conditional, beyond]) } else { beyond }
}
