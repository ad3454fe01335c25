//! Turns one parsed statement into its syntax tree, and checks what the grammar cannot know: words that `use` flags
//! reserve, and forms that parse only to be refused with a better message.

use pest::iterators::Pair;

use super::ast::{
    Arrow, ArrowFunction, Caveat, Definition, Expression, Flags, Import, Member, Name, Parameter, ParameterType, Permission,
    Relation, Target, TypeReference,
};
use super::expectation::{reserved_word, unexpected};
use super::grammar::Rule;
use super::lexeme::{Kind, Lexeme, foreign_character};
use crate::text::{Code, Diagnostic, Listed, Span};

/// A statement that fits the grammar.
pub(super) struct Statement<'a> {
    pair: Pair<'a, Rule>,
    /// Where the text that was parsed begins in the file.
    base: usize,
}

impl<'a> Statement<'a> {
    pub(super) fn new(pair: Pair<'a, Rule>, base: usize) -> Self {
        Self { pair, base }
    }

    /// The offset in the file after the statement.
    pub(super) fn end(&self) -> usize {
        self.base + self.pair.as_span().end()
    }

    /// The first word within.
    pub(super) fn word(self) -> Option<Name> {
        let base = self.base;
        self.pair
            .into_inner()
            .find(|inner| inner.as_rule() == Rule::word)
            .map(|word| Name { span: span(&word, base), text: word.as_str().to_owned() })
    }

    /// Of an import.
    pub(super) fn import(self) -> Import {
        let keyword = Span::new(self.base, self.base + "import".len());
        let base = self.base;
        let quoted = self.pair.into_inner().find(|inner| inner.as_rule() == Rule::string);
        let path =
            quoted.map(|quoted| Name { text: quoted.as_str().trim_matches(['"', '\'']).to_owned(), span: span(&quoted, base) });
        Import { keyword, path: path.unwrap_or(Name { text: String::new(), span: keyword }) }
    }

    /// Of a caveat.
    pub(super) fn caveat(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Caveat> {
        self.build(flags, diagnostics, |builder, pair| builder.caveat(pair, comments))
    }

    /// Of the head of a definition or partial.
    pub(super) fn definition(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Definition> {
        self.build(flags, diagnostics, |builder, pair| {
            let name = pair.into_inner().find(|inner| inner.as_rule() == Rule::path).map(|path| builder.path(path))?;
            Some(Definition { name, members: Vec::new(), comments })
        })
    }

    /// Of a member of a definition.
    pub(super) fn member(self, comments: Vec<String>, flags: Flags, diagnostics: &mut Vec<Diagnostic>) -> Option<Member> {
        self.build(flags, diagnostics, |builder, pair| match pair.as_rule() {
            Rule::relation => builder.relation(pair, comments).map(Member::Relation),
            Rule::permission => builder.permission(pair, comments).map(Member::Permission),
            _ => builder.identifiers(pair).into_iter().next().map(Member::Partial),
        })
    }

    fn build<T>(
        self,
        flags: Flags,
        diagnostics: &mut Vec<Diagnostic>,
        read: impl FnOnce(&mut Builder<'_>, Pair<'a, Rule>) -> T,
    ) -> T {
        read(&mut Builder { base: self.base, flags, diagnostics }, self.pair)
    }
}

/// From a pair's first token to its last. Rules take the blanks and comments after them along; what a reader would
/// underline ends before those.
fn span(pair: &Pair<'_, Rule>, base: usize) -> Span {
    let last = pair
        .clone()
        .into_inner()
        .flatten()
        .filter(|inner| inner.as_rule() != Rule::comment && inner.clone().into_inner().next().is_none());
    let end = last.filter(|inner| !inner.as_str().is_empty()).map(|inner| inner.as_span().end()).max();
    let span = pair.as_span();
    Span::new(base + span.start(), base + end.unwrap_or(span.end()))
}

struct Builder<'d> {
    base: usize,
    flags: Flags,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        span(pair, self.base)
    }

    fn identifier(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let name = Name { text: pair.as_str().to_owned(), span: self.span(pair) };
        if self.flags.reserve(&name.text) {
            self.diagnostics.push(reserved_word(&name.text, name.span));
        }
        self.diagnostics.extend(foreign_character(&name.text, name.span));
        name
    }

    /// The identifiers directly within a pair, in order.
    fn identifiers(&mut self, pair: Pair<'_, Rule>) -> Vec<Name> {
        pair.into_inner().filter(|inner| inner.as_rule() == Rule::identifier).map(|inner| self.identifier(&inner)).listed()
    }

    fn path(&mut self, pair: Pair<'_, Rule>) -> Name {
        let mut segments = self.identifiers(pair).into_iter();
        let mut path = segments.next().unwrap_or(Name { text: String::new(), span: Span::default() });
        for segment in segments {
            path.text.push('/');
            path.text.push_str(&segment.text);
            path.span = path.span.to(segment.span);
        }
        path
    }

    fn caveat(&mut self, pair: Pair<'_, Rule>, comments: Vec<String>) -> Option<Caveat> {
        let mut name = None;
        let mut parameters = Vec::new();
        let mut expression = None;
        let mut brace = Span::default();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => name = Some(self.path(part)),
                Rule::parameter => parameters.extend(self.parameter(part)),
                Rule::caveat_expression => expression = Some(Name { text: part.as_str().to_owned(), span: self.span(&part) }),
                Rule::right_brace => brace = self.span(&part),
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

    fn parameter(&mut self, pair: Pair<'_, Rule>) -> Option<Parameter> {
        let mut parts = pair.into_inner().filter(|part| part.as_rule() != Rule::comment);
        let name = self.identifier(&parts.next()?);
        let kind = self.parameter_type(parts.next()?)?;
        Some(Parameter { name, kind })
    }

    fn parameter_type(&mut self, pair: Pair<'_, Rule>) -> Option<ParameterType> {
        let span = self.span(&pair);
        let mut name = None;
        let mut arguments = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::identifier => name = Some(self.identifier(&part)),
                Rule::parameter_type => arguments.extend(self.parameter_type(part)),
                _ => {}
            }
        }
        Some(ParameterType { name: name?, arguments, span })
    }

    fn relation(&mut self, pair: Pair<'_, Rule>, comments: Vec<String>) -> Option<Relation> {
        let mut name = None;
        let mut types = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::identifier => name = Some(self.identifier(&part)),
                Rule::type_reference => types.extend(self.type_reference(part)),
                _ => {}
            }
        }
        Some(Relation { name: name?, types, comments })
    }

    fn type_reference(&mut self, pair: Pair<'_, Rule>) -> Option<TypeReference> {
        let mut definition = None;
        let mut target = Target::Object;
        let (mut caveat, mut expiration) = (None, false);
        let mut span = self.span(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => {
                    let path = self.path(part);
                    span.end = path.span.end;
                    definition = Some(path);
                }
                Rule::star => {
                    span = span.to(self.span(&part));
                    target = Target::Wildcard;
                }
                Rule::ellipsis => span = span.to(self.span(&part)),
                Rule::identifier => {
                    let relation = self.identifier(&part);
                    span = span.to(relation.span);
                    target = Target::Relation(relation);
                }
                Rule::traits => {
                    span = span.to(self.span(&part));
                    (caveat, expiration) = self.traits(part);
                }
                _ => {}
            }
        }
        Some(TypeReference { definition: definition?, target, caveat, expiration, span })
    }

    /// The caveat and the expiration that `with` asks for.
    fn traits(&mut self, pair: Pair<'_, Rule>) -> (Option<Name>, bool) {
        let parts: Vec<_> = pair.into_inner().listed();
        let part = |rule| parts.iter().find(|part| part.as_rule() == rule);
        let Some(path) = part(Rule::path) else {
            return (None, false);
        };
        let is_expiration = self.flags.expiration && path.as_str().trim_end() == "expiration";
        let (Some(and), Some(second)) = (part(Rule::and), part(Rule::word)) else {
            return if is_expiration { (None, true) } else { (Some(self.path(path.clone())), false) };
        };
        if !self.flags.expiration {
            // Without the flag `and` is a name like any other, and a name cannot stand here.
            let found = Lexeme { kind: Kind::Word, text: and.as_str(), span: self.span(and) };
            let problem = unexpected("the end of the statement", Some(&found), 0)
                .with_help("`and expiration` needs `use expiration` at the top of the file");
            self.diagnostics.push(Diagnostic { code: Code::MissingTerminator, ..problem });
            return (Some(self.path(path.clone())), false);
        }
        let second = Name { text: second.as_str().to_owned(), span: self.span(second) };
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

    fn permission(&mut self, pair: Pair<'_, Rule>, comments: Vec<String>) -> Option<Permission> {
        let mut name = None;
        let mut annotation = None;
        let mut expression = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::identifier => name = Some(self.identifier(&part)),
                Rule::annotation => annotation = Some(self.identifiers(part)),
                Rule::expression => expression = Some(self.expression(part)?),
                _ => {}
            }
        }
        Some(Permission { name: name?, annotation, expression: expression?, comments })
    }

    fn expression(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        self.operators(pair, Rule::intersection, Expression::Exclusion, |builder, pair| {
            builder.operators(pair, Rule::union, Expression::Intersection, |builder, pair| {
                builder.operators(pair, Rule::operand, Expression::Union, Self::operand)
            })
        })
    }

    /// Operands of one operator; a lone one stands for itself.
    fn operators(
        &mut self,
        pair: Pair<'_, Rule>,
        within: Rule,
        node: fn(Vec<Expression>) -> Expression,
        read: impl Fn(&mut Self, Pair<'_, Rule>) -> Option<Expression>,
    ) -> Option<Expression> {
        let mut operands = Vec::new();
        for part in pair.into_inner().filter(|part| part.as_rule() == within) {
            operands.push(read(self, part)?);
        }
        if operands.len() == 1 { operands.pop() } else { Some(node(operands)) }
    }

    fn operand(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        let part = pair.into_inner().find(|part| matches!(part.as_rule(), Rule::nil | Rule::expression | Rule::arrows))?;
        match part.as_rule() {
            Rule::nil => Some(Expression::Nil(self.span(&part))),
            Rule::expression => Some(Expression::Parenthesized(Box::new(self.expression(part)?))),
            _ => self.arrows(part),
        }
    }

    fn arrows(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner().filter(|part| part.as_rule() != Rule::comment);
        let first = parts.next()?;
        let Some(arrow) = parts.next() else {
            let name_span = self.span(&first);
            if self.flags.self_keyword && first.as_str() == "self" {
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
        let names: Vec<_> = arrow.into_inner().filter(|part| part.as_rule() == Rule::identifier).listed();
        let (function, target) = match names.as_slice() {
            [target] => (ArrowFunction::Any, self.identifier(target)),
            [function, target] => (self.function(function)?, self.identifier(target)),
            _ => return None,
        };
        Some(Expression::Arrow(Arrow { relation, function, target, span }))
    }

    fn function(&mut self, pair: &Pair<'_, Rule>) -> Option<ArrowFunction> {
        match pair.as_str() {
            "any" => Some(ArrowFunction::Any),
            "all" => Some(ArrowFunction::All),
            other => {
                let message = format!("expected `any` or `all`, found `{other}`");
                self.diagnostics.push(Diagnostic::error(Code::ArrowFunction, self.span(pair), message));
                None
            }
        }
    }
}
