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
    resource_type: Option<Symbol>,
    resource_id: Option<Symbol>,
    prefix: &'a str,
    relation: Option<Symbol>,
    subject_type: Option<Symbol>,
    subject_id: Option<Symbol>,
    subject_relation: Option<Symbol>,
}

impl Snapshot {
    /// The relationships that a filter means and that hold at `now`, where it is given; in no order, at most `limit`. One probe where resource and
    /// relation are given, or the whole subject; a walk over all relationships otherwise.
    #[must_use]
    pub fn select(&self, filter: &Filter<'_>, now: Option<Timestamp>, limit: usize) -> Vec<Row> {
        // A name that no relationship has.
        let Some(wanted) = self.wanted(filter) else { return Vec::new() };
        let is_meant = |resource: &Node, subject: &Node, edge: &Edge| {
            wanted.has(resource, subject)
                && self.dictionary().text(resource.id).starts_with(wanted.prefix)
                && now.is_none_or(|now| edge.as_ref().is_none_or(|traits| traits.is_live(now)))
        };
        let row =
            |resource: &Node, subject: &Node, edge: &Edge| Row { resource: *resource, subject: *subject, edge: edge.clone() };
        let mut found = Vec::new();
        let mut meet = |resource: &Node, subject: &Node, edge: &Edge| {
            if found.len() < limit && is_meant(resource, subject, edge) {
                found.push(row(resource, subject, edge));
            }
            found.len() < limit
        };
        let node = |relation: Option<Symbol>, object_type: Option<Symbol>, id: Option<Symbol>| {
            Some(Node { relation: relation?, object_type: object_type?, id: id? })
        };
        if let Some(resource) = node(wanted.relation, wanted.resource_type, wanted.resource_id) {
            let mut run = self.subjects(&resource).into_iter().flat_map(|run| run.iter());
            let _all = run.all(|(subject, edge)| meet(&resource, subject, edge));
        } else if let Some(subject) = node(wanted.subject_relation, wanted.subject_type, wanted.subject_id) {
            let mut run = self.resources(&subject).into_iter().flat_map(|run| run.iter());
            let _all = run.all(|(resource, _)| {
                // The edge is kept in the other direction only.
                let edge = self.subjects(resource).and_then(|run| run.get(&subject));
                edge.is_none_or(|edge| meet(resource, &subject, edge))
            });
        } else {
            let _all = self.rows().all(|(resource, subject, edge)| meet(resource, subject, edge));
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
        Some(Wanted {
            resource_type: symbol(filter.resource_type)?,
            resource_id: symbol(filter.resource_id)?,
            prefix: filter.resource_id_prefix.unwrap_or_default(),
            relation: symbol(filter.relation)?,
            subject_type: symbol(filter.subject.map(|subject| subject.subject_type))?,
            subject_id: symbol(filter.subject.and_then(|subject| subject.id))?,
            subject_relation: symbol(filter.subject.and_then(|subject| subject.relation))?,
        })
    }
}

impl Wanted<'_> {
    fn has(&self, resource: &Node, subject: &Node) -> bool {
        let fits = |wanted: Option<Symbol>, found: Symbol| wanted.is_none_or(|wanted| wanted == found);
        fits(self.resource_type, resource.object_type)
            && fits(self.resource_id, resource.id)
            && fits(self.relation, resource.relation)
            && fits(self.subject_type, subject.object_type)
            && fits(self.subject_id, subject.id)
            && fits(self.subject_relation, subject.relation)
    }
}
