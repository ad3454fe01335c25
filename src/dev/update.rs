//! Writes the expected relations of a validation file anew, and leaves every other byte as it was.

use super::expected_relations::write;
use super::report::{Report, Status};
use super::validate::{ReadFile, Validation};
use super::validation_file::{self, ValidationFile};
use super::yaml::{self, Node, Value};
use crate::api::{Environment, Error, Peppercorn};
use crate::model::Timestamp;
use crate::schema::MemberKind;
use crate::text::{Code, Diagnostic, LineIndex, Span, sort};

/// The text of a validation file with its `validation:` block regenerated: the same permissions, sorted, each with everyone who has
/// it. A file that expects nothing yet gets every permission of every object that its relationships name and somebody has.
///
/// Everything else stays byte for byte; comments within the block are lost. Parameters are those of [`super::validate`].
///
/// # Errors
/// A report that says why: the file is unusable, a permission is not in the schema or has no answer, or the block stands where it
/// cannot be replaced alone.
pub fn update_expected_relations(
    name: &str,
    bytes: &[u8],
    read_file: &mut ReadFile<'_>,
    now: Timestamp,
) -> Result<String, Box<Report>> {
    let mut report = Report::new(name);
    let Some(validation) = Validation::open(bytes, read_file, &mut report) else {
        return Err(Box::new(report));
    };
    let updated = match expectations(&validation.file, &validation.engine, now) {
        Ok(expectations) => {
            replaced(validation.text, &expectations).filter(|text| changes_nothing_else(&validation, text, &expectations))
        }
        Err((place, error)) => {
            report.status = Status::Failed;
            report.failures.extend(validation.file.expected.get(place).map(|expected| validation.unanswered(expected, &error)));
            return Err(Box::new(report));
        }
    };
    updated.ok_or_else(|| {
        let message = "the `validation` block cannot be replaced where it stands";
        let problem = Diagnostic::error(Code::ValidationCannotUpdate, Span::default(), message)
            .with_help("write `validation:` on a line of its own, with what belongs to it indented below");
        report.diagnostics.push(problem.located(&LineIndex::new(validation.text)));
        report.status = Status::Unusable;
        Box::new(report)
    })
}

/// The entries that a validation file would expect of one permission of one resource: everyone who has it, usersets followed,
/// each with the relations that hold them; sorted. Caveats are marked and not evaluated.
///
/// # Errors
/// As [`Peppercorn::expand`], and where the permission depends on its own negation.
pub fn expected_entries(engine: &Peppercorn, resource: &str, permission: &str, now: Timestamp) -> Result<Vec<String>, Error> {
    let mut entries: Vec<_> = engine.holders(permission, resource, &Environment::at(now))?.iter().map(write).collect();
    sort(&mut entries);
    Ok(entries)
}

/// `resource#permission` and the entries for it.
type Expectation = (String, Vec<String>);

/// What the file should expect, sorted; or the place of an expectation that has no answer.
fn expectations(file: &ValidationFile, engine: &Peppercorn, now: Timestamp) -> Result<Vec<Expectation>, (usize, Error)> {
    let entries = |resource: &str, permission: &str| -> Result<Expectation, Error> {
        Ok((format!("{resource}#{permission}"), expected_entries(engine, resource, permission, now)?))
    };
    let mut found = Vec::new();
    for (place, expected) in file.expected.iter().enumerate() {
        found.push(entries(&expected.resource, &expected.permission).map_err(|error| (place, error))?);
    }
    if file.expected.is_empty() {
        for (resource, permission) in permissions(engine) {
            let expectation = entries(&resource, &permission).map_err(|error| (0, error))?;
            if !expectation.1.is_empty() {
                found.push(expectation);
            }
        }
    }
    sort(&mut found);
    Ok(found)
}

/// The permissions of all objects that relationships name.
fn permissions(engine: &Peppercorn) -> Vec<(String, String)> {
    let snapshot = engine.snapshot();
    let mut objects: Vec<_> = snapshot
        .relationship_refs()
        .flat_map(|relationship| [relationship.resource, relationship.subject.object])
        .filter(|object| object.id != crate::model::WILDCARD)
        .collect();
    sort(&mut objects);
    objects.dedup();
    let mut permissions = Vec::new();
    for object in objects {
        let members = engine.schema().definition(object.object_type).map(|definition| definition.members()).unwrap_or_default();
        for member in members {
            match member.kind {
                MemberKind::Permission(_) => permissions.push((object.to_string(), member.name.clone())),
                MemberKind::Relation(_) => {}
            }
        }
    }
    permissions
}

/// The text with the block replaced or added; nothing where the block is not of a form that can be replaced alone.
fn replaced(text: &str, expectations: &[Expectation]) -> Option<String> {
    if expectations.is_empty() {
        return Some(text.to_owned());
    }
    let root = yaml::read(text).ok()?;
    let Value::Mapping(entries) = &root.value else { return None };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let key = |name: &str| entries.iter().find(|(key, _)| matches!(&key.value, Value::Scalar(scalar) if scalar.text == name));
    let (first, _) = entries.first()?;
    let Some((key, value)) = key("validation") else {
        let indent = indent(text, first)?;
        let end = if text.ends_with('\n') { "" } else { newline };
        let body = block(expectations, indent, newline);
        return Some(format!("{text}{end}{indent}validation:{newline}{body}"));
    };
    let body = block(expectations, indent(text, key)?, newline);
    let head = text.get(..colon(text, key)?).filter(|head| head.ends_with(':'))?;
    let rest_of_line = |offset: usize| text.get(offset..).and_then(|rest| rest.split_inclusive('\n').next()).map(str::len);
    let line_end = head.len() + rest_of_line(head.len())?;
    let (start, end) = match end(text, value) {
        // Nothing is there yet: the rest of the line is a comment at most.
        None => (line_end, line_end),
        // On lines of its own: whatever stands between the key and the first of them stays.
        Some(end) if value.span.range().start >= line_end => {
            let start = text.get(..value.span.range().start)?.rfind('\n')? + 1;
            (start, end + rest_of_line(end).unwrap_or_default())
        }
        // On the line of the key: a comment after it is kept there.
        Some(end) => {
            let rest = text.get(end..end + rest_of_line(end).unwrap_or_default())?;
            let after = text.get(end + rest.len()..)?;
            let rest = rest.trim_end();
            return Some(format!("{head}{rest}{newline}{body}{after}"));
        }
    };
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let gap = if before.ends_with('\n') { "" } else { newline };
    Some(format!("{before}{gap}{body}{after}"))
}

/// The blanks before a key that begins its line.
fn indent<'a>(text: &'a str, key: &Node) -> Option<&'a str> {
    let before = text.get(..key.span.range().start)?;
    let line = before.get(before.rfind('\n').map_or(0, |end| end + 1)..)?.trim_start_matches('\u{feff}');
    line.chars().all(|character| character == ' ').then_some(line)
}

/// Where a value ends, without what follows it on its line; nothing where nothing is written. Of lists and mappings the parser
/// does not know the end to the letter, so it is found from their last item.
fn end(text: &str, node: &Node) -> Option<usize> {
    let start = node.span.range().start;
    let last = match &node.value {
        Value::Scalar(scalar) if scalar.text.is_empty() && scalar.is_null() => return None,
        Value::Scalar(_) => return text.get(..node.span.range().end).map(|before| before.trim_end().len()),
        Value::List(items) => items.iter().filter_map(|item| end(text, item)).max(),
        Value::Mapping(entries) => entries.iter().filter_map(|(key, value)| end(text, value).or_else(|| colon(text, key))).max(),
    };
    let is_flow = text.get(start..).is_some_and(|rest| rest.starts_with(['[', '{']));
    if is_flow { closing(text, last.unwrap_or(start + 1)) } else { last }
}

/// The end of the colon after a key; of the key where none follows it.
fn colon(text: &str, key: &Node) -> Option<usize> {
    let rest = text.get(key.span.range().end..)?;
    let blanks = rest.len() - rest.trim_start().len();
    let after = if rest.get(blanks..)?.starts_with(':') { blanks + 1 } else { 0 };
    Some(key.span.range().end + after)
}

/// The end of the bracket that closes a list or mapping, past blanks, commas and comments.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut is_comment = false;
    for (offset, character) in text.get(from..)?.char_indices() {
        match character {
            '\n' => is_comment = false,
            _ if is_comment => {}
            '#' => is_comment = true,
            ']' | '}' => return Some(from + offset + 1),
            ',' | ':' => {}
            blank if blank.is_whitespace() => {}
            _ => return None,
        }
    }
    None
}

/// The lines below `validation:`.
fn block(expectations: &[Expectation], indent: &str, newline: &str) -> String {
    let mut block = String::new();
    for (name, entries) in expectations {
        block.push_str(&format!("{indent}  {name}:{}{newline}", if entries.is_empty() { " []" } else { "" }));
        for entry in entries {
            block.push_str(&format!("{indent}    - \"{entry}\"{newline}"));
        }
    }
    block
}

/// Whether the updated text reads as the same file with just these expectations.
fn changes_nothing_else(before: &Validation<'_>, text: &str, expectations: &[Expectation]) -> bool {
    let Ok(after) = validation_file::read(text) else { return false };
    let found = after.expected.iter().map(|expected| (expected.name(), expected.entries.iter().map(|entry| entry.text.as_str())));
    let same_expectations = after.expected.len() == expectations.len()
        && found.zip(expectations).all(|((name, found), (expected, entries))| name == *expected && found.eq(entries));
    let assertions = |file: &ValidationFile| -> Vec<_> {
        file.assertions.iter().map(|assertion| (assertion.text.clone(), assertion.expected)).collect()
    };
    same_expectations
        && after.schema.text() == before.file.schema.text()
        && after.relationships.as_ref().map(Node::text) == before.file.relationships.as_ref().map(Node::text)
        && assertions(&after) == assertions(&before.file)
}
