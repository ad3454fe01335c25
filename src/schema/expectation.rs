//! Says what the grammar wanted and what it found: the parser reports rules, people read words.

use super::ast::Flags;
use super::grammar::Rule;
use super::lexeme::{Kind, Lexeme, foreign_character, unreadable};
use crate::text::{Code, Diagnostic, Span, insert_sorted};

/// The diagnostic for a statement that stops fitting the grammar at `found` (the end of the file where there is none).
pub(super) fn unmet(expected: &[Rule], found: Option<&Lexeme<'_>>, end: usize, flags: Flags) -> Diagnostic {
    let wants_name = expected.iter().any(|rule| {
        matches!(
            rule,
            Rule::Identifier
                | Rule::Path
                | Rule::TypeReference
                | Rule::Parameter
                | Rule::ParameterType
                | Rule::Expression
                | Rule::Intersection
                | Rule::Union
                | Rule::Operand
        )
    });
    let word = found.filter(|lexeme| lexeme.kind == Kind::Word);
    if let Some(word) = word.filter(|_| wants_name) {
        return reserved_word(word.text, word.span);
    }
    // The parser reports the only alternative tried within a rule in the place of the rule.
    let may_end = expected.contains(&Rule::EndOfStatement) || expected.contains(&Rule::End);
    if may_end && (word.is_some() || found.is_some_and(|lexeme| matches!(lexeme.text, "}" | "..."))) {
        let problem = unexpected("the end of the statement", found, end);
        let with_flag = match found.map(|lexeme| lexeme.text) {
            Some("and") if !flags.expiration => "`and expiration` needs `use expiration` at the top of the file",
            _ => "end it with a line break or `;`",
        };
        return Diagnostic { code: Code::MissingTerminator, ..problem.with_help(with_flag) };
    }
    let mut wanted = Vec::new();
    for rule in expected {
        if let Some(words) = words(*rule) {
            insert_sorted(&mut wanted, words);
        }
    }
    unexpected(&listed(&wanted), found, end)
}

/// The diagnostic for anything found where `wanted` should stand.
pub(super) fn unexpected(wanted: &str, found: Option<&Lexeme<'_>>, end: usize) -> Diagnostic {
    if let Some(lexeme) = found.filter(|lexeme| lexeme.kind == Kind::Unreadable) {
        return unreadable(lexeme);
    }
    if let Some(foreign) =
        found.filter(|lexeme| lexeme.kind == Kind::Word).and_then(|word| foreign_character(word.text, word.span))
    {
        return foreign;
    }
    let (shown, span) = match found {
        Some(lexeme) if lexeme.kind == Kind::LineBreak => ("the end of the line".to_owned(), Span::at(lexeme.span.range().start)),
        Some(lexeme) => (format!("`{}`", lexeme.text), lexeme.span),
        None => ("the end of the file".to_owned(), Span::at(end)),
    };
    let problem = Diagnostic::error(Code::UnexpectedToken, span, format!("expected {wanted}, found {shown}"));
    match found {
        Some(lexeme) if lexeme.kind == Kind::LineBreak => {
            problem.with_help("a statement goes on in the next line only after an operator, `|`, `:`, `=`, `(` or `,`")
        }
        Some(_) | None => problem,
    }
}

/// The diagnostic for a reserved word where a name should stand.
pub(super) fn reserved_word(word: &str, span: Span) -> Diagnostic {
    Diagnostic::error(Code::ReservedWord, span, format!("`{word}` is a reserved word and cannot be a name"))
}

fn listed(wanted: &[&str]) -> String {
    match wanted {
        [] => "something else".into(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// How a rule is called in a message; nothing for what would only distract.
fn words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::Identifier | Rule::Path | Rule::Arrows | Rule::Word => "a name",
        Rule::Expression | Rule::Intersection | Rule::Union | Rule::Operand => "a permission expression",
        Rule::TypeReference => "a subject type",
        Rule::Parameter => "a parameter",
        Rule::ParameterType => "a parameter type",
        Rule::CaveatExpression => "a CEL expression",
        Rule::String => "a path in quotes",
        Rule::EndOfStatement => "the end of the statement",
        Rule::LeftBrace => "`{`",
        Rule::RightBrace => "`}`",
        Rule::LeftParenthesis => "`(`",
        Rule::RightParenthesis => "`)`",
        Rule::Colon | Rule::Annotation => "`:`",
        Rule::Equals => "`=`",
        Rule::Star => "`*`",
        Rule::Greater => "`>`",
        Rule::Ellipsis => "`...`",
        Rule::Arrow => "an arrow",
        Rule::Traits => "`with`",
        Rule::And => "`and`",
        Rule::Nil => "`nil`",
        Rule::Relation => "`relation`",
        Rule::Permission => "`permission`",
        Rule::Head => "`definition`",
        Rule::Caveat => "`caveat`",
        Rule::PartialReference => "`...`",
        Rule::Use => "`use`",
        Rule::Import => "`import`",
        Rule::End => "the end of the statement",
        Rule::Comment | Rule::Lexemes | Rule::LineBreak | Rule::Unreadable | Rule::Symbol => return None,
    })
}
