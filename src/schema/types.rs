//! SpiceDB's type system (`pkg/schema/typesystem_validation.go`, `internal/namespace/aliasing.go`): what a schema with
//! well-formed names may still get wrong.

use super::ast::{self, Arrow, Name, Target};
use super::compile::{allowed_type, for_each_operand, items};
use super::load::{Source, problem_in};
use super::partials::Spliced;
use super::schema::{Definition, Expression, MemberKind, Schema, Subjects};
use crate::model::limits::{MAX_DIAGNOSTICS, MAX_TYPE_CHECK_STEPS};
use crate::model::{ELLIPSIS, name};
use crate::text::hash::{Map, Set};
use crate::text::{Code, Diagnostic, Listed, Span, insert_sorted, nearest};

/// Checks every member of every definition, until there are more problems than are reported. A name that breaks the naming rules is reported for that, and not as unknown.
pub(super) fn check(
    schema: &Schema,
    sources: &[Source],
    spliced: &[(&Source, &ast::Definition, Vec<Spliced<'_>>)],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let holders = wildcard_holders(schema);
    let declared: Set<&str> = items(sources).filter_map(|(_, item)| caveat_name(item)).collect();
    let mut left = MAX_TYPE_CHECK_STEPS;
    for (source, tree, members) in spliced {
        if diagnostics.len() > MAX_DIAGNOSTICS {
            return;
        }
        if left == 0 {
            diagnostics.push(problem_in(
                source,
                Code::SchemaTooLarge,
                tree.name.span,
                "checking the types of the schema takes too many steps",
            ));
            return;
        }
        let Some(definition) = schema.definition(&tree.name.text) else {
            continue;
        };
        for spliced in members {
            if diagnostics.len() > MAX_DIAGNOSTICS {
                return;
            }
            let mut checker = Checker {
                schema,
                definition,
                source: spliced.source,
                holders: &holders,
                declared: &declared,
                left: &mut left,
                diagnostics,
            };
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
    holders: &'d Holders<'a>,
    /// The caveats written anywhere; one with errors of its own is not also unknown.
    declared: &'d Set<&'a str>,
    /// Steps of work left.
    left: &'d mut usize,
    diagnostics: &'d mut Vec<Diagnostic>,
}

/// The name of a caveat, if the item is one.
fn caveat_name(item: &ast::Item) -> Option<&str> {
    match item {
        ast::Item::Caveat(caveat) => Some(&caveat.name.text),
        ast::Item::Definition(_) | ast::Item::Partial(_) | ast::Item::Import(_) => None,
    }
}

impl Checker<'_, '_> {
    fn report(&mut self, code: Code, at: &Name, message: String, near: Option<&str>, about: &[(&'static str, &str)]) {
        let problem = problem_in(self.source, code, at.span, message).with_suggestion(near);
        self.diagnostics.push(about.iter().fold(problem, |problem, (key, name)| problem.about(key, name)));
    }

    fn relation(&mut self, relation: &ast::Relation) {
        let mut seen = Set::default();
        for reference in &relation.types {
            let shown = allowed_type(reference).to_string();
            if !seen.insert(shown.clone()) {
                let message = format!("subject type `{shown}` is listed twice on relation `{}`", relation.name.text);
                self.diagnostics.push(
                    problem_in(self.source, Code::DuplicateAllowedType, reference.span, message)
                        .about("definition_name", &self.definition.name)
                        .about("relation_name", &relation.name.text)
                        .about("allowed_relation", &shown),
                );
            }
            self.type_reference(relation, reference);
            if let Some(caveat) = &reference.caveat
                && !self.declared.contains(caveat.text.as_str())
            {
                let near = nearest(&caveat.text, self.schema.caveat_names()).map(str::to_owned);
                let message = format!("caveat `{}` is not defined", caveat.text);
                self.report(Code::UnknownCaveat, caveat, message, near.as_deref(), &[("caveat_name", &caveat.text)]);
                if caveat.text == "expiration"
                    && let Some(problem) = self.diagnostics.last_mut()
                {
                    problem.help = Some("expiration needs `use expiration` at the top of the file".into());
                }
            }
        }
    }

    fn type_reference(&mut self, relation: &ast::Relation, reference: &ast::TypeReference) {
        let schema = self.schema;
        let Some(definition) = schema.definition(&reference.definition.text) else {
            if !name::is_object_type(&reference.definition.text) {
                return;
            }
            let near = nearest(&reference.definition.text, schema.definition_names());
            let message =
                format!("definition `{}`, for relation `{}`, does not exist", reference.definition.text, relation.name.text);
            let about = [("definition_name", reference.definition.text.as_str())];
            return self.report(Code::UnknownDefinition, &reference.definition, message, near, &about);
        };
        let Target::Relation(target) = &reference.target else {
            return;
        };
        if definition.member(&target.text).is_none() {
            return self.unknown_member(definition, target);
        }
        // SpiceDB asks this of other definitions only.
        if definition.name != self.definition.name
            && let Some(holder) = self.holders.get(&(definition.name.as_str(), target.text.as_str()))
        {
            let message = format!("`{}#{}` leads to the wildcard held by `{holder}`", definition.name, target.text);
            let problem = problem_in(self.source, Code::TransitiveWildcard, reference.span, message);
            self.diagnostics.push(
                problem
                    .with_help(format!("add the wildcard to relation `{}` itself", relation.name.text))
                    .about("definition_name", &self.definition.name)
                    .about("relation_name", &relation.name.text),
            );
        }
    }

    fn unknown_member(&mut self, definition: &Definition, name: &Name) {
        if !name::is_relation(&name.text) {
            return;
        }
        let near = nearest(&name.text, definition.member_names());
        let message = format!("relation or permission `{}` does not exist under definition `{}`", name.text, definition.name);
        let about = [("definition_name", definition.name.as_str()), ("relation_or_permission_name", &name.text)];
        self.report(Code::UnknownRelation, name, message, near, &about);
    }

    fn permission(&mut self, permission: &ast::Permission) {
        for_each_operand(&permission.expression, &mut |operand| match operand {
            ast::Expression::Name(name) if self.definition.member(&name.text).is_none() => {
                self.unknown_member(self.definition, name)
            }
            ast::Expression::Arrow(arrow) => self.arrow(permission, arrow),
            _ => {}
        });
        if self.source.file.flags.typechecking
            && let Some(annotation) = &permission.annotation
        {
            self.annotation(permission, annotation);
        }
    }

    fn arrow(&mut self, permission: &ast::Permission, arrow: &Arrow) {
        let permission = permission.name.text.as_str();
        let left = &arrow.relation;
        match self.definition.member(&left.text).map(|member| &member.kind) {
            None => self.unknown_member(self.definition, left),
            Some(MemberKind::Permission(_)) => {
                let message = format!("`{}` is a permission; an arrow must start from a relation", left.text);
                let about = [
                    ("definition_name", self.definition.name.as_str()),
                    ("permission_name", permission),
                    ("used_permission_name", &left.text),
                ];
                self.report(Code::PermissionLeftOfArrow, left, message, None, &about);
            }
            Some(MemberKind::Relation(types)) => {
                *self.left = self.left.saturating_sub(types.len());
                if let Some(holder) = self.holders.get(&(self.definition.name.as_str(), left.text.as_str())) {
                    let message =
                        format!("an arrow cannot start from `{}`, which leads to the wildcard held by `{holder}`", left.text);
                    let about = [
                        ("definition_name", self.definition.name.as_str()),
                        ("permission_name", permission),
                        ("accessed_relation_name", &left.text),
                    ];
                    self.report(Code::WildcardInArrow, left, message, None, &about);
                }
            }
        }
    }

    fn annotation(&mut self, permission: &ast::Permission, annotation: &[Name]) {
        for reachable in terminal_types(self.schema, self.definition, &permission.name.text, self.left) {
            if !annotation.iter().any(|name| name.text == reachable) {
                let message = format!(
                    "the annotation of permission `{}` leaves out `{reachable}`, which it can hold",
                    permission.name.text
                );
                let span = annotation.iter().map(|name| name.span).reduce(Span::to).unwrap_or(permission.name.span);
                self.diagnostics.push(
                    problem_in(self.source, Code::IncompleteAnnotation, span, message).with_help(format!("add `| {reachable}`")),
                );
            }
        }
    }
}

/// For each relation that leads to a wildcard, itself or through `type#relation` subjects, the relation that holds it.
type Holders<'a> = Map<(&'a str, &'a str), String>;

fn wildcard_holders(schema: &Schema) -> Holders<'_> {
    let mut holders = Holders::default();
    // From a relation to those that allow it as a set of subjects.
    let mut readers: Map<(&str, &str), Vec<(&str, &str)>> = Map::default();
    let mut open = Vec::new();
    for definition in schema.definitions() {
        for member in definition.members() {
            let MemberKind::Relation(types) = &member.kind else {
                continue;
            };
            let own = (definition.name.as_str(), member.name.as_str());
            for allowed in types {
                match &allowed.subjects {
                    Subjects::Objects => {}
                    Subjects::Set(set) => readers.entry((&allowed.definition, set)).or_default().push(own),
                    Subjects::Wildcard => open.push((own, format!("{}#{}", own.0, own.1))),
                }
            }
        }
    }
    while let Some((relation, holder)) = open.pop() {
        if !holders.contains_key(&relation) {
            open.extend(readers.get(&relation).into_iter().flatten().map(|reader| (*reader, holder.clone())));
            holders.insert(relation, holder);
        }
    }
    holders
}

/// The types of object that a permission can hold in the end, under every operator alike, sorted.
fn terminal_types<'a>(schema: &'a Schema, definition: &'a Definition, permission: &'a str, left: &mut usize) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut seen = Set::default();
    let mut open = vec![(definition.name.as_str(), permission)];
    while let Some((definition, member)) = open.pop() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            break;
        }
        let Some(owner) = schema.definition(definition).filter(|_| seen.insert((definition, member))) else {
            continue;
        };
        match owner.member(member).map(|member| &member.kind) {
            Some(MemberKind::Relation(types)) => {
                for allowed in types {
                    match &allowed.subjects {
                        Subjects::Objects | Subjects::Wildcard => {
                            insert_sorted(&mut found, &allowed.definition);
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

/// The members, of whichever definition, that an expression reads; [`ELLIPSIS`] for the object itself.
pub(super) fn expression_members<'a>(owner: &'a Definition, expression: &'a Expression, members: &mut Vec<(&'a str, &'a str)>) {
    match expression {
        Expression::Nil => {}
        Expression::SelfObject => members.push((&owner.name, ELLIPSIS)),
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
    let mut aliases = Map::default();
    for member in definition.members() {
        if let MemberKind::Permission(Expression::Member(other)) = &member.kind {
            aliases.insert(member.name.as_str(), other.as_str());
        }
    }
    let mut walked = Set::default();
    for spliced in members {
        let ast::Member::Permission(permission) = spliced.member else {
            continue;
        };
        let mut path = Vec::new();
        let mut next = Some(permission.name.text.as_str());
        while let Some(name) = next.filter(|name| walked.insert(*name)) {
            path.push(name);
            next = aliases.get(name).copied();
        }
        // Where the walk ended on its own path, that path closes a circle.
        if let Some(first) = path.iter().position(|name| Some(*name) == next) {
            let circle = path.get(first..).unwrap_or_default();
            let names: Set<&str> = circle.iter().copied().collect();
            let named = members.iter().find_map(|spliced| match spliced.member {
                ast::Member::Permission(permission) if names.contains(permission.name.text.as_str()) => {
                    Some((spliced.source, permission.name.span))
                }
                _ => None,
            });
            let shown = circle.iter().take(10).copied().listed().join(", ");
            let (source, span) = named.unwrap_or((spliced.source, permission.name.span));
            let message =
                format!("permissions of definition `{}` are aliases of each other in a circle: {}", definition.name, shown);
            let problem = problem_in(source, Code::PermissionCycle, span, message);
            diagnostics.push(problem.about("definition_name", &definition.name).about("permission_names", &circle.join(",")));
        }
    }
}
