use super::base::Direction;
use super::overlay::{FIRST, LAST};
use super::{Edge, Snapshot};
use crate::model::{Node, Symbol, Timestamp};
use crate::text::sort_by;

/// Which relationships are meant: those that have all that is given. SpiceDB's `RelationshipFilter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// The type of the resource.
    pub resource_type: Option<&'a str>,
    /// Its id.
    pub resource_id: Option<&'a str>,
    /// What its id begins with.
    pub resource_id_prefix: Option<&'a str>,
    /// The relation.
    pub relation: Option<&'a str>,
    /// The subject.
    pub subject: Option<SubjectFilter<'a>>,
}

/// Which subjects are meant. SpiceDB's `SubjectFilter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectFilter<'a> {
    /// The type.
    pub subject_type: &'a str,
    /// The id; `*` for wildcards alone.
    pub id: Option<&'a str>,
    /// The relation; an empty one for subjects that have none.
    pub relation: Option<&'a str>,
}

/// A relationship that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The resource and relation.
    pub resource: Node,
    /// The subject.
    pub subject: Node,
    /// Its caveat and expiration.
    pub edge: Edge,
}

/// A filter whose names are looked up.
struct Wanted<'a> {
    resource: Nodes,
    prefix: &'a str,
    subject: Nodes,
}

/// Nodes that have all that is given.
#[derive(Clone, Copy)]
struct Nodes {
    object_type: Option<Symbol>,
    id: Option<Symbol>,
    relation: Option<Symbol>,
}

impl Snapshot {
    /// The relationships that a filter means and that hold at `now`, where it is given; at most `limit`. Walks those of the kinds it
    /// means only, and of those of one object only, where it names one.
    #[must_use]
    pub fn select(&self, filter: &Filter<'_>, now: Option<Timestamp>, limit: usize) -> Vec<Row> {
        let mut found = Vec::new();
        // A name that no relationship has.
        let Some(wanted) = self.wanted(filter) else { return found };
        // A subject is in few relationships as a rule.
        let by_subject = wanted.subject.id.is_some() && wanted.resource.id.is_none();
        let (direction, near) =
            if by_subject { (Direction::Resources, &wanted.subject) } else { (Direction::Subjects, &wanted.resource) };
        let mut from = Some(FIRST);
        while let Some(first) = from.take() {
            for (node, neighbour, edge) in self.rows_between(direction, &first, LAST) {
                if found.len() == limit {
                    return found;
                }
                from = near.next_after(&node);
                if from.is_some() {
                    break;
                }
                let (resource, subject) = if by_subject { (neighbour, node) } else { (node, neighbour) };
                // The edge is kept in the other direction only.
                let edge = if by_subject { self.edge(&resource, &subject).unwrap_or(edge) } else { edge };
                if wanted.has(&resource, &subject)
                    && self.dictionary().text(resource.id).starts_with(wanted.prefix)
                    && now.is_none_or(|now| edge.as_ref().is_none_or(|traits| traits.is_live(now)))
                {
                    found.push(Row { resource, subject, edge: edge.clone() });
                }
            }
        }
        found
    }

    /// Sorts rows by the bytes of their names: resource type, id and relation, then subject type, id and relation.
    pub fn sort_rows(&self, rows: &mut [Row]) {
        sort_by(rows, |one, other| self.names(one).cmp(&self.names(other)));
    }

    /// The six names of a row, in the order that rows are sorted by.
    #[must_use]
    pub fn names(&self, row: &Row) -> [&str; 6] {
        let of = |node: &Node| [node.object_type, node.id, node.relation].map(|symbol| self.dictionary().text(symbol));
        let ([a, b, c], [d, e, f]) = (of(&row.resource), of(&row.subject));
        [a, b, c, d, e, f]
    }

    /// Whether the filter means a relationship of these nodes.
    #[must_use]
    pub fn is_meant(&self, filter: &Filter<'_>, resource: &Node, subject: &Node) -> bool {
        self.wanted(filter)
            .is_some_and(|wanted| wanted.has(resource, subject) && self.dictionary().text(resource.id).starts_with(wanted.prefix))
    }

    fn wanted<'f>(&self, filter: &Filter<'f>) -> Option<Wanted<'f>> {
        let symbol = |name: Option<&str>| match name {
            Some(name) => self.dictionary().symbol(name).map(Some),
            None => Some(None),
        };
        let resource = Nodes {
            object_type: symbol(filter.resource_type)?,
            id: symbol(filter.resource_id)?,
            relation: symbol(filter.relation)?,
        };
        let subject = Nodes {
            object_type: symbol(filter.subject.map(|subject| subject.subject_type))?,
            id: symbol(filter.subject.and_then(|subject| subject.id))?,
            relation: symbol(filter.subject.and_then(|subject| subject.relation))?,
        };
        Some(Wanted { resource, prefix: filter.resource_id_prefix.unwrap_or_default(), subject })
    }
}

impl Wanted<'_> {
    fn has(&self, resource: &Node, subject: &Node) -> bool {
        self.resource.has(resource) && self.subject.has(subject)
    }
}

impl Nodes {
    fn is_kind(&self, node: &Node) -> bool {
        self.object_type.is_none_or(|wanted| wanted == node.object_type)
            && self.relation.is_none_or(|wanted| wanted == node.relation)
    }

    fn has(&self, node: &Node) -> bool {
        self.is_kind(node) && self.id.is_none_or(|wanted| wanted == node.id)
    }

    /// Where to go on from a node that is not meant; nothing where it is.
    fn next_after(&self, node: &Node) -> Option<Node> {
        let of_kind = |id| Some(Node { id, ..*node });
        match self.id {
            _ if !self.is_kind(node) => of_kind(Symbol::GHOST),
            Some(id) if node.id < id => of_kind(id),
            Some(id) if node.id > id => of_kind(Symbol::GHOST),
            Some(_) | None => None,
        }
    }
}
