//! Reads a schema text into a syntax tree, one statement at a time: a mistake costs its own statement and no other.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use super::ast::{Definition, File, Flags, Item, Member};
use super::expectation;
use super::grammar::{Grammar, Rule};
use super::lexeme::{Kind, Lexeme, check_nesting, foreign_character, split};
use super::tree::Statement;
use crate::model::limits::MAX_SCHEMA_BYTES;
use crate::text::{Code, Diagnostic, Listed, Span, nearest};

/// Reads one file.
///
/// The tree holds every statement that could be read; the diagnostics are in the order of the text. The file is
/// well-formed where there are none.
pub fn read(text: &str) -> (File, Vec<Diagnostic>) {
    if text.len() > MAX_SCHEMA_BYTES {
        let message = format!("schema has {} bytes, more than {MAX_SCHEMA_BYTES}", text.len());
        return (File::default(), vec![Diagnostic::error(Code::SchemaTooLarge, Span::default(), message)]);
    }
    let lexemes = split(text);
    if let Err(problem) = check_nesting(&lexemes) {
        return (File::default(), vec![problem]);
    }
    let mut reader = Reader { text, lexemes, next: 0, file: File::default(), diagnostics: Vec::new(), seen_definition: false };
    reader.file();
    (reader.file, reader.diagnostics)
}

struct Reader<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme<'a>>,
    /// The lexeme that is looked at.
    next: usize,
    file: File,
    diagnostics: Vec<Diagnostic>,
    /// Whether `use` lines are over.
    seen_definition: bool,
}

impl<'a> Reader<'a> {
    fn file(&mut self) {
        self.skip_spaces();
        while self.peek().is_some() {
            self.take_terminator();
            if self.peek().is_none() {
                return;
            }
            if !self.item() {
                self.recover(&["definition", "caveat", "partial", "import", "use"]);
            }
        }
    }

    /// Reads one item; false where the text goes on with something else.
    fn item(&mut self) -> bool {
        let flags = self.file.flags;
        match self.peek().map(|lexeme| (lexeme.kind, lexeme.text)) {
            Some((Kind::Word, "use")) => self.use_directive(),
            Some((Kind::Word, "import")) if flags.import => self.import(),
            Some((Kind::Word, "definition")) => {
                self.seen_definition = true;
                self.definition(Item::Definition)
            }
            Some((Kind::Word, "partial")) if flags.partial => self.definition(Item::Partial),
            Some((Kind::Word, "caveat")) => self.caveat(),
            Some((Kind::Word, word @ ("import" | "partial"))) => {
                self.unexpected("a definition or caveat", Some(format!("`{word}` needs `use {word}` at the top of the file")));
                false
            }
            _ => {
                self.unexpected("a definition or caveat", None);
                false
            }
        }
    }

    fn use_directive(&mut self) -> bool {
        let keyword = self.peek().map(|lexeme| lexeme.span).unwrap_or_default();
        let Some(statement) = self.parse(Rule::use_directive) else {
            return false;
        };
        let Some(flag) = statement.word() else {
            return true;
        };
        if !self.file.flags.enable(&flag.text) {
            let problem = Diagnostic::error(Code::UnknownUseFlag, flag.span, format!("unknown use flag `{}`", flag.text))
                .with_help(format!("the flags are {}", Flags::NAMES.join(", ")))
                .with_suggestion(nearest(&flag.text, Flags::NAMES));
            self.diagnostics.push(problem);
        } else if self.seen_definition {
            let message = "`use` must stand before the first definition or caveat";
            self.diagnostics.push(Diagnostic::error(Code::MisplacedUse, keyword, message));
        }
        true
    }

    fn import(&mut self) -> bool {
        let Some(statement) = self.parse(Rule::import) else {
            return false;
        };
        self.file.items.push(Item::Import(statement.import()));
        // A string does not end a statement, so a line break after it is only a blank.
        self.skip_spaces();
        true
    }

    fn caveat(&mut self) -> bool {
        self.seen_definition = true;
        let comments = self.comments_before();
        let first = self.next;
        let Some(statement) = self.parse(Rule::caveat) else {
            return false;
        };
        let words = self.lexemes.get(first..self.next).unwrap_or_default().iter().filter(|lexeme| lexeme.kind == Kind::Word);
        if let Some(foreign) = words.clone().find_map(|word| foreign_character(word.text, word.span)) {
            self.diagnostics.push(foreign);
            return true;
        }
        let caveat = statement.caveat(comments, self.file.flags, &mut self.diagnostics);
        self.file.items.extend(caveat.map(Item::Caveat));
        true
    }

    /// Reads a definition, or a partial, which looks the same.
    fn definition(&mut self, item: fn(Definition) -> Item) -> bool {
        let comments = self.comments_before();
        let Some(statement) = self.parse(Rule::head) else {
            return false;
        };
        let Some(mut definition) = statement.definition(comments, self.file.flags, &mut self.diagnostics) else {
            return false;
        };
        let closed = self.members(&mut definition.members);
        self.file.items.push(item(definition));
        closed
    }

    /// Reads members up to and with the closing brace; false where the definition is not closed.
    fn members(&mut self, members: &mut Vec<Member>) -> bool {
        loop {
            let rule = match self.peek().map(|lexeme| lexeme.text) {
                Some("}") => {
                    self.next += 1;
                    return true;
                }
                Some("relation") => Rule::relation,
                Some("permission") => Rule::permission,
                Some("...") => Rule::partial_reference,
                Some(";") => {
                    self.take_terminator();
                    continue;
                }
                Some("definition" | "caveat") | None => {
                    self.unexpected("`}`", None);
                    return false;
                }
                Some(_) => {
                    self.unexpected("`relation`, `permission` or `}`", None);
                    self.recover_member();
                    continue;
                }
            };
            let comments = self.comments_before();
            match self.parse(rule) {
                Some(statement) => {
                    members.extend(statement.member(comments, self.file.flags, &mut self.diagnostics));
                    self.take_terminator();
                }
                None => self.recover_member(),
            }
        }
    }

    /// Runs one rule at the lexeme looked at. Where it fails, the reason becomes a diagnostic.
    fn parse(&mut self, rule: Rule) -> Option<Statement<'a>> {
        let start = self.peek()?.span.range().start;
        let text = self.text.get(start..self.statement_limit(rule)).unwrap_or_default();
        match Grammar::parse(rule, text) {
            Ok(mut pairs) => {
                let statement = Statement::new(pairs.next()?, start);
                self.seek(statement.end());
                Some(statement)
            }
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => start + at,
                };
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => positives,
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                self.seek(at);
                self.diagnostics.push(expectation::unmet(
                    &expected,
                    self.lexemes.get(self.next),
                    self.text.len(),
                    self.file.flags,
                ));
                None
            }
        }
    }

    /// The offset beyond which a statement begun at the lexeme looked at cannot reach: the end of the first lexeme that
    /// only another statement can hold. Without it each statement would cost the length of the file.
    fn statement_limit(&self, rule: Rule) -> usize {
        let rest = self.lexemes.get(self.next + 1..).unwrap_or_default();
        let mut solid = rest.iter().filter(|lexeme| lexeme.kind != Kind::Comment);
        let is_reserved = |lexeme: &Lexeme<'_>| matches!(lexeme.text, "relation" | "permission" | "definition" | "caveat");
        let last = match rule {
            Rule::caveat => {
                let mut depth = 0_usize;
                let mut in_body = false;
                solid.find(|lexeme| {
                    match (lexeme.kind, lexeme.text) {
                        (Kind::Symbol, "{") => (depth, in_body) = (depth + 1, true),
                        (Kind::Symbol, "}") => depth = depth.saturating_sub(1),
                        _ => return !in_body && is_reserved(lexeme),
                    }
                    depth == 0
                })
            }
            // One lexeme and what ends the statement, line breaks before it aside.
            Rule::use_directive | Rule::import | Rule::partial_reference => {
                solid.filter(|lexeme| lexeme.kind != Kind::LineBreak).nth(1)
            }
            _ => {
                let mut ended = true;
                solid.find(|lexeme| {
                    let ends_here =
                        matches!(lexeme.text, ";" | "}") || is_reserved(lexeme) || ended && lexeme.kind == Kind::LineBreak;
                    ended = if lexeme.kind == Kind::LineBreak { ended } else { lexeme.ends_statements() };
                    ends_here
                })
            }
        };
        last.map_or(self.text.len(), |lexeme| lexeme.span.range().end)
    }

    /// Looks at the first lexeme at or after byte `offset`.
    fn seek(&mut self, offset: usize) {
        self.next = self.lexemes.partition_point(|lexeme| lexeme.span.range().start < offset);
    }

    /// The lexeme looked at, comments skipped.
    fn peek(&mut self) -> Option<Lexeme<'a>> {
        while self.lexemes.get(self.next).is_some_and(|lexeme| lexeme.kind == Kind::Comment) {
            self.next += 1;
        }
        self.lexemes.get(self.next).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(|lexeme| lexeme.kind == Kind::LineBreak) {
            self.next += 1;
        }
    }

    /// Passes one line break or semicolon, and the blank lines after it.
    fn take_terminator(&mut self) {
        if self.peek().is_some_and(|lexeme| lexeme.kind == Kind::LineBreak || lexeme.text == ";") {
            self.next += 1;
            self.skip_spaces();
        }
    }

    /// The comments between the lexeme looked at and the one before it that is neither comment nor line break. Where a
    /// line break ended the statement before, comments in front of it belong to that statement and not here.
    fn comments_before(&mut self) -> Vec<String> {
        self.peek();
        let before = self.lexemes.get(..self.next).unwrap_or_default();
        let last = before.iter().rposition(|lexeme| !matches!(lexeme.kind, Kind::Comment | Kind::LineBreak));
        let between = before.get(last.map_or(0, |last| last + 1)..).unwrap_or_default();
        let ended = last.and_then(|last| before.get(last)).is_some_and(Lexeme::ends_statements);
        let line_break = between.iter().position(|lexeme| lexeme.kind == Kind::LineBreak).filter(|_| ended).unwrap_or_default();
        between
            .iter()
            .skip(line_break)
            .filter(|lexeme| lexeme.kind == Kind::Comment)
            .map(|lexeme| lexeme.text.to_owned())
            .listed()
    }

    fn unexpected(&mut self, wanted: &str, help: Option<String>) {
        // An unclosed comment or string swallows the rest of the text; that the rest is missing then goes without saying.
        if self.peek().is_none() && self.lexemes.last().is_some_and(Lexeme::swallows_the_rest) {
            return;
        }
        let mut problem = expectation::unexpected(wanted, self.lexemes.get(self.next), self.text.len());
        problem.help = help.or(problem.help);
        self.diagnostics.push(problem);
    }

    /// Passes lexemes up to the next line that begins with one of the words.
    fn recover(&mut self, words: &[&str]) {
        let mut at_line_start = false;
        while let Some(lexeme) = self.peek() {
            if at_line_start && lexeme.kind == Kind::Word && words.contains(&lexeme.text) {
                return;
            }
            at_line_start = lexeme.kind == Kind::LineBreak || (at_line_start && lexeme.kind == Kind::Comment);
            self.next += 1;
        }
    }

    /// Passes lexemes up to the next member, the end of the members, or the next definition.
    fn recover_member(&mut self) {
        let mut at_line_start = false;
        while let Some(lexeme) = self.peek() {
            let found = match lexeme.text {
                "}" => true,
                "relation" | "permission" | "..." | "definition" | "caveat" => at_line_start,
                _ => false,
            };
            if found {
                return;
            }
            at_line_start = lexeme.kind == Kind::LineBreak || lexeme.text == ";";
            self.next += 1;
        }
    }
}
