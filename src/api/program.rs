use super::vocabulary::Vocabulary;
use super::{Error, Reason};
use crate::engine::{Goal, QueryError, Shown};
use crate::model::{Node, Object, Subject, Symbol, WILDCARD, name};
use crate::plan::{MemberId, Plan, Rule};
use crate::schema::Schema;
use crate::store;
use crate::text::{Diagnostic, Listed, nearest};

/// A schema and its plan: finds what the words of a question mean.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) schema: Schema,
    pub(super) plan: Plan,
    /// The hash of the schema, for tokens.
    pub(super) hash: u64,
    /// The words that questions are asked in.
    pub(super) vocabulary: Vocabulary,
    /// Whether an answer may depend on the time: not where no relation has traits.
    pub(super) may_expire: bool,
}

impl Program {
    pub(super) fn new(schema: Schema, plan: Plan) -> Self {
        let hash = schema.hash();
        let may_expire = plan.members().any(|member| matches!(member.rule, Rule::Relation { is_plain: false, .. }));
        let vocabulary = Vocabulary::new(&schema, &plan);
        Self { schema, plan, hash, vocabulary, may_expire }
    }

    /// The symbol of a definition.
    pub(super) fn definition(&self, name: &str) -> Result<Symbol, Error> {
        self.plan.definition(name).ok_or_else(|| {
            let near = nearest(name, self.schema.definition_names());
            unknown(Reason::UnknownDefinition, format!("object definition `{name}` not found"), near)
                .about("definition_name", name)
        })
    }

    /// The number of a relation or permission.
    pub(super) fn member(&self, definition: &str, member: &str) -> Result<MemberId, Error> {
        let found = self.plan.definition(definition).and_then(|object_type| self.plan.find_named(object_type, member));
        found.ok_or_else(|| self.no_member(definition, member))
    }

    /// Why there is no such relation or permission.
    fn no_member(&self, definition: &str, member: &str) -> Error {
        if !member.is_empty() && !name::is_relation(member) {
            let message = format!("`{member}` is not the name of a permission or relation");
            return Error::plain(Reason::InvalidArgument, message);
        }
        if let Err(error) = self.definition(definition) {
            return error;
        }
        let near = self.schema.definition(definition).and_then(|definition| nearest(member, definition.member_names()));
        let message = format!("relation/permission `{member}` not found under definition `{definition}`");
        unknown(Reason::UnknownRelationOrPermission, message, near)
            .about("definition_name", definition)
            .about("relation_or_permission_name", member)
    }

    /// The symbol of a relation or permission of a definition.
    pub(super) fn relation(&self, definition: &str, member: &str) -> Result<Symbol, Error> {
        let member = self.plan.member(self.member(definition, member)?);
        member.map(|member| member.name).ok_or_else(|| Error::plain(Reason::InvalidArgument, QueryError::Mismatch.to_string()))
    }

    /// The subject of a question. An id that no relationship names equals itself and nothing else.
    pub(super) fn subject(&self, data: &store::Snapshot, subject: &Subject<'_>) -> Result<Node, Error> {
        if subject.object.id == WILDCARD {
            let message = "cannot perform check on wildcard subject";
            return Err(Error::plain(Reason::WildcardNotAllowed, message).about("field", "subject.object_id"));
        }
        let relation = match subject.relation {
            Some(relation) => self.relation(subject.object.object_type, relation)?,
            None => Symbol::NONE,
        };
        let object_type = self.definition(subject.object.object_type)?;
        Ok(Node { relation, object_type, id: data.dictionary().symbol(subject.object.id).unwrap_or(Symbol::OTHER_GHOST) })
    }

    /// What the words of a question are about, where they are of the plain kind that almost all are: objects that relationships
    /// name. Nothing where it takes a closer look.
    pub(super) fn plain(&self, data: &store::Snapshot, subject: &str, permission: &str, resource: &str) -> Option<(Node, Goal)> {
        let goal = self.plain_goal(data, permission, resource)?;
        let (object_type, id) = name::split(subject)?;
        let object_type = self.vocabulary.definition(object_type)?.symbol;
        Some((Node { relation: Symbol::NONE, object_type, id: plain_id(data, id)? }, goal))
    }

    /// As [`Self::goal`], where that is plain.
    pub(super) fn plain_goal(&self, data: &store::Snapshot, permission: &str, resource: &str) -> Option<Goal> {
        let (object_type, id) = name::split(resource)?;
        let member = self.vocabulary.member(self.vocabulary.definition(object_type)?, permission)?;
        Some(Goal { member, id: plain_id(data, id)? })
    }

    /// A permission of a resource, in a question about the subject with that id.
    pub(super) fn goal(
        &self,
        data: &store::Snapshot,
        resource: &Object<'_>,
        permission: &str,
        subject_id: &str,
    ) -> Result<Goal, Error> {
        let member = self.member(resource.object_type, permission)?;
        let unseen = if resource.id == subject_id { Symbol::OTHER_GHOST } else { Symbol::GHOST };
        Ok(Goal { member, id: data.dictionary().symbol(resource.id).unwrap_or(unseen) })
    }
}

/// The symbol of an id. Whatever has a symbol is a well-formed id, but for those of nothing and of the wildcard.
fn plain_id(data: &store::Snapshot, id: &str) -> Option<Symbol> {
    data.dictionary().symbol(id).filter(|id| *id > Symbol::WILDCARD)
}

/// A subject as text.
pub(super) fn parse_subject(text: &str) -> Result<Subject<'_>, Error> {
    Subject::parse(text).map_err(|problem| malformed(text, problem))
}

/// A resource as text.
pub(super) fn parse_resource(text: &str) -> Result<Object<'_>, Error> {
    Object::parse(text).map_err(|problem| malformed(text, problem))
}

fn malformed(text: &str, problem: Diagnostic) -> Error {
    let found = Error::of_text(text, vec![problem]);
    Error { diagnostics: found.diagnostics, ..Error::plain(Reason::InvalidArgument, found.message) }
}

/// The error of a name that is not in the schema, with a near one that is.
fn unknown(reason: Reason, message: String, near: Option<&str>) -> Error {
    let help = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
    Error::plain(reason, message + &help)
}

/// The error of a question without an answer.
pub(super) fn unanswered(data: &store::Snapshot, error: &QueryError) -> Error {
    match error {
        QueryError::BudgetExceeded(_) | QueryError::TraceTooLong(_) => {
            Error::plain(Reason::WorkBudgetExceeded, error.to_string())
        }
        QueryError::Mismatch => Error::plain(Reason::InvalidArgument, error.to_string()),
        QueryError::CycleThroughExclusion(circle) => {
            let shown: Vec<String> = circle.iter().map(|node| Shown(data.dictionary(), *node).to_string()).listed();
            Error::plain(Reason::CycleThroughExclusion, format!("{error}: {}", shown.join(" -> ")))
        }
    }
}
