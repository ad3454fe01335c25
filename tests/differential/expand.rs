//! One level of a permission as a tree, straight from the definitions and the rows.

use super::answers::{Node, Tree};
use super::system::{ArrowKind, Expiration, Expression, Object, Row, System};

/// The tree of a relation or permission of an object.
///
/// Where SpiceDB gives up, because a permission comes round to itself, it is a leaf there that holds itself as a userset.
pub(crate) fn tree(system: &System, object: &Object, member: &str) -> Tree {
    Expand { system, above: &[], object, member }.tree()
}

fn rows<'a>(system: &'a System, object: &'a Object, relation: &'a str) -> impl Iterator<Item = &'a Row> {
    let here = move |row: &&Row| row.resource == *object && row.relation == relation && row.expiration != Some(Expiration::Past);
    system.rows.iter().filter(here)
}

fn leaf(object: &Object, member: &str, mut subjects: Vec<String>) -> Tree {
    subjects.sort();
    Tree { of: format!("{object}#{member}"), node: Node::Leaf(subjects) }
}

fn ungrouped(expression: &Expression) -> &Expression {
    match expression {
        Expression::Group(inner) => ungrouped(inner),
        other => other,
    }
}

struct Expand<'a> {
    system: &'a System,
    /// What this is part of, from the root on.
    above: &'a [(&'a Object, &'a str)],
    object: &'a Object,
    member: &'a str,
}

impl Expand<'_> {
    fn tree(&self) -> Tree {
        let definition = self.system.definition(&self.object.definition).unwrap();
        let Some(permission) = definition.permissions.iter().find(|permission| permission.name == self.member) else {
            let rows = rows(self.system, self.object, self.member);
            return leaf(self.object, self.member, rows.map(|row| row.subject.to_string()).collect());
        };
        if self.above.contains(&(self.object, self.member)) {
            return leaf(self.object, self.member, vec![format!("{}#{}", self.object, self.member)]);
        }
        match ungrouped(&permission.expression) {
            // A lone operand is a union of one.
            lone @ (Expression::Nil | Expression::Myself | Expression::Name(_) | Expression::Arrow(..)) => {
                self.operation("union", vec![self.operand(lone)])
            }
            operation => self.operand(operation),
        }
    }

    fn below(&self, object: &Object, member: &str) -> Tree {
        let above = [self.above, &[(self.object, self.member)]].concat();
        Expand { system: self.system, above: &above, object, member }.tree()
    }

    fn operation(&self, name: &str, mut children: Vec<Tree>) -> Tree {
        if name == "exclusion" {
            children[1..].sort()
        } else {
            children.sort()
        }
        Tree { of: format!("{}#{}", self.object, self.member), node: Node::Operation(name.to_owned(), children) }
    }

    fn operand(&self, expression: &Expression) -> Tree {
        let each = |operands: &[&Expression]| operands.iter().map(|operand| self.operand(operand)).collect::<Vec<_>>();
        match expression {
            Expression::Nil => leaf(self.object, self.member, Vec::new()),
            Expression::Myself => leaf(self.object, self.member, vec![self.object.to_string()]),
            Expression::Name(name) => self.below(self.object, name),
            Expression::Group(inner) => self.operand(inner),
            // Unions directly in a union are one, and intersections likewise.
            Expression::Union(_) => self.operation("union", each(&flat(expression, true))),
            Expression::Intersection(_) => self.operation("intersection", each(&flat(expression, false))),
            Expression::Exclusion(base, removed) => self.operation("exclusion", each(&[base, removed])),
            Expression::Arrow(relation, kind, target) => {
                let beyond = |object: &Object| match self.system.has_member(&object.definition, target) {
                    true => self.below(object, target),
                    // SpiceDB puts it down to whoever has the arrow.
                    false => leaf(self.object, self.member, Vec::new()),
                };
                let children = rows(self.system, self.object, relation).map(|row| beyond(&row.subject.object)).collect();
                self.operation(if *kind == ArrowKind::All { "intersection" } else { "union" }, children)
            }
        }
    }
}

fn flat(expression: &Expression, union: bool) -> Vec<&Expression> {
    match ungrouped(expression) {
        Expression::Union(operands) if union => operands.iter().flat_map(|operand| flat(operand, union)).collect(),
        Expression::Intersection(operands) if !union => operands.iter().flat_map(|operand| flat(operand, union)).collect(),
        other => vec![other],
    }
}
