//! Warnings: what compiles and is probably not meant so. Five are SpiceDB's (`pkg/development/warningdefs.go`), the
//! sixth is proposed there.

use super::ast::{self, Arrow};
use super::compile::{Compiled, compile_with, for_each_operand, items};
use super::load::{Loader, Source};
use super::schema::{MemberKind, Schema, Subjects};
use crate::text::{Code, Diagnostic, Span};

/// Compiles a schema and what it imports, and, where there is no error, looks for what is probably not meant so.
pub fn lint(text: &str, loader: Option<&mut Loader<'_>>) -> Compiled {
    let mut compiled = compile_with(text, loader);
    if let Some(schema) = &compiled.schema {
        compiled.diagnostics = warnings(schema, &compiled.sources);
    }
    compiled
}

/// The warnings of a schema that compiles, in the order of its files.
///
/// A comment `// spicedb-ignore-warning: <name>` before a member turns off the warning of that name for it.
fn warnings(schema: &Schema, sources: &[Source]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (source, item) in items(sources) {
        let ast::Item::Definition(definition) = item else {
            continue;
        };
        for member in &definition.members {
            let (name, comments) = match member {
                ast::Member::Relation(relation) => (&relation.name, &relation.comments),
                ast::Member::Permission(permission) => (&permission.name, &permission.comments),
                ast::Member::Partial(_) => continue,
            };
            let mut linter = Linter { schema, source, definition: &definition.name.text, comments, warnings: &mut warnings };
            linter.name(name);
            if let ast::Member::Permission(permission) = member {
                linter.permission(permission);
            }
        }
    }
    warnings
}

struct Linter<'a, 'w> {
    schema: &'a Schema,
    source: &'a Source,
    definition: &'a str,
    comments: &'a [String],
    warnings: &'w mut Vec<Diagnostic>,
}

impl Linter<'_, '_> {
    fn warn(&mut self, code: Code, span: Span, message: String, help: &str) {
        let name = code.as_str().trim_start_matches("lint/");
        let ignored = format!("// spicedb-ignore-warning: {name}");
        if !self.comments.iter().any(|comment| comment.trim() == ignored) {
            let warning = Diagnostic::warning(code, span, message).with_help(help);
            self.warnings.push(Diagnostic { source: self.source.path.clone(), ..warning });
        }
    }

    fn name(&mut self, name: &ast::Name) {
        if name.text.ends_with(self.definition) {
            let message = format!("`{}` repeats the name of its definition `{}`", name.text, self.definition);
            self.warn(Code::LintNameReferencesParent, name.span, message, "drop the suffix");
        }
    }

    fn permission(&mut self, permission: &ast::Permission) {
        for_each_operand(&permission.expression, &mut |operand| match operand {
            ast::Expression::Name(name) if name.text == permission.name.text => {
                let message = format!("permission `{}` references itself", name.text);
                self.warn(
                    Code::LintReferencesItself,
                    name.span,
                    message,
                    "it adds nothing here, and SpiceDB fails on it at its depth limit",
                );
            }
            ast::Expression::Arrow(arrow) => self.arrow(arrow),
            _ => {}
        });
        self.mixed_operators(&permission.expression);
    }

    fn arrow(&mut self, arrow: &Arrow) {
        let member = self.schema.definition(self.definition).and_then(|definition| definition.member(&arrow.relation.text));
        let Some(MemberKind::Relation(types)) = member.map(|member| &member.kind) else {
            return;
        };
        let shown = arrow.span.of(&self.source.text);
        let target = &arrow.target.text;
        let targets =
            types.iter().filter_map(|allowed| Some((allowed, self.schema.definition(&allowed.definition)?.member(target)?)));
        let relation = targets
            .clone()
            .find(|(allowed, member)| allowed.definition != self.definition && matches!(member.kind, MemberKind::Relation(_)));
        if let Some((allowed, _)) = relation {
            let message = format!("arrow `{shown}` ends at relation `{target}` of `{}`", allowed.definition);
            self.warn(
                Code::LintArrowReferencesRelation,
                arrow.span,
                message,
                "end it at a permission, which can change without touching this one",
            );
        }
        if targets.clone().next().is_none() {
            let message = format!("arrow `{shown}` ends at `{target}`, which no subject type of `{}` has", arrow.relation.text);
            self.warn(Code::LintArrowUnreachable, arrow.span, message, "it never grants anything");
        }
        let set = types.iter().find_map(|allowed| match &allowed.subjects {
            Subjects::Set(relation) => Some((&allowed.definition, relation)),
            Subjects::Objects | Subjects::Wildcard => None,
        });
        if let Some((definition, relation)) = set {
            let message =
                format!("arrow `{shown}` starts from `{}`, which allows `{definition}#{relation}`", arrow.relation.text);
            self.warn(Code::LintArrowSubjectRelation, arrow.span, message, "the arrow ignores the relation of the subject");
        }
    }

    /// Warns once a permission, at the outermost expression whose operators are of several kinds.
    fn mixed_operators(&mut self, expression: &ast::Expression) {
        let operands = match expression {
            ast::Expression::Union(operands) | ast::Expression::Intersection(operands) | ast::Expression::Exclusion(operands) => {
                operands
            }
            ast::Expression::Parenthesized(inner) => return self.mixed_operators(inner),
            ast::Expression::Nil(_) | ast::Expression::SelfObject(_) | ast::Expression::Name(_) | ast::Expression::Arrow(_) => {
                return;
            }
        };
        let mixed = operands.iter().any(|operand| {
            matches!(operand, ast::Expression::Union(_) | ast::Expression::Intersection(_) | ast::Expression::Exclusion(_))
        });
        if mixed {
            let span = extent(expression).unwrap_or_default();
            let message = format!("`{}` mixes operators without parentheses", span.of(&self.source.text));
            return self.warn(
                Code::LintMixedOperators,
                span,
                message,
                "`+` binds tightest, then `&`, then `-`; write parentheses to say so",
            );
        }
        for operand in operands {
            self.mixed_operators(operand);
        }
    }
}

/// From the first operand to the last, outer parentheses left out.
fn extent(expression: &ast::Expression) -> Option<Span> {
    let mut whole: Option<Span> = None;
    for_each_operand(expression, &mut |operand| {
        let span = match operand {
            ast::Expression::Nil(span) | ast::Expression::SelfObject(span) => *span,
            ast::Expression::Name(name) => name.span,
            ast::Expression::Arrow(arrow) => arrow.span,
            ast::Expression::Parenthesized(_)
            | ast::Expression::Union(_)
            | ast::Expression::Intersection(_)
            | ast::Expression::Exclusion(_) => return,
        };
        whole = Some(whole.map_or(span, |whole| whole.to(span)));
    });
    whole
}
