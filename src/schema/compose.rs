//! A schema of several files as one text, for those who take no imports: a server, or an engine that is given a text.

use super::ast::Flags;
use super::compile::compile;
use super::lexeme::{Kind, split};
use super::read::read;
use super::schema::Schema;
use crate::text::Listed;

/// The schema as a text that needs no other file: what it imports stands before it, comments and layout as written.
///
/// Nothing where the files cannot stand in one text, because a `use` flag of one reserves a word that is a name in another.
///
/// ```
/// use peppercorn::schema::{compile_with, compose};
///
/// let mut users = |path: &str| (path == "users.zed").then(|| "definition user {}".to_owned());
/// let text = "use import\nimport \"users.zed\"\ndefinition team { relation member: user; }";
/// let schema = compile_with(text, Some(&mut users)).schema.unwrap();
/// assert_eq!(compose(&schema).unwrap(), "definition user {}\n\ndefinition team { relation member: user; }\n");
/// ```
#[must_use]
pub fn compose(schema: &Schema) -> Option<String> {
    if schema.imports().is_empty() {
        return Some(schema.text().to_owned());
    }
    let texts = schema.imports().iter().map(|(_, text)| text.as_str()).chain([schema.text()]).listed();
    let mut whole = String::new();
    for flag in Flags::NAMES.into_iter().filter(|flag| *flag != "import") {
        if texts.iter().any(|text| has(read(text).0.flags, flag)) {
            whole.push_str(&format!("use {flag}\n"));
        }
    }
    for text in texts {
        whole.push_str(if whole.is_empty() { "" } else { "\n" });
        whole.push_str(without_directives(text).trim());
        whole.push('\n');
    }
    compile(&whole).ok().filter(|joined| joined.hash() == schema.hash()).map(|_| whole)
}

fn has(flags: Flags, name: &str) -> bool {
    let mut more = flags;
    more.enable(name);
    more == flags
}

/// The text of a file that can be read, without its `use` and `import` statements.
fn without_directives(text: &str) -> String {
    let lexemes = split(text);
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    let (mut depth, mut begins) = (0_usize, true);
    let mut rest = lexemes.iter().filter(|lexeme| lexeme.kind != Kind::Comment).peekable();
    while let Some(lexeme) = rest.next() {
        match (lexeme.kind, lexeme.text) {
            (Kind::Word, "use" | "import") if begins && depth == 0 => {
                if let Some(argument) = rest.next() {
                    kept.push_str(text.get(from..lexeme.span.range().start).unwrap_or_default());
                    let end = rest.next_if(|next| next.text == ";").unwrap_or(argument);
                    from = end.span.range().end;
                }
            }
            (Kind::LineBreak, _) | (Kind::Symbol, ";") => begins = true,
            (kind, found) => {
                match (kind, found) {
                    (Kind::Symbol, "{" | "(") => depth += 1,
                    (Kind::Symbol, "}" | ")") => depth = depth.saturating_sub(1),
                    _ => {}
                }
                begins = (kind, found) == (Kind::Symbol, "}");
            }
        }
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}
