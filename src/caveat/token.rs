//! The words of an expression (CEL specification, section "Syntax", lexis, as cel-go reads it).
//!
//! Written by hand: the scanner that pest makes of the same rules weighs 12 KB more, compressed, and takes
//! ten times as long.

use super::MAX_EXPRESSION_CHARACTERS;
use crate::text::{Code, Diagnostic, Span, find};

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
    /// Its escapes are looked at when its value is read.
    String,
    Bytes,
    /// A name, or a word with a meaning: `true`, `false`, `null`, `in`.
    Identifier,
    Symbol,
}

/// A word of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// Operators and punctuation; longer ones first.
const SYMBOLS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%",
];

/// The words of an expression, without the comments around it: at least one.
///
/// The schema language has block comments and CEL has not: they are allowed around an expression, not inside one.
pub(super) fn tokenize(source: &str) -> Result<Vec<Token>, Failure> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut comment = None;
    let mut offset = 0;
    loop {
        let rest = source.get(offset..).unwrap_or_default();
        offset += blanks(rest);
        let rest = source.get(offset..).unwrap_or_default();
        let Some(first) = rest.chars().next() else { break };
        if let Some(opened) = rest.strip_prefix("/*") {
            let Some(length) = find(opened, "*/") else {
                return Err(failure(Code::CaveatSyntax, Span::new(offset, offset + 2), "this comment is not closed"));
            };
            let span = Span::new(offset, offset + length + 4);
            comment = comment.or((!tokens.is_empty()).then_some(span));
            offset = span.end as usize;
            continue;
        }
        let Some((kind, length)) = word(rest) else {
            return Err(unknown(Span::new(offset, offset + first.len_utf8()), first));
        };
        if let Some(comment) = comment {
            let inside = "a block comment cannot stand inside an expression";
            return Err(Box::new(
                Diagnostic::error(Code::CaveatSyntax, comment, inside).with_help("use `//` to the end of the line"),
            ));
        }
        let span = Span::new(offset, offset + length);
        let start = tokens.first().map_or(span.start, |first| first.span.start);
        if (span.end - start) as usize > MAX_EXPRESSION_CHARACTERS {
            let message = format!("the expression is longer than {MAX_EXPRESSION_CHARACTERS} bytes");
            return Err(failure(Code::CaveatTooLarge, Span { start, end: span.end }, message));
        }
        tokens.push(Token { kind, span });
        offset = span.end as usize;
    }
    if tokens.is_empty() {
        return Err(failure(Code::CaveatSyntax, Span::at(0), "the expression is empty"));
    }
    Ok(tokens)
}

fn unknown(span: Span, first: char) -> Failure {
    match first {
        '"' | '\'' => failure(Code::CaveatSyntax, span, "this string is not closed"),
        '&' | '|' | '=' => {
            let message = format!("`{first}` is not an operator of CEL");
            let help = format!("did you mean `{first}{first}`?");
            Box::new(Diagnostic::error(Code::CaveatSyntax, span, message).with_help(help))
        }
        _ => failure(Code::CaveatSyntax, span, format!("`{first}` means nothing in CEL")),
    }
}

/// How many bytes at the start separate words: blanks, and comments to the end of the line.
fn blanks(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{0c}']);
        if !rest.starts_with("//") {
            return text.len() - rest.len();
        }
        rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or_default();
    }
}

/// The word that `text` starts with, and its length: of the kinds that fit, the longest.
fn word(text: &str) -> Option<(TokenKind, usize)> {
    let unprefixed = text.strip_prefix(['b', 'B']);
    let kind = if unprefixed.is_some() { TokenKind::Bytes } else { TokenKind::String };
    let raw = unprefixed.unwrap_or(text).strip_prefix(['r', 'R']);
    let quoted_text = raw.or(unprefixed).unwrap_or(text);
    if let Some(length) = quoted(quoted_text, raw.is_some()) {
        return Some((kind, text.len() - quoted_text.len() + length));
    }
    if let Some(number) = number(text) {
        return Some(number);
    }
    let after = text.trim_start_matches(|next: char| next.is_ascii_alphanumeric() || next == '_');
    if after.len() < text.len() {
        return Some((TokenKind::Identifier, text.len() - after.len()));
    }
    let symbol = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol))?;
    Some((TokenKind::Symbol, symbol.len()))
}

/// The length of the string that `text` starts with, quotes included.
fn quoted(text: &str, is_raw: bool) -> Option<usize> {
    ["\"\"\"", "'''", "\"", "'"].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.as_bytes();
        let mut at = 0;
        while !inner.get(at..)?.starts_with(quote.as_bytes()) {
            // A byte after a backslash that is not the whole of a character is no quote either.
            at += match inner.get(at)? {
                b'\\' if !is_raw && matches!(inner.get(at + 1), None | Some(b'\r' | b'\n')) => return None,
                b'\\' if !is_raw => 2,
                b'\r' | b'\n' if quote.len() == 1 => return None,
                _ => 1,
            };
        }
        Some(at + 2 * quote.len())
    })
}

/// The number that `text` starts with: `0x` and digits, digits with a fraction or an exponent, or digits; `u` at the end
/// of a whole one.
fn number(text: &str) -> Option<(TokenKind, usize)> {
    let mut rest = text.strip_prefix("0x").map_or("", |digits| digits.trim_start_matches(|next: char| next.is_ascii_hexdigit()));
    let is_hexadecimal = text.starts_with("0x") && text.len() - rest.len() > 2;
    if !is_hexadecimal {
        rest = digits(text);
        let has_whole = rest.len() < text.len();
        let fraction = rest.strip_prefix('.').map(digits).filter(|after| after.len() + 1 < rest.len());
        let mantissa = fraction.unwrap_or(rest);
        if !has_whole && fraction.is_none() {
            return None;
        }
        let exponent = mantissa.strip_prefix(['e', 'E']).and_then(|exponent| {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            Some(digits(unsigned)).filter(|after| after.len() < unsigned.len())
        });
        if let Some(after) = exponent.or(fraction) {
            return Some((TokenKind::Double, text.len() - after.len()));
        }
    }
    match rest.strip_prefix(['u', 'U']) {
        Some(after) => Some((TokenKind::Uint, text.len() - after.len())),
        None => Some((TokenKind::Int, text.len() - rest.len())),
    }
}

/// What follows the digits that `text` starts with.
fn digits(text: &str) -> &str {
    text.trim_start_matches(|next: char| next.is_ascii_digit())
}
