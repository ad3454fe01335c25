use super::report::Report;
use super::validate::{ReadFile, Validation};
use super::yaml::Node;
use crate::schema::{MemberKind, Schema, compose};
use crate::text::{Code, Diagnostic, LineIndex, Listed};

/// What a validation file holds, for an engine of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The schema as one text, whatever files it is written in.
    pub schema: String,
    /// The relationships, one a line, as written.
    pub relationships: String,
    /// The relations and permissions in the order of the schema: definition, `relation` or `permission`, name, and the types allowed
    /// (with ` | ` between them) or the expression.
    pub members: Vec<[String; 4]>,
}

/// Reads a validation file and asks nothing. Parameters are those of [`validate`](super::validate()).
///
/// # Errors
/// The report of a file that is unusable.
pub fn data(name: &str, bytes: &[u8], read_file: &mut ReadFile<'_>) -> Result<Data, Box<Report>> {
    let mut report = Report::new(name);
    let Some(validation) = Validation::open(bytes, read_file, &mut report) else {
        return Err(Box::new(report));
    };
    let schema = validation.engine.schema();
    let Some(text) = compose(schema) else {
        let message =
            "the schema cannot be made one text with what it imports: a `use` flag of one file reserves a name of another";
        let problem = Diagnostic::error(Code::ValidationSchemaFile, validation.file.schema.node().span, message);
        report.diagnostics = vec![problem.located(&LineIndex::new(validation.text))];
        return Err(Box::new(report));
    };
    let relationships = validation.file.relationships.as_ref().map_or("", Node::text).to_owned();
    Ok(Data { schema: text, relationships, members: members(schema) })
}

fn members(schema: &Schema) -> Vec<[String; 4]> {
    let mut found = Vec::new();
    for definition in schema.definitions() {
        for member in definition.members() {
            let (kind, holds) = match &member.kind {
                MemberKind::Relation(types) => ("relation", types.iter().map(ToString::to_string).listed().join(" | ")),
                MemberKind::Permission(expression) => ("permission", expression.to_string()),
            };
            found.push([definition.name.clone(), kind.to_owned(), member.name.clone(), holds]);
        }
    }
    found
}
