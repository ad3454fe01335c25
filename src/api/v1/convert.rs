//! Messages as the engine's own words, and back. What a message may hold is checked here, by the rules of SpiceDB's proto files.

use std::sync::Arc;

use super::Struct;
use super::messages as v1;
use crate::api::{Answer, Error, Reason};
use crate::model::limits::{MAX_CONTEXT_BYTES, MAX_RELATIONSHIP_CONTEXT_BYTES};
use crate::model::{Caveat, Context, Object, Permissionship, Relationship, Subject, Value, WILDCARD, name};

/// The error of a request that no engine could answer.
pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::plain(Reason::InvalidArgument, message)
}

/// A part of a request that must be there.
pub(super) fn required<'a, T>(part: Option<&'a T>, field: &str) -> Result<&'a T, Error> {
    part.ok_or_else(|| invalid(format!("`{field}`: value is required")))
}

fn rule(holds: bool, field: &str, value: &str, rule: &str) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(invalid(format!("`{field}`: `{value}` is not allowed: {rule}"))) }
}

pub(super) fn object_type<'a>(text: &'a str, field: &str) -> Result<&'a str, Error> {
    rule(name::is_object_type(text), field, text, name::DEFINITION_RULE).map(|()| text)
}

pub(super) fn relation<'a>(text: &'a str, field: &str) -> Result<&'a str, Error> {
    rule(name::is_relation(text), field, text, name::RELATION_RULE).map(|()| text)
}

/// A permission that is asked for. None at all is let through: no definition has one of that name.
pub(super) fn permission(text: &str) -> Result<&str, Error> {
    if text.is_empty() { Ok(text) } else { relation(text, "permission") }
}

pub(super) fn object_id<'a>(text: &'a str, field: &str) -> Result<&'a str, Error> {
    rule(name::is_object_id(text), field, text, name::OBJECT_ID_RULE).map(|()| text)
}

/// A resource.
pub(super) fn resource(reference: Option<&v1::ObjectReference>) -> Result<Object<'_>, Error> {
    let reference = required(reference, "resource")?;
    let object_type = object_type(&reference.object_type, "resource.object_type")?;
    Ok(Object::of_parts(object_type, object_id(&reference.object_id, "resource.object_id")?))
}

/// A subject, who may be everyone of a type.
pub(super) fn subject(reference: Option<&v1::SubjectReference>) -> Result<Subject<'_>, Error> {
    let reference = required(reference, "subject")?;
    let object = required(reference.object.as_ref(), "subject.object")?;
    let object_type = object_type(&object.object_type, "subject.object.object_type")?;
    if object.object_id != WILDCARD {
        object_id(&object.object_id, "subject.object.object_id")?;
    }
    let relation = match reference.optional_relation.as_str() {
        "" => None,
        text => Some(relation(text, "subject.optional_relation")?),
    };
    if relation.is_some() && object.object_id == WILDCARD {
        return Err(invalid("`subject`: a wildcard has no relation"));
    }
    Ok(Subject::of_parts(Object::of_parts(object_type, &object.object_id), relation))
}

/// A relationship, not yet held against a schema.
pub(super) fn relationship(message: &v1::Relationship) -> Result<Relationship<'_>, Error> {
    let resource = resource(message.resource.as_ref())?;
    let relation = relation(&message.relation, "relation")?;
    let subject = subject(message.subject.as_ref())?;
    let caveat = match &message.optional_caveat {
        Some(caveat) => {
            rule(name::is_caveat(&caveat.caveat_name), "optional_caveat.caveat_name", &caveat.caveat_name, name::CAVEAT_RULE)?;
            let context = caveat.context.as_ref().filter(|context| !context.0.is_empty());
            Some(Caveat::of_parts(&caveat.caveat_name, context.map(|context| Arc::new(context.0.clone()))))
        }
        None => None,
    };
    Ok(Relationship::of_parts(resource, relation, subject, caveat, message.optional_expires_at))
}

/// Refuses a stored context that is larger than SpiceDB takes.
pub(super) fn check_stored_context(relationship: &Relationship<'_>) -> Result<(), Error> {
    let context = relationship.caveat.as_ref().and_then(|caveat| caveat.context.as_ref());
    let size = context.map_or(0, |context| size(context));
    if size <= MAX_RELATIONSHIP_CONTEXT_BYTES {
        return Ok(());
    }
    let message = format!(
        "the provided caveat context of relationship `{relationship}` is {size} bytes, more than {MAX_RELATIONSHIP_CONTEXT_BYTES}"
    );
    Err(Error::plain(Reason::MaxRelationshipContextSize, message)
        .about("relationship", identity(relationship))
        .about("max_allowed_size", MAX_RELATIONSHIP_CONTEXT_BYTES.to_string())
        .about("context_size", size.to_string()))
}

/// A relationship as errors name it: without caveat and expiration.
pub(super) fn identity(relationship: &Relationship<'_>) -> String {
    Relationship::of_parts(relationship.resource, relationship.relation, relationship.subject, None, None).to_string()
}

/// Bytes of a context as compact JSON.
pub(super) fn size(context: &Context) -> usize {
    Value::Object(context.clone()).to_string().len()
}

/// The context of a question.
pub(super) fn context(given: Option<&Struct>) -> Result<Context, Error> {
    let context = given.map(|given| given.0.clone()).unwrap_or_default();
    if size(&context) > MAX_CONTEXT_BYTES {
        return Err(invalid(format!("request caveat context should have less than {MAX_CONTEXT_BYTES} bytes")));
    }
    Ok(context)
}

pub(super) fn object_message(object: &Object<'_>) -> v1::ObjectReference {
    v1::ObjectReference { object_type: object.object_type.to_owned(), object_id: object.id.to_owned() }
}

pub(super) fn subject_message(subject: &Subject<'_>) -> v1::SubjectReference {
    v1::SubjectReference {
        object: Some(object_message(&subject.object)),
        optional_relation: subject.relation.unwrap_or_default().to_owned(),
    }
}

pub(super) fn relationship_message(relationship: &Relationship<'_>) -> v1::Relationship {
    let caveat = relationship.caveat.as_ref().map(|caveat| v1::ContextualizedCaveat {
        caveat_name: caveat.name.to_owned(),
        context: Some(Struct(caveat.context.as_ref().map(|context| Context::clone(context)).unwrap_or_default())),
    });
    v1::Relationship {
        resource: Some(object_message(&relationship.resource)),
        relation: relationship.relation.to_owned(),
        subject: Some(subject_message(&relationship.subject)),
        optional_caveat: caveat,
        optional_expires_at: relationship.expiration,
    }
}

/// An object of the engine's answers, which are texts.
pub(super) fn object_of(text: &str) -> v1::ObjectReference {
    let (object_type, object_id) = text.split_once(':').unwrap_or_default();
    v1::ObjectReference { object_type: object_type.to_owned(), object_id: object_id.to_owned() }
}

/// A subject of the engine's answers.
pub(super) fn subject_of(text: &str) -> v1::SubjectReference {
    let (object, relation) = text.split_once('#').unwrap_or((text, ""));
    v1::SubjectReference { object: Some(object_of(object)), optional_relation: relation.to_owned() }
}

pub(super) fn permissionship(answer: &Answer) -> v1::Permissionship {
    match answer.permissionship {
        Permissionship::NoPermission => v1::Permissionship::NoPermission,
        Permissionship::ConditionalPermission => v1::Permissionship::ConditionalPermission,
        Permissionship::HasPermission => v1::Permissionship::HasPermission,
    }
}

/// The same of a result of a lookup, which is never a no.
pub(super) fn lookup_permissionship(answer: &Answer) -> v1::LookupPermissionship {
    if answer.is_yes() { v1::LookupPermissionship::HasPermission } else { v1::LookupPermissionship::ConditionalPermission }
}

pub(super) fn partial_caveat_info(answer: &Answer) -> Option<v1::PartialCaveatInfo> {
    let is_open = answer.permissionship == Permissionship::ConditionalPermission;
    is_open.then(|| v1::PartialCaveatInfo { missing_required_context: answer.missing_context.clone() })
}
