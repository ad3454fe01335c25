//! What the formatter must keep of a schema text: its syntax tree without places, and its comments. Written apart from
//! the reader's own lexer, so that the two do not share a mistake.

use std::fmt::Write as _;

use peppercorn::schema::ast::{
    ArrowFunction, Definition, Expression, File, Item, Member, Name, ParameterType, Target, TypeReference,
};

/// The tree, one item or member a line. Blanks at the ends of the lines of a caveat's expression are left out.
pub(crate) fn outline(file: &File) -> String {
    let mut out = format!("{:?}\n", file.flags);
    for item in &file.items {
        match item {
            Item::Import(import) => writeln!(out, "import {:?}", import.path.text).unwrap(),
            Item::Definition(definition) => definition_outline(&mut out, "definition", definition),
            Item::Partial(partial) => definition_outline(&mut out, "partial", partial),
            Item::Caveat(caveat) => {
                writeln!(out, "caveat {}", caveat.name.text).unwrap();
                for parameter in &caveat.parameters {
                    writeln!(out, "  {} {}", parameter.name.text, parameter_type(&parameter.kind)).unwrap();
                }
                let lines = caveat.expression.text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
                writeln!(out, "  {:?}", lines.collect::<Vec<_>>()).unwrap();
            }
        }
    }
    out
}

fn definition_outline(out: &mut String, what: &str, definition: &Definition) {
    writeln!(out, "{what} {}", definition.name.text).unwrap();
    for member in &definition.members {
        match member {
            Member::Relation(relation) => {
                let types: Vec<_> = relation.types.iter().map(type_reference).collect();
                writeln!(out, "  relation {}: {}", relation.name.text, types.join(" | ")).unwrap();
            }
            Member::Permission(permission) => {
                let annotation = permission.annotation.as_ref().map(|types| names(types));
                writeln!(out, "  permission {}: {annotation:?} = {}", permission.name.text, expression(&permission.expression))
                    .unwrap();
            }
            Member::Partial(name) => writeln!(out, "  ...{}", name.text).unwrap(),
        }
    }
}

fn names(names: &[Name]) -> Vec<&str> {
    names.iter().map(|name| name.text.as_str()).collect()
}

fn parameter_type(kind: &ParameterType) -> String {
    let arguments: Vec<_> = kind.arguments.iter().map(parameter_type).collect();
    format!("{}<{}>", kind.name.text, arguments.join(", "))
}

fn type_reference(reference: &TypeReference) -> String {
    let target = match &reference.target {
        Target::Object => "",
        Target::Wildcard => ":*",
        Target::Relation(relation) => &format!("#{}", relation.text),
    };
    let caveat = reference.caveat.as_ref().map(|name| name.text.as_str());
    format!("{}{target} {caveat:?} {}", reference.definition.text, reference.expiration)
}

fn expression(node: &Expression) -> String {
    let all = |operator: &str, operands: &[Expression]| {
        format!("[{}]", operands.iter().map(expression).collect::<Vec<_>>().join(operator))
    };
    match node {
        Expression::Nil(_) => "nil".to_owned(),
        Expression::SelfObject(_) => "self!".to_owned(),
        Expression::Name(name) => name.text.clone(),
        Expression::Arrow(arrow) => {
            let function = match arrow.function {
                ArrowFunction::Any => "any",
                ArrowFunction::All => "all",
            };
            format!("{}.{function}({})", arrow.relation.text, arrow.target.text)
        }
        Expression::Parenthesized(inner) => format!("({})", expression(inner)),
        Expression::Union(operands) => all(" + ", operands),
        Expression::Intersection(operands) => all(" & ", operands),
        Expression::Exclusion(operands) => all(" - ", operands),
    }
}

/// The comments of a text that reads without errors, in order, without the blanks and the stars that lay them out.
pub(crate) fn comments(text: &str) -> Vec<String> {
    pieces(text)
        .into_iter()
        .filter(|piece| is_comment(piece))
        .map(|comment| comment.replace(|found: char| found.is_whitespace() || found == '*', ""))
        .collect()
}

pub(crate) fn is_comment(piece: &str) -> bool {
    piece.starts_with("//") || piece.starts_with("/*")
}

/// The tokens, comments and line breaks of a text that reads without errors.
pub(crate) fn pieces(text: &str) -> Vec<&str> {
    const LONG: [&str; 8] = ["...", "->", "||", "&&", "<=", ">=", "==", "!="];
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // The end of what closes with `end`, searched for after the opening.
        let closed = |opening: usize, end: &str| rest[opening..].find(end).map_or(rest.len(), |at| opening + at + end.len());
        let length = if rest.starts_with("//") {
            rest.find(['\r', '\n']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            closed(2, "*/")
        } else if rest.starts_with("\"\"\"") || rest.starts_with("'''") {
            closed(3, "\"\"\"")
        } else if first == '"' || first == '\'' {
            closed(1, &first.to_string())
        } else if let Some(symbol) = LONG.iter().find(|symbol| rest.starts_with(**symbol)) {
            symbol.len()
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|other: char| !other.is_alphanumeric() && other != '_').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        if piece != " " && piece != "\t" {
            pieces.push(piece);
        }
        rest = after;
    }
    pieces
}
