//! SpiceDB's type system (`pkg/schema/typesystem_validation.go`, `internal/namespace/aliasing.go`): what a schema with
//! well-formed names may still get wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::ast::{self, Arrow, Name, Target};
use super::compile::{allowed_type, for_each_operand};
use super::load::{Source, problem_in};
use super::partials::Spliced;
use super::schema::{Definition, Expression, MemberKind, Schema, Subjects};
use crate::model::name;
use crate::text::{Code, Diagnostic, Span, nearest};

/// Checks every member of every definition. A name that breaks the naming rules is reported for that, and not as unknown.
pub(super) fn check(schema: &Schema, spliced: &[(&Source, &ast::Definition, Vec<Spliced<'_>>)], diagnostics: &mut Vec<Diagnostic>) {
    for (_, tree, members) in spliced {
        let Some(definition) = schema.definition(&tree.name.text) else {
            continue;
        };
        for spliced in members {
            let mut checker = Checker { schema, definition, source: spliced.source, diagnostics };
            match spliced.member {
                ast::Member::Relation(relation) => checker.relation(relation),
                ast::Member::Permission(permission) => checker.permission(permission),
                ast::Member::Partial(_) => {}
            }
        }
        check_aliases(definition, members, diagnostics);
    }
}

struct Checker<'a, 'd> {
    schema: &'a Schema,
    definition: &'a Definition,
    source: &'a Source,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Checker<'_, '_> {
    fn report(&mut self, code: Code, at: &Name, message: String, near: Option<&str>) {
        self.diagnostics.push(problem_in(self.source, code, at.span, message).with_suggestion(near));
    }

    fn relation(&mut self, relation: &ast::Relation) {
        let mut seen = BTreeSet::new();
        for reference in &relation.types {
            let shown = allowed_type(reference).to_string();
            if !seen.insert(shown.clone()) {
                let message = format!("subject type `{shown}` is listed twice on relation `{}`", relation.name.text);
                self.diagnostics.push(problem_in(self.source, Code::DuplicateAllowedType, reference.span, message));
            }
            self.type_reference(relation, reference);
            if let Some(caveat) = &reference.caveat
                && self.schema.caveat(&caveat.text).is_none()
                && self.schema_mentions_no_caveat(&caveat.text)
            {
                let near = nearest(&caveat.text, self.schema.caveat_names()).map(str::to_owned);
                self.report(Code::UnknownCaveat, caveat, format!("caveat `{}` is not defined", caveat.text), near.as_deref());
                if caveat.text == "expiration"
                    && let Some(problem) = self.diagnostics.last_mut()
                {
                    problem.help = Some("expiration needs `use expiration` at the top of the file".into());
                }
            }
        }
    }

    /// A caveat whose own errors are reported already is not also unknown.
    fn schema_mentions_no_caveat(&self, name: &str) -> bool {
        !self.source.file.items.iter().any(|item| matches!(item, ast::Item::Caveat(caveat) if caveat.name.text == name))
    }

    fn type_reference(&mut self, relation: &ast::Relation, reference: &ast::TypeReference) {
        let schema = self.schema;
        let Some(definition) = schema.definition(&reference.definition.text) else {
            if !name::is_object_type(&reference.definition.text) {
                return;
            }
            let near = nearest(&reference.definition.text, schema.definition_names());
            let message = format!("definition `{}`, for relation `{}`, does not exist", reference.definition.text, relation.name.text);
            return self.report(Code::UnknownDefinition, &reference.definition, message, near);
        };
        let Target::Relation(target) = &reference.target else {
            return;
        };
        if definition.member(&target.text).is_none() {
            return self.unknown_member(definition, target);
        }
        // SpiceDB asks this of other definitions only.
        if definition.name != self.definition.name
            && let Some(holder) = wildcard_holder(schema, definition, &target.text)
        {
            let message = format!("`{}#{}` leads to the wildcard held by `{holder}`", definition.name, target.text);
            let problem = problem_in(self.source, Code::TransitiveWildcard, reference.span, message);
            self.diagnostics.push(problem.with_help(format!("add the wildcard to relation `{}` itself", relation.name.text)));
        }
    }

    fn unknown_member(&mut self, definition: &Definition, name: &Name) {
        if !name::is_relation(&name.text) {
            return;
        }
        let near = nearest(&name.text, definition.member_names());
        let message = format!("relation or permission `{}` does not exist under definition `{}`", name.text, definition.name);
        self.report(Code::UnknownRelation, name, message, near);
    }

    fn permission(&mut self, permission: &ast::Permission) {
        for_each_operand(&permission.expression, &mut |operand| match operand {
            ast::Expression::Name(name) if self.definition.member(&name.text).is_none() => self.unknown_member(self.definition, name),
            ast::Expression::Arrow(arrow) => self.arrow(arrow),
            _ => {}
        });
        if self.source.file.flags.typechecking
            && let Some(annotation) = &permission.annotation
        {
            self.annotation(permission, annotation);
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        let left = &arrow.relation;
        match self.definition.member(&left.text).map(|member| &member.kind) {
            None => self.unknown_member(self.definition, left),
            Some(MemberKind::Permission(_)) => {
                let message = format!("`{}` is a permission; an arrow must start from a relation", left.text);
                self.report(Code::PermissionLeftOfArrow, left, message, None);
            }
            Some(MemberKind::Relation(_)) => {
                if let Some(holder) = wildcard_holder(self.schema, self.definition, &left.text) {
                    let message = format!("an arrow cannot start from `{}`, which leads to the wildcard held by `{holder}`", left.text);
                    self.report(Code::WildcardInArrow, left, message, None);
                }
            }
        }
    }

    fn annotation(&mut self, permission: &ast::Permission, annotation: &[Name]) {
        for reachable in terminal_types(self.schema, self.definition, &permission.name.text) {
            if !annotation.iter().any(|name| name.text == reachable) {
                let message = format!("the annotation of permission `{}` leaves out `{reachable}`, which it can hold", permission.name.text);
                let span = annotation.iter().map(|name| name.span).reduce(Span::to).unwrap_or(permission.name.span);
                self.diagnostics.push(problem_in(self.source, Code::IncompleteAnnotation, span, message).with_help(format!("add `| {reachable}`")));
            }
        }
    }
}

/// The first relation, seen from this one through `type#relation` subjects, that holds a wildcard itself.
fn wildcard_holder(schema: &Schema, definition: &Definition, relation: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(definition.name.as_str(), relation)];
    while let Some((definition, relation)) = open.pop() {
        if !seen.insert((definition, relation)) {
            continue;
        }
        let member = schema.definition(definition).and_then(|definition| definition.member(relation));
        let Some(MemberKind::Relation(types)) = member.map(|member| &member.kind) else {
            continue;
        };
        for allowed in types {
            match &allowed.subjects {
                Subjects::Wildcard => return Some(format!("{definition}#{relation}")),
                Subjects::Set(set) => open.push((&allowed.definition, set)),
                Subjects::Objects => {}
            }
        }
    }
    None
}

/// The types of object that a permission can hold in the end, under every operator alike.
fn terminal_types<'a>(schema: &'a Schema, definition: &'a Definition, permission: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(definition.name.as_str(), permission)];
    while let Some((definition, member)) = open.pop() {
        let Some(owner) = schema.definition(definition).filter(|_| seen.insert((definition, member))) else {
            continue;
        };
        match owner.member(member).map(|member| &member.kind) {
            Some(MemberKind::Relation(types)) => {
                for allowed in types {
                    match &allowed.subjects {
                        Subjects::Objects | Subjects::Wildcard => {
                            found.insert(allowed.definition.as_str());
                        }
                        Subjects::Set(set) => open.push((&allowed.definition, set)),
                    }
                }
            }
            Some(MemberKind::Permission(expression)) => expression_members(owner, expression, &mut open),
            None => {}
        }
    }
    found
}

/// The members, of whichever definition, that an expression reads.
fn expression_members<'a>(owner: &'a Definition, expression: &'a Expression, members: &mut Vec<(&'a str, &'a str)>) {
    match expression {
        Expression::Nil | Expression::SelfObject => {}
        Expression::Member(name) => members.push((&owner.name, name)),
        Expression::Arrow { relation, target, .. } => {
            if let Some(MemberKind::Relation(types)) = owner.member(relation).map(|member| &member.kind) {
                members.extend(types.iter().map(|allowed| (allowed.definition.as_str(), target.as_str())));
            }
        }
        Expression::Union(operands) | Expression::Intersection(operands) | Expression::Exclusion(operands) => {
            for operand in operands {
                expression_members(owner, operand, members);
            }
        }
    }
}

/// Permissions that are only other names for each other, in a circle.
fn check_aliases(definition: &Definition, members: &[Spliced<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut aliases = BTreeMap::new();
    for member in definition.members() {
        if let MemberKind::Permission(Expression::Member(other)) = &member.kind {
            aliases.insert(member.name.as_str(), other.as_str());
        }
    }
    let mut reported = BTreeSet::new();
    for spliced in members {
        let ast::Member::Permission(permission) = spliced.member else {
            continue;
        };
        let start = permission.name.text.as_str();
        let mut circle = Vec::new();
        let mut next = Some(start);
        while let Some(name) = next.filter(|name| !circle.contains(name)) {
            circle.push(name);
            next = aliases.get(name).copied();
        }
        if next == Some(start) && !reported.contains(start) {
            reported.extend(circle.iter().copied());
            let message = format!("permissions of definition `{}` are aliases of each other in a circle: {}", definition.name, circle.join(", "));
            diagnostics.push(problem_in(spliced.source, Code::PermissionCycle, permission.name.span, message));
        }
    }
}
