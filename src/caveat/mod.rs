//! Caveat expressions: CEL, parsed, type-checked and evaluated as SpiceDB 1.54 does it.
//!
//! Promises: [`compile`] accepts an expression exactly where SpiceDB accepts it, reports every type error it finds with
//! the span of what is wrong, and is bounded: no input recurses deeper than [`MAX_EXPRESSION_DEPTH`] or takes more than
//! [`MAX_TYPE_STEPS`] steps. What it gives, an [`Expression`], is all that an evaluator needs: the tree, what every name
//! in it means, and which overload family every call is of. [`Expression::evaluate`] takes a bounded number of steps, and gives
//! what SpiceDB gives, with some of the values missing as well.
//!
//! Leaves to others: the schema language around an expression (who calls `compile` hands over the text between the
//! braces), and whether every parameter is used.
//!
//! The order of work is `token` (words), `parse` (tree), `check` (types, with `unify` and the tables of `overloads` and
//! `names`); then, for each question, `convert` (values of a context) and `evaluate`, with `arithmetic`, `functions`, `iterate`
//! (macros), `regex` and `time`; `residual` writes what remains. Semantics follow the CEL specification and cel-go as
//! SpiceDB configures it: the standard library and macros, optional values of version 0, `ipaddress.in_cidr` and `map.isSubtreeOf`, no comparison across numeric types.

mod arithmetic;
mod ast;
mod check;
mod comprehension;
mod convert;
mod double;
mod evaluate;
mod expression;
mod functions;
mod ip_address;
mod iterate;
mod literal;
mod macros;
mod messages;
mod names;
mod operator;
mod overloads;
mod parse;
mod regex;
mod regex_class;
mod residual;
mod time;
mod token;
mod types;
mod unify;
mod value;

pub use ast::{Entry, EntryList, Key, Kind, Literal, Node, NodeId, NodeList, Selection, Tree};
pub use evaluate::{EvaluationError, Outcome};
pub use expression::{Expression, Resolution};
pub use ip_address::IpAddress;
pub use macros::Macro;
pub use operator::Operator;
pub use time::Moment;
pub use types::{Parameter, ParameterType, TypeNameError};
pub use value::{List, Map, Value};

use crate::text::{Code, Diagnostic, Span};

/// The longest expression, in bytes from its first word to its last. SpiceDB's limit; it says characters and counts bytes.
pub const MAX_EXPRESSION_CHARACTERS: usize = 100_000;

/// The deepest nesting of an expression: SpiceDB's limit, which it applies twice, to the open grammar rules (parentheses,
/// brackets, right operands) and to the height of the tree (selections, calls on a value, operators).
pub const MAX_EXPRESSION_DEPTH: u16 = 250;

/// How many steps of comparing types one expression may take. A full-sized expression of simple types takes under two
/// million; types that double at each step are stopped here, in well under a second, where SpiceDB would run on.
pub const MAX_TYPE_STEPS: u32 = 5_000_000;

/// How many problems of one expression are reported; those after it say nothing new.
pub const MAX_DIAGNOSTICS: usize = 20;

/// Parses and type-checks the caveat expression `source` over `parameters`.
///
/// `source` is the text between the braces of the caveat; blanks and comments around the expression do not matter. Work
/// is linear in its length, apart from the types themselves (see [`MAX_TYPE_STEPS`]).
///
/// # Errors
/// What is wrong, in the order found, with spans in `source`: the first syntax error, or else every type error.
///
/// ```
/// use peppercorn::caveat::{Parameter, ParameterType, compile};
///
/// let parameters = [Parameter { name: "age".into(), kind: ParameterType::Int }];
/// let expression = compile(&parameters, "age >= 18 && age < 65")?;
/// assert_eq!(expression.references(), ["age"]);
///
/// let problems = compile(&parameters, "age >= 'old'").unwrap_err();
/// assert_eq!(problems[0].message, "`>=` cannot take `int` and `string`");
/// # Ok::<(), Vec<peppercorn::text::Diagnostic>>(())
/// ```
pub fn compile(parameters: &[Parameter], source: &str) -> Result<Expression, Vec<Diagnostic>> {
    let tokens = token::tokenize(source).map_err(|problem| vec![*problem])?;
    let tree = parse::parse(source, &tokens).map_err(|problem| vec![*problem])?;
    let whole = tokens.first().zip(tokens.last()).map_or(Span::at(0), |(first, last)| first.span.to(last.span));
    if let Some(taken) = parameters.iter().find(|parameter| names::is_type_keyword(&parameter.name)) {
        return Err(vec![
            Diagnostic::error(Code::ReservedWord, whole, format!("parameter `{}` has the name of a type", taken.name))
                .with_help("rename the parameter"),
        ]);
    }
    let (resolutions, known) = check::check(&tree, source, parameters, whole)?;
    Ok(Expression::new(tree, resolutions, known, source, parameters))
}

#[cfg(test)]
mod tests;
