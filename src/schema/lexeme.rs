//! A schema text as a row of lexemes: what the formatter prints from, and how the reader finds the next statement.

use pest::Parser;

use super::grammar::{Grammar, Rule};
use crate::model::limits::MAX_NESTING;
use crate::text::{Code, Diagnostic, Span};

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of letters, digits and underscores.
    Word,
    /// Punctuation.
    Symbol,
    /// A string, quotes included.
    String,
    /// A comment, delimiters included.
    Comment,
    /// One `\n` or `\r`.
    LineBreak,
    /// What no token begins with.
    Unreadable,
}

/// A piece of a schema text that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lexeme<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its text.
    pub(super) text: &'a str,
    /// Where it stands.
    pub(super) span: Span,
}

impl Lexeme<'_> {
    /// Whether this is the beginning of something that only the end of the text ended.
    pub(super) fn swallows_the_rest(&self) -> bool {
        self.kind == Kind::Unreadable && ["/*", "\"\"\"", "'''"].iter().any(|opening| self.text.starts_with(opening))
    }

    /// Whether a line break after this lexeme ends a statement.
    #[must_use]
    pub(super) fn ends_statements(&self) -> bool {
        match self.kind {
            Kind::Word => true,
            Kind::Symbol => matches!(self.text, "}" | ")" | "*"),
            Kind::String | Kind::Comment | Kind::LineBreak | Kind::Unreadable => false,
        }
    }
}

/// Splits a text into lexemes, without the blanks between them.
pub(super) fn split(text: &str) -> Vec<Lexeme<'_>> {
    let mut lexemes = Vec::new();
    for pair in Grammar::parse(Rule::lexemes, text).into_iter().flatten().flat_map(|all| all.into_inner()) {
        let kind = match pair.as_rule() {
            Rule::word => Kind::Word,
            Rule::string => Kind::String,
            Rule::comment => Kind::Comment,
            Rule::line_break => Kind::LineBreak,
            Rule::unreadable => Kind::Unreadable,
            _ => Kind::Symbol,
        };
        let span = pair.as_span();
        lexemes.push(Lexeme { kind, text: pair.as_str(), span: Span::new(span.start(), span.end()) });
    }
    lexemes
}

/// Why nothing can be made of an unreadable lexeme.
pub(super) fn unreadable(lexeme: &Lexeme<'_>) -> Diagnostic {
    let start = lexeme.span.range().start;
    if lexeme.text.starts_with("/*") {
        return Diagnostic::error(Code::UnterminatedComment, Span::new(start, start + 2), "comment is never closed")
            .with_help("close it with `*/`");
    }
    let found = lexeme.text.chars().next().unwrap_or_default();
    if matches!(found, '"' | '\'') {
        let quote = if lexeme.swallows_the_rest() { 3 } else { 1 };
        return Diagnostic::error(Code::UnterminatedString, Span::new(start, start + quote), "string is never closed")
            .with_help("close it with the same quote on the same line; `'''` is closed by `\"\"\"`");
    }
    unrecognized(found, Span::new(start, start + found.len_utf8()))
}

/// The grammar takes every character beyond ASCII for a letter; the language takes only letters and digits.
pub(super) fn foreign_character(word: &str, span: Span) -> Option<Diagnostic> {
    let (offset, found) = word.char_indices().find(|(_, found)| !found.is_alphanumeric() && *found != '_')?;
    let start = span.range().start + offset;
    Some(unrecognized(found, Span::new(start, start + found.len_utf8())))
}

fn unrecognized(found: char, span: Span) -> Diagnostic {
    let shown = if found.is_control() || found.is_whitespace() || !found.is_ascii() {
        format!("{found}` (U+{:04X})", u32::from(found))
    } else {
        format!("{found}`")
    };
    Diagnostic::error(Code::UnrecognizedCharacter, span, format!("unrecognized character `{shown}"))
}

/// The grammar recurses once a level, so depth is bounded before it runs.
///
/// # Errors
/// The first bracket beyond [`MAX_NESTING`]. Parentheses within a caveat's expression are CEL's to bound.
pub(super) fn check_nesting(lexemes: &[Lexeme<'_>]) -> Result<(), Diagnostic> {
    let (mut brackets, mut braces, mut in_caveat) = (0_usize, 0_usize, false);
    for lexeme in lexemes {
        match lexeme.text {
            "caveat" if braces == 0 => in_caveat = true,
            "definition" if braces == 0 => in_caveat = false,
            "(" if braces == 0 || !in_caveat => brackets += 1,
            ")" => brackets = brackets.saturating_sub(1),
            "<" if braces == 0 => brackets += 1,
            ">" if braces == 0 => brackets = brackets.saturating_sub(1),
            "{" => (braces, brackets) = (braces + 1, 0),
            "}" => (braces, brackets) = (braces.saturating_sub(1), 0),
            _ => {}
        }
        if brackets > MAX_NESTING || braces > MAX_NESTING {
            let problem =
                Diagnostic::error(Code::NestingTooDeep, lexeme.span, format!("nesting is deeper than {MAX_NESTING} levels"));
            return Err(problem.with_help("name the inner parts as permissions of their own"));
        }
    }
    Ok(())
}
