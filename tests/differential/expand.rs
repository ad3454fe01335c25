//! One level of a permission as a tree, straight from the definitions and the rows.

use super::answers::{Node, Tree};
use super::system::{ArrowKind, Expiration, Expression, Object, Row, System};

/// The tree of a relation or permission of an object.
pub(crate) fn tree(system: &System, object: &Object, member: &str) -> Tree {
    let definition = system.definition(&object.definition).unwrap();
    let Some(permission) = definition.permissions.iter().find(|permission| permission.name == member) else {
        let rows = rows(system, object, member);
        return leaf(object, member, rows.map(|row| row.subject.to_string()).collect());
    };
    let expand = Expand { system, object, member };
    match ungrouped(&permission.expression) {
        // A lone operand is a union of one.
        lone @ (Expression::Nil | Expression::Myself | Expression::Name(_) | Expression::Arrow(..)) => {
            expand.operation("union", vec![expand.operand(lone)])
        }
        operation => expand.operand(operation),
    }
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
    object: &'a Object,
    member: &'a str,
}

impl Expand<'_> {
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
            Expression::Name(name) => tree(self.system, self.object, name),
            Expression::Group(inner) => self.operand(inner),
            // Unions directly in a union are one, and intersections likewise.
            Expression::Union(_) => self.operation("union", each(&flat(expression, true))),
            Expression::Intersection(_) => self.operation("intersection", each(&flat(expression, false))),
            Expression::Exclusion(base, removed) => self.operation("exclusion", each(&[base, removed])),
            Expression::Arrow(relation, kind, target) => {
                let beyond = |object: &Object| match self.system.has_member(&object.definition, target) {
                    true => tree(self.system, object, target),
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
