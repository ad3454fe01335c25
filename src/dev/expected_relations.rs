//! The entries of a `validation:` block: read, compared with what is found, and written.
//!
//! Source of the form: SpiceDB's `pkg/validationfile/blocks/expectedrelations.go`. An entry is `[subject] is <relation>/<relation>`,
//! where the subject may be marked as caveated (`user:tom[...]`) and a wildcard may say whom it leaves out
//! (`user:* - {user:amy, user:tom[...]}`). What stands between brackets and angles means nothing.

use super::yaml::{Node, Value};
use crate::api::Holder;
use crate::model::{Subject, WILDCARD};
use crate::text::hash::Set;
use crate::text::{Code, Diagnostic, Span, sort};

/// What a file expects of one permission of one resource.
#[derive(Debug)]
pub(super) struct ExpectedRelation {
    pub(super) resource: String,
    pub(super) permission: String,
    /// Where the two stand.
    pub(super) span: Span,
    /// In the order of the file.
    pub(super) entries: Vec<Entry>,
}

/// One entry.
#[derive(Debug)]
pub(super) struct Entry {
    /// As written.
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) holder: Holder,
}

impl ExpectedRelation {
    /// `resource#permission`.
    pub(super) fn name(&self) -> String {
        format!("{}#{}", self.resource, self.permission)
    }
}

/// Reads a `validation:` block; problems are added to the list.
pub(super) fn read(file: &str, node: &Node, problems: &mut Vec<Diagnostic>) -> Vec<ExpectedRelation> {
    let wrong_type = |node: &Node, message: &str| Diagnostic::error(Code::ValidationWrongType, node.span, message);
    let entries = match &node.value {
        Value::Mapping(entries) => entries,
        Value::Scalar(scalar) if scalar.is_null() => return Vec::new(),
        Value::Scalar(_) | Value::List(_) => {
            problems.push(wrong_type(node, "`validation` must be a mapping from `type:id#permission` to lists of subjects"));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    let mut seen = Set::default();
    for (key, list) in entries {
        let Value::Scalar(name) = &key.value else {
            problems.push(wrong_type(key, "a key must be a text"));
            continue;
        };
        if !seen.insert(name.text.as_str()) {
            let message = format!("key `{}` is given twice", name.text);
            problems.push(Diagnostic::error(Code::ValidationDuplicateKey, key.span, message));
        }
        let (resource, permission) = match relation(&name.text) {
            Ok(found) => found,
            Err(problem) => {
                problems.push(within(file, key, 0, problem));
                continue;
            }
        };
        let items = match &list.value {
            Value::List(items) => items.as_slice(),
            Value::Scalar(scalar) if scalar.is_null() => &[],
            Value::Scalar(_) | Value::Mapping(_) => {
                problems.push(wrong_type(list, "expected subjects must be a list"));
                continue;
            }
        };
        let mut entries = Vec::new();
        for item in items {
            match &item.value {
                Value::Scalar(scalar) => match entry(&scalar.text) {
                    Ok(holder) => entries.push(Entry { text: scalar.text.trim().to_owned(), span: item.span, holder }),
                    Err((offset, problem)) => problems.push(within(file, item, offset, problem)),
                },
                Value::List(_) | Value::Mapping(_) => problems.push(wrong_type(item, "an expected subject must be a text")),
            }
        }
        read.push(ExpectedRelation { resource, permission, span: key.span, entries });
    }
    read
}

/// A problem with a part of a scalar, as one with the file.
fn within(file: &str, node: &Node, offset: usize, problem: Diagnostic) -> Diagnostic {
    let span = node.locate(file, problem.span.shifted(u32::try_from(offset).unwrap_or_default()));
    Diagnostic { span, code: Code::ValidationExpectedRelationSyntax, ..problem }
}

fn malformed(text: &str, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::ValidationExpectedRelationSyntax, Span::new(0, text.len()), message).with_help(help)
}

/// The resource and permission of `type:id#permission`.
fn relation(text: &str) -> Result<(String, String), Diagnostic> {
    let parsed = Subject::parse(text)?;
    match parsed.relation {
        Some(relation) if parsed.object.id != WILDCARD => Ok((parsed.object.to_string(), relation.to_owned())),
        Some(_) => Err(malformed(text, "a resource cannot be a wildcard", "name one object")),
        None => {
            let message = format!("`{text}` names no relation or permission");
            Err(malformed(text, &message, "write `type:id#permission`"))
        }
    }
}

/// What an entry says; or what is wrong with it, and where the wrong part begins.
fn entry(text: &str) -> Result<Holder, (usize, Diagnostic)> {
    let (Some(open), Some(close)) = (text.find('['), text.rfind(']')) else {
        return Err((0, malformed(text, "an entry names no subject", "write `[subject] is <type:id#relation>`")));
    };
    let (start, inner) = trimmed(open + 1, text.get(open + 1..close).unwrap_or_default());
    let (named, rest) = inner.split_at_checked(inner.find(char::is_whitespace).unwrap_or(inner.len())).unwrap_or_default();
    let (subject, caveated) = marked_subject(named).map_err(|problem| (start, problem))?;
    let mut excluded = Vec::new();
    let (left_out_start, left_out) = trimmed(start + named.len(), rest);
    if !left_out.is_empty() {
        let list = left_out.strip_prefix('-').map(str::trim_start).and_then(|list| list.strip_prefix('{')?.strip_suffix('}'));
        let Some(list) = list.filter(|list| !list.trim().is_empty()) else {
            let help = "after a wildcard, write ` - {subject, subject}` for those it leaves out";
            return Err((left_out_start, malformed(left_out, "unexpected text after the subject", help)));
        };
        let mut offset = left_out_start + left_out.len() - 1 - list.len();
        for part in list.split(',') {
            let (start, part_text) = trimmed(offset, part);
            excluded.push(marked_subject(part_text).map_err(|problem| (start, problem))?);
            offset += part.len() + 1;
        }
        sort(&mut excluded);
    }
    let mut sources = Vec::new();
    let mut offset = 0;
    while let Some((before, after)) = text.get(offset..).and_then(|rest| rest.split_once('<')) {
        let start = offset + before.len() + 1;
        let Some((inside, _)) = after.split_once('>') else { break };
        let (resource, relation) = relation(inside).map_err(|problem| (start, problem))?;
        sources.push(format!("{resource}#{relation}"));
        offset = start + inside.len() + 1;
    }
    sort(&mut sources);
    Ok(Holder { subject, caveated, sources, excluded })
}

/// A text without the blanks around it, and where it begins.
fn trimmed(offset: usize, text: &str) -> (usize, &str) {
    (offset + text.len() - text.trim_start().len(), text.trim())
}

/// A subject, and whether it is marked as caveated.
fn marked_subject(text: &str) -> Result<(String, bool), Diagnostic> {
    let unmarked = text.strip_suffix(CAVEATED);
    let subject = Subject::parse(unmarked.unwrap_or(text))?;
    Ok((subject.to_string(), unmarked.is_some()))
}

/// The mark of a subject that depends on caveats.
const CAVEATED: &str = "[...]";

/// The entry for a subject that is found.
pub(super) fn write(holder: &Holder) -> String {
    let mark = |caveated: bool| if caveated { CAVEATED } else { "" };
    let excluded: Vec<_> = holder.excluded.iter().map(|(subject, caveated)| format!("{subject}{}", mark(*caveated))).collect();
    let left_out = if excluded.is_empty() { String::new() } else { format!(" - {{{}}}", excluded.join(", ")) };
    let sources: Vec<_> = holder.sources.iter().map(|source| format!("<{source}>")).collect();
    format!("[{}{}{left_out}] is {}", holder.subject, mark(holder.caveated), sources.join("/"))
}

/// How what is expected of a permission differs from what is found, spelled out.
pub(super) struct Difference {
    pub(super) code: Code,
    /// The entry as written, or `resource#permission` where one is lacking.
    pub(super) text: String,
    pub(super) span: Span,
    /// The entry expected, if any.
    pub(super) expected: String,
    /// The entry found, if any.
    pub(super) found: String,
    pub(super) message: String,
}

/// The differences, in the order of the file; subjects that no entry names come last, sorted.
pub(super) fn differences(expected: &ExpectedRelation, found: &[Holder]) -> Vec<Difference> {
    let name = expected.name();
    let mut differences = Vec::new();
    let mut named = Set::default();
    for entry in &expected.entries {
        let subject = entry.holder.subject.as_str();
        named.insert(subject);
        let same = found.binary_search_by(|holder| holder.subject.as_str().cmp(subject)).ok().and_then(|place| found.get(place));
        let (code, found, message) = match same {
            Some(same) if *same == entry.holder => continue,
            Some(same) => {
                let same = write(same);
                let message = format!("in `{name}`, expected `{}`, found `{same}`", entry.text);
                (Code::ValidationExpectedRelationDifferent, same, message)
            }
            None => {
                let message = format!("subject `{subject}` is expected in `{name}` and not found");
                (Code::ValidationExpectedRelationMissing, String::new(), message)
            }
        };
        let text = entry.text.clone();
        differences.push(Difference { code, expected: text.clone(), text, span: entry.span, found, message });
    }
    for holder in found.iter().filter(|holder| !named.contains(holder.subject.as_str())) {
        let entry = write(holder);
        differences.push(Difference {
            code: Code::ValidationExpectedRelationExtra,
            text: name.clone(),
            span: expected.span,
            expected: String::new(),
            message: format!("in `{name}`, found `{entry}`, which is not expected"),
            found: entry,
        });
    }
    differences
}
