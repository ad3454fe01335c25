//! Whether a relationship fits a schema. Source of semantics: SpiceDB's `internal/relationships/validation.go`.

use super::schema::{AllowedType, Definition, MemberKind, Schema, Subjects};
use crate::model::{Relationship, WILDCARD};
use crate::text::{Code, Diagnostic, Listed, Span, nearest};

impl Schema {
    /// Checks a relationship that is to be written, or, when `deleting`, removed: then its caveat and expiration may be
    /// left out.
    ///
    /// # Errors
    /// What does not fit, with the span of the part in the text form of the relationship.
    pub fn check_relationship(&self, relationship: &Relationship<'_>, deleting: bool) -> Result<(), Diagnostic> {
        let parts = Parts::of(relationship);
        let resource = self.known_definition(relationship.resource.object_type, parts.resource_type)?;
        let member = known_member(resource, relationship.relation, parts.relation)?;
        let subject = self.known_definition(relationship.subject.object.object_type, parts.subject_type)?;
        if let Some(relation) = relationship.subject.relation {
            known_member(subject, relation, parts.subject_relation)?;
        }
        let MemberKind::Relation(allowed) = &member.kind else {
            let message =
                format!("`{}` is a permission of `{}`; relationships are written to relations", member.name, resource.name);
            return Err(Diagnostic::error(Code::RelationshipPermissionNotWritable, parts.relation, message)
                .with_suggestion(relation_like(resource, relationship.relation))
                .about("definition_name", &resource.name)
                .about("permission_name", &member.name));
        };
        check_allowed(resource, &member.name, allowed, relationship, deleting, &parts)?;
        self.check_context(relationship, &parts)
    }

    fn known_definition(&self, name: &str, span: Span) -> Result<&Definition, Diagnostic> {
        self.definition(name).ok_or_else(|| {
            Diagnostic::error(Code::RelationshipUnknownDefinition, span, format!("object definition `{name}` not found"))
                .with_suggestion(nearest(name, self.definition_names()))
                .about("definition_name", name)
        })
    }

    /// Checks the context of a caveat that the relation allows, which is therefore in the schema.
    fn check_context(&self, relationship: &Relationship<'_>, parts: &Parts) -> Result<(), Diagnostic> {
        let Some((given, caveat)) = relationship.caveat.as_ref().and_then(|given| Some((given, self.caveat(given.name)?))) else {
            return Ok(());
        };
        for (key, value) in given.context.iter().flat_map(|context| context.iter()) {
            let problem = |message| {
                Err(Diagnostic::error(Code::RelationshipCaveatContext, parts.caveat, message)
                    .about("caveat_name", &caveat.name)
                    .about("parameter_name", key))
            };
            let Some(parameter) = caveat.parameter(key) else {
                let names = caveat.parameters.iter().map(|parameter| parameter.name.as_str());
                let near = nearest(key, names);
                return problem(format!("caveat `{}` has no parameter `{key}`", caveat.name))
                    .map_err(|problem: Diagnostic| problem.with_suggestion(near));
            };
            if let Err(reason) = parameter.kind.accepts(value) {
                return problem(format!("parameter `{key}` of caveat `{}` takes `{}`: {reason}", caveat.name, parameter.kind));
            }
        }
        Ok(())
    }
}

fn known_member<'a>(definition: &'a Definition, name: &str, span: Span) -> Result<&'a super::Member, Diagnostic> {
    definition.member(name).ok_or_else(|| {
        let message = format!("relation/permission `{name}` not found under definition `{}`", definition.name);
        Diagnostic::error(Code::RelationshipUnknownRelation, span, message)
            .with_suggestion(nearest(name, definition.member_names()))
            .about("definition_name", &definition.name)
            .about("relation_or_permission_name", name)
    })
}

/// A relation whose name is near that of the permission.
fn relation_like<'a>(definition: &'a Definition, name: &str) -> Option<&'a str> {
    let relations = definition.members().iter().filter(|member| matches!(member.kind, MemberKind::Relation(_)));
    nearest(name, relations.map(|member| member.name.as_str()))
}

fn check_allowed(
    resource: &Definition,
    relation: &str,
    allowed: &[AllowedType],
    relationship: &Relationship<'_>,
    deleting: bool,
    parts: &Parts,
) -> Result<(), Diagnostic> {
    let subject = &relationship.subject;
    let is_of_type = |allowed: &&AllowedType| {
        allowed.definition == subject.object.object_type
            && match &allowed.subjects {
                Subjects::Set(relation) => subject.relation == Some(relation),
                Subjects::Wildcard => subject.relation.is_none() && subject.object.id == WILDCARD,
                Subjects::Objects => subject.relation.is_none() && subject.object.id != WILDCARD,
            }
    };
    let (caveat, expires) = (relationship.caveat.as_ref().map(|caveat| caveat.name), relationship.expiration.is_some());
    let fits = |allowed: &AllowedType| {
        let has_caveat = allowed.caveat.as_deref() == caveat || (deleting && caveat.is_none());
        has_caveat && (allowed.expiration == expires || deleting)
    };
    if allowed.iter().filter(is_of_type).any(fits) {
        return Ok(());
    }
    let of_type: Vec<&AllowedType> = allowed.iter().filter(is_of_type).listed();
    let subjects = match subject.relation {
        Some(relation) => Subjects::Set(relation.to_owned()),
        None if subject.object.id == WILDCARD => Subjects::Wildcard,
        None => Subjects::Objects,
    };
    let given = AllowedType {
        definition: subject.object.object_type.to_owned(),
        subjects,
        caveat: caveat.map(str::to_owned),
        expiration: expires,
    };
    let message = format!("subjects of type `{given}` are not allowed on relation `{}#{relation}`", resource.name);
    let mut problem = Diagnostic::error(Code::RelationshipSubjectType, parts.subject, message)
        .about("definition_name", &resource.name)
        .about("relation_name", relation)
        .about("subject_type", &given.to_string());
    let needed = of_type.iter().filter(|allowed| given.caveat.is_none() && allowed.expiration == given.expiration);
    let needed: Vec<&str> = needed.filter_map(|allowed| allowed.caveat.as_deref()).listed();
    if !needed.is_empty() {
        problem = problem.about("allowed_caveats", &needed.join(","));
    }
    let listed = |types: &[&AllowedType]| types.iter().map(|allowed| format!("`{allowed}`")).listed().join(", ");
    Err(if of_type.is_empty() {
        problem.with_help(format!("it allows {}", listed(&allowed.iter().listed())))
    } else {
        problem.with_help(format!("of this type it allows {}", listed(&of_type)))
    })
}

/// Where the parts of a relationship stand in its text form.
struct Parts {
    resource_type: Span,
    relation: Span,
    subject: Span,
    subject_type: Span,
    subject_relation: Span,
    caveat: Span,
}

impl Parts {
    /// The text form has no blanks, so lengths give places.
    fn of(relationship: &Relationship<'_>) -> Self {
        let Relationship { resource, subject, .. } = relationship;
        let relation = resource.object_type.len() + resource.id.len() + 2;
        let subject_type = relation + relationship.relation.len() + 1;
        let subject_id = subject_type + subject.object.object_type.len() + 1;
        let id_end = subject_id + subject.object.id.len();
        let end = subject.relation.map_or(id_end, |relation| id_end + 1 + relation.len());
        let caveat = relationship.caveat.as_ref().map_or(0, |caveat| caveat.name.len());
        Self {
            resource_type: Span::new(0, resource.object_type.len()),
            relation: Span::new(relation, subject_type - 1),
            subject: Span::new(subject_type, end),
            subject_type: Span::new(subject_type, subject_id - 1),
            subject_relation: Span::new((id_end + 1).min(end), end),
            caveat: Span::new(end + 1, end + 1 + caveat),
        }
    }
}
