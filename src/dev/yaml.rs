//! YAML as a tree with places. The parser is saphyr's; the tree is ours because places must lead into block scalars.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::text::{Code, Diagnostic, Span};

/// Levels of lists and mappings in a file. A validation file has four.
const MAX_DEPTH: usize = 32;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order of the file; keys may repeat.
    Mapping(Vec<(Node, Node)>),
}

/// A text, by whichever of YAML's five ways it is written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    style: ScalarStyle,
}

impl Scalar {
    /// Whether it is written as nothing at all.
    pub(super) fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// Reads the one document of a file.
///
/// # Errors
/// Where it is not well-formed, uses what a validation file has no need of, or is nested too deeply.
pub(super) fn read(text: &str) -> Result<Node, Diagnostic> {
    let offsets = Offsets::of(text);
    let problem = |offset: usize, message: String| {
        Diagnostic::error(Code::ValidationYaml, Span::new(offset, (offset + 1).min(text.len())), message)
    };
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder { open: Vec::new(), root: None, anchors: Vec::new() };
    while let Some(next) = parser.next_event() {
        let (event, place) = next.map_err(|error| problem(offsets.byte(error.marker().index()), error.info().to_owned()))?;
        let span = Span::new(offsets.byte(place.start.index()), offsets.byte(place.end.index()));
        match event {
            Event::Scalar(scalar, style, anchor, _) => {
                let scalar = Scalar { text: scalar.into_owned(), style };
                builder.add(Node { value: Value::Scalar(scalar), span }, anchor);
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if builder.open.len() >= MAX_DEPTH {
                    return Err(problem(span.range().start, format!("nesting is deeper than {MAX_DEPTH} levels")));
                }
                let value =
                    if matches!(event, Event::SequenceStart(..)) { Value::List(Vec::new()) } else { Value::Mapping(Vec::new()) };
                builder.open.push((Node { value, span }, None));
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(span),
            Event::Alias(anchor) => {
                let scalar = builder
                    .anchors
                    .binary_search_by_key(&anchor, |(number, _)| *number)
                    .ok()
                    .and_then(|place| builder.anchors.get(place))
                    .map(|(_, scalar)| scalar.clone());
                let scalar =
                    scalar.ok_or_else(|| problem(span.range().start, "an alias may stand for a text only".to_owned()))?;
                builder.add(Node { value: Value::Scalar(scalar), span }, 0);
            }
            Event::DocumentStart(_) if builder.root.is_some() => {
                return Err(problem(span.range().start, "a validation file is one document".to_owned()));
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
    }
    let nothing = Node { value: Value::Scalar(Scalar { text: String::new(), style: ScalarStyle::Plain }), span: Span::default() };
    Ok(builder.root.unwrap_or(nothing))
}

struct Builder {
    /// The lists and mappings around, outermost first; a mapping with the key that waits for its value.
    open: Vec<(Node, Option<Node>)>,
    root: Option<Node>,
    /// By their numbers, which only grow.
    anchors: Vec<(usize, Scalar)>,
}

impl Builder {
    fn add(&mut self, node: Node, anchor: usize) {
        if let Value::Scalar(scalar) = &node.value
            && anchor > 0
        {
            self.anchors.push((anchor, scalar.clone()));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Node { value: Value::List(items), .. }, _)) => items.push(node),
            Some((Node { value: Value::Mapping(entries), .. }, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
            Some((Node { value: Value::Scalar(_), .. }, _)) => {}
        }
    }

    fn close(&mut self, end: Span) {
        if let Some((mut node, _)) = self.open.pop() {
            node.span = node.span.to(end);
            self.add(node, 0);
        }
    }
}

/// The parser counts characters, spans count bytes.
struct Offsets(Option<Vec<usize>>, usize);

impl Offsets {
    fn of(text: &str) -> Self {
        let table = (!text.is_ascii()).then(|| text.char_indices().map(|(offset, _)| offset).collect());
        Self(table, text.len())
    }

    fn byte(&self, character: usize) -> usize {
        match &self.0 {
            None => character.min(self.1),
            Some(table) => table.get(character).copied().unwrap_or(self.1),
        }
    }
}

impl Node {
    /// The text of a scalar; nothing in a list or mapping.
    pub(super) fn text(&self) -> &str {
        match &self.value {
            Value::Scalar(scalar) => &scalar.text,
            Value::List(_) | Value::Mapping(_) => "",
        }
    }

    /// Where a span of a scalar's text stands in the file.
    ///
    /// Folding and indentation change blanks only, so the n-th character that is not blank is the same in both. In a
    /// double-quoted scalar with escapes that does not hold; the whole scalar then stands for its parts.
    pub(super) fn locate(&self, file: &str, part: Span) -> Span {
        let Value::Scalar(scalar) = &self.value else {
            return self.span;
        };
        let Some(source) = self.content(file, scalar.style) else {
            return self.span;
        };
        let before = |end: u32| scalar.text.get(..end as usize).map(solid_count);
        let (Some(first), Some(last)) = (before(part.start), before(part.end)) else {
            return self.span;
        };
        let begins_solid = scalar
            .text
            .get(part.range().start..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|first| !first.is_whitespace());
        let place = |nth: usize| source.solid(nth);
        let start = if begins_solid {
            place(first).map(|(start, _)| start)
        } else {
            first.checked_sub(1).and_then(place).map(|(_, end)| end)
        };
        let start = start.unwrap_or(source.offset);
        let end = last.checked_sub(1).and_then(place).map_or(start, |(_, end)| end);
        Span::new(start, end)
    }

    /// The part of the file that holds a scalar's characters.
    fn content<'a>(&self, file: &'a str, style: ScalarStyle) -> Option<Content<'a>> {
        let whole = file.get(self.span.range().start..)?;
        let offset = self.span.range().start;
        match style {
            ScalarStyle::Plain => Some(Content { text: Cow::Borrowed(whole), offset }),
            ScalarStyle::SingleQuoted => {
                Some(Content { text: Cow::Owned(whole.get(1..)?.replace("''", "' ")), offset: offset + 1 })
            }
            ScalarStyle::DoubleQuoted => {
                let quoted = self.span.of(file);
                (!quoted.contains('\\')).then_some(Content { text: Cow::Borrowed(quoted.get(1..)?), offset: offset + 1 })
            }
            // The first line is the indicator, where the span begins with it.
            ScalarStyle::Literal | ScalarStyle::Folded if whole.starts_with(['|', '>']) => {
                let header = whole.find('\n')? + 1;
                Some(Content { text: Cow::Borrowed(whole.get(header..)?), offset: offset + header })
            }
            ScalarStyle::Literal | ScalarStyle::Folded => Some(Content { text: Cow::Borrowed(whole), offset }),
        }
    }
}

struct Content<'a> {
    text: Cow<'a, str>,
    /// Where in the file it begins.
    offset: usize,
}

impl Content<'_> {
    /// Where in the file the n-th character that is not blank begins and ends.
    fn solid(&self, nth: usize) -> Option<(usize, usize)> {
        let (start, found) = self.text.char_indices().filter(|(_, character)| !character.is_whitespace()).nth(nth)?;
        Some((self.offset + start, self.offset + start + found.len_utf8()))
    }
}

fn solid_count(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(node: &'a Node, key: &str) -> &'a Node {
        let Value::Mapping(entries) = &node.value else { panic!("{node:?}") };
        &entries.iter().find(|(found, _)| matches!(&found.value, Value::Scalar(scalar) if scalar.text == key)).unwrap().1
    }

    #[test]
    fn finds_places_within_every_style() {
        let file = "é: ü\na: |-\n  one two\n\n  three\nb: >-\n  one\n  two\n\n  three\nc: 'it''s three'\nd: \"one three\"\ne: one\n  three\nf: three\n";
        let root = read(file).unwrap();
        for key in ["a", "b", "c", "d", "e", "f"] {
            let node = value(&root, key);
            let Value::Scalar(scalar) = &node.value else { panic!() };
            let start = scalar.text.find("three").unwrap();
            let place = node.locate(file, Span::new(start, start + 5));
            assert_eq!(place.of(file), "three", "{key}");
            assert!(place.start > node.span.start || key == "f", "{key}");
        }
    }

    #[test]
    fn refuses_what_no_validation_file_needs() {
        assert!(read("a: [").is_err());
        assert!(read("a: &x [1]\nb: *x").unwrap_err().message.contains("alias"));
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read("a: 1\n---\nb: 1").unwrap_err().message.contains("one document"));
        assert!(read("").is_ok() && read("a: &x hello\nb: *x").is_ok());
    }
}
