//! Filters, preconditions and limits.

use super::Service;
use super::convert::{invalid, object_id, object_type, relation, required};
use super::messages as v1;
use crate::api::{Error, Reason, Snapshot};
use crate::model::WILDCARD;
use crate::model::limits::{MAX_LIMIT, MAX_PRECONDITIONS};
use crate::store::{Filter, SubjectFilter};
use crate::text::Listed;

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A filter whose fields have the form they must have and go together.
///
/// # Errors
/// SpiceDB's, of a filter alone.
pub(super) fn filter(message: &v1::RelationshipFilter) -> Result<Filter<'_>, Error> {
    let resource_type = given(&message.resource_type).map(|text| object_type(text, "resource_type")).transpose()?;
    let resource_id = given(&message.optional_resource_id).map(|text| object_id(text, "optional_resource_id")).transpose()?;
    let prefix = given(&message.optional_resource_id_prefix);
    let prefix = prefix.map(|text| object_id(text, "optional_resource_id_prefix")).transpose()?;
    let relation_name = given(&message.optional_relation).map(|text| relation(text, "optional_relation")).transpose()?;
    let subject = message.optional_subject_filter.as_ref().map(subject_filter).transpose()?;
    let filter = Filter { resource_type, resource_id, resource_id_prefix: prefix, relation: relation_name, subject };
    if filter == Filter::default() {
        let message = "the relationship filter provided is not valid: at least one field must be set";
        return Err(Error::plain(Reason::InvalidFilter, message).about("filter", ""));
    }
    Ok(filter)
}

fn subject_filter(message: &v1::SubjectFilter) -> Result<SubjectFilter<'_>, Error> {
    let id = given(&message.optional_subject_id).filter(|id| *id != WILDCARD);
    id.map(|id| object_id(id, "optional_subject_filter.optional_subject_id")).transpose()?;
    let wanted = message.optional_relation.as_ref().map(|wanted| wanted.relation.as_str());
    let set = wanted.filter(|name| !name.is_empty());
    set.map(|name| relation(name, "optional_subject_filter.optional_relation.relation")).transpose()?;
    if set.is_some() && message.optional_subject_id == WILDCARD {
        return Err(invalid(
            "`optional_subject_filter.optional_relation`: must be empty where `optional_subject_id` is a wildcard",
        ));
    }
    Ok(SubjectFilter {
        subject_type: object_type(&message.subject_type, "optional_subject_filter.subject_type")?,
        id: given(&message.optional_subject_id),
        relation: wanted,
    })
}

/// The fields of a filter that are set, under the keys that errors give them.
pub(super) fn fields<'f>(filter: &Filter<'f>) -> impl Iterator<Item = (usize, &'f str)> {
    let subject = filter.subject;
    [
        filter.resource_type,
        filter.resource_id,
        filter.resource_id_prefix,
        filter.relation,
        subject.map(|subject| subject.subject_type),
        subject.and_then(|subject| subject.id),
        subject.and_then(|subject| subject.relation),
    ]
    .into_iter()
    .enumerate()
    .filter_map(|(place, value)| Some((place, value?)))
}

/// A filter for people.
pub(super) fn show(filter: &Filter<'_>) -> String {
    const NAMES: [&str; 7] =
        ["resource_type", "resource_id", "resource_id_prefix", "relation", "subject_type", "subject_id", "subject_relation"];
    let shown = fields(filter).map(|(place, value)| format!("{}: `{value}`", NAMES.get(place).unwrap_or(&"")));
    shown.listed().join(", ")
}

/// A limit; nothing for 0.
///
/// # Errors
/// One that is larger than it may be.
pub(super) fn check_limit(limit: u32) -> Result<Option<usize>, Error> {
    limit_up_to(limit, MAX_LIMIT)
}

pub(super) fn limit_up_to(limit: u32, most: u32) -> Result<Option<usize>, Error> {
    if limit > most {
        let message = format!("provided limit {limit} is greater than maximum allowed of {most}");
        return Err(Error::plain(Reason::ExceedsMaximumAllowableLimit, message)
            .about("limit_provided", limit.to_string())
            .about("maximum_limit_allowed", most.to_string()));
    }
    Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0))
}

impl Snapshot {
    /// # Errors
    /// A filter with names that are not in the schema, or with an id and a prefix of ids.
    pub(super) fn check_filter(&self, filter: &Filter<'_>) -> Result<(), Error> {
        if let Some(resource_type) = filter.resource_type {
            self.program.definition(resource_type)?;
            if let Some(relation) = filter.relation {
                self.program.member(resource_type, relation)?;
            }
        }
        if let Some(subject) = filter.subject {
            self.program.definition(subject.subject_type)?;
            if let Some(relation) = subject.relation.filter(|relation| !relation.is_empty()) {
                self.program.member(subject.subject_type, relation)?;
            }
        }
        if filter.resource_id.is_some() && filter.resource_id_prefix.is_some() {
            let message = "resource id and resource id prefix cannot both be set";
            return Err(Error::plain(Reason::InvalidFilter, message).about("filter", show(filter)));
        }
        Ok(())
    }
}

/// A precondition that is well-formed.
pub(super) struct Condition<'a> {
    must_match: bool,
    filter: Filter<'a>,
}

/// # Errors
/// Too many; malformed ones.
pub(super) fn conditions(messages: &[v1::Precondition]) -> Result<Vec<Condition<'_>>, Error> {
    messages.iter().map(condition).listed_or()
}

fn condition(message: &v1::Precondition) -> Result<Condition<'_>, Error> {
    let must_match = match message.operation {
        v1::PreconditionOperation::MustMatch => true,
        v1::PreconditionOperation::MustNotMatch => false,
        v1::PreconditionOperation::Unspecified => return Err(invalid("`operation`: value must not be unspecified")),
    };
    Ok(Condition { must_match, filter: filter(required(message.filter.as_ref(), "filter")?)? })
}

/// # Errors
/// More preconditions than may be.
pub(super) fn check_count(count: usize) -> Result<(), Error> {
    if count <= MAX_PRECONDITIONS {
        return Ok(());
    }
    let message = format!("precondition count of {count} is greater than maximum allowed of {MAX_PRECONDITIONS}");
    Err(Error::plain(Reason::TooManyPreconditionsInRequest, message)
        .about("precondition_count", count.to_string())
        .about("maximum_updates_allowed", MAX_PRECONDITIONS.to_string()))
}

impl Service<'_> {
    /// # Errors
    /// Filters with names that are not in the schema.
    pub(super) fn check_conditions(&self, conditions: &[Condition<'_>]) -> Result<(), Error> {
        conditions.iter().try_for_each(|condition| self.engine.head().check_filter(&condition.filter))
    }

    /// # Errors
    /// The first precondition that does not hold.
    pub(super) fn hold(&self, conditions: &[Condition<'_>]) -> Result<(), Error> {
        const KEYS: [&str; 7] = [
            "precondition_resource_type",
            "precondition_resource_id",
            "precondition_resource_id_prefix",
            "precondition_relation",
            "precondition_subject_type",
            "precondition_subject_id",
            "precondition_subject_relation",
        ];
        for Condition { must_match, filter } in conditions {
            let matches = !self.engine.head().data.select(filter, Some(self.now), 1).is_empty();
            if matches == *must_match {
                continue;
            }
            let operation = if *must_match { "OPERATION_MUST_MATCH" } else { "OPERATION_MUST_NOT_MATCH" };
            let message = format!("unable to satisfy write precondition `{operation}` of {}", show(filter));
            let error =
                Error::plain(Reason::WriteOrDeletePreconditionFailure, message).about("precondition_operation", operation);
            return Err(fields(filter).fold(error, |error, (place, value)| match KEYS.get(place) {
                Some(key) => error.about(key, value),
                None => error,
            }));
        }
        Ok(())
    }
}
