//! The values of literals (CEL specification, section "Values", and cel-go's reading of escapes).

use super::Literal;
use super::double::Decimal;
use super::token::{Failure, failure};
use crate::text::{Code, Span};

/// A whole number, its sign included in `text`.
pub(super) fn int(text: &str, span: Span) -> Result<Literal, Failure> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (digits, radix) = digits.strip_prefix("0x").map_or((digits, 10), |digits| (digits, 16));
    i64::from_str_radix(&format!("{sign}{digits}"), radix)
        .map(Literal::Int)
        .map_err(|_| invalid(span, format!("`{text}` does not fit in an `int` of 64 bits")))
}

/// A whole number with `u` behind it.
pub(super) fn uint(text: &str, span: Span) -> Result<Literal, Failure> {
    let digits = text.strip_suffix(['u', 'U']).unwrap_or(text);
    let (digits, radix) = digits.strip_prefix("0x").map_or((digits, 10), |digits| (digits, 16));
    u64::from_str_radix(digits, radix)
        .map(Literal::Uint)
        .map_err(|_| invalid(span, format!("`{text}` does not fit in a `uint` of 64 bits")))
}

/// A number with a fraction or an exponent, its sign included in `text`.
pub(super) fn double(text: &str, span: Span) -> Result<Literal, Failure> {
    match Decimal::parse(text, false).map(|decimal| decimal.to_double()) {
        Some(value) if value.is_finite() => Ok(Literal::Double(value)),
        Some(_) | None => Err(invalid(span, format!("`{text}` does not fit in a `double`"))),
    }
}

/// A string, its quotes and prefix included in `text`.
pub(super) fn string(text: &str, span: Span) -> Result<Literal, Failure> {
    let bytes = unescape(text, span, false)?;
    match String::from_utf8(bytes) {
        Ok(value) => Ok(Literal::String(value.into())),
        Err(_) => Err(invalid(span, "the string's escapes do not make text".into())),
    }
}

/// A bytes literal, its quotes and prefixes included in `text`.
pub(super) fn bytes(text: &str, span: Span) -> Result<Literal, Failure> {
    Ok(Literal::Bytes(unescape(text, span, true)?.into()))
}

fn invalid(span: Span, message: String) -> Failure {
    failure(Code::CaveatInvalidLiteral, span, message)
}

/// What a quoted text stands for: line breaks become `\n`, then escapes are read unless it is raw.
fn unescape(text: &str, span: Span, is_bytes: bool) -> Result<Vec<u8>, Failure> {
    let quoted = text.trim_start_matches(['b', 'B', 'r', 'R']);
    let is_raw = text.len() > quoted.len() && text.get(..text.len() - quoted.len()).is_some_and(|p| p.contains(['r', 'R']));
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| quoted.len() >= 2 * quote.len() && quoted.starts_with(quote) && quoted.ends_with(quote));
    let width = quote.map_or(0, str::len);
    let inner = quoted.get(width..quoted.len() - width).unwrap_or_default();
    let mut at = span.start as usize + text.len() - quoted.len() + width;
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    let mut buffer = [0; 4];
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '\r' => {
                out.push(b'\n');
                if rest.starts_with("\r\n") { 2 } else { 1 }
            }
            '\\' if !is_raw => escape(rest, at, is_bytes, &mut out)?,
            other => {
                out.extend_from_slice(other.encode_utf8(&mut buffer).as_bytes());
                other.len_utf8()
            }
        };
        at += taken;
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(out)
}

/// Reads the escape that `rest` starts with, at byte `at` of the source, and gives its length.
fn escape(rest: &str, at: usize, is_bytes: bool, out: &mut Vec<u8>) -> Result<usize, Failure> {
    let kind = rest.chars().nth(1).unwrap_or('\\');
    let simple = match kind {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '\'' => b'\'',
        '"' => b'"',
        '`' => b'`',
        '?' => b'?',
        _ => return numeric_escape(rest, at, kind, is_bytes, out),
    };
    out.push(simple);
    Ok(2)
}

fn numeric_escape(rest: &str, at: usize, kind: char, is_bytes: bool, out: &mut Vec<u8>) -> Result<usize, Failure> {
    let wrong = |length: usize, reason: &str| {
        let shown: String = rest.chars().take(length).collect();
        let span = Span::new(at, at + shown.len());
        invalid(span, format!("`{shown}` is not an escape: {reason}"))
    };
    let (digits_at, count, radix, reason) = match kind {
        'x' | 'X' => (2, 2, 16, "two hexadecimal digits must follow"),
        'u' => (2, 4, 16, "four hexadecimal digits must follow"),
        'U' => (2, 8, 16, "eight hexadecimal digits must follow"),
        '0'..='3' => (1, 3, 8, "three octal digits must follow"),
        _ => return Err(wrong(2, "CEL has none of this letter")),
    };
    let length = digits_at + count;
    let digits = rest.get(digits_at..length).filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
    let Some(value) = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok()) else {
        return Err(wrong(2, reason));
    };
    let [first, ..] = value.to_le_bytes();
    if is_bytes && matches!(kind, 'u' | 'U') {
        return Err(wrong(length, "bytes have no characters"));
    }
    // cel-go reads eight digits into a signed number, and writes a negative one as its last byte.
    if is_bytes || value > i32::MAX.unsigned_abs() {
        out.push(first);
    } else if value > u32::from(char::MAX) {
        return Err(wrong(length, "there is no such character"));
    } else {
        let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(length)
}
