//! From syntax trees to a [`Schema`]: partials spliced in, names checked and looked up, caveats compiled, types checked.

use super::ast::{self, Item};
use super::load::{Loader, Source, load, problem_in};
use super::schema::{AllowedType, Caveat, Definition, Expression, Member, MemberKind, Schema, Subjects};
use super::{partials, types};
use crate::caveat;
use crate::model::limits::{MAX_DIAGNOSTICS, MAX_MEMBERS};
use crate::model::name;
use crate::text::hash::{Map, Set};
use crate::text::{Code, Diagnostic, Listed, Span, in_order};

/// What came of a schema text.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The schema, where there is no error.
    pub schema: Option<Schema>,
    /// Errors, or of [`lint`](super::lint()) warnings; in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The files read, the schema itself last.
    pub sources: Vec<Source>,
}

/// Compiles a schema that stands alone.
///
/// ```
/// let schema = peppercorn::schema::compile("definition user {}").unwrap();
/// assert!(schema.definition("user").is_some());
/// let problems = peppercorn::schema::compile("definition user {").unwrap_err();
/// assert_eq!(problems[0].code.as_str(), "syntax/unexpected-token");
/// ```
///
/// # Errors
/// All errors found, up to [`MAX_DIAGNOSTICS`], in the order of the text. The verdict is SpiceDB's (`WriteSchema`).
pub fn compile(text: &str) -> Result<Schema, Vec<Diagnostic>> {
    let compiled = compile_with(text, None);
    compiled.schema.ok_or(compiled.diagnostics)
}

/// Compiles a schema and what it imports.
pub fn compile_with(text: &str, loader: Option<&mut Loader<'_>>) -> Compiled {
    let (sources, mut diagnostics) = load(text, loader);
    // A statement that could not be read leaves names undefined: more errors would only tell of the first.
    let mut schema = None;
    if diagnostics.is_empty() {
        let imports = sources.iter().filter_map(|source| Some((source.path.clone()?, source.text.clone()))).collect();
        let resolved = Schema { text: text.into(), imports, ..resolve(&sources, &mut diagnostics) };
        schema = diagnostics.is_empty().then_some(resolved);
    } else {
        check_names(&sources, &mut diagnostics);
    }
    distinct(&mut diagnostics);
    Compiled { schema, diagnostics, sources }
}

/// One diagnostic for one place: a partial spliced into ten definitions is one mistake.
fn distinct(diagnostics: &mut Vec<Diagnostic>) {
    in_order(diagnostics);
    diagnostics.dedup_by(|next, kept| (&next.source, next.span, next.code) == (&kept.source, kept.span, kept.code));
    diagnostics.truncate(MAX_DIAGNOSTICS);
}

fn resolve(sources: &[Source], diagnostics: &mut Vec<Diagnostic>) -> Schema {
    check_names(sources, diagnostics);
    let mut schema = Schema::default();
    let partials = partials::collect(sources, diagnostics);
    let mut spliced = Vec::new();
    let mut left = MAX_MEMBERS;
    for (source, item) in items(sources) {
        match item {
            Item::Definition(definition) => {
                let members = partials::splice(&partials, source, &definition.members, &mut left, diagnostics);
                declare_definition(&mut schema, definition, &members, diagnostics);
                spliced.push((source, definition, members));
            }
            Item::Caveat(caveat) => declare_caveat(&mut schema, source, caveat, diagnostics),
            Item::Partial(_) | Item::Import(_) => {}
        }
    }
    check_reuse(sources, &partials, diagnostics);
    types::check(&schema, sources, &spliced, diagnostics);
    schema
}

/// All items of all sources, in order.
pub(super) fn items(sources: &[Source]) -> impl Iterator<Item = (&Source, &Item)> {
    sources.iter().flat_map(|source| source.file.items.iter().map(move |item| (source, item)))
}

/// Checks every name against SpiceDB's rules, whether or not anything refers to it.
fn check_names(sources: &[Source], diagnostics: &mut Vec<Diagnostic>) {
    for (source, item) in items(sources) {
        let mut check = |name: &ast::Name, valid: bool, what: &str, rule: &str| {
            if !valid {
                let problem = problem_in(source, Code::InvalidName, name.span, format!("`{}` is not {what} name", name.text));
                diagnostics.push(problem.with_help(format!("a name is {rule}")));
            }
        };
        let members = match item {
            Item::Definition(definition) => {
                check(&definition.name, name::is_definition(&definition.name.text), "a definition", name::DEFINITION_RULE);
                &definition.members
            }
            Item::Partial(partial) => &partial.members,
            // SpiceDB asks nothing of the names of caveats.
            Item::Caveat(_) | Item::Import(_) => continue,
        };
        for member in members {
            match member {
                ast::Member::Relation(relation) => {
                    check(&relation.name, name::is_relation(&relation.name.text), "a relation", name::RELATION_RULE);
                    for reference in &relation.types {
                        check(
                            &reference.definition,
                            name::is_object_type(&reference.definition.text),
                            "a definition",
                            name::DEFINITION_RULE,
                        );
                        if let ast::Target::Relation(target) = &reference.target {
                            check(target, name::is_relation(&target.text), "a relation", name::RELATION_RULE);
                        }
                    }
                }
                ast::Member::Permission(permission) => {
                    check(&permission.name, name::is_relation(&permission.name.text), "a permission", name::RELATION_RULE);
                    for_each_operand(&permission.expression, &mut |operand| {
                        let names = match operand {
                            ast::Expression::Name(name) => [Some(name), None],
                            ast::Expression::Arrow(arrow) => [Some(&arrow.relation), Some(&arrow.target)],
                            _ => [None, None],
                        };
                        for name in names.into_iter().flatten() {
                            check(name, name::is_relation(&name.text), "a relation or permission", name::RELATION_RULE);
                        }
                    });
                }
                ast::Member::Partial(_) => {}
            }
        }
    }
}

/// Refuses a name given to two things.
fn check_reuse(sources: &[Source], partials: &Map<&str, partials::Partial<'_>>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = Set::default();
    for (source, item) in items(sources) {
        let (name, what) = match item {
            Item::Definition(definition) => (&definition.name, "definition"),
            Item::Caveat(caveat) => (&caveat.name, "caveat"),
            Item::Partial(_) | Item::Import(_) => continue,
        };
        if partials.contains_key(name.text.as_str()) {
            diagnostics.push(problem_in(
                source,
                Code::PartialNameConflict,
                name.span,
                format!("{what} `{}` has the name of a partial", name.text),
            ));
        }
        if !seen.insert(name.text.as_str()) {
            diagnostics.push(problem_in(
                source,
                Code::DuplicateDefinition,
                name.span,
                format!("name `{}` is used by two definitions or caveats", name.text),
            ));
        }
    }
}

fn declare_definition(
    schema: &mut Schema,
    definition: &ast::Definition,
    members: &[partials::Spliced<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut declared = Definition {
        name: definition.name.text.clone(),
        comment: comment(&definition.comments),
        members: Vec::new(),
        by_name: Map::default(),
    };
    for spliced in members {
        let (name, comments, kind) = match spliced.member {
            ast::Member::Relation(relation) => {
                (&relation.name, &relation.comments, MemberKind::Relation(relation.types.iter().map(allowed_type).listed()))
            }
            ast::Member::Permission(permission) => {
                (&permission.name, &permission.comments, MemberKind::Permission(expression(&permission.expression)))
            }
            ast::Member::Partial(_) => continue,
        };
        if declared.by_name.insert(name.text.clone(), declared.members.len()).is_some() {
            let message = format!("relation or permission `{}` is defined twice under definition `{}`", name.text, declared.name);
            diagnostics.push(
                problem_in(spliced.source, Code::DuplicateRelation, name.span, message)
                    .about("definition_name", &declared.name)
                    .about("relation_or_permission_name", &name.text),
            );
        }
        declared.members.push(Member { name: name.text.clone(), comment: comment(comments), kind });
    }
    schema.by_name.insert(declared.name.clone(), schema.definitions.len());
    schema.definitions.push(declared);
}

/// Comments as SpiceDB keeps them (`pkg/schemadsl/compiler/translator.go`): each line trimmed.
fn comment(comments: &[String]) -> Box<str> {
    let mut kept = String::new();
    for line in comments.iter().flat_map(|comment| comment.lines()) {
        if !kept.is_empty() {
            kept.push('\n');
        }
        kept.push_str(line.trim());
    }
    kept.into()
}

pub(super) fn allowed_type(reference: &ast::TypeReference) -> AllowedType {
    AllowedType {
        definition: reference.definition.text.clone(),
        subjects: Subjects::from(&reference.target),
        caveat: reference.caveat.as_ref().map(|caveat| caveat.text.clone()),
        expiration: reference.expiration,
    }
}

/// Depth is bounded by the reader.
fn expression(tree: &ast::Expression) -> Expression {
    let all = |operands: &[ast::Expression]| operands.iter().map(expression).listed();
    match tree {
        ast::Expression::Nil(_) => Expression::Nil,
        ast::Expression::SelfObject(_) => Expression::SelfObject,
        ast::Expression::Name(name) => Expression::Member(name.text.clone()),
        ast::Expression::Arrow(arrow) => Expression::Arrow {
            relation: arrow.relation.text.clone(),
            function: arrow.function,
            target: arrow.target.text.clone(),
        },
        ast::Expression::Parenthesized(inner) => expression(inner),
        ast::Expression::Union(operands) => Expression::Union(all(operands)),
        ast::Expression::Intersection(operands) => Expression::Intersection(all(operands)),
        ast::Expression::Exclusion(operands) => Expression::Exclusion(all(operands)),
    }
}

/// Visits every operand of an expression that is not an operator or a parenthesis.
pub(super) fn for_each_operand<'a>(tree: &'a ast::Expression, visit: &mut impl FnMut(&'a ast::Expression)) {
    match tree {
        ast::Expression::Nil(_) | ast::Expression::SelfObject(_) | ast::Expression::Name(_) | ast::Expression::Arrow(_) => {
            visit(tree)
        }
        ast::Expression::Parenthesized(inner) => for_each_operand(inner, visit),
        ast::Expression::Union(operands) | ast::Expression::Intersection(operands) | ast::Expression::Exclusion(operands) => {
            for operand in operands {
                for_each_operand(operand, visit);
            }
        }
    }
}

fn declare_caveat(schema: &mut Schema, source: &Source, tree: &ast::Caveat, diagnostics: &mut Vec<Diagnostic>) {
    let before = diagnostics.len();
    let mut parameters: Vec<caveat::Parameter> = Vec::new();
    let mut names = Set::default();
    for parameter in &tree.parameters {
        if !names.insert(parameter.name.text.as_str()) {
            let message = format!("parameter `{}` is declared twice on caveat `{}`", parameter.name.text, tree.name.text);
            diagnostics.push(problem_in(source, Code::DuplicateParameter, parameter.name.span, message));
        }
        match parameter_type(&parameter.kind) {
            Ok(kind) => parameters.push(caveat::Parameter { name: parameter.name.text.clone(), kind }),
            Err((span, message)) => diagnostics.push(problem_in(source, Code::ParameterType, span, message)),
        }
    }
    if diagnostics.len() > before {
        return;
    }
    match caveat::compile(&parameters, &tree.expression.text) {
        Ok(expression) => {
            let used: Set<&str> = expression.references().iter().map(String::as_str).collect();
            for unused in tree.parameters.iter().filter(|parameter| !used.contains(parameter.name.text.as_str())) {
                let message = format!("parameter `{}` of caveat `{}` is not used", unused.name.text, tree.name.text);
                diagnostics.push(
                    problem_in(source, Code::UnusedParameter, unused.name.span, message)
                        .about("caveat_name", &tree.name.text)
                        .about("parameter_name", &unused.name.text),
                );
            }
            schema.caveats_by_name.insert(tree.name.text.clone(), schema.caveats.len());
            drop(used);
            schema.caveats.push(Caveat {
                name: tree.name.text.clone(),
                comment: comment(&tree.comments),
                parameters,
                expression,
            });
        }
        Err(problems) => {
            for problem in problems {
                // All of an overlong expression is at fault; its caveat's name says as much in less.
                let span = if problem.code == Code::CaveatTooLarge {
                    tree.name.span
                } else {
                    problem.span.shifted(tree.expression.span.start)
                };
                diagnostics.push(Diagnostic { source: source.path.clone(), span, ..problem });
            }
        }
    }
}

/// Depth is bounded by the reader.
fn parameter_type(tree: &ast::ParameterType) -> Result<caveat::ParameterType, (Span, String)> {
    let arguments = tree.arguments.iter().map(parameter_type).listed_or()?;
    caveat::ParameterType::named(&tree.name.text, arguments).map_err(|problem| (tree.span, problem.to_string()))
}
