//! Says what the grammar wanted and what it found: pest reports rules, people read words.

use super::ast::Flags;
use super::grammar::Rule;
use super::lexeme::{Kind, Lexeme, foreign_character, unreadable};
use crate::text::{Code, Diagnostic, Span, insert_sorted};

/// The diagnostic for a statement that stops fitting the grammar at `found` (the end of the file where there is none).
pub(super) fn unmet(expected: &[Rule], found: Option<&Lexeme<'_>>, end: usize, flags: Flags) -> Diagnostic {
    let wants_name = expected.iter().any(|rule| {
        matches!(
            rule,
            Rule::identifier
                | Rule::path
                | Rule::type_reference
                | Rule::parameter
                | Rule::parameter_type
                | Rule::expression
                | Rule::intersection
                | Rule::union
                | Rule::operand
        )
    });
    let word = found.filter(|lexeme| lexeme.kind == Kind::Word);
    if let Some(word) = word.filter(|_| wants_name) {
        return reserved_word(word.text, word.span);
    }
    // pest reports the only alternative tried within a rule in the place of the rule.
    let may_end = expected.contains(&Rule::end_of_statement) || expected.contains(&Rule::EOI);
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
        Rule::identifier | Rule::path | Rule::arrows | Rule::word => "a name",
        Rule::expression | Rule::intersection | Rule::union | Rule::operand => "a permission expression",
        Rule::type_reference => "a subject type",
        Rule::parameter => "a parameter",
        Rule::parameter_type => "a parameter type",
        Rule::caveat_expression => "a CEL expression",
        Rule::string => "a path in quotes",
        Rule::end_of_statement => "the end of the statement",
        Rule::left_brace => "`{`",
        Rule::right_brace => "`}`",
        Rule::left_parenthesis => "`(`",
        Rule::right_parenthesis => "`)`",
        Rule::colon | Rule::annotation => "`:`",
        Rule::equals => "`=`",
        Rule::star => "`*`",
        Rule::greater => "`>`",
        Rule::ellipsis => "`...`",
        Rule::arrow => "an arrow",
        Rule::traits => "`with`",
        Rule::and => "`and`",
        Rule::nil => "`nil`",
        Rule::relation => "`relation`",
        Rule::permission => "`permission`",
        Rule::head => "`definition`",
        Rule::caveat => "`caveat`",
        Rule::partial_reference => "`...`",
        Rule::use_directive => "`use`",
        Rule::import => "`import`",
        Rule::EOI => "the end of the statement",
        Rule::pipe
        | Rule::hash
        | Rule::comma
        | Rule::slash
        | Rule::minus
        | Rule::ampersand
        | Rule::plus
        | Rule::arrow_sign
        | Rule::period
        | Rule::less
        | Rule::name
        | Rule::blank
        | Rule::space
        | Rule::blanks
        | Rule::spaces
        | Rule::newline
        | Rule::comment
        | Rule::letter
        | Rule::reserved
        | Rule::caveat_token
        | Rule::lexemes
        | Rule::lexeme
        | Rule::line_break
        | Rule::unreadable
        | Rule::symbol
        | Rule::mark => return None,
    })
}
