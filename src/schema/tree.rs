//! Turns one parsed statement into its syntax tree, and checks what the grammar cannot know: words that `use` flags
//! reserve, and forms that parse only to be refused with a better message.

use super::ast::{
    Arrow, ArrowFunction, Caveat, Definition, Expression, Flags, Import, Member, Name, Parameter, ParameterType, Permission,
    Relation, Target, TypeReference,
};
use super::expectation::{reserved_word, unexpected};
use super::grammar::Rule;
use super::lexeme::{Kind, Lexeme, foreign_character};
use super::peg::Part;
use crate::text::{Code, Diagnostic, Span};

/// A statement that fits the grammar.
pub(super) struct Statement<'a> {
    part: Part<'a>,
    /// Where the text that was parsed begins in the file.
    base: usize,
}

impl<'a> Statement<'a> {
    pub(super) fn new(part: Part<'a>, base: usize) -> Self {
        Self { part, base }
    }

    /// The offset in the file after the statement.
    pub(super) fn end(&self) -> usize {
        self.base + self.part.span().range().end
    }

    /// The first word within.
    pub(super) fn word(self) -> Option<Name> {
        let base = self.base;
        self.part
            .parts()
            .find(|inner| inner.rule() == Rule::Word)
            .map(|word| Name { span: span(&word, base), text: word.text().to_owned() })
    }

    /// Of an import.
    pub(super) fn import(self) -> Import {
        let keyword = Span::new(self.base, self.base + "import".len());
        let base = self.base;
        let quoted = self.part.parts().find(|inner| inner.rule() == Rule::String);
        let path =
            quoted.map(|quoted| Name { text: quoted.text().trim_matches(['"', '\'']).to_owned(), span: span(&quoted, base) });
        Import { keyword, path: path.unwrap_or(Name { text: String::new(), span: keyword }) }
    }

    /// Of a caveat.
    pub(super) fn caveat(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Caveat> {
        self.build(flags, diagnostics, |builder, part| builder.caveat(part, comments))
    }

    /// Of the head of a definition or partial.
    pub(super) fn definition(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Definition> {
        self.build(flags, diagnostics, |builder, part| {
            let name = part.parts().find(|inner| inner.rule() == Rule::Path).map(|path| builder.path(path))?;
            Some(Definition { name, members: Vec::new(), comments })
        })
    }

    /// Of a member of a definition.
    pub(super) fn member(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Member> {
        self.build(flags, diagnostics, |builder, part| match part.rule() {
            Rule::Relation => builder.relation(part, comments).map(Member::Relation),
            Rule::Permission => builder.permission(part, comments).map(Member::Permission),
            _ => builder.identifiers(part).into_iter().next().map(Member::Partial),
        })
    }

    fn build<T>(self, flags: Flags, diagnostics: &mut Vec<Diagnostic>, read: impl FnOnce(&mut Builder<'_>, Part<'a>) -> T) -> T {
        read(&mut Builder { base: self.base, flags, diagnostics }, self.part)
    }
}

/// From a part's first token to its last. Rules take the blanks and comments after them along; what a reader would
/// underline ends before those.
fn span(part: &Part<'_>, base: usize) -> Span {
    let last = part.descendants().filter(|inner| inner.rule() != Rule::Comment && inner.parts().next().is_none());
    let end = last.filter(|inner| !inner.text().is_empty()).map(|inner| inner.span().end).max();
    let span = part.span();
    let span = Span { end: end.unwrap_or(span.end), ..span };
    Span::new(base + span.range().start, base + span.range().end)
}

struct Builder<'d> {
    base: usize,
    flags: Flags,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn span(&self, part: &Part<'_>) -> Span {
        span(part, self.base)
    }

    fn identifier(&mut self, part: &Part<'_>) -> Name {
        let name = Name { text: part.text().to_owned(), span: self.span(part) };
        if self.flags.reserve(&name.text) {
            self.diagnostics.push(reserved_word(&name.text, name.span));
        }
        self.diagnostics.extend(foreign_character(&name.text, name.span));
        name
    }

    /// The identifiers directly within a part, in order.
    fn identifiers(&mut self, part: Part<'_>) -> Vec<Name> {
        part.parts().filter(|inner| inner.rule() == Rule::Identifier).map(|inner| self.identifier(&inner)).collect()
    }

    fn path(&mut self, part: Part<'_>) -> Name {
        let mut segments = self.identifiers(part).into_iter();
        let mut path = segments.next().unwrap_or(Name { text: String::new(), span: Span::default() });
        for segment in segments {
            path.text.push('/');
            path.text.push_str(&segment.text);
            path.span = path.span.to(segment.span);
        }
        path
    }

    fn caveat(&mut self, part: Part<'_>, comments: Vec<String>) -> Option<Caveat> {
        let mut name = None;
        let mut parameters = Vec::new();
        let mut expression = None;
        let mut brace = Span::default();
        for part in part.parts() {
            match part.rule() {
                Rule::Path => name = Some(self.path(part)),
                Rule::Parameter => parameters.extend(self.parameter(part)),
                Rule::CaveatExpression => expression = Some(Name { text: part.text().to_owned(), span: self.span(&part) }),
                Rule::RightBrace => brace = self.span(&part),
                _ => {}
            }
        }
        if expression.is_none() {
            self.diagnostics.push(
                Diagnostic::error(Code::MissingCaveatExpression, brace, "caveat has no expression")
                    .with_help("write a CEL expression between the braces"),
            );
        }
        Some(Caveat { name: name?, parameters, expression: expression?, comments })
    }

    fn parameter(&mut self, part: Part<'_>) -> Option<Parameter> {
        let mut parts = part.parts().filter(|part| part.rule() != Rule::Comment);
        let name = self.identifier(&parts.next()?);
        let kind = self.parameter_type(parts.next()?)?;
        Some(Parameter { name, kind })
    }

    fn parameter_type(&mut self, part: Part<'_>) -> Option<ParameterType> {
        let span = self.span(&part);
        let mut name = None;
        let mut arguments = Vec::new();
        for part in part.parts() {
            match part.rule() {
                Rule::Identifier => name = Some(self.identifier(&part)),
                Rule::ParameterType => arguments.extend(self.parameter_type(part)),
                _ => {}
            }
        }
        Some(ParameterType { name: name?, arguments, span })
    }

    fn relation(&mut self, part: Part<'_>, comments: Vec<String>) -> Option<Relation> {
        let mut name = None;
        let mut types = Vec::new();
        for part in part.parts() {
            match part.rule() {
                Rule::Identifier => name = Some(self.identifier(&part)),
                Rule::TypeReference => types.extend(self.type_reference(part)),
                _ => {}
            }
        }
        Some(Relation { name: name?, types, comments })
    }

    fn type_reference(&mut self, part: Part<'_>) -> Option<TypeReference> {
        let mut definition = None;
        let mut target = Target::Object;
        let (mut caveat, mut expiration) = (None, false);
        let mut span = self.span(&part);
        for part in part.parts() {
            match part.rule() {
                Rule::Path => {
                    let path = self.path(part);
                    span.end = path.span.end;
                    definition = Some(path);
                }
                Rule::Star => {
                    span = span.to(self.span(&part));
                    target = Target::Wildcard;
                }
                Rule::Ellipsis => span = span.to(self.span(&part)),
                Rule::Identifier => {
                    let relation = self.identifier(&part);
                    span = span.to(relation.span);
                    target = Target::Relation(relation);
                }
                Rule::Traits => {
                    span = span.to(self.span(&part));
                    (caveat, expiration) = self.traits(part);
                }
                _ => {}
            }
        }
        Some(TypeReference { definition: definition?, target, caveat, expiration, span })
    }

    /// The caveat and the expiration that `with` asks for.
    fn traits(&mut self, part: Part<'_>) -> (Option<Name>, bool) {
        let parts: Vec<_> = part.parts().collect();
        let part = |rule| parts.iter().find(|part| part.rule() == rule);
        let Some(path) = part(Rule::Path) else {
            return (None, false);
        };
        let is_expiration = self.flags.expiration && path.text().trim_end() == "expiration";
        let (Some(and), Some(second)) = (part(Rule::And), part(Rule::Word)) else {
            return if is_expiration { (None, true) } else { (Some(self.path(path.clone())), false) };
        };
        if !self.flags.expiration {
            // Without the flag `and` is a name like any other, and a name cannot stand here.
            let found = Lexeme { kind: Kind::Word, text: and.text(), span: self.span(and) };
            let problem = unexpected("the end of the statement", Some(&found), 0)
                .with_help("`and expiration` needs `use expiration` at the top of the file");
            self.diagnostics.push(Diagnostic { code: Code::MissingTerminator, ..problem });
            return (Some(self.path(path.clone())), false);
        }
        let second = Name { text: second.text().to_owned(), span: self.span(second) };
        if is_expiration || second.text != "expiration" {
            let message = if is_expiration {
                "the caveat must come before `expiration`".to_owned()
            } else {
                format!("expected `expiration` after `and`, found `{}`", second.text)
            };
            let problem =
                Diagnostic::error(Code::UnexpectedToken, if is_expiration { self.span(and) } else { second.span }, message);
            self.diagnostics.push(problem.with_help("write `with some_caveat and expiration`; a type takes one caveat at most"));
            return (None, true);
        }
        (Some(self.path(path.clone())), true)
    }

    fn permission(&mut self, part: Part<'_>, comments: Vec<String>) -> Option<Permission> {
        let mut name = None;
        let mut annotation = None;
        let mut expression = None;
        for part in part.parts() {
            match part.rule() {
                Rule::Identifier => name = Some(self.identifier(&part)),
                Rule::Annotation => annotation = Some(self.identifiers(part)),
                Rule::Expression => expression = Some(self.expression(part)?),
                _ => {}
            }
        }
        Some(Permission { name: name?, annotation, expression: expression?, comments })
    }

    fn expression(&mut self, part: Part<'_>) -> Option<Expression> {
        self.operators(part, Rule::Intersection, Expression::Exclusion, |builder, part| {
            builder.operators(part, Rule::Union, Expression::Intersection, |builder, part| {
                builder.operators(part, Rule::Operand, Expression::Union, Self::operand)
            })
        })
    }

    /// Operands of one operator; a lone one stands for itself.
    fn operators(
        &mut self,
        part: Part<'_>,
        within: Rule,
        node: fn(Vec<Expression>) -> Expression,
        read: impl Fn(&mut Self, Part<'_>) -> Option<Expression>,
    ) -> Option<Expression> {
        let mut operands = Vec::new();
        for part in part.parts().filter(|part| part.rule() == within) {
            operands.push(read(self, part)?);
        }
        if operands.len() == 1 { operands.pop() } else { Some(node(operands)) }
    }

    fn operand(&mut self, part: Part<'_>) -> Option<Expression> {
        let part = part.parts().find(|part| matches!(part.rule(), Rule::Nil | Rule::Expression | Rule::Arrows))?;
        match part.rule() {
            Rule::Nil => Some(Expression::Nil(self.span(&part))),
            Rule::Expression => Some(Expression::Parenthesized(Box::new(self.expression(part)?))),
            _ => self.arrows(part),
        }
    }

    fn arrows(&mut self, part: Part<'_>) -> Option<Expression> {
        let span = self.span(&part);
        let mut parts = part.parts().filter(|part| part.rule() != Rule::Comment);
        let first = parts.next()?;
        let Some(arrow) = parts.next() else {
            let name_span = self.span(&first);
            if self.flags.self_keyword && first.text() == "self" {
                return Some(Expression::SelfObject(name_span));
            }
            return Some(Expression::Name(self.identifier(&first)));
        };
        let relation = self.identifier(&first);
        if parts.next().is_some() {
            let problem = Diagnostic::error(Code::NestedArrow, span, "an arrow cannot start from another arrow");
            self.diagnostics.push(
                problem.with_help("make the first arrow a permission of the type it reaches, and end the second arrow there"),
            );
            return None;
        }
        let names: Vec<_> = arrow.parts().filter(|part| part.rule() == Rule::Identifier).collect();
        let (function, target) = match names.as_slice() {
            [target] => (ArrowFunction::Any, self.identifier(target)),
            [function, target] => (self.function(function)?, self.identifier(target)),
            _ => return None,
        };
        Some(Expression::Arrow(Arrow { relation, function, target, span }))
    }

    fn function(&mut self, part: &Part<'_>) -> Option<ArrowFunction> {
        match part.text() {
            "any" => Some(ArrowFunction::Any),
            "all" => Some(ArrowFunction::All),
            other => {
                let message = format!("expected `any` or `all`, found `{other}`");
                self.diagnostics.push(Diagnostic::error(Code::ArrowFunction, self.span(part), message));
                None
            }
        }
    }
}
