use std::sync::Arc;

use super::{Macro, Operator};
use crate::text::Span;

/// A node of a [`Tree`]. Children have smaller numbers than their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// Some nodes of a tree, in order: see [`Tree::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeList {
    start: u32,
    end: u32,
}

/// Some entries of a tree, in order: see [`Tree::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryList {
    start: u32,
    end: u32,
}

/// A value written out.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// `1`, `-1`, `0xff`.
    Int(i64),
    /// `1u`.
    Uint(u64),
    /// `1.5`, `1e9`.
    Double(f64),
    /// `"text"`, with its escapes read.
    String(Arc<str>),
    /// `b"bytes"`, with its escapes read.
    Bytes(Arc<[u8]>),
}

/// How a field is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// `m.field`.
    Plain,
    /// `m.?field`: an optional value.
    Optional,
    /// `has(m.field)`: whether the field is there.
    Presence,
}

/// One expression and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, from its first word to its last, without parentheses around it.
    pub span: Span,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A value written out.
    Literal(Literal),
    /// A name; what it means is in the expression's resolutions.
    Name {
        /// The name, without a leading dot.
        name: Span,
        /// Whether a dot precedes it.
        absolute: bool,
    },
    /// A field of a value; a qualified name, where the node itself has a resolution.
    Select {
        /// Of what.
        operand: NodeId,
        /// The field's name.
        field: Span,
        /// How.
        selection: Selection,
    },
    /// An operator on its operands: two or more for `&&` and `||`, three for the conditional.
    Operation {
        /// Which.
        operator: Operator,
        /// On what.
        operands: NodeList,
    },
    /// A function call.
    Call {
        /// The function's name.
        function: Span,
        /// The value before the dot; a namespace instead, where the resolution is a qualified function.
        target: Option<NodeId>,
        /// The arguments.
        arguments: NodeList,
    },
    /// `[a, ?b]`.
    List(EntryList),
    /// `{k: a, ?k: b}`.
    Map(EntryList),
    /// `google.protobuf.Duration{seconds: 1}`.
    Message {
        /// The type's name, without blanks or a leading dot.
        name: Box<str>,
        /// Its fields.
        fields: EntryList,
    },
    /// A macro over the elements of a list or the keys of a map, or over an optional value.
    Comprehension {
        /// Which.
        kind: Macro,
        /// Over what.
        range: NodeId,
        /// The variable; with a leading dot, where it was written so, it is one that nothing can refer to **(quirk)**.
        variable: Span,
        /// What is evaluated for each: the condition or transformation; for `map` with three arguments, first the condition.
        body: NodeList,
    },
}

/// An element of a list, an entry of a map, or a field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Under what.
    pub key: Key,
    /// Which value.
    pub value: NodeId,
    /// Whether the value is optional (`?`) and left out when it is none.
    pub optional: bool,
}

/// What an entry stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Its place in the list.
    Position,
    /// A value.
    Node(NodeId),
    /// A field's name.
    Field(Span),
}

/// A parsed expression, in one piece: nodes refer to each other by number, so that dropping it takes no stack.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    lists: Vec<NodeId>,
    entries: Vec<Entry>,
    root: Option<NodeId>,
}

impl Tree {
    /// The node that is the whole expression.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The node of this number, if it is of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The nodes of a list.
    #[must_use]
    pub fn nodes(&self, list: NodeList) -> &[NodeId] {
        self.lists.get(list.start as usize..list.end as usize).unwrap_or_default()
    }

    /// The entries of a list, map or message.
    #[must_use]
    pub fn entries(&self, list: EntryList) -> &[Entry] {
        self.entries.get(list.start as usize..list.end as usize).unwrap_or_default()
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn span(&self, id: NodeId) -> Span {
        self.node(id).map_or(Span::at(0), |node| node.span)
    }

    pub(super) fn set_root(&mut self, root: NodeId) {
        self.root = Some(root);
    }

    pub(super) fn push(&mut self, kind: Kind, span: Span) -> NodeId {
        let id = NodeId(number(self.nodes.len()));
        self.nodes.push(Node { kind, span });
        id
    }

    pub(super) fn list(&mut self, nodes: &[NodeId]) -> NodeList {
        let start = number(self.lists.len());
        self.lists.extend_from_slice(nodes);
        NodeList { start, end: number(self.lists.len()) }
    }

    pub(super) fn entry_list(&mut self, entries: &[Entry]) -> EntryList {
        let start = number(self.entries.len());
        self.entries.extend_from_slice(entries);
        EntryList { start, end: number(self.entries.len()) }
    }

    /// The dotted name that a name or a chain of plain selections spells, if its first part is `first`.
    pub(super) fn qualified_name(&self, source: &str, id: NodeId, first: &str) -> Option<String> {
        let mut parts = Vec::new();
        let mut next = id;
        loop {
            match &self.node(next)?.kind {
                Kind::Name { name, .. } => {
                    if name.of(source) != first {
                        return None;
                    }
                    parts.push(first);
                    break;
                }
                Kind::Select { operand, field, selection: Selection::Plain } => {
                    parts.push(field.of(source));
                    next = *operand;
                }
                Kind::Select { selection: Selection::Optional | Selection::Presence, .. }
                | Kind::Literal(_)
                | Kind::Operation { .. }
                | Kind::Call { .. }
                | Kind::List(_)
                | Kind::Map(_)
                | Kind::Message { .. }
                | Kind::Comprehension { .. } => return None,
            }
        }
        parts.reverse();
        Some(parts.join("."))
    }
}

/// Counts fit: a source has at most [`super::MAX_EXPRESSION_CHARACTERS`] bytes and no node without a word of its own.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
