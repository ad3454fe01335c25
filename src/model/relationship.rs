use std::fmt;
use std::sync::Arc;

use super::limits::MAX_RELATIONSHIP_CONTEXT_BYTES;
use super::name::{AT, CLOSE, COLON, HASH, OPEN};
use super::value::write_object;
use super::{Context, Timestamp, Value, name};
use crate::text::{Code, Diagnostic, Span};

/// The id of a wildcard subject: every object of its type.
pub const WILDCARD: &str = "*";

/// The relation of a subject that is the object itself; accepted in text, never printed.
pub const ELLIPSIS: &str = "...";

/// An object: `document:readme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Object<'a> {
    /// The definition it is of.
    pub object_type: &'a str,
    /// Its id within the type.
    pub id: &'a str,
}

/// A subject: an object, all objects of a type (`user:*`), or those that have a relation to an object
/// (`group:eng#member`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The object, whose id may be the wildcard.
    pub object: Object<'a>,
    /// The relation, for a set of subjects.
    pub relation: Option<&'a str>,
}

/// The caveat on a relationship, with the context stored beside it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Caveat<'a> {
    /// The caveat's name.
    pub name: &'a str,
    /// The stored context, where there is one.
    pub context: Option<Arc<Context>>,
}

/// A relationship: this subject has this relation to this resource.
///
/// Its text form is SpiceDB's (`pkg/tuple`): `type:id#relation@type:id[#relation][[caveat[:{json}]]][[expiration:time]]`.
///
/// ```
/// use peppercorn::model::Relationship;
/// let relationship = Relationship::parse("document:readme#viewer@group:eng#member").unwrap();
/// assert_eq!(relationship.subject.relation, Some("member"));
/// assert_eq!(relationship.to_string(), "document:readme#viewer@group:eng#member");
/// assert!(Relationship::parse("document:readme#viewer").is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Relationship<'a> {
    /// What the relationship is to; never a wildcard.
    pub resource: Object<'a>,
    /// The relation.
    pub relation: &'a str,
    /// Who has it.
    pub subject: Subject<'a>,
    /// The caveat under which it holds.
    pub caveat: Option<Caveat<'a>>,
    /// When it ceases to hold.
    pub expiration: Option<Timestamp>,
}

/// A question in the form of a relationship: does this subject have this permission on this resource?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question<'a> {
    /// The resource.
    pub resource: Object<'a>,
    /// The permission, or relation, asked for.
    pub permission: &'a str,
    /// The subject.
    pub subject: Subject<'a>,
}

impl<'a> Object<'a> {
    /// An object of parts that are known to follow the rules.
    pub(crate) fn of_parts(object_type: &'a str, id: &'a str) -> Self {
        Self { object_type, id }
    }

    /// Reads `type:id`.
    ///
    /// # Errors
    /// Where the text is not of that form or breaks a naming rule; a wildcard id is refused.
    pub fn parse(text: &'a str) -> Result<Self, Diagnostic> {
        let mut reader = Reader::new(text);
        let object = reader.object(0).map_err(|problem| *problem)?;
        refuse_wildcard_resource(object.id, reader.last).map_err(|problem| *problem)?;
        Ok(object)
    }
}

impl<'a> Subject<'a> {
    /// A subject of parts that are known to follow the rules.
    pub(crate) fn of_parts(object: Object<'a>, relation: Option<&'a str>) -> Self {
        Self { object, relation }
    }

    /// Reads `type:id`, `type:*`, `type:id#relation` or `type:id#...`.
    ///
    /// # Errors
    /// Where the text is not of one of those forms or breaks a naming rule.
    pub fn parse(text: &'a str) -> Result<Self, Diagnostic> {
        Reader::new(text).subject(0).map_err(|problem| *problem)
    }
}

impl<'a> Caveat<'a> {
    /// A caveat of parts that are known to follow the rules.
    pub(crate) fn of_parts(name: &'a str, context: Option<Arc<Context>>) -> Self {
        Self { name, context }
    }
}

impl<'a> Relationship<'a> {
    /// A relationship of parts that are known to follow the rules.
    pub(crate) fn of_parts(
        resource: Object<'a>,
        relation: &'a str,
        subject: Subject<'a>,
        caveat: Option<Caveat<'a>>,
        expiration: Option<Timestamp>,
    ) -> Self {
        Self { resource, relation, subject, caveat, expiration }
    }

    /// Reads one relationship; blanks around it are ignored.
    ///
    /// # Errors
    /// One diagnostic, with the span of the part that is wrong, where the text is not of the form above or breaks a
    /// naming rule or limit.
    pub fn parse(text: &'a str) -> Result<Self, Diagnostic> {
        Self::read(text).map_err(|problem| *problem)
    }

    fn read(text: &'a str) -> Read<Self> {
        let (mut reader, resource, relation, subject) = Reader::relationship(text)?;
        let caveat = reader.caveat()?;
        let expiration = reader.expiration()?;
        if reader.offset < reader.end {
            return Err(reader.problem("expected the end of the relationship"));
        }
        Ok(Self { resource, relation, subject, caveat, expiration })
    }
}

impl<'a> Question<'a> {
    /// Reads `type:id#permission@subject`, the form of an assertion; blanks around it are ignored.
    ///
    /// # Errors
    /// Where the text is not of that form; a caveat or expiration belongs to a relationship and is refused.
    pub fn parse(text: &'a str) -> Result<Self, Diagnostic> {
        let (reader, resource, permission, subject) = Reader::relationship(text).map_err(|problem| *problem)?;
        if reader.offset < reader.end {
            return Err(reader
                .problem("expected the end of the question")
                .with_help("a caveat or expiration belongs to a relationship, not to a question"));
        }
        Ok(Self { resource, permission, subject })
    }
}

/// What was read, or why nothing was: boxed, for of a million rows none is refused.
type Read<T> = Result<T, Box<Diagnostic>>;

fn refused(span: Span, message: impl Into<String>, help: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::RelationshipSyntax, span, message).with_help(help))
}

fn refuse_wildcard_resource(id: &str, span: Span) -> Read<()> {
    if id != WILDCARD {
        return Ok(());
    }
    Err(refused(span, "a resource cannot be a wildcard", "only subjects can be `*`"))
}

/// Reads the parts from left to right; every part is a slice of the text.
struct Reader<'a> {
    text: &'a str,
    offset: usize,
    end: usize,
    /// The part read last, for messages about it.
    last: Span,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let is_tight = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let (offset, end) = if is_tight(text.as_bytes().first()) && is_tight(text.as_bytes().last()) {
            (0, text.len())
        } else {
            let end = text.trim_end().len();
            (end - text.trim().len(), end)
        };
        Self { text, offset, end, last: Span::at(offset) }
    }

    fn relationship(text: &'a str) -> Read<(Self, Object<'a>, &'a str, Subject<'a>)> {
        let mut reader = Self::new(text);
        let resource = reader.object(HASH)?;
        refuse_wildcard_resource(resource.id, reader.last)?;
        reader.expect('#', "a relation")?;
        let relation = reader.relation(AT)?;
        reader.expect('@', "a subject")?;
        let subject = reader.subject(OPEN)?;
        Ok((reader, resource, relation, subject))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..self.end).unwrap_or_default()
    }

    fn problem(&self, message: &str) -> Box<Diagnostic> {
        let found = self.rest();
        let message = if found.is_empty() {
            format!("{message}, found its end")
        } else {
            format!("{message}, found `{}`", shortened(found))
        };
        refused(Span::new(self.offset, self.end), message, "a relationship is written `document:readme#viewer@user:alice`")
    }

    fn expect(&mut self, character: char, before: &str) -> Read<()> {
        if !self.rest().starts_with(character) {
            return Err(self.problem(&format!("expected `{character}` and {before}")));
        }
        self.offset += character.len_utf8();
        Ok(())
    }

    /// The text up to one of the marks or the end.
    fn until(&mut self, marks: u8) -> &'a str {
        let rest = self.rest();
        let part = rest.get(..name::until(rest, marks)).unwrap_or_default();
        self.last = Span::new(self.offset, self.offset + part.len());
        self.offset += part.len();
        part
    }

    fn invalid(&self, what: &str, part: &str, rule: &str) -> Box<Diagnostic> {
        let message = if part.is_empty() { format!("{what} is missing") } else { format!("`{}` is not {what}", shortened(part)) };
        refused(self.last, message, format!("{what} is {rule}"))
    }

    fn object(&mut self, marks: u8) -> Read<Object<'a>> {
        let object_type = self.until(COLON | HASH | AT | OPEN);
        if !name::is_object_type(object_type) {
            return Err(self.invalid("an object type", object_type, name::DEFINITION_RULE));
        }
        self.expect(':', "an object id")?;
        let id = self.until(marks);
        if id != WILDCARD && !name::is_object_id(id) {
            return Err(self.invalid("an object id", id, name::OBJECT_ID_RULE));
        }
        Ok(Object { object_type, id })
    }

    fn relation(&mut self, marks: u8) -> Read<&'a str> {
        let relation = self.until(marks);
        if !name::is_relation(relation) {
            return Err(self.invalid("a relation", relation, name::RELATION_RULE));
        }
        Ok(relation)
    }

    fn subject(&mut self, marks: u8) -> Read<Subject<'a>> {
        let object = self.object(HASH | marks)?;
        if !self.rest().starts_with('#') {
            return Ok(Subject { object, relation: None });
        }
        self.offset += 1;
        if self.rest().starts_with(ELLIPSIS) {
            self.offset += ELLIPSIS.len();
            if name::until(self.rest(), marks) > 0 {
                return Err(self.problem("expected the end of the subject"));
            }
            return Ok(Subject { object, relation: None });
        }
        let relation = self.relation(marks)?;
        if object.id == WILDCARD {
            let message = "a wildcard subject cannot have a relation";
            return Err(Box::new(Diagnostic::error(Code::RelationshipSyntax, self.last, message)));
        }
        Ok(Subject { object, relation: Some(relation) })
    }

    fn caveat(&mut self) -> Read<Option<Caveat<'a>>> {
        if !self.rest().starts_with('[') || self.rest().starts_with("[expiration:") {
            return Ok(None);
        }
        self.offset += 1;
        let name = self.until(COLON | CLOSE);
        if !name::is_caveat(name) {
            return Err(self.invalid("a caveat name", name, name::CAVEAT_RULE));
        }
        let context = if self.rest().starts_with(':') {
            self.offset += 1;
            Some(Arc::new(self.context()?))
        } else {
            None
        };
        self.expect(']', "nothing more of the caveat")?;
        Ok(Some(Caveat { name, context }))
    }

    /// The JSON object up to the bracket that closes the caveat: the last one, or the last before an expiration.
    fn context(&mut self) -> Read<Context> {
        let rest = self.rest();
        let before_expiration = |end: &usize| rest.get(*end..).is_some_and(|after| after.starts_with("][expiration:"));
        let json = match (0..rest.len()).rev().find(before_expiration) {
            Some(end) => rest.get(..end),
            None => rest.strip_suffix(']'),
        };
        let Some(json) = json else {
            return Err(self.problem("expected `]` after the caveat"));
        };
        let span = Span::new(self.offset, self.offset + json.len());
        if json.len() > MAX_RELATIONSHIP_CONTEXT_BYTES {
            let message = format!("caveat context has {} bytes, more than {MAX_RELATIONSHIP_CONTEXT_BYTES}", json.len());
            return Err(Box::new(Diagnostic::error(Code::RelationshipTooLarge, span, message)));
        }
        let context = Value::parse_object(json)
            .map_err(|error| Diagnostic::error(Code::RelationshipSyntax, error.span, error.message).shifted(span.start))
            .map_err(Box::new)?;
        self.offset += json.len();
        Ok(context)
    }

    fn expiration(&mut self) -> Read<Option<Timestamp>> {
        let Some(after) = self.rest().strip_prefix("[expiration:") else {
            return Ok(None);
        };
        self.offset = self.end - after.len();
        let time = self.until(CLOSE);
        let Some(timestamp) = Timestamp::parse(time) else {
            return Err(self.invalid("a time", time, "RFC 3339 in UTC, such as `2030-01-31T12:00:00Z`"));
        };
        self.expect(']', "nothing more of the expiration")?;
        Ok(Some(timestamp))
    }
}

/// The beginning of a text that may be long, for a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.object_type, self.id)
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.object)?;
        match self.relation {
            Some(relation) => write!(out, "#{relation}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Relationship<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}#{}@{}", self.resource, self.relation, self.subject)?;
        if let Some(caveat) = &self.caveat {
            write!(out, "[{}", caveat.name)?;
            if let Some(context) = &caveat.context {
                out.write_str(":")?;
                write_object(out, context)?;
            }
            out.write_str("]")?;
        }
        match self.expiration {
            Some(expiration) => write!(out, "[expiration:{expiration}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}#{}@{}", self.resource, self.permission, self.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in [
            "document:readme#viewer@user:alice",
            "acme/document:a/b|c=#viewer@acme/group:eng#member",
            "document:readme#viewer@user:*",
            "document:readme#viewer@user:alice[only_on]",
            r#"document:readme#viewer@user:alice[only_on:{"a":"]["}]"#,
            r#"document:readme#viewer@user:alice[only_on:{"a":[1]}][expiration:2030-01-01T00:00:00Z]"#,
            "document:readme#viewer@user:alice[expiration:2030-01-01T00:00:00.25Z]",
        ] {
            assert_eq!(Relationship::parse(text).unwrap().to_string(), text);
        }
        let ellipsis = Relationship::parse("  document:readme#viewer@user:alice#...[only_on]\t").unwrap();
        assert_eq!(ellipsis.to_string(), "document:readme#viewer@user:alice[only_on]");
    }

    #[test]
    fn underlines_the_part_that_is_wrong() {
        for (text, underlined) in [
            ("document:readme#viewer", ""),
            ("document#viewer@user:alice", "#viewer@user:alice"),
            ("Document:readme#viewer@user:alice", "Document"),
            ("document:re adme#viewer@user:alice", "re adme"),
            ("document:*#viewer@user:alice", "*"),
            ("document:readme#vi@user:alice", "vi"),
            ("document:readme#viewer@user:alice#", ""),
            ("document:readme#viewer@user:alice#....", "."),
            ("document:readme#viewer@user:*#member", "member"),
            ("document:readme#viewer@user:alice[]", ""),
            ("document:readme#viewer@user:alice[some", ""),
            (r#"document:readme#viewer@user:alice[some:{"a":}]"#, "}"),
            ("document:readme#viewer@user:alice[expiration:tomorrow]", "tomorrow"),
            ("document:readme#viewer@user:alice[expiration:2030-01-01T00:00:00Z][some]", "[some]"),
        ] {
            let problem = Relationship::parse(text).unwrap_err();
            assert_eq!(problem.span.of(text), underlined, "{text}: {problem:?}");
        }
        assert!(Question::parse("document:readme#view@user:alice[some]").is_err());
    }
}
