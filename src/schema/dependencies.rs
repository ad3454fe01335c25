//! Which members of a schema can change which: SpiceDB's ComputablePermissions and DependentRelations
//! (`pkg/schema/reachabilitygraph.go`).

use super::schema::{Definition, Expression, MemberKind, Schema, Subjects};
use super::types::expression_members;
use crate::model::{ELLIPSIS, WILDCARD};
use crate::text::hash::{Map, Set};
use crate::text::sort;

/// A relation or permission. Sorted by definition, then by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference<'a> {
    /// Of this definition.
    pub definition: &'a str,
    /// The relation's or permission's name.
    pub member: &'a str,
    /// Whether it is a permission.
    pub is_permission: bool,
}

/// A definition and what is read of it: a member, or [`ELLIPSIS`] or [`WILDCARD`].
type Read<'a> = (&'a str, &'a str);

impl Schema {
    /// The relations and permissions that can hold what a relation or permission holds, directly or through others; with an empty
    /// name, those that can hold objects of the definition. Sorted, the one asked about left out; none where it does not exist.
    ///
    /// As SpiceDB has it, a wildcard holds sets of subjects of its type too, and an arrow does not count for the relation that
    /// it starts from. Linear in the size of the schema and its arrows.
    ///
    /// ```
    /// let schema = peppercorn::schema::compile("definition user {}\ndefinition doc {\nrelation viewer: user\npermission view = viewer\n}").unwrap();
    /// let found: Vec<_> = schema.computable_permissions("user", "").iter().map(|found| found.member).collect();
    /// assert_eq!(found, ["view", "viewer"]);
    /// ```
    #[must_use]
    pub fn computable_permissions<'a>(&'a self, definition: &'a str, member: &'a str) -> Vec<Reference<'a>> {
        let mut readers: Map<Read<'a>, Vec<Read<'a>>> = Map::default();
        for owner in self.definitions() {
            for member in owner.members() {
                for read in self.reads(owner, &member.name) {
                    readers.entry(read).or_default().push((&owner.name, &member.name));
                }
            }
        }
        let start = (definition, if member.is_empty() { ELLIPSIS } else { member });
        self.reached(start, &mut |read, open| {
            for read in [read, (read.0, WILDCARD)] {
                open.extend(readers.get(&read).into_iter().flatten());
            }
        })
    }

    /// The relations and permissions that a permission depends on, directly or through others, the relations that its arrows start
    /// from among them. Sorted, the one asked about left out; none where it does not exist.
    ///
    /// SpiceDB leaves out what a relation depends on that an arrow starts from, where that relation counts by itself as well.
    #[must_use]
    pub fn dependent_relations<'a>(&'a self, definition: &'a str, permission: &'a str) -> Vec<Reference<'a>> {
        let mut starts: Vec<Reference<'a>> = Vec::new();
        let mut found = self.reached((definition, permission), &mut |(definition, member), open| {
            if let Some(owner) = self.definition(definition) {
                open.extend(self.reads(owner, member));
                if let Some(MemberKind::Permission(expression)) = owner.member(member).map(|member| &member.kind) {
                    arrow_starts(owner, expression, &mut starts);
                }
            }
        });
        found.extend(starts);
        sort(&mut found);
        found.dedup();
        found
    }

    /// What a member reads of definitions.
    fn reads<'a>(&'a self, owner: &'a Definition, member: &str) -> Vec<Read<'a>> {
        let mut reads = Vec::new();
        match owner.member(member).map(|member| &member.kind) {
            Some(MemberKind::Relation(types)) => reads.extend(types.iter().map(|allowed| match &allowed.subjects {
                Subjects::Objects => (allowed.definition.as_str(), ELLIPSIS),
                Subjects::Wildcard => (allowed.definition.as_str(), WILDCARD),
                Subjects::Set(relation) => (allowed.definition.as_str(), relation.as_str()),
            })),
            Some(MemberKind::Permission(expression)) => expression_members(owner, expression, &mut reads),
            None => {}
        }
        reads
    }

    /// The members reached from one, which is itself left out.
    fn reached<'a>(&'a self, start: Read<'a>, next: &mut dyn FnMut(Read<'a>, &mut Vec<Read<'a>>)) -> Vec<Reference<'a>> {
        let mut seen = Set::default();
        let mut found = Vec::new();
        let mut open = vec![start];
        while let Some(read) = open.pop() {
            if !seen.insert(read) {
                continue;
            }
            let (definition, name) = read;
            if let Some(member) = self.definition(definition).and_then(|definition| definition.member(name)) {
                if read != start {
                    let is_permission = matches!(member.kind, MemberKind::Permission(_));
                    found.push(Reference { definition, member: name, is_permission });
                }
            } else if read != start {
                continue;
            }
            next(read, &mut open);
        }
        sort(&mut found);
        found
    }
}

/// The relations that the arrows of an expression start from. Recursion is bounded by the reader.
fn arrow_starts<'a>(owner: &'a Definition, expression: &'a Expression, starts: &mut Vec<Reference<'a>>) {
    match expression {
        Expression::Nil | Expression::SelfObject | Expression::Member(_) => {}
        Expression::Arrow { relation, .. } => {
            starts.push(Reference { definition: &owner.name, member: relation, is_permission: false });
        }
        Expression::Union(operands) | Expression::Intersection(operands) | Expression::Exclusion(operands) => {
            operands.iter().for_each(|operand| arrow_starts(owner, operand, starts));
        }
    }
}
