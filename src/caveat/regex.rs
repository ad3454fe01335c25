//! Regular expressions in RE2's syntax as Go reads it (`regexp/syntax`), matched in time linear in the text: every way that
//! the expression can go is followed at once (Thompson, "Regular expression search algorithm"). Only whether it matches is
//! asked, so what a group captures and which match comes first do not matter.
//!
//! Unicode classes (`\pL`) are not known, and `(?i)` only for letters of ASCII and those that fold to them: the tables for
//! the rest would weigh more than all of this. What is not known is an error, not a guess.

use super::regex_class::{self, Ranges};
use crate::text::split_once;

/// One instruction; jumps are relative, so that a piece of a program can be repeated by copying it.
#[derive(Clone, Copy, Debug)]
enum Instruction {
    /// One character of a class, by its number.
    Class(usize),
    /// Goes on if the place is of this kind.
    Assert(Place),
    /// Goes on here and there.
    Split(i32, i32),
    Jump(i32),
}

/// A kind of place between characters.
#[derive(Clone, Copy, Debug)]
enum Place {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// The largest count of a repetition, and of repetitions in each other multiplied: RE2's limit.
const MAX_REPEAT: u32 = 1_000;
/// The deepest nesting of groups: RE2's limit.
const MAX_NESTING: usize = 1_000;
/// The longest program. RE2 allows more, and no budget of ours would last for it.
const MAX_PROGRAM: usize = 200_000;
/// Steps that an instruction counts for when it is made.
const STEPS_PER_INSTRUCTION: usize = 2;

#[derive(Clone, Copy)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
}

/// A group under way.
struct Group {
    /// The alternatives before the current one.
    alternatives: Vec<Vec<Instruction>>,
    current: Vec<Instruction>,
    /// Where the last piece of the current alternative starts, if there is one that can be repeated.
    last: Option<usize>,
    /// How often that piece, and how often any piece, repeats what is in it.
    last_repeat: u32,
    repeat: u32,
    /// The flags around the group.
    outer: Flags,
}

impl Group {
    fn new(outer: Flags) -> Self {
        Self { alternatives: Vec::new(), current: Vec::new(), last: None, last_repeat: 1, repeat: 1, outer }
    }

    fn push(&mut self, piece: &[Instruction], repeat: u32) {
        self.last = Some(self.current.len());
        self.current.extend_from_slice(piece);
        self.last_repeat = repeat;
        self.repeat = self.repeat.max(repeat);
    }
}

type Charge<'c> = &'c mut dyn FnMut(usize) -> bool;

/// Whether `pattern` matches anywhere in `text`. `charge` counts steps and says whether there are any left.
///
/// # Errors
/// The pattern is malformed, or uses what is not supported, or the steps ran out.
pub(super) fn matches(text: &str, pattern: &str, charge: Charge<'_>) -> Result<bool, String> {
    let flags = Flags { ignore_case: false, multi_line: false, dot_all: false };
    let mut parser = Parser { pattern, rest: pattern, flags, groups: vec![Group::new(flags)], classes: Vec::new(), charge };
    parser.parse()?;
    let program = parser.close(parser.pattern)?.0;
    let Parser { classes, charge, .. } = parser;
    run(&program, &classes, text, charge).ok_or_else(out_of_steps)
}

fn out_of_steps() -> String {
    "the regular expression takes too long".to_owned()
}

struct Parser<'p, 'c> {
    pattern: &'p str,
    rest: &'p str,
    flags: Flags,
    groups: Vec<Group>,
    classes: Vec<Ranges>,
    charge: Charge<'c>,
}

fn wrong<T>(what: &str, text: &str) -> Result<T, String> {
    Err(format!("error parsing regexp: {what}: `{text}`"))
}

impl<'p> Parser<'p, '_> {
    fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn parse(&mut self) -> Result<(), String> {
        // Where the repetition starts that stands directly before.
        let mut repetition: Option<&'p str> = None;
        while let Some(next) = self.rest.chars().next() {
            let start = self.rest;
            let before = repetition.take();
            match next {
                '(' => self.open()?,
                ')' => {
                    self.rest = start.get(1..).unwrap_or_default();
                    if self.groups.len() < 2 {
                        return wrong("unexpected )", self.pattern);
                    }
                    let (piece, repeat, outer) = self.close(self.pattern)?;
                    self.flags = outer;
                    self.push(&piece, repeat)?;
                }
                '|' => {
                    self.eat("|");
                    if let Some(group) = self.groups.last_mut() {
                        group.alternatives.push(std::mem::take(&mut group.current));
                        group.last = None;
                    }
                }
                '*' | '+' | '?' => {
                    self.rest = start.get(1..).unwrap_or_default();
                    let bounds = match next {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(bounds, start, before)?;
                    repetition = Some(before.unwrap_or(start));
                }
                '{' => match counted(start) {
                    Some((bounds, rest)) => {
                        self.rest = rest;
                        self.repeat(bounds, start, before)?;
                        repetition = Some(before.unwrap_or(start));
                    }
                    None => {
                        self.eat("{");
                        self.literal('{')?;
                    }
                },
                '[' => {
                    let (ranges, rest) = regex_class::bracketed(start, self.flags.ignore_case)?;
                    self.rest = rest;
                    self.class(ranges)?;
                }
                '.' => {
                    self.eat(".");
                    let ranges = if self.flags.dot_all { regex_class::any() } else { regex_class::any_but_newline() };
                    self.class(ranges)?;
                }
                '^' => {
                    self.eat("^");
                    self.assert(if self.flags.multi_line { Place::LineStart } else { Place::TextStart })?;
                }
                '$' => {
                    self.eat("$");
                    self.assert(if self.flags.multi_line { Place::LineEnd } else { Place::TextEnd })?;
                }
                '\\' => self.escape()?,
                other => {
                    self.rest = start.get(other.len_utf8()..).unwrap_or_default();
                    self.literal(other)?;
                }
            }
        }
        if self.groups.len() > 1 { wrong("missing closing )", self.pattern) } else { Ok(()) }
    }

    fn push(&mut self, piece: &[Instruction], repeat: u32) -> Result<(), String> {
        if !(self.charge)(piece.len() * STEPS_PER_INSTRUCTION) {
            return Err(out_of_steps());
        }
        let Some(group) = self.groups.last_mut() else { return wrong("unexpected )", self.pattern) };
        group.push(piece, repeat);
        if group.current.len() > MAX_PROGRAM { wrong("expression too large", self.pattern) } else { Ok(()) }
    }

    fn class(&mut self, ranges: Ranges) -> Result<(), String> {
        let number = self.classes.len();
        self.classes.push(ranges);
        self.push(&[Instruction::Class(number)], 1)
    }

    fn literal(&mut self, character: char) -> Result<(), String> {
        self.class(regex_class::single(character, self.flags.ignore_case)?)
    }

    fn assert(&mut self, place: Place) -> Result<(), String> {
        self.push(&[Instruction::Assert(place)], 1)
    }

    /// `(`, `(?:`, `(?P<name>`, `(?<name>`, `(?flags)` or `(?flags:`.
    fn open(&mut self) -> Result<(), String> {
        let start = self.rest;
        self.eat("(");
        if self.groups.len() > MAX_NESTING {
            return wrong("expression nests too deeply", self.pattern);
        }
        let outer = self.flags;
        if !self.eat("?") {
            self.groups.push(Group::new(outer));
            return Ok(());
        }
        if self.eat("P<") || self.eat("<") {
            let Some((name, rest)) = self.rest.split_once('>') else { return wrong("invalid named capture", start) };
            let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_word {
                return wrong("invalid named capture", start);
            }
            self.rest = rest;
            self.groups.push(Group::new(outer));
            return Ok(());
        }
        let mut value = true;
        let mut any_flag = false;
        let mut flags = outer;
        for (place, next) in self.rest.char_indices() {
            match next {
                'i' => flags.ignore_case = value,
                'm' => flags.multi_line = value,
                's' => flags.dot_all = value,
                'U' => {}
                '-' if value => {
                    value = false;
                    any_flag = false;
                    continue;
                }
                ':' | ')' if value || any_flag => {
                    self.rest = self.rest.get(place + 1..).unwrap_or_default();
                    self.flags = flags;
                    if next == ':' {
                        self.groups.push(Group::new(outer));
                    }
                    return Ok(());
                }
                _ => break,
            }
            any_flag = true;
        }
        wrong("invalid or unsupported Perl syntax", start)
    }

    /// The program of the innermost group, how often it repeats anything, and the flags around it.
    fn close(&mut self, pattern: &str) -> Result<(Vec<Instruction>, u32, Flags), String> {
        let Some(Group { alternatives, current, repeat, outer, .. }) = self.groups.pop() else {
            return wrong("unexpected )", pattern);
        };
        let length = alternatives.iter().map(|piece| piece.len() + 2).sum::<usize>() + current.len();
        if length > MAX_PROGRAM || !(self.charge)(length * STEPS_PER_INSTRUCTION) {
            return Err(out_of_steps());
        }
        let mut program = Vec::with_capacity(length);
        for piece in alternatives {
            program.push(Instruction::Split(1, distance(piece.len() + 2)));
            program.extend_from_slice(&piece);
            program.push(Instruction::Jump(distance(length - program.len())));
        }
        program.extend_from_slice(&current);
        Ok((program, repeat, outer))
    }

    fn repeat(&mut self, (least, most): (u32, Option<u32>), start: &'p str, before: Option<&'p str>) -> Result<(), String> {
        self.eat("?");
        let operator = |start: &'p str, rest: &str| start.get(..start.len() - rest.len()).unwrap_or_default();
        if let Some(before) = before {
            return wrong("invalid nested repetition operator", operator(before, self.rest));
        }
        let rest = self.rest;
        let Some(group) = self.groups.last_mut() else { return wrong("unexpected )", start) };
        let Some(last) = group.last else {
            return wrong("missing argument to repetition operator", operator(start, rest));
        };
        let count = most.unwrap_or(least);
        let is_counted = !matches!((least, most), (0 | 1, None) | (0, Some(1)));
        let factor = if is_counted && count > 0 { count } else { 1 };
        let repeat = group.last_repeat.saturating_mul(factor);
        let too_many = least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT || least > most);
        if too_many || (is_counted && count > 1 && repeat > MAX_REPEAT) {
            return wrong("invalid repeat count", operator(start, rest));
        }
        let piece = group.current.split_off(last.min(group.current.len()));
        let copies = usize::try_from(count.max(1)).unwrap_or(1);
        if (piece.len() + 2).saturating_mul(copies) > MAX_PROGRAM {
            return Err(out_of_steps());
        }
        let mut made = Vec::new();
        for _ in 0..least {
            made.extend_from_slice(&piece);
        }
        match most {
            None if least > 0 => made.push(Instruction::Split(-distance(piece.len()), 1)),
            None => {
                made.push(Instruction::Split(1, distance(piece.len() + 2)));
                made.extend_from_slice(&piece);
                made.push(Instruction::Jump(-distance(piece.len() + 1)));
            }
            Some(most) => {
                let optional = usize::try_from(most - least).unwrap_or(0);
                for left in (1..=optional).rev() {
                    made.push(Instruction::Split(1, distance(left * (piece.len() + 1))));
                    made.extend_from_slice(&piece);
                }
            }
        }
        group.last = None;
        self.push(&made, repeat)
    }

    fn escape(&mut self) -> Result<(), String> {
        let start = self.rest;
        if self.eat("\\Q") {
            let (quoted, rest) = split_once(self.rest, "\\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            return quoted.chars().try_for_each(|character| self.literal(character));
        }
        let place =
            [("\\A", Place::TextStart), ("\\z", Place::TextEnd), ("\\b", Place::WordBoundary), ("\\B", Place::NoWordBoundary)];
        if let Some((escape, place)) = place.iter().find(|(escape, _)| start.starts_with(escape)) {
            self.eat(escape);
            return self.assert(*place);
        }
        if let Some((ranges, rest)) = regex_class::escaped_class(start, self.flags.ignore_case)? {
            self.rest = rest;
            return self.class(ranges);
        }
        let (character, rest) = regex_class::escaped_character(start)?;
        self.rest = rest;
        self.literal(character)
    }
}

/// INVARIANT: programs are no longer than [`MAX_PROGRAM`], which fits.
fn distance(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

/// `{2}`, `{2,}` or `{2,5}` at the start of a text, and what follows; anything else is no repetition. Counts beyond any limit
/// are kept beyond it.
fn counted(text: &str) -> Option<((u32, Option<u32>), &str)> {
    let (inside, rest) = text.strip_prefix('{')?.split_once('}')?;
    let number = |digits: &str| {
        let well_formed = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
        let is_short = digits.len() == 1 || !digits.starts_with('0');
        (well_formed && is_short).then(|| digits.parse().unwrap_or(MAX_REPEAT + 1))
    };
    let bounds = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((bounds, rest))
}

/// The places in a program that are reached at once: a list, and for each place when it was last put there.
struct Threads {
    list: Vec<usize>,
    marks: Vec<usize>,
}

/// Whether the program matches; nothing when the steps run out.
fn run(program: &[Instruction], classes: &[Ranges], text: &str, charge: Charge<'_>) -> Option<bool> {
    let mut now = Threads { list: Vec::new(), marks: vec![0; program.len() + 1] };
    let mut next: Vec<usize> = Vec::new();
    let mut stack: Vec<usize> = Vec::new();
    let mut before = None;
    let mut rest = text.chars();
    let mut round = 0;
    loop {
        round += 1;
        let after = rest.clone().next();
        // A match may start anywhere.
        next.push(0);
        now.list.clear();
        for start in next.drain(..) {
            stack.push(start);
            while let Some(place) = stack.pop() {
                let Some(mark) = now.marks.get_mut(place).filter(|mark| **mark != round) else { continue };
                *mark = round;
                if !charge(1) {
                    return None;
                }
                let jump = |by: i32| place.checked_add_signed(isize::try_from(by).unwrap_or(0)).unwrap_or(program.len());
                match program.get(place) {
                    None => return Some(true),
                    Some(Instruction::Class(_)) => now.list.push(place),
                    Some(Instruction::Assert(kind)) if holds(*kind, before, after) => stack.push(place + 1),
                    Some(Instruction::Assert(_)) => {}
                    Some(Instruction::Split(first, second)) => stack.extend([jump(*second), jump(*first)]),
                    Some(Instruction::Jump(by)) => stack.push(jump(*by)),
                }
            }
        }
        let Some(character) = rest.next() else { return Some(false) };
        for place in &now.list {
            if let Some(Instruction::Class(number)) = program.get(*place) {
                let ranges = classes.get(*number)?;
                if !charge(1 + ranges.len() / 64) {
                    return None;
                }
                if regex_class::contains(ranges, character) {
                    next.push(place + 1);
                }
            }
        }
        before = Some(character);
    }
}

fn holds(place: Place, before: Option<char>, after: Option<char>) -> bool {
    let is_word = |side: Option<char>| side.is_some_and(|side| side.is_ascii_alphanumeric() || side == '_');
    match place {
        Place::TextStart => before.is_none(),
        Place::TextEnd => after.is_none(),
        Place::LineStart => before.is_none_or(|before| before == '\n'),
        Place::LineEnd => after.is_none_or(|after| after == '\n'),
        Place::WordBoundary => is_word(before) != is_word(after),
        Place::NoWordBoundary => is_word(before) == is_word(after),
    }
}
