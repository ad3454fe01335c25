//! ReflectSchema, DiffSchema, ComputablePermissions and DependentRelations.

use super::Service;
use super::convert::{object_type, relation};
use super::messages as v1;
use crate::api::{Error, Reason, Snapshot, Status};
use crate::caveat::Parameter;
use crate::schema::{
    self, AllowedType, Caveat, Changed, Definition, DifferenceKind, Filters, Member, MemberKind, Reference, Schema, Subjects,
};
use crate::text::{Listed, sort_by};

impl Service<'_> {
    /// The definitions and caveats of the schema, or those that one of the filters means; by name.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn reflect_schema(&self, request: &v1::ReflectSchemaRequest) -> Result<v1::ReflectSchemaResponse, Error> {
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        let given: Vec<schema::Filter<'_>> = request.optional_filters.iter().map(filter).listed();
        let filters = Filters::new(&given).map_err(|(place, error)| {
            let names =
                |filter: &schema::Filter<'_>| [filter.definition, filter.caveat, filter.relation, filter.permission].join(" ");
            Error::plain(Reason::InvalidFilter, error.to_string())
                .about("filter", given.get(place).map(names).unwrap_or_default())
        })?;
        let schema = &snapshot.program.schema;
        let wanted = |found: &&Definition| filters.has_definitions() && filters.has_definition(&found.name);
        let mut definitions: Vec<_> = schema.definitions().iter().filter(wanted).map(|it| definition(it, &filters)).listed();
        sort_by(&mut definitions, |one, other| one.name.cmp(&other.name));
        let wanted = |found: &&Caveat| filters.has_caveats() && filters.has_caveat(&found.name);
        let mut caveats: Vec<_> = schema.caveats().iter().filter(wanted).map(caveat).listed();
        sort_by(&mut caveats, |one, other| one.name.cmp(&other.name));
        Ok(v1::ReflectSchemaResponse { definitions, caveats, read_at: self.token(&snapshot) })
    }

    /// What another schema has that the engine's has not, and the other way round.
    ///
    /// # Errors
    /// SpiceDB's; everything wrong with the other schema.
    pub fn diff_schema(&self, request: &v1::DiffSchemaRequest) -> Result<v1::DiffSchemaResponse, Error> {
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        let text = &request.comparison_schema;
        let other = schema::compile(text).map_err(|problems| Error::of_text(text, problems))?;
        let diffs = differences(&snapshot.program.schema, &other);
        Ok(v1::DiffSchemaResponse { diffs, read_at: self.token(&snapshot) })
    }

    /// The permissions that depend on a relation, or on a type as subject; by definition and name.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn computable_permissions(
        &self,
        request: &v1::ComputablePermissionsRequest,
    ) -> Result<v1::ComputablePermissionsResponse, Error> {
        let definition = object_type(&request.definition_name, "definition_name")?;
        let member = request.relation_name.as_str();
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        snapshot.program.definition(definition)?;
        if !member.is_empty() {
            snapshot.program.member(definition, relation(member, "relation_name")?)?;
        }
        let found = snapshot.program.schema.computable_permissions(definition, member);
        let wanted = found.iter().filter(|found| found.definition.starts_with(&request.optional_definition_name_filter));
        Ok(v1::ComputablePermissionsResponse { permissions: wanted.map(reference).listed(), read_at: self.token(&snapshot) })
    }

    /// The relations and permissions that a permission depends on; by definition and name.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn dependent_relations(&self, request: &v1::DependentRelationsRequest) -> Result<v1::DependentRelationsResponse, Error> {
        let definition = object_type(&request.definition_name, "definition_name")?;
        let permission = relation(&request.permission_name, "permission_name")?;
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        snapshot.program.member(definition, permission)?;
        if !snapshot.is_permission(definition, permission) {
            let message = format!("relation `{permission}` of `{definition}` is not a permission");
            return Err(Error::plain(Reason::UnknownRelationOrPermission, message)
                .with_status(Status::InvalidArgument)
                .about("relationName", permission));
        }
        let found = snapshot.program.schema.dependent_relations(definition, permission);
        Ok(v1::DependentRelationsResponse { relations: found.iter().map(reference).listed(), read_at: self.token(&snapshot) })
    }
}

impl Snapshot {
    pub(super) fn is_permission(&self, definition: &str, name: &str) -> bool {
        let member = self.program.schema.definition(definition).and_then(|definition| definition.member(name));
        matches!(member.map(|member| &member.kind), Some(MemberKind::Permission(_)))
    }
}

fn filter(message: &v1::ReflectionSchemaFilter) -> schema::Filter<'_> {
    schema::Filter {
        definition: &message.optional_definition_name_filter,
        caveat: &message.optional_caveat_name_filter,
        relation: &message.optional_relation_name_filter,
        permission: &message.optional_permission_name_filter,
    }
}

fn definition(found: &Definition, filters: &Filters<'_>) -> v1::ReflectionDefinition {
    let mut shown =
        v1::ReflectionDefinition { name: found.name.clone(), comment: found.comment.to_string(), ..Default::default() };
    for member in found.members() {
        match &member.kind {
            MemberKind::Relation(types) if filters.has_relation(&found.name, &member.name) => {
                shown.relations.push(relation_of(found, member, types));
            }
            MemberKind::Permission(_) if filters.has_permission(&found.name, &member.name) => {
                shown.permissions.push(permission_of(found, member));
            }
            MemberKind::Relation(_) | MemberKind::Permission(_) => {}
        }
    }
    shown
}

fn relation_of(parent: &Definition, member: &Member, types: &[AllowedType]) -> v1::ReflectionRelation {
    v1::ReflectionRelation {
        name: member.name.clone(),
        comment: member.comment.to_string(),
        parent_definition_name: parent.name.clone(),
        subject_types: types.iter().map(subject_type).listed(),
    }
}

fn permission_of(parent: &Definition, member: &Member) -> v1::ReflectionPermission {
    v1::ReflectionPermission {
        name: member.name.clone(),
        comment: member.comment.to_string(),
        parent_definition_name: parent.name.clone(),
    }
}

fn subject_type(allowed: &AllowedType) -> v1::ReflectionTypeReference {
    let mut shown = v1::ReflectionTypeReference {
        subject_definition_name: allowed.definition.clone(),
        optional_caveat_name: allowed.caveat.clone().unwrap_or_default(),
        ..Default::default()
    };
    match &allowed.subjects {
        // SpiceDB sets this one to false where it is the one that is meant.
        Subjects::Objects => shown.is_terminal_subject = Some(false),
        Subjects::Wildcard => shown.is_public_wildcard = Some(true),
        Subjects::Set(relation) => shown.optional_relation_name = Some(relation.clone()),
    }
    shown
}

fn caveat(found: &Caveat) -> v1::ReflectionCaveat {
    v1::ReflectionCaveat {
        name: found.name.clone(),
        comment: found.comment.to_string(),
        parameters: found.sorted_parameters().into_iter().map(|it| parameter(found, it)).listed(),
        expression: found.expression.canonical(),
    }
}

fn parameter(parent: &Caveat, found: &Parameter) -> v1::ReflectionCaveatParameter {
    v1::ReflectionCaveatParameter {
        name: found.name.clone(),
        r#type: found.kind.to_string(),
        parent_caveat_name: parent.name.clone(),
    }
}

fn reference(found: &Reference<'_>) -> v1::ReflectionRelationReference {
    v1::ReflectionRelationReference {
        definition_name: found.definition.to_owned(),
        relation_name: found.member.to_owned(),
        is_permission: found.is_permission,
    }
}

pub(super) fn differences(old: &Schema, new: &Schema) -> Vec<v1::ReflectionSchemaDiff> {
    schema::diff(old, new).iter().map(|found| difference(found.kind, found.changed)).listed()
}

/// A difference as one field of the message.
fn difference(kind: DifferenceKind, changed: Changed<'_>) -> v1::ReflectionSchemaDiff {
    let mut diff = v1::ReflectionSchemaDiff::default();
    match changed {
        Changed::Definition(found) => {
            let shown = Some(definition(found, &Filters::default()));
            match kind {
                DifferenceKind::DefinitionAdded => diff.definition_added = shown,
                DifferenceKind::DefinitionRemoved => diff.definition_removed = shown,
                _ => diff.definition_doc_comment_changed = shown,
            }
        }
        Changed::Member { definition, member } => match &member.kind {
            MemberKind::Relation(types) => {
                let shown = Some(relation_of(definition, member, types));
                match kind {
                    DifferenceKind::RelationAdded => diff.relation_added = shown,
                    DifferenceKind::RelationRemoved => diff.relation_removed = shown,
                    _ => diff.relation_doc_comment_changed = shown,
                }
            }
            MemberKind::Permission(_) => {
                let shown = Some(permission_of(definition, member));
                match kind {
                    DifferenceKind::PermissionAdded => diff.permission_added = shown,
                    DifferenceKind::PermissionRemoved => diff.permission_removed = shown,
                    DifferenceKind::PermissionExprChanged => diff.permission_expr_changed = shown,
                    _ => diff.permission_doc_comment_changed = shown,
                }
            }
        },
        Changed::SubjectType { definition, relation, subject_type: changed } => {
            let types = match &relation.kind {
                MemberKind::Relation(types) => types.as_slice(),
                MemberKind::Permission(_) => &[],
            };
            let shown = Some(v1::ReflectionRelationSubjectTypeChange {
                relation: Some(relation_of(definition, relation, types)),
                changed_subject_type: Some(subject_type(changed)),
            });
            match kind {
                DifferenceKind::RelationSubjectTypeAdded => diff.relation_subject_type_added = shown,
                _ => diff.relation_subject_type_removed = shown,
            }
        }
        Changed::Caveat(found) => {
            let shown = Some(caveat(found));
            match kind {
                DifferenceKind::CaveatAdded => diff.caveat_added = shown,
                DifferenceKind::CaveatRemoved => diff.caveat_removed = shown,
                DifferenceKind::CaveatExprChanged => diff.caveat_expr_changed = shown,
                _ => diff.caveat_doc_comment_changed = shown,
            }
        }
        Changed::Parameter { caveat, parameter: found, previous } => {
            let shown = parameter(caveat, found);
            match (kind, previous) {
                (_, Some(previous)) => {
                    diff.caveat_parameter_type_changed = Some(v1::ReflectionCaveatParameterTypeChange {
                        parameter: Some(shown),
                        previous_type: previous.to_string(),
                    });
                }
                (DifferenceKind::CaveatParameterAdded, None) => diff.caveat_parameter_added = Some(shown),
                (_, None) => diff.caveat_parameter_removed = Some(shown),
            }
        }
    }
    diff
}
