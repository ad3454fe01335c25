use super::report::{Failure, Report, Status};
use super::validation_file::{self, Assertion, SchemaText, ValidationFile};
use super::yaml::{Node, Value};
use crate::api::{Environment, Peppercorn};
use crate::model::limits::MAX_VALIDATION_FILE_BYTES;
use crate::model::{Question, Timestamp};
use crate::schema::{Compiled, compile_with};
use crate::text::{Code, Diagnostic, LineIndex, Located, Span};

/// Gives the bytes of a file, by its path from the folder of the validation file; nothing where it cannot be read.
pub type ReadFile<'a> = dyn FnMut(&str) -> Option<Vec<u8>> + 'a;

/// Reads a validation file and asks its assertions.
///
/// `name` only names the file in the report; `read_file` is asked for a `schemaFile` and what that imports.
pub fn validate(name: &str, bytes: &[u8], read_file: &mut ReadFile<'_>, now: Timestamp) -> Report {
    let mut report = Report {
        file: name.to_owned(),
        status: Status::Unusable,
        assertions: 0,
        failures: Vec::new(),
        diagnostics: Vec::new(),
        not_checked: Vec::new(),
    };
    if bytes.len() > MAX_VALIDATION_FILE_BYTES {
        let message = format!("file has {} bytes, more than {MAX_VALIDATION_FILE_BYTES}", bytes.len());
        report.diagnostics.push(Diagnostic::error(Code::ValidationYaml, Span::default(), message).located(&LineIndex::new("")));
        return report;
    }
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(problem) => {
            report.diagnostics.push(problem);
            return report;
        }
    };
    let lines = LineIndex::new(text);
    let file = match validation_file::read(text) {
        Ok(file) => file,
        Err(problems) => {
            report.diagnostics.extend(problems.into_iter().map(|problem| problem.located(&lines)));
            return report;
        }
    };
    let validation = Validation { text, lines: &lines, file: &file };
    let (engine, diagnostics) = validation.engine(read_file);
    report.diagnostics = diagnostics;
    if let Some(engine) = engine {
        report.assertions = file.assertions.len();
        report.failures = file.assertions.iter().filter_map(|assertion| validation.ask(&engine, assertion, now)).collect();
        report.status = if report.failures.is_empty() { Status::Passed } else { Status::Failed };
    }
    if let Some(span) = file.expected_relations {
        report.not_checked.push("validation");
        let message = "expected relations are not checked yet";
        report.diagnostics.push(Diagnostic::warning(Code::ValidationNotChecked, span, message).located(&lines));
    }
    report
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

struct Validation<'a> {
    text: &'a str,
    lines: &'a LineIndex<'a>,
    file: &'a ValidationFile,
}

impl Validation<'_> {
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
        match Peppercorn::read_relationships(schema, relationships.map_or("", text)) {
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
        let mut compiled = compile_with(text(node), None);
        let problems = std::mem::take(&mut compiled.diagnostics);
        (compiled, problems.into_iter().map(|problem| self.moved(Some(node), problem).located(self.lines)).collect())
    }

    fn schema_file(&self, node: &Node, read_file: &mut ReadFile<'_>) -> Result<(Compiled, Vec<Located>), Diagnostic> {
        let path = text(node).trim();
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
        let mut compiled = compile_with(&schema, Some(&mut load));
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

    /// What is wrong with an assertion, if anything.
    fn ask(&self, engine: &Peppercorn, assertion: &Assertion, now: Timestamp) -> Option<Failure> {
        let asked = Question::parse(assertion.text.get(..assertion.question).unwrap_or_default());
        let answer = asked.map_err(|problem| problem.message).and_then(|question| {
            let (subject, resource) = (question.subject.to_string(), question.resource.to_string());
            engine.check(&subject, question.permission, &resource, &Environment::at(now)).map_err(|error| error.message)
        });
        let expected = assertion.expected.as_str();
        let (code, found, message) = match answer {
            Ok(found) if found.permissionship == assertion.expected => return None,
            Ok(found) => {
                let found = found.permissionship.as_str();
                (Code::ValidationAssertionFailed, found.to_owned(), format!("expected {expected}, found {found}"))
            }
            Err(error) => {
                (Code::ValidationAssertionError, "error".to_owned(), format!("expected {expected}, found an error: {error}"))
            }
        };
        let (start, end) = self.lines.range(assertion.span);
        Some(Failure { code, assertion: assertion.text.clone(), expected, found, message, start, end })
    }
}

fn text(node: &Node) -> &str {
    match &node.value {
        Value::Scalar(scalar) => &scalar.text,
        Value::List(_) | Value::Mapping(_) => "",
    }
}
