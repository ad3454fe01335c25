//! The classes of characters of regular expressions.

use crate::text::{sort, split_once};

/// Characters, as ranges in order that do not touch.
pub(super) type Ranges = Vec<(char, char)>;

const LAST: char = char::MAX;

/// Named classes: their escape or POSIX name, and their ranges as pairs of characters.
const NAMED: &[(&str, &str)] = &[
    ("d", "09"),
    ("s", "\t\n\u{c}\r  "),
    ("w", "09AZ__az"),
    ("alnum", "09AZaz"),
    ("alpha", "AZaz"),
    ("ascii", "\0\u{7f}"),
    ("blank", "\t\t  "),
    ("cntrl", "\0\u{1f}\u{7f}\u{7f}"),
    ("digit", "09"),
    ("graph", "!~"),
    ("lower", "az"),
    ("print", " ~"),
    ("punct", "!/:@[`{~"),
    ("space", "\t\r  "),
    ("upper", "AZ"),
    ("word", "09AZ__az"),
    ("xdigit", "09AFaf"),
];

pub(super) fn any() -> Ranges {
    vec![('\0', LAST)]
}

pub(super) fn any_but_newline() -> Ranges {
    vec![('\0', '\u{9}'), ('\u{b}', LAST)]
}

pub(super) fn single(character: char, ignore_case: bool) -> Result<Ranges, String> {
    fold(vec![(character, character)], ignore_case)
}

pub(super) fn contains(ranges: &Ranges, character: char) -> bool {
    let place = ranges.partition_point(|(_, last)| *last < character);
    ranges.get(place).is_some_and(|(first, _)| *first <= character)
}

fn named(name: &str) -> Option<Ranges> {
    let (_, pairs) = NAMED.iter().find(|(known, _)| *known == name)?;
    let mut characters = pairs.chars();
    let mut ranges = Ranges::new();
    while let (Some(first), Some(last)) = (characters.next(), characters.next()) {
        ranges.push((first, last));
    }
    Some(ranges)
}

/// In order, and without touching.
fn normal(mut ranges: Ranges) -> Ranges {
    sort(&mut ranges);
    let mut merged = Ranges::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if next(*end).is_none_or(|after| first <= after) => *end = last.max(*end),
            Some(_) | None => merged.push((first, last)),
        }
    }
    merged
}

fn negated(ranges: Ranges) -> Ranges {
    let mut others = Ranges::new();
    let mut start = Some('\0');
    for (first, last) in normal(ranges) {
        if let (Some(start), Some(end)) = (start, previous(first))
            && start <= end
        {
            others.push((start, end));
        }
        start = next(last);
    }
    others.extend(start.map(|start| (start, LAST)));
    others
}

fn next(character: char) -> Option<char> {
    (character..=LAST).nth(1)
}

fn previous(character: char) -> Option<char> {
    ('\0'..=character).rev().nth(1)
}

/// Letters of either case, where `ignore_case` says so. Two letters beyond ASCII fold into it.
fn fold(ranges: Ranges, ignore_case: bool) -> Result<Ranges, String> {
    if !ignore_case {
        return Ok(normal(ranges));
    }
    let mut folded = ranges.clone();
    for (first, last) in ranges {
        if !last.is_ascii() && (first, last) != ('\0', LAST) {
            return Err(format!("case folding of `{last}` in a regular expression is not supported"));
        }
        for (from, to, other) in [('A', 'Z', 'a'), ('a', 'z', 'A')] {
            let (first, last) = (first.max(from), last.min(to));
            if first > last {
                continue;
            }
            let shifted = |letter: char| char::from_u32(u32::from(letter) - u32::from(from) + u32::from(other));
            folded.extend(shifted(first).zip(shifted(last)));
        }
    }
    for (letter, other) in [('k', '\u{212a}'), ('s', '\u{17f}')] {
        if folded.iter().any(|(first, last)| (*first..=*last).contains(&letter)) {
            folded.push((other, other));
        }
    }
    Ok(normal(folded))
}

fn wrong<T>(what: &str, text: &str) -> Result<T, String> {
    Err(format!("error parsing regexp: {what}: `{text}`"))
}

/// `[...]` at the start of a text, and what follows it.
pub(super) fn bracketed(text: &str, ignore_case: bool) -> Result<(Ranges, &str), String> {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let (mut rest, is_negated) = inner.strip_prefix('^').map_or((inner, false), |rest| (rest, true));
    let mut ranges = Ranges::new();
    let mut is_first = true;
    loop {
        if let Some(after) = rest.strip_prefix(']').filter(|_| !is_first) {
            return Ok((if is_negated { negated(ranges) } else { normal(ranges) }, after));
        }
        is_first = false;
        if let Some((posix, after)) = rest.strip_prefix("[:").and_then(|posix| split_once(posix, ":]")) {
            let (name, is_negated) = posix.strip_prefix('^').map_or((posix, false), |name| (name, true));
            let found = named(name).filter(|_| name.len() > 1);
            let Some(found) = found else { return wrong("invalid character class range", &format!("[:{posix}:]")) };
            // Of the named classes, only letters have cases.
            let found = fold(found, ignore_case)?;
            ranges.extend(if is_negated { negated(found) } else { found });
            rest = after;
            continue;
        }
        if let Some((found, after)) = escaped_class(rest, ignore_case)? {
            ranges.extend(found);
            rest = after;
            continue;
        }
        let start = rest;
        let (first, after) = character(rest, text)?;
        rest = after;
        let mut last = first;
        if let Some(after) = rest.strip_prefix('-').filter(|after| !after.is_empty() && !after.starts_with(']')) {
            (last, rest) = character(after, text)?;
            if last < first {
                let range = start.get(..start.len() - rest.len()).unwrap_or_default();
                return wrong("invalid character class range", range);
            }
        }
        ranges.extend(fold(vec![(first, last)], ignore_case)?);
    }
}

fn character<'t>(text: &'t str, whole: &str) -> Result<(char, &'t str), String> {
    match text.chars().next() {
        None => wrong("missing closing ]", whole),
        Some('\\') => escaped_character(text),
        Some(character) => Ok((character, text.get(character.len_utf8()..).unwrap_or_default())),
    }
}

/// `\d`, `\pN` and the like at the start of a text, and what follows; nothing if something else is there.
pub(super) fn escaped_class(text: &str, ignore_case: bool) -> Result<Option<(Ranges, &str)>, String> {
    let Some(escape) = text.strip_prefix('\\') else { return Ok(None) };
    let Some(kind) = escape.chars().next() else { return Ok(None) };
    let after = escape.get(kind.len_utf8()..).unwrap_or_default();
    let ranges = match kind {
        'd' | 's' | 'w' => fold(named(kind.encode_utf8(&mut [0; 4])).unwrap_or_default(), ignore_case)?,
        'D' | 'S' | 'W' => {
            let lower = kind.to_ascii_lowercase();
            negated(fold(named(lower.encode_utf8(&mut [0; 4])).unwrap_or_default(), ignore_case)?)
        }
        'p' | 'P' => return Err(format!("Unicode classes in a regular expression are not supported: `{text}`")),
        _ => return Ok(None),
    };
    Ok(Some((ranges, after)))
}

/// An escape for one character at the start of a text, and what follows.
pub(super) fn escaped_character(text: &str) -> Result<(char, &str), String> {
    let mut rest = text.chars();
    rest.next();
    let Some(kind) = rest.next() else { return wrong("trailing backslash at end of expression", "") };
    let after = rest.as_str();
    let invalid = || {
        let length = kind.len_utf8() + 1;
        wrong("invalid escape sequence", text.get(..length).unwrap_or_default())
    };
    let simple = match kind {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '0'..='7' => {
            let octal = |text: &str| text.chars().take_while(|digit| digit.is_digit(8)).take(2).count();
            let more = octal(after);
            // A single digit other than zero would refer back to a group.
            if kind != '0' && more == 0 {
                return invalid();
            }
            let (digits, rest) = text.get(1..).and_then(|digits| digits.split_at_checked(1 + more)).unwrap_or_default();
            let code = u32::from_str_radix(digits, 8).ok().and_then(char::from_u32);
            return code.map_or_else(invalid, |character| Ok((character, rest)));
        }
        'x' => {
            let (digits, rest) = match after.strip_prefix('{') {
                Some(braced) => braced.split_once('}').unwrap_or_default(),
                None => after.split_at_checked(2).unwrap_or_default(),
            };
            let well_formed = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| well_formed).and_then(char::from_u32);
            return code.map_or_else(invalid, |character| Ok((character, rest)));
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
        _ => return invalid(),
    };
    Ok((simple, after))
}
