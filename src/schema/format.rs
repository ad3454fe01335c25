//! The canonical layout of a schema text.
//!
//! Prints the lexemes of the text again with other blanks between them, so that nothing can be lost on the way through a
//! tree. Only line breaks, blanks and needless semicolons differ between a text and its canonical form.

use super::lexeme::{Kind, Lexeme, split};
use super::read::read;
use crate::model::limits::MAX_SCHEMA_BYTES;
use crate::text::{Code, Diagnostic, Listed, Span};

/// Lays a schema text out canonically.
///
/// Members are indented by one tab, items stand one blank line apart, members at most one, each statement is on one
/// line. Everything written stays, in its order: comments, flags, imports, partials, annotations, parentheses. A
/// semicolon stays only after `#...`, where a line break does not end the statement. Lines end with `\n`, except within
/// strings, whose content is never touched.
///
/// A comment within a statement keeps the line breaks next to it, and the statement goes on with more indentation: where
/// a `//` comment could be written, a line break could. Blocks whose lines begin with `*` are aligned, and so is any
/// `/**` block; other blocks keep their lines. The expression of a caveat is kept as written, moved to one tab.
///
/// The result reads to the same syntax tree, and formatting it again changes nothing.
///
/// ```
/// let formatted = peppercorn::schema::format("definition user{} // people").unwrap();
/// assert_eq!(formatted, "definition user {} // people\n");
/// ```
///
/// # Errors
/// All syntax errors of the text, in its order; or [`Code::SchemaTooLarge`] where the result would be too large to read.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, problems) = read(text);
    if !problems.is_empty() {
        return Err(problems);
    }
    let lexemes = split(text);
    let mut printer = Printer { text, lexemes: &lexemes, next: 0, out: String::with_capacity(text.len()) };
    printer.file();
    let size = printer.out.len();
    if size > MAX_SCHEMA_BYTES {
        let message = format!("formatted schema would have {size} bytes, more than {MAX_SCHEMA_BYTES}");
        return Err(vec![Diagnostic::error(Code::SchemaTooLarge, Span::default(), message)]);
    }
    Ok(printer.out)
}

/// The indentation of members.
const MEMBER: &str = "\t";

/// How far apart two things stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Distance {
    /// On one line.
    #[default]
    Line,
    /// On the next line.
    NextLine,
    /// With a blank line between.
    Apart,
}

/// What stands before a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing: the file begins.
    Start,
    /// The `{` of a definition or partial.
    Brace,
    /// A member.
    Member,
    /// `use flag`
    Use,
    /// `import "path"`
    Import,
    /// A definition, partial or caveat.
    Item,
}

/// What stands after a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The file or the definition ends.
    End,
    /// A member.
    Member,
    /// `use flag`
    Use,
    /// `import "path"`
    Import,
    /// A definition, partial or caveat.
    Item,
}

/// A comment, and its distance from what is before it.
type Comment<'a> = (Distance, Lexeme<'a>);

/// What stands between two statements.
#[derive(Debug, Default)]
struct Gap<'a> {
    comments: Vec<Comment<'a>>,
    /// The distance from the last of them to the statement that follows.
    distance: Distance,
    /// How many of the comments stand on the line of the statement before, and before its semicolon.
    before_semicolon: usize,
}

impl<'a> Gap<'a> {
    /// The comments that stay on the line of what is before, and those that stand on lines of their own or before what
    /// follows.
    fn split(&self, before: Before, after: After) -> (&[Comment<'a>], &[Comment<'a>]) {
        let on_line = self.comments.iter().take_while(|(distance, _)| *distance == Distance::Line).count();
        let all_on_one_line = on_line == self.comments.len() && self.distance == Distance::Line;
        let trailing = match (before, after) {
            (Before::Start, _) => 0,
            (Before::Brace, _) if all_on_one_line => 0,
            (_, After::End) => on_line,
            (_, After::Member | After::Use | After::Import | After::Item) if all_on_one_line => self.before_semicolon,
            (_, After::Member | After::Use | After::Import | After::Item) => on_line,
        };
        self.comments.split_at_checked(trailing).unwrap_or_default()
    }

    /// The distance between what is before, its trailing comments included, and the first thing of its own line.
    fn first_distance(&self, own: &[Comment<'a>], before: Before, after: After) -> Distance {
        let written = own.first().map_or(self.distance, |(distance, _)| *distance);
        let wanted = match (before, after) {
            (Before::Start, _) => Distance::Line,
            (Before::Brace, _) => Distance::NextLine,
            (Before::Use, After::Use) if own.is_empty() => Distance::NextLine,
            (Before::Use, After::Use) | (Before::Import, After::Import) | (Before::Member, After::End) => written,
            (Before::Member, After::Member) if own.is_empty() => written,
            (Before::Member, After::Member | After::Use | After::Import | After::Item) => Distance::Apart,
            (Before::Use | Before::Import | Before::Item, _) => Distance::Apart,
        };
        if wanted == Distance::Line && before != Before::Start { Distance::NextLine } else { wanted }
    }
}

struct Printer<'a> {
    text: &'a str,
    /// Of a text without errors: what follows what is known.
    lexemes: &'a [Lexeme<'a>],
    /// The lexeme to be printed next.
    next: usize,
    out: String,
}

impl<'a> Printer<'a> {
    fn peek(&self) -> Option<Lexeme<'a>> {
        self.lexemes.get(self.next).copied()
    }

    fn file(&mut self) {
        let mut before = Before::Start;
        loop {
            let gap = self.gap();
            let after = match self.peek().map(|lexeme| lexeme.text) {
                None => After::End,
                Some("use") => After::Use,
                Some("import") => After::Import,
                Some(_) => After::Item,
            };
            self.fill(&gap, before, after, "");
            before = match after {
                After::End => break,
                After::Use => Before::Use,
                After::Import => Before::Import,
                After::Item | After::Member => Before::Item,
            };
            match self.peek().map(|lexeme| lexeme.text) {
                Some("use" | "import") => self.statement(self.second_token(), MEMBER),
                Some("caveat") => {
                    self.statement(self.brace(), MEMBER);
                    self.caveat_body();
                }
                Some(_) | None => {
                    self.statement(self.brace(), MEMBER);
                    self.members();
                }
            }
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// Prints members up to and with the closing brace.
    fn members(&mut self) {
        let mut before = Before::Brace;
        loop {
            let gap = self.gap();
            let is_end = self.peek().is_none_or(|lexeme| lexeme.text == "}");
            if is_end {
                self.fill(&gap, before, After::End, MEMBER);
                if before != Before::Brace || !gap.comments.is_empty() {
                    self.out.push('\n');
                }
                self.out.push('}');
                self.next += 1;
                return;
            }
            self.fill(&gap, before, After::Member, MEMBER);
            let end = self.member_end();
            self.statement(end, "\t\t");
            if end.checked_sub(1).and_then(|last| self.lexemes.get(last)).is_some_and(|last| !last.ends_statements()) {
                self.out.push(';');
            }
            before = Before::Member;
        }
    }

    /// Passes what stands between two statements.
    fn gap(&mut self) -> Gap<'a> {
        let mut gap = Gap::default();
        while let Some(lexeme) = self.peek() {
            match (lexeme.kind, lexeme.text) {
                (Kind::Comment, _) => {
                    gap.comments.push((gap.distance, lexeme));
                    gap.distance = Distance::Line;
                }
                (Kind::LineBreak, _) => {
                    let follows_another = self.previous().is_some_and(|previous| previous.kind == Kind::LineBreak);
                    if gap.distance == Distance::Line {
                        gap.distance = Distance::NextLine;
                    } else if follows_another && !self.is_second_half() {
                        gap.distance = Distance::Apart;
                    }
                }
                (Kind::Symbol, ";") => {
                    gap.before_semicolon = gap.comments.iter().take_while(|(distance, _)| *distance == Distance::Line).count();
                }
                (Kind::Word | Kind::Symbol | Kind::String | Kind::Unreadable, _) => break,
            }
            self.next += 1;
        }
        gap
    }

    fn previous(&self) -> Option<Lexeme<'a>> {
        self.next.checked_sub(1).and_then(|previous| self.lexemes.get(previous)).copied()
    }

    /// Whether the lexeme looked at is the `\n` of a `\r\n`.
    fn is_second_half(&self) -> bool {
        let ends = |lexeme: Option<Lexeme<'_>>, text| lexeme.is_some_and(|lexeme| lexeme.text == text);
        ends(self.peek(), "\n")
            && ends(self.previous(), "\r")
            && self.peek().map(|lexeme| lexeme.span.start) == self.previous().map(|lexeme| lexeme.span.end)
    }

    /// Prints the comments between two statements, and the line break before the second.
    fn fill(&mut self, gap: &Gap<'a>, before: Before, after: After, indent: &str) {
        let (trailing, own) = gap.split(before, after);
        for (_, comment) in trailing {
            self.out.push(' ');
            self.comment(comment, indent);
        }
        let first = gap.first_distance(own, before, after);
        for (index, (distance, comment)) in own.iter().enumerate() {
            self.separate(if index == 0 { first } else { *distance }, indent);
            self.comment(comment, indent);
        }
        if after != After::End {
            self.separate(if own.is_empty() { first } else { gap.distance }, indent);
        }
    }

    fn separate(&mut self, distance: Distance, indent: &str) {
        if self.out.is_empty() {
            return;
        }
        match distance {
            Distance::Line => self.out.push(' '),
            Distance::NextLine => self.out.push('\n'),
            Distance::Apart => self.out.push_str("\n\n"),
        }
        if distance != Distance::Line {
            self.out.push_str(indent);
        }
    }

    /// The end of `use flag` or `import "path"`: after the second token.
    fn second_token(&self) -> usize {
        let rest = self.lexemes.iter().enumerate().skip(self.next + 1);
        rest.filter(|(_, lexeme)| !matches!(lexeme.kind, Kind::Comment | Kind::LineBreak))
            .map(|(index, _)| index + 1)
            .next()
            .unwrap_or(self.lexemes.len())
    }

    /// The end of what opens a body: after its brace.
    fn brace(&self) -> usize {
        let mut rest = self.lexemes.iter().enumerate().skip(self.next);
        rest.find(|(_, lexeme)| lexeme.text == "{").map_or(self.lexemes.len(), |(index, _)| index + 1)
    }

    /// The end of a member: after the last token before its terminator.
    fn member_end(&self) -> usize {
        let mut end = self.next;
        let mut ends_here = false;
        for (index, lexeme) in self.lexemes.iter().enumerate().skip(self.next) {
            match lexeme.kind {
                Kind::Comment => {}
                Kind::LineBreak if ends_here => break,
                Kind::LineBreak => {}
                Kind::Symbol if matches!(lexeme.text, ";" | "}") => break,
                Kind::Word | Kind::Symbol | Kind::String | Kind::Unreadable => {
                    end = index + 1;
                    ends_here = lexeme.ends_statements();
                }
            }
        }
        // Whatever the text holds, printing gets on.
        end.max(self.next + 1)
    }

    /// Prints a statement up to the lexeme `end`. Line breaks stay where a comment is next to them.
    fn statement(&mut self, end: usize, indent: &str) {
        let mut printed: Option<Lexeme<'a>> = None;
        let mut tokens = 0_usize;
        let mut broken = false;
        while self.next < end
            && let Some(lexeme) = self.peek()
        {
            self.next += 1;
            if lexeme.kind == Kind::LineBreak {
                broken = true;
                continue;
            }
            if let Some(printed) = printed {
                let by_comment = printed.kind == Kind::Comment || lexeme.kind == Kind::Comment;
                if by_comment && broken {
                    self.separate(Distance::NextLine, indent);
                } else if by_comment && printed.text != "(" && !matches!(lexeme.text, ")" | ",")
                    || !by_comment && !touch(&printed, &lexeme, tokens == 1)
                {
                    self.out.push(' ');
                }
            }
            if lexeme.kind == Kind::Comment {
                self.comment(&lexeme, indent);
            } else {
                self.out.push_str(lexeme.text);
                tokens += 1;
            }
            printed = Some(lexeme);
            broken = false;
        }
    }

    /// Prints the expression of a caveat, and the brace after it. The indentation of its first line becomes one tab, in
    /// the other lines too where they have it.
    fn caveat_body(&mut self) {
        let mut depth = 1_usize;
        let body = self.lexemes.get(self.next..).unwrap_or_default();
        let length = body.iter().position(|lexeme| {
            match lexeme.text {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let close = self.next + length.unwrap_or(body.len());
        let begins_line = self.peek().is_some_and(|lexeme| lexeme.kind == Kind::LineBreak);
        let mut first_indent = None;
        let mut line_breaks = 0_usize;
        while self.next < close
            && let Some(lexeme) = self.peek()
        {
            if lexeme.kind == Kind::LineBreak {
                line_breaks += usize::from(!self.is_second_half());
                self.next += 1;
                continue;
            }
            let start = self.previous().map_or(0, |previous| previous.span.range().end);
            let blanks = self.text.get(start..lexeme.span.range().start).unwrap_or_default();
            if let Some(first_indent) = first_indent {
                self.out.extend(std::iter::repeat_n('\n', line_breaks));
                if line_breaks > 0 {
                    self.out.push('\t');
                    self.out.push_str(blanks.strip_prefix(first_indent).or(blanks.strip_prefix('\t')).unwrap_or_default());
                } else {
                    self.out.push_str(blanks);
                }
            } else {
                first_indent = Some(if begins_line { blanks } else { "" });
                self.out.push_str("\n\t");
            }
            if lexeme.kind == Kind::Comment {
                let written: Vec<_> = lines(lexeme.text).map(|line| line.trim_end_matches(BLANKS)).listed();
                self.out.push_str(&written.join("\n"));
            } else {
                self.out.push_str(lexeme.text);
            }
            line_breaks = 0;
            self.next += 1;
        }
        self.out.push_str("\n}");
        self.next += 1;
    }

    /// Prints a comment whose first line is where printing is, and the other lines by `indent`.
    fn comment(&mut self, comment: &Lexeme<'_>, indent: &str) {
        let written: Vec<&str> = lines(comment.text).map(|line| line.trim_end_matches(BLANKS)).listed();
        let Some((first, others)) = written.split_first() else {
            return;
        };
        let aligned =
            others.iter().map(|line| line.trim_start_matches(BLANKS)).all(|line| line.is_empty() || line.starts_with('*'));
        if !aligned && comment.text.starts_with("/**") && !comment.text.starts_with("/***") {
            self.doc_comment(first, others, indent);
            return;
        }
        self.out.push_str(first);
        for line in others {
            self.out.push('\n');
            let trimmed = line.trim_start_matches(BLANKS);
            if aligned && !trimmed.is_empty() {
                self.out.push_str(indent);
                self.out.push(' ');
                self.out.push_str(trimmed);
            } else {
                self.out.push_str(line);
            }
        }
    }

    /// Prints a `/**` block of several lines, each with its `*`.
    fn doc_comment(&mut self, first: &str, others: &[&str], indent: &str) {
        let inner = |line: &'_ str| line.trim_matches(BLANKS).to_owned();
        let mut texts = vec![inner(first.strip_prefix("/**").unwrap_or(first))];
        texts.extend(others.iter().map(|line| inner(line.strip_suffix("*/").unwrap_or(line))));
        let last = texts.len() - 1;
        self.out.push_str("/**");
        for (index, text) in texts.iter().enumerate() {
            if text.is_empty() && (index == 0 || index == last) {
                continue;
            }
            self.separate(Distance::NextLine, indent);
            self.out.push_str(" *");
            if !text.is_empty() {
                self.out.push(' ');
                self.out.push_str(text);
            }
        }
        self.separate(Distance::NextLine, indent);
        self.out.push_str(" */");
    }
}

/// The characters that are blanks to the language.
const BLANKS: [char; 2] = [' ', '\t'];

/// The lines of a text, whichever of the three line breaks it has.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Whether two tokens of a statement stand without a blank between them.
fn touch(left: &Lexeme<'_>, right: &Lexeme<'_>, left_is_first: bool) -> bool {
    match right.text {
        "," | ":" | ")" | ">" | "/" | "#" | "->" | "." | "<" => return true,
        "(" if left.kind == Kind::Word => return true,
        _ => {}
    }
    match left.text {
        "(" | "/" | "#" | "->" | "." | "<" => true,
        ":" => right.text == "*",
        // `...partial`, but `user#... with caveat`.
        "..." => left_is_first,
        _ => false,
    }
}
