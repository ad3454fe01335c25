use super::expected_relations::{Difference, ExpectedRelation, differences};
use super::report::{Failure, Report, Status};
use super::validation_file::{self, Assertion, SchemaText, ValidationFile};
use super::yaml::Node;
use crate::api::{Environment, Error, Peppercorn};
use crate::model::limits::MAX_VALIDATION_FILE_BYTES;
use crate::model::{Question, Timestamp};
use crate::schema::{Compiled, lint};
use crate::text::{Code, Diagnostic, LineIndex, Located, Span};

/// Gives the bytes of a file, by its path from the folder of the validation file; nothing where it cannot be read.
pub type ReadFile<'a> = dyn FnMut(&str) -> Option<Vec<u8>> + 'a;

/// Reads a validation file, asks its assertions and compares its expected relations.
///
/// `name` only names the file in the report; `read_file` is asked for a `schemaFile` and what that imports.
pub fn validate(name: &str, bytes: &[u8], read_file: &mut ReadFile<'_>, now: Timestamp) -> Report {
    let mut report = Report::new(name);
    let Some(validation) = Validation::open(bytes, read_file, &mut report) else {
        return report;
    };
    report.assertions = validation.file.assertions.len();
    report.expected_relations = validation.file.expected.len();
    report.failures = validation.file.assertions.iter().filter_map(|assertion| validation.ask(assertion, now)).collect();
    for expected in &validation.file.expected {
        validation.compare(expected, now, &mut report.failures);
    }
    report.status = if report.failures.is_empty() { Status::Passed } else { Status::Failed };
    report
}

/// The engine that a validation file describes, with what the file asserts.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Schema and relationships.
    pub engine: Peppercorn,
    /// In the order of the file.
    pub assertions: Vec<Assertion>,
}

/// Reads a validation file and asks nothing. Parameters are those of [`validate`].
///
/// # Errors
/// The report of a file that is unusable.
pub fn load(name: &str, bytes: &[u8], read_file: &mut ReadFile<'_>) -> Result<Loaded, Box<Report>> {
    let mut report = Report::new(name);
    match Validation::open(bytes, read_file, &mut report) {
        Some(Validation { engine, file, .. }) => Ok(Loaded { engine, assertions: file.assertions }),
        None => Err(Box::new(report)),
    }
}

/// The text of a file.
fn decode(bytes: &[u8]) -> Result<&str, Located> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        let problem = Diagnostic::error(Code::ValidationEncoding, Span::at(valid.len()), "the file is not UTF-8 text");
        problem.with_help("save it as UTF-8").located(&LineIndex::new(valid))
    })
}

/// A file, read, with the engine that it describes.
pub(super) struct Validation<'a> {
    pub(super) text: &'a str,
    lines: LineIndex<'a>,
    pub(super) file: ValidationFile,
    pub(super) engine: Peppercorn,
}

impl<'a> Validation<'a> {
    /// Reads a file. What is to be said of it is added to the report; nothing is given where it is unusable.
    pub(super) fn open(bytes: &'a [u8], read_file: &mut ReadFile<'_>, report: &mut Report) -> Option<Self> {
        if bytes.len() > MAX_VALIDATION_FILE_BYTES {
            let message = format!("file has {} bytes, more than {MAX_VALIDATION_FILE_BYTES}", bytes.len());
            let problem = Diagnostic::error(Code::ValidationYaml, Span::default(), message);
            report.diagnostics.push(problem.located(&LineIndex::new("")));
            return None;
        }
        let text = decode(bytes).map_err(|problem| report.diagnostics.push(problem)).ok()?;
        let lines = LineIndex::new(text);
        let file = validation_file::read(text)
            .map_err(|problems| report.diagnostics.extend(problems.into_iter().map(|problem| problem.located(&lines))))
            .ok()?;
        let (engine, diagnostics) = Source { text, lines: &lines, file: &file }.engine(read_file);
        report.diagnostics = diagnostics;
        Some(Self { text, engine: engine?, lines, file })
    }

    /// What is wrong with an assertion, if anything.
    fn ask(&self, assertion: &Assertion, now: Timestamp) -> Option<Failure> {
        let asked = Question::parse(&assertion.question);
        let environment = Environment::at(now).with_context(assertion.context.clone());
        let answer = asked.map_err(|problem| problem.message).and_then(|question| {
            let (subject, resource) = (question.subject.to_string(), question.resource.to_string());
            self.engine.check(&subject, question.permission, &resource, &environment).map_err(|error| error.message.clone())
        });
        let expected = assertion.expected.as_str();
        let (code, found, message) = match answer {
            Ok(found) if found.permissionship == assertion.expected => return None,
            Ok(answer) => {
                let found = answer.permissionship.as_str();
                let mut message = format!("expected {expected}, found {found}");
                if !answer.missing_context.is_empty() {
                    message.push_str(&format!(": context lacks `{}`", answer.missing_context.join("`, `")));
                }
                (Code::ValidationAssertionFailed, found.to_owned(), message)
            }
            Err(error) => {
                (Code::ValidationAssertionError, "error".to_owned(), format!("expected {expected}, found an error: {error}"))
            }
        };
        let (start, end) = self.lines.range(assertion.span);
        Some(Failure { code, assertion: assertion.text.clone(), expected: expected.to_owned(), found, message, start, end })
    }

    /// Adds how the subjects expected of a permission differ from those found.
    fn compare(&self, expected: &ExpectedRelation, now: Timestamp, failures: &mut Vec<Failure>) {
        match self.engine.holders(&expected.permission, &expected.resource, &Environment::at(now)) {
            Err(error) => failures.push(self.unanswered(expected, &error)),
            Ok(found) => failures.extend(differences(expected, &found).into_iter().map(|difference| {
                let Difference { code, text, span, expected, found, message } = difference;
                let (start, end) = self.lines.range(span);
                Failure { code, assertion: text, expected, found, message, start, end }
            })),
        }
    }

    /// The failure of a permission that has no answer.
    pub(super) fn unanswered(&self, expected: &ExpectedRelation, error: &Error) -> Failure {
        let (start, end) = self.lines.range(expected.span);
        Failure {
            code: Code::ValidationExpectedRelationError,
            assertion: expected.name(),
            expected: String::new(),
            found: "error".to_owned(),
            message: error.message.clone(),
            start,
            end,
        }
    }
}

/// A file that is read, on its way to an engine.
struct Source<'a> {
    text: &'a str,
    lines: &'a LineIndex<'a>,
    file: &'a ValidationFile,
}

impl Source<'_> {
    /// The engine that the file describes, and what is to be said of it.
    fn engine(&self, read_file: &mut ReadFile<'_>) -> (Option<Peppercorn>, Vec<Located>) {
        let (compiled, mut diagnostics) = match &self.file.schema {
            SchemaText::Inline(node) => self.inline_schema(node),
            SchemaText::File(node) => match self.schema_file(node, read_file) {
                Ok(found) => found,
                Err(problem) => return (None, vec![problem.located(self.lines)]),
            },
        };
        let Some(schema) = compiled.schema else {
            return (None, diagnostics);
        };
        let relationships = self.file.relationships.as_ref();
        match Peppercorn::read_relationships(schema, relationships.map_or("", Node::text)) {
            Ok(engine) => (Some(engine), diagnostics),
            Err(problems) => {
                let moved = problems.into_iter().map(|problem| self.moved(relationships, problem).located(self.lines));
                diagnostics.splice(0..0, moved);
                (None, diagnostics)
            }
        }
    }

    /// A problem with a text within the file, as one with the file.
    fn moved(&self, node: Option<&Node>, problem: Diagnostic) -> Diagnostic {
        let span = node.map_or(problem.span, |node| node.locate(self.text, problem.span));
        Diagnostic { span, ..problem }
    }

    fn inline_schema(&self, node: &Node) -> (Compiled, Vec<Located>) {
        let mut compiled = lint(node.text(), None);
        let problems = std::mem::take(&mut compiled.diagnostics);
        (compiled, problems.into_iter().map(|problem| self.moved(Some(node), problem).located(self.lines)).collect())
    }

    fn schema_file(&self, node: &Node, read_file: &mut ReadFile<'_>) -> Result<(Compiled, Vec<Located>), Diagnostic> {
        let path = node.text().trim();
        let refused =
            |message: String, help: &str| Diagnostic::error(Code::ValidationSchemaFile, node.span, message).with_help(help);
        if path.is_empty() || path.contains("..") || path.starts_with('/') || path.contains([':', '\\']) {
            return Err(refused(
                format!("schema file `{path}` does not stay within the folder of this file"),
                "write a path such as `./schema.zed`",
            ));
        }
        let bytes = read_file(path).ok_or_else(|| {
            refused(format!("cannot read the schema file `{path}`"), "its path is taken from the folder of this file")
        })?;
        let schema = String::from_utf8(bytes)
            .map_err(|_| refused(format!("schema file `{path}` is not UTF-8 text"), "save it as UTF-8"))?;
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let mut load = |import: &str| read_file(&format!("{folder}{import}")).and_then(|bytes| String::from_utf8(bytes).ok());
        let mut compiled = lint(&schema, Some(&mut load));
        let problems = std::mem::take(&mut compiled.diagnostics);
        let located = problems.into_iter().map(|problem| {
            let source = compiled.sources.iter().find(|source| source.path == problem.source);
            let source_text = source.map_or(schema.as_str(), |source| source.text.as_str());
            let name = problem.source.as_ref().map_or(path.to_owned(), |import| format!("{folder}{import}"));
            problem.in_source(Some(&name)).located(&LineIndex::new(source_text))
        });
        let located = located.collect();
        Ok((compiled, located))
    }
}
