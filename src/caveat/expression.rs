use super::ast::{Key, Kind, NodeId, Tree};
use super::macros::{ACCUMULATOR, Macro};
use super::names;
use super::types::Parameter;
use super::unify::Known;
use crate::text::{Listed, sort};

/// What a node of an expression refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resolution {
    /// Nothing: its kind says all.
    #[default]
    None,
    /// A parameter, by its place among the parameters.
    Parameter(usize),
    /// The variable of a comprehension.
    Variable(NodeId),
    /// What a comprehension has collected so far.
    Accumulator(NodeId),
    /// A type as a value, by its name.
    Type(&'static str),
    /// A number with a name.
    Number(i64),
    /// A function, by its full name; `optional.of` has no target, though its call is written with one.
    Function(&'static str),
    /// A conversion of what is an `int` to the checker. The value of a `uint` parameter is, and then has no such conversion
    /// when it is evaluated **(quirk)**.
    IntConversion(&'static str),
}

/// A caveat's expression, type-checked: it gives true, false, or an error.
#[derive(Clone, Debug)]
pub struct Expression {
    tree: Tree,
    resolutions: Vec<Resolution>,
    known: Vec<Known>,
    source: Box<str>,
    references: Vec<String>,
}

impl Expression {
    pub(super) fn new(
        tree: Tree,
        resolutions: Vec<Resolution>,
        known: Vec<Known>,
        source: &str,
        parameters: &[Parameter],
    ) -> Self {
        let references = references(&tree, &resolutions, source, parameters);
        Self { tree, resolutions, known, source: source.into(), references }
    }

    /// The text it was compiled from; spans in the tree are of it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is known of the values of a node.
    pub(super) fn known(&self, id: NodeId) -> Known {
        self.known.get(id.0 as usize).copied().unwrap_or(Known::Open)
    }

    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What a node refers to.
    #[must_use]
    pub fn resolution(&self, id: NodeId) -> Resolution {
        self.resolutions.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The parameters that SpiceDB counts as used (`pkg/caveats/structure.go`), sorted, each once.
    ///
    /// It goes by names: a macro's variable called like a parameter counts for it, in `filter` and `optMap` even when
    /// the body leaves it out, and what stands in the keys of a map does not count **(quirk)**. So this answers whether
    /// a parameter is unused, and not which ones a value depends on: for that, see [`Expression::resolution`].
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.references
    }
}

fn references(tree: &Tree, resolutions: &[Resolution], source: &str, parameters: &[Parameter]) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let mut pending: Vec<NodeId> = tree.root().into_iter().listed();
    while let Some(id) = pending.pop() {
        let resolution = resolutions.get(id.0 as usize).copied().unwrap_or_default();
        match tree.node(id).map(|node| &node.kind) {
            Some(Kind::Name { name, .. }) => found.push(name.of(source)),
            Some(Kind::Select { operand, .. }) => {
                // A qualified name of a type is one word to CEL: its first part is no variable.
                if matches!(resolution, Resolution::None) {
                    pending.push(*operand);
                }
            }
            Some(Kind::Operation { operands, .. }) => pending.extend(tree.nodes(*operands)),
            Some(Kind::Call { target, arguments, .. }) => {
                let is_qualified =
                    matches!(resolution, Resolution::Function(name) if name.starts_with(names::FUNCTION_NAMESPACE));
                pending.extend(target.filter(|_| !is_qualified));
                pending.extend(tree.nodes(*arguments));
            }
            Some(Kind::List(entries) | Kind::Map(entries) | Kind::Message { fields: entries, .. }) => {
                pending.extend(tree.entries(*entries).iter().map(|entry| entry.value));
            }
            Some(Kind::Comprehension { kind, range, variable, body }) => {
                pending.push(*range);
                pending.extend(tree.nodes(*body));
                if matches!(kind, Macro::Filter | Macro::OptionalMap) {
                    found.push(variable.of(source));
                }
                if *kind != Macro::OptionalMap {
                    found.push(ACCUMULATOR);
                }
            }
            Some(Kind::Literal(_)) | None => {}
        }
    }
    sort(&mut found);
    found.dedup();
    found.retain(|name| parameters.iter().any(|parameter| parameter.name == *name));
    found.into_iter().map(str::to_owned).listed()
}

impl Key {
    /// The node of a map's key.
    #[must_use]
    pub fn node(self) -> Option<NodeId> {
        match self {
            Self::Node(node) => Some(node),
            Self::Position | Self::Field(_) => None,
        }
    }
}
