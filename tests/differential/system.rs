//! A permission system as plain data: what the generator makes, the oracle evaluates, the shrinker cuts, and everyone prints.
//!
//! It knows nothing of the engine. Text leaves it through [`System::schema`] and [`System::relationships`] only.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::json;

use super::caveats::{CAVEATS, Context};
use super::questions::{Asked, Question};

/// The id of an object of each type that no relationship mentions.
pub(crate) const GHOST: &str = "ghost";
/// When a row ends: long ago or in a long time, for any clock.
const PAST: &str = "2020-01-01T00:00:00Z";
const FUTURE: &str = "2120-01-01T00:00:00Z";
/// What the engine takes for now. SpiceDB goes by its own clock.
pub(crate) const NOW: &str = "2050-01-01T00:00:00Z";

#[derive(Clone, Debug)]
pub(crate) struct System {
    pub(crate) ids: Vec<String>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) rows: Vec<Row>,
    /// Whether printed expressions go on over lines, an operator at each end.
    pub(crate) break_lines: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) relations: Vec<Relation>,
    pub(crate) permissions: Vec<Permission>,
}

#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) name: String,
    pub(crate) types: Vec<TypeReference>,
}

#[derive(Clone, Debug)]
pub(crate) struct Permission {
    pub(crate) name: String,
    pub(crate) expression: Expression,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TypeReference {
    pub(crate) definition: String,
    pub(crate) kind: TypeKind,
    pub(crate) caveat: Option<String>,
    pub(crate) expires: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeKind {
    Object,
    Userset(String),
    Wildcard,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    Nil,
    Myself,
    Name(String),
    Arrow(String, ArrowKind, String),
    Union(Vec<Expression>),
    Intersection(Vec<Expression>),
    Exclusion(Box<Expression>, Box<Expression>),
    /// Parentheses that change nothing.
    Group(Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArrowKind {
    Plain,
    Any,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Object {
    pub(crate) definition: String,
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Subject {
    pub(crate) object: Object,
    pub(crate) relation: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) resource: Object,
    pub(crate) relation: String,
    /// The object id is `*` for a wildcard.
    pub(crate) subject: Subject,
    pub(crate) caveat: Option<String>,
    pub(crate) context: Context,
    pub(crate) expiration: Option<Expiration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiration {
    Past,
    Future,
}

impl Definition {
    /// The names of the relations and permissions, in the order written.
    pub(crate) fn members(&self) -> impl Iterator<Item = &str> {
        let relations = self.relations.iter().map(|relation| relation.name.as_str());
        relations.chain(self.permissions.iter().map(|permission| permission.name.as_str()))
    }
}

impl System {
    pub(crate) fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.name == name)
    }

    pub(crate) fn has_member(&self, definition: &str, member: &str) -> bool {
        self.definition(definition).is_some_and(|found| found.members().any(|name| name == member))
    }

    /// Every object that may be asked about: each type with each id, and its ghost.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let ids = || self.ids.iter().map(String::as_str).chain([GHOST]);
        let of = |definition: &Definition| ids().map(|id| Object::new(&definition.name, id)).collect::<Vec<_>>();
        self.definitions.iter().flat_map(of).collect()
    }

    /// Every object with each of its relations and permissions.
    pub(crate) fn nodes(&self) -> Vec<(Object, String)> {
        let mut nodes = Vec::new();
        for object in self.objects() {
            let definition = self.definition(&object.definition).unwrap();
            nodes.extend(definition.members().map(|member| (object.clone(), member.to_owned())));
        }
        nodes
    }

    pub(crate) fn schema(&self) -> String {
        self.to_string()
    }

    pub(crate) fn relationships(&self) -> Vec<String> {
        self.rows.iter().map(Row::to_string).collect()
    }

    /// The system as a validation file that asserts the answer to a check (`list` is where it belongs); another question is left to
    /// whoever prints it.
    pub(crate) fn validation_file(&self, question: &Question, list: &str) -> String {
        let block = |text: &str| text.lines().map(|line| format!("  {line}\n")).collect::<String>();
        let schema = block(self.schema().trim_end());
        let mut text = format!("schema: |-\n{schema}relationships: |-\n{}", block(&self.relationships().join("\n")));
        if let Asked::Check { .. } = question.asked {
            text += &format!("assertions:\n  {list}:\n    - '{question}'\n");
        }
        text
    }

    fn caveats_used(&self) -> BTreeSet<&str> {
        let relations = self.definitions.iter().flat_map(|definition| &definition.relations);
        relations.flat_map(|relation| &relation.types).filter_map(|reference| reference.caveat.as_deref()).collect()
    }
}

impl Row {
    /// A row for tests, without caveat and expiration.
    pub(crate) fn plain(resource: Object, relation: &str, subject: Subject) -> Self {
        let relation = relation.to_owned();
        Self { resource, relation, subject, caveat: None, context: Context::new(), expiration: None }
    }
}

impl TypeReference {
    /// A type without caveat and expiration.
    pub(crate) fn plain(definition: &str, kind: TypeKind) -> Self {
        Self { definition: definition.to_owned(), kind, caveat: None, expires: false }
    }
}

impl Object {
    pub(crate) fn new(definition: &str, id: &str) -> Self {
        Self { definition: definition.to_owned(), id: id.to_owned() }
    }

    /// The object itself as a subject.
    pub(crate) fn subject(&self) -> Subject {
        Subject { object: self.clone(), relation: None }
    }
}

impl Expression {
    /// Whether this or any operand below satisfies the test.
    pub(crate) fn any(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        test(self)
            || match self {
                Self::Nil | Self::Myself | Self::Name(_) | Self::Arrow(..) => false,
                Self::Union(operands) | Self::Intersection(operands) => operands.iter().any(|operand| operand.any(test)),
                Self::Exclusion(base, removed) => base.any(test) || removed.any(test),
                Self::Group(inner) => inner.any(test),
            }
    }

    /// How tightly the outermost operator binds: exclusion is loosest, union tightest.
    fn tightness(&self) -> u8 {
        match self {
            Self::Exclusion(..) => 0,
            Self::Intersection(_) => 1,
            Self::Union(_) => 2,
            Self::Nil | Self::Myself | Self::Name(_) | Self::Arrow(..) | Self::Group(_) => 3,
        }
    }

    /// Prints with parentheses only where the meaning needs them.
    fn print(&self, least: u8, joint: &str) -> String {
        if self.tightness() < least {
            return format!("({})", self.print(0, joint));
        }
        // The first operand may be as loose as its parent, since operators associate to the left.
        let chain = |operator: &str, operands: &[&Self]| {
            let tightness = self.tightness();
            let texts = operands.iter().enumerate();
            let texts = texts.map(|(at, operand)| operand.print(if at == 0 { tightness } else { tightness + 1 }, joint));
            texts.collect::<Vec<_>>().join(&format!(" {operator}{joint}"))
        };
        match self {
            Self::Nil => "nil".to_owned(),
            Self::Myself => "self".to_owned(),
            Self::Name(name) => name.clone(),
            Self::Arrow(relation, ArrowKind::Plain, target) => format!("{relation}->{target}"),
            Self::Arrow(relation, ArrowKind::Any, target) => format!("{relation}.any({target})"),
            Self::Arrow(relation, ArrowKind::All, target) => format!("{relation}.all({target})"),
            Self::Union(operands) => chain("+", &operands.iter().collect::<Vec<_>>()),
            Self::Intersection(operands) => chain("&", &operands.iter().collect::<Vec<_>>()),
            Self::Exclusion(base, removed) => chain("-", &[base, removed]),
            Self::Group(inner) => format!("({})", inner.print(0, joint)),
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut permissions = self.definitions.iter().flat_map(|definition| &definition.permissions);
        if permissions.any(|permission| permission.expression.any(&mut |operand| *operand == Expression::Myself)) {
            writeln!(out, "use self\n")?;
        }
        let mut relations = self.definitions.iter().flat_map(|definition| &definition.relations);
        if relations.any(|relation| relation.types.iter().any(|reference| reference.expires)) {
            writeln!(out, "use expiration\n")?;
        }
        let used = self.caveats_used();
        for caveat in CAVEATS.iter().filter(|caveat| used.contains(caveat.name)) {
            writeln!(out, "{}", caveat.text())?;
        }
        for definition in &self.definitions {
            writeln!(out, "definition {} {{", definition.name)?;
            for relation in &definition.relations {
                let types: Vec<_> = relation.types.iter().map(TypeReference::to_string).collect();
                writeln!(out, "\trelation {}: {}", relation.name, types.join(" | "))?;
            }
            let joint = if self.break_lines { "\n\t\t" } else { " " };
            for permission in &definition.permissions {
                writeln!(out, "\tpermission {} = {}", permission.name, permission.expression.print(0, joint))?;
            }
            writeln!(out, "}}\n")?;
        }
        Ok(())
    }
}

impl fmt::Display for TypeReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TypeKind::Object => write!(out, "{}", self.definition)?,
            TypeKind::Userset(relation) => write!(out, "{}#{relation}", self.definition)?,
            TypeKind::Wildcard => write!(out, "{}:*", self.definition)?,
        }
        match (&self.caveat, self.expires) {
            (None, false) => Ok(()),
            (Some(caveat), false) => write!(out, " with {caveat}"),
            (None, true) => write!(out, " with expiration"),
            (Some(caveat), true) => write!(out, " with {caveat} and expiration"),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.definition, self.id)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.object)?;
        self.relation.as_ref().map_or(Ok(()), |relation| write!(out, "#{relation}"))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}#{}@{}", self.resource, self.relation, self.subject)?;
        match &self.caveat {
            Some(caveat) if self.context.is_empty() => write!(out, "[{caveat}]")?,
            Some(caveat) => write!(out, "[{caveat}:{}]", json!(self.context))?,
            None => {}
        }
        match self.expiration {
            Some(Expiration::Past) => write!(out, "[expiration:{PAST}]"),
            Some(Expiration::Future) => write!(out, "[expiration:{FUTURE}]"),
            None => Ok(()),
        }
    }
}
