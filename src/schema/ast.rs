//! The syntax tree of one schema file: what was written, where, before any name is looked up.

use crate::text::Span;

/// One file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The items, in the order written.
    pub items: Vec<Item>,
    /// The `use` flags.
    pub flags: Flags,
}

/// The `use` flags of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `use expiration`
    pub expiration: bool,
    /// `use import`
    pub import: bool,
    /// `use partial`
    pub partial: bool,
    /// `use self`
    pub self_keyword: bool,
    /// `use typechecking`
    pub typechecking: bool,
}

impl Flags {
    /// The flags there are, in SpiceDB's order.
    pub const NAMES: [&str; 5] = ["expiration", "import", "partial", "self", "typechecking"];

    /// Sets the flag of that name; false where there is none.
    pub fn enable(&mut self, name: &str) -> bool {
        let flag = match name {
            "expiration" => &mut self.expiration,
            "import" => &mut self.import,
            "partial" => &mut self.partial,
            "self" => &mut self.self_keyword,
            "typechecking" => &mut self.typechecking,
            _ => return false,
        };
        *flag = true;
        true
    }

    /// Whether a flag makes this word a keyword, no longer fit for a name.
    #[must_use]
    pub fn reserve(self, word: &str) -> bool {
        match word {
            "expiration" | "and" => self.expiration,
            "import" => self.import,
            "partial" => self.partial,
            "self" => self.self_keyword,
            "typechecking" => self.typechecking,
            _ => false,
        }
    }
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, prefixes included.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Something at the top of a file.
#[derive(Clone, Debug)]
pub enum Item {
    /// `import "path"`
    Import(Import),
    /// `definition name { … }`
    Definition(Definition),
    /// `partial name { … }`
    Partial(Definition),
    /// `caveat name(…) { … }`
    Caveat(Caveat),
}

/// An import.
#[derive(Clone, Debug)]
pub struct Import {
    /// The word `import`.
    pub keyword: Span,
    /// The path between the quotes, and where the quotes stand.
    pub path: Name,
}

/// A definition, or a partial: both hold members.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Name,
    /// Its members, in the order written.
    pub members: Vec<Member>,
    /// The comments before it, with their delimiters.
    pub comments: Vec<String>,
}

/// A caveat.
#[derive(Clone, Debug)]
pub struct Caveat {
    /// Its name.
    pub name: Name,
    /// Its parameters, in the order written.
    pub parameters: Vec<Parameter>,
    /// The text of its CEL expression.
    pub expression: Name,
    /// The comments before it, with their delimiters.
    pub comments: Vec<String>,
}

/// A parameter of a caveat.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: ParameterType,
}

/// A parameter's type as written: `map<list<int>>`.
#[derive(Clone, Debug)]
pub struct ParameterType {
    /// The outer name.
    pub name: Name,
    /// The type arguments.
    pub arguments: Vec<ParameterType>,
    /// The whole type.
    pub span: Span,
}

/// A member of a definition or partial.
#[derive(Clone, Debug)]
pub enum Member {
    /// `relation name: …`
    Relation(Relation),
    /// `permission name = …`
    Permission(Permission),
    /// `...partial`
    Partial(Name),
}

/// A relation.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its name.
    pub name: Name,
    /// The types of subject it may hold.
    pub types: Vec<TypeReference>,
    /// The comments before it, with their delimiters.
    pub comments: Vec<String>,
}

/// A type of subject.
#[derive(Clone, Debug)]
pub struct TypeReference {
    /// The definition.
    pub definition: Name,
    /// Which of its subjects.
    pub target: Target,
    /// The caveat required.
    pub caveat: Option<Name>,
    /// Whether an expiration is required.
    pub expiration: bool,
    /// The whole reference.
    pub span: Span,
}

/// Which subjects of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The objects themselves: `user` or `user#...`.
    Object,
    /// All of them: `user:*`.
    Wildcard,
    /// Those that have a relation or permission to one: `group#member`.
    Relation(Name),
}

/// A permission.
#[derive(Clone, Debug)]
pub struct Permission {
    /// Its name.
    pub name: Name,
    /// The types of its annotation, where it has one.
    pub annotation: Option<Vec<Name>>,
    /// What it is computed from.
    pub expression: Expression,
    /// The comments before it, with their delimiters.
    pub comments: Vec<String>,
}

/// A permission's expression. Operators of one kind in a row are one node, so that depth is the depth of parentheses.
#[derive(Clone, Debug)]
pub enum Expression {
    /// `nil`
    Nil(Span),
    /// `self`, under its flag.
    SelfObject(Span),
    /// A relation or permission of the same definition.
    Name(Name),
    /// `relation->name`, `relation.any(name)` or `relation.all(name)`.
    Arrow(Arrow),
    /// `( … )`
    Parenthesized(Box<Expression>),
    /// `a + b + …`
    Union(Vec<Expression>),
    /// `a & b & …`
    Intersection(Vec<Expression>),
    /// `a - b - …`, the first operand less each of the others.
    Exclusion(Vec<Expression>),
}

/// An arrow.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// The relation it starts from.
    pub relation: Name,
    /// How the objects found count.
    pub function: ArrowFunction,
    /// The relation or permission it ends at.
    pub target: Name,
    /// The whole arrow.
    pub span: Span,
}

/// How the objects that an arrow finds count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArrowFunction {
    /// One that grants is enough: `->` and `.any`.
    Any,
    /// There must be one, and all must grant: `.all`.
    All,
}
