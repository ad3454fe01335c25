//! The words of an expression, from `grammar.pest`.

use pest::Parser as _;

use super::MAX_EXPRESSION_CHARACTERS;
use crate::text::{Code, Diagnostic, Span};

#[derive(pest_derive::Parser)]
#[grammar = "caveat/grammar.pest"]
struct Lexer;

/// What stops the parser: boxed, because it travels through every level of it.
pub(super) type Failure = Box<Diagnostic>;

pub(super) fn failure(code: Code, span: Span, message: impl Into<String>) -> Failure {
    Box::new(Diagnostic::error(code, span, message))
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Identifier,
    Symbol,
}

/// A word of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The words of an expression, without the comments around it: at least one.
pub(super) fn tokenize(source: &str) -> Result<Vec<Token>, Failure> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut comment = None;
    let mut offset = 0;
    while let Some((rule, span)) = next(source, offset) {
        offset = span.end as usize;
        let kind = match rule {
            Rule::block_comment => {
                comment = comment.or((!tokens.is_empty()).then_some(span));
                continue;
            }
            Rule::unknown => return Err(unknown(span, span.of(source))),
            Rule::int => TokenKind::Int,
            Rule::uint => TokenKind::Uint,
            Rule::double => TokenKind::Double,
            Rule::string_literal => TokenKind::String,
            Rule::bytes_literal => TokenKind::Bytes,
            Rule::identifier => TokenKind::Identifier,
            _ => TokenKind::Symbol,
        };
        if let Some(comment) = comment {
            let inside = "a block comment cannot stand inside an expression";
            return Err(Box::new(
                Diagnostic::error(Code::CaveatSyntax, comment, inside).with_help("use `//` to the end of the line"),
            ));
        }
        let start = tokens.first().map_or(span.start, |first| first.span.start);
        if (span.end - start) as usize > MAX_EXPRESSION_CHARACTERS {
            let message = format!("the expression is longer than {MAX_EXPRESSION_CHARACTERS} bytes");
            return Err(failure(Code::CaveatTooLarge, Span { start, end: span.end }, message));
        }
        tokens.push(Token { kind, span });
    }
    if tokens.is_empty() {
        return Err(failure(Code::CaveatSyntax, Span::at(0), "the expression is empty"));
    }
    Ok(tokens)
}

/// The word after byte `offset`, or nothing at the end.
fn next(source: &str, offset: usize) -> Option<(Rule, Span)> {
    let rest = source.get(offset..)?;
    let word = Lexer::parse(Rule::next, rest).ok()?.next()?.into_inner().next()?;
    let span = word.as_span();
    match word.as_rule() {
        Rule::EOI => None,
        rule => Some((rule, Span::new(offset + span.start(), offset + span.end()))),
    }
}

fn unknown(span: Span, text: &str) -> Failure {
    match text {
        "\"" | "'" => failure(Code::CaveatSyntax, span, "this string is not closed"),
        "&" | "|" | "=" => {
            let message = format!("`{text}` is not an operator of CEL");
            Box::new(Diagnostic::error(Code::CaveatSyntax, span, message).with_help(format!("did you mean `{text}{text}`?")))
        }
        _ => failure(Code::CaveatSyntax, span, format!("`{text}` means nothing in CEL")),
    }
}
