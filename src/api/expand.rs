use std::sync::Arc;

use super::program::parse_resource;
use super::questions::Asked;
use super::{Environment, Error, Peppercorn, Snapshot};
use crate::engine::{self, Content, Expanded, Goal};
use crate::model::limits::MAX_EXPAND_STEPS;
use crate::model::{Context, Node, Object, Subject, Symbol};
use crate::store::{self, Edge};
use crate::text::Listed;

pub use crate::engine::Operation as SetOperation;

/// A permission of a resource as a tree. SpiceDB's `PermissionRelationshipTree`.
///
/// The nodes stand in one list, so that a tree of any depth is read and dropped without recursion: the root first, every
/// node before its children.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpandTree {
    /// The nodes.
    pub nodes: Vec<ExpandNode>,
}

/// A node of a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpandNode {
    /// The object that was expanded: `document:readme`.
    pub object: String,
    /// The relation or permission of it.
    pub relation: String,
    /// The caveat on the relationship that an arrow came by.
    pub caveat: Option<(String, Option<Arc<Context>>)>,
    /// What is there.
    pub content: ExpandContent,
}

/// What is at a node of a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpandContent {
    /// Subjects: those without a relation first, then by type, id and relation.
    Leaf(Vec<DirectSubject>),
    /// The places of other nodes, and what they are combined by. Operands stand as written in the schema, objects that an
    /// arrow finds by type and id. An exclusion has two;
    /// what is no operator stands alone under a union.
    Intermediate(SetOperation, Vec<usize>),
}

/// A subject that a relation holds.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectSubject {
    /// The subject: `user:alice`, `user:*` or `group:eng#member`.
    pub subject: String,
    /// The caveat on its relationship, and the context stored there. Not evaluated.
    pub caveat: Option<(String, Option<Arc<Context>>)>,
}

impl Peppercorn {
    /// The permission, or relation, of a resource as a tree: its operators, and at the leaves the subjects that relations
    /// hold. Usersets are not followed, and caveats not evaluated. SpiceDB's `ExpandPermissionTree`, at the newest revision.
    ///
    /// Where a permission is met again inside itself, it is a leaf whose one subject is that permission as a userset.
    ///
    /// ```
    /// use peppercorn::api::{ExpandContent, SetOperation};
    /// use peppercorn::{Environment, Peppercorn, Timestamp};
    ///
    /// let schema = "definition user {}
    ///     definition document {
    ///         relation editor: user
    ///         relation viewer: user
    ///         permission view = viewer + editor
    ///     }";
    /// let engine = Peppercorn::new(schema, "document:readme#viewer@user:alice")?;
    /// let environment = Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
    /// let tree = engine.expand("view", "document:readme", &environment)?;
    /// assert_eq!(tree.nodes[0].content, ExpandContent::Intermediate(SetOperation::Union, vec![1, 2]));
    /// let ExpandContent::Leaf(viewers) = &tree.nodes[1].content else { panic!() };
    /// assert_eq!(viewers[0].subject, "user:alice");
    /// # Ok::<(), peppercorn::Error>(())
    /// ```
    ///
    /// # Errors
    /// Names that are not in the schema or malformed; a tree of more than a million nodes and subjects.
    pub fn expand(&self, permission: &str, resource: &str, environment: &Environment) -> Result<ExpandTree, Error> {
        self.asked().expand(permission, resource, environment)
    }
}

impl Snapshot {
    /// As [`Peppercorn::expand`], at this revision.
    ///
    /// # Errors
    /// As [`Peppercorn::expand`].
    pub fn expand(&self, permission: &str, resource: &str, environment: &Environment) -> Result<ExpandTree, Error> {
        self.asked().expand(permission, resource, environment)
    }
}

impl<'a> Asked<'a> {
    fn expand(&self, permission: &str, resource: &str, environment: &Environment) -> Result<ExpandTree, Error> {
        let (goal, texts) = self.expanded(permission, resource)?;
        let conditions = self.conditions(environment, None);
        let nodes = engine::expand(&self.facts(&conditions, MAX_EXPAND_STEPS), goal).map_err(|error| self.unanswered(&error))?;
        Ok(ExpandTree { nodes: nodes.into_iter().map(|node| texts.node(node)).listed() })
    }

    pub(super) fn expanded<'r>(&self, permission: &str, resource: &'r str) -> Result<(Goal, Texts<'r>), Error>
    where
        'a: 'r,
    {
        let resource = parse_resource(resource)?;
        let goal = self.program.goal(self.data, &resource, permission, "")?;
        Ok((goal, Texts { data: self.data, id: resource.id }))
    }
}

/// Turns symbols into texts.
pub(super) struct Texts<'a> {
    data: &'a store::Snapshot,
    /// The id that was asked about: one that no relationship names has no symbol.
    id: &'a str,
}

impl Texts<'_> {
    pub(super) fn subject(&self, node: &Node) -> Subject<'_> {
        let text = |symbol| self.data.dictionary().text(symbol);
        let id = if node.id == Symbol::GHOST { self.id } else { text(node.id) };
        let relation = (node.relation != Symbol::NONE).then(|| text(node.relation));
        Subject::of_parts(Object::of_parts(text(node.object_type), id), relation)
    }

    fn caveat(&self, edge: &Edge) -> Option<(String, Option<Arc<Context>>)> {
        let (name, context) = edge.as_ref()?.caveat.as_ref()?;
        Some((self.data.dictionary().text(*name).to_owned(), context.clone()))
    }

    fn node(&self, found: Expanded) -> ExpandNode {
        let named = self.subject(&found.node);
        let content = match found.content {
            Content::Intermediate(operation, children) => ExpandContent::Intermediate(operation, children),
            Content::Leaf(subjects) => {
                let direct = |(node, edge): &(Node, Edge)| DirectSubject {
                    subject: self.subject(node).to_string(),
                    caveat: self.caveat(edge),
                };
                ExpandContent::Leaf(subjects.iter().map(direct).listed())
            }
        };
        ExpandNode {
            object: named.object.to_string(),
            relation: named.relation.unwrap_or_default().to_owned(),
            caveat: self.caveat(&found.edge),
            content,
        }
    }
}
