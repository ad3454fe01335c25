//! The form of a validation file: its keys, and what each must hold.

use super::expected_relations::{self, ExpectedRelation};
use super::yaml::{self, Node, Value};
use crate::model::limits::MAX_RELATIONSHIP_CONTEXT_BYTES;
use crate::model::{Context, Permissionship, Question, Value as Json};
use crate::text::hash::Set;
use crate::text::{Code, Diagnostic, Span, in_order, nearest};

const KEYS: [&str; 5] = ["schema", "schemaFile", "relationships", "assertions", "validation"];

/// The lists of assertions, and what each asserts.
const ASSERTIONS: [(&str, Permissionship); 3] = [
    ("assertTrue", Permissionship::HasPermission),
    ("assertCaveated", Permissionship::ConditionalPermission),
    ("assertFalse", Permissionship::NoPermission),
];

/// A file that has the right form.
#[derive(Debug)]
pub(super) struct ValidationFile {
    pub(super) schema: SchemaText,
    pub(super) relationships: Option<Node>,
    /// In the order of the file.
    pub(super) assertions: Vec<Assertion>,
    /// In the order of the file.
    pub(super) expected: Vec<ExpectedRelation>,
}

/// Where the schema is.
#[derive(Debug)]
pub(super) enum SchemaText {
    Inline(Node),
    File(Node),
}

impl SchemaText {
    /// What is written: the schema, or the path of its file.
    pub(super) fn text(&self) -> &str {
        self.node().text()
    }

    /// Where it is written.
    pub(super) fn node(&self) -> &Node {
        match self {
            Self::Inline(node) | Self::File(node) => node,
        }
    }
}

/// Something that a file says must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// The whole of it, as written.
    pub text: String,
    /// The question at its beginning: `document:readme#view@user:alice`.
    pub question: String,
    /// The context it is asked with.
    pub context: Context,
    /// The answer it says.
    pub expected: Permissionship,
    /// Where it stands in the file.
    pub span: Span,
}

/// Reads a file. All problems of its form are found, except that malformed YAML ends the search.
pub(super) fn read(text: &str) -> Result<ValidationFile, Vec<Diagnostic>> {
    let root = yaml::read(text).map_err(|problem| vec![problem])?;
    let mut reader = Reader { text, problems: Vec::new() };
    let file = reader.file(&root);
    match file {
        Some(file) if reader.problems.is_empty() => Ok(file),
        _ => {
            in_order(&mut reader.problems);
            Err(reader.problems)
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.problems.push(Diagnostic::error(code, span, message));
    }

    fn file(&mut self, root: &Node) -> Option<ValidationFile> {
        let Value::Mapping(entries) = &root.value else {
            self.report(
                Code::ValidationNotAMapping,
                root.span,
                "a validation file is a mapping with the key `schema` or `schemaFile`",
            );
            return None;
        };
        self.check_keys(entries, &KEYS);
        let schema = self.schema(entries, root);
        let relationships = value(entries, "relationships").and_then(|node| self.text(node, "relationships"));
        let assertions = value(entries, "assertions").map(|node| self.assertions(node)).unwrap_or_default();
        let expected = value(entries, "validation")
            .map(|node| expected_relations::read(self.text, node, &mut self.problems))
            .unwrap_or_default();
        Some(ValidationFile { schema: schema?, relationships, assertions, expected })
    }

    fn check_keys(&mut self, entries: &[(Node, Node)], known: &[&str]) {
        let mut seen = Set::default();
        for (key, _) in entries {
            let Value::Scalar(scalar) = &key.value else {
                self.report(Code::ValidationWrongType, key.span, "a key must be a text");
                continue;
            };
            let name = scalar.text.as_str();
            if !seen.insert(name) {
                self.report(Code::ValidationDuplicateKey, key.span, format!("key `{name}` is given twice"));
            }
            let replacement = match name {
                "namespace_configs" => "schema",
                "validation_tuples" => "relationships",
                _ if known.contains(&name) => continue,
                _ => {
                    let help = format!("the keys are {}", known.join(", "));
                    let problem =
                        Diagnostic::error(Code::ValidationUnknownKey, key.span, format!("unknown key `{name}`")).with_help(help);
                    self.problems.push(problem.with_suggestion(nearest(name, known.iter().copied())));
                    continue;
                }
            };
            let message = format!("key `{name}` is of the old form of validation files, which is no longer supported");
            let problem = Diagnostic::error(Code::ValidationLegacyKey, key.span, message);
            self.problems.push(problem.with_help(format!(
                "write its content under `{replacement}`, in the schema language or as relationships, one a line"
            )));
        }
    }

    fn schema(&mut self, entries: &[(Node, Node)], root: &Node) -> Option<SchemaText> {
        let (inline, file) = (entry(entries, "schema"), entry(entries, "schemaFile"));
        match (inline, file) {
            (Some(first), Some(second)) => {
                let key = if first.0.span < second.0.span { &second.0 } else { &first.0 };
                self.report(Code::ValidationSchemaConflict, key.span, "a validation file has either `schema` or `schemaFile`");
                None
            }
            (None, None) => {
                if self.problems.iter().all(|problem| problem.code != Code::ValidationLegacyKey) {
                    let first = entries.first().map_or(root.span, |(key, _)| key.span);
                    self.report(Code::ValidationMissingSchema, first, "the file has neither `schema` nor `schemaFile`");
                }
                None
            }
            (Some((_, node)), None) => self.text(node, "schema").map(SchemaText::Inline),
            (None, Some((_, node))) => self.text(node, "schemaFile").map(SchemaText::File),
        }
    }

    /// The node, if it is a text; nothing where it is null.
    fn text(&mut self, node: &Node, key: &str) -> Option<Node> {
        match &node.value {
            Value::Scalar(scalar) if scalar.is_null() && key == "relationships" => None,
            Value::Scalar(_) => Some(node.clone()),
            Value::List(_) | Value::Mapping(_) => {
                self.report(Code::ValidationWrongType, node.span, format!("`{key}` must be a text"));
                None
            }
        }
    }

    fn assertions(&mut self, node: &Node) -> Vec<Assertion> {
        let entries = match &node.value {
            Value::Mapping(entries) => entries,
            Value::Scalar(scalar) if scalar.is_null() => return Vec::new(),
            Value::Scalar(_) | Value::List(_) => {
                self.report(
                    Code::ValidationWrongType,
                    node.span,
                    "`assertions` must be a mapping with the keys `assertTrue`, `assertCaveated` and `assertFalse`",
                );
                return Vec::new();
            }
        };
        self.check_keys(entries, &ASSERTIONS.map(|(key, _)| key));
        let mut assertions = Vec::new();
        for (key, list) in entries {
            let Some((key, expected)) =
                ASSERTIONS.into_iter().find(|(known, _)| matches!(&key.value, Value::Scalar(scalar) if scalar.text == *known))
            else {
                continue;
            };
            match &list.value {
                Value::List(items) => assertions.extend(items.iter().filter_map(|item| self.assertion(item, expected))),
                Value::Scalar(scalar) if scalar.is_null() => {}
                Value::Scalar(_) | Value::Mapping(_) => {
                    self.report(Code::ValidationWrongType, list.span, format!("`{key}` must be a list"))
                }
            }
        }
        assertions
    }

    fn assertion(&mut self, node: &Node, expected: Permissionship) -> Option<Assertion> {
        let Value::Scalar(scalar) = &node.value else {
            self.report(Code::ValidationWrongType, node.span, "an assertion must be a text");
            return None;
        };
        let text = scalar.text.trim();
        let lead = scalar.text.len() - scalar.text.trim_start().len();
        let (question, context) = match text.split_once(" with ") {
            Some((question, context)) => (question, Some((question.len() + " with ".len(), context))),
            None => (text, None),
        };
        let mut malformed = |span: Span, problem: &str, help: Option<String>| {
            let span = node.locate(self.text, span.shifted(u32::try_from(lead).unwrap_or_default()));
            let mut problem = Diagnostic::error(Code::ValidationAssertionSyntax, span, problem);
            problem.help = help;
            self.problems.push(problem);
        };
        if let Err(problem) = Question::parse(question) {
            malformed(problem.span, &problem.message, problem.help);
            return None;
        }
        let (offset, written) = context.unwrap_or((0, "{}"));
        match parse_context(written) {
            Ok(context) => {
                Some(Assertion { text: text.to_owned(), question: question.to_owned(), context, expected, span: node.span })
            }
            Err(problem) => {
                malformed(Span::new(offset, offset + written.len()), &problem, None);
                None
            }
        }
    }
}

fn entry<'a>(entries: &'a [(Node, Node)], key: &str) -> Option<&'a (Node, Node)> {
    entries.iter().find(|(found, _)| matches!(&found.value, Value::Scalar(scalar) if scalar.text == key))
}

fn value<'a>(entries: &'a [(Node, Node)], key: &str) -> Option<&'a Node> {
    entry(entries, key).map(|(_, value)| value)
}

/// Reads the context of an assertion; what is wrong with it otherwise.
fn parse_context(context: &str) -> Result<Context, String> {
    if context.len() > MAX_RELATIONSHIP_CONTEXT_BYTES {
        return Err(format!("context has {} bytes, more than {MAX_RELATIONSHIP_CONTEXT_BYTES}", context.len()));
    }
    Json::parse_object(context).map_err(|problem| problem.message)
}
