//! `schema_service.proto`.

use super::{Consistency, ZedToken};
use crate::api::v1::field::{Struct, message};

message! {
    pub struct ReadSchemaRequest {}

    pub struct ReadSchemaResponse {
        pub schema_text: String,
        pub read_at: Option<ZedToken>,
    }

    pub struct WriteSchemaRequest {
        pub schema: String,
    }

    pub struct WriteSchemaResponse {
        pub written_at: Option<ZedToken>,
    }

    /// Not of the proto file: a dry run of WriteSchema.
    pub struct PlanSchemaRequest {
        pub schema: String,
    }

    /// What writing the schema would change, and why it would be refused.
    pub struct PlanSchemaResponse {
        pub diffs: Vec<ReflectionSchemaDiff>,
        pub refusals: Vec<SchemaRefusal>,
    }

    /// One reason, under the keys of SpiceDB's error.
    pub struct SchemaRefusal {
        pub message: String,
        pub metadata: Option<Struct>,
        pub relationships: u64,
    }

    pub struct ReflectSchemaRequest {
        pub consistency: Option<Consistency>,
        pub optional_filters: Vec<ReflectionSchemaFilter>,
    }

    pub struct ReflectSchemaResponse {
        pub definitions: Vec<ReflectionDefinition>,
        pub caveats: Vec<ReflectionCaveat>,
        pub read_at: Option<ZedToken>,
    }

    pub struct ReflectionSchemaFilter {
        pub optional_definition_name_filter: String,
        pub optional_caveat_name_filter: String,
        pub optional_relation_name_filter: String,
        pub optional_permission_name_filter: String,
    }

    pub struct ReflectionDefinition {
        pub name: String,
        pub comment: String,
        pub relations: Vec<ReflectionRelation>,
        pub permissions: Vec<ReflectionPermission>,
    }

    pub struct ReflectionCaveat {
        pub name: String,
        pub comment: String,
        pub parameters: Vec<ReflectionCaveatParameter>,
        pub expression: String,
    }

    pub struct ReflectionCaveatParameter {
        pub name: String,
        pub r#type: String,
        pub parent_caveat_name: String,
    }

    pub struct ReflectionRelation {
        pub name: String,
        pub comment: String,
        pub parent_definition_name: String,
        pub subject_types: Vec<ReflectionTypeReference>,
    }

    pub struct ReflectionTypeReference {
        pub subject_definition_name: String,
        pub optional_caveat_name: String,
        "?" pub is_terminal_subject: Option<bool>,
        "?" pub optional_relation_name: Option<String>,
        "?" pub is_public_wildcard: Option<bool>,
    }

    pub struct ReflectionPermission {
        pub name: String,
        pub comment: String,
        pub parent_definition_name: String,
    }

    pub struct ComputablePermissionsRequest {
        pub consistency: Option<Consistency>,
        pub definition_name: String,
        pub relation_name: String,
        pub optional_definition_name_filter: String,
    }

    pub struct ReflectionRelationReference {
        pub definition_name: String,
        pub relation_name: String,
        pub is_permission: bool,
    }

    pub struct ComputablePermissionsResponse {
        pub permissions: Vec<ReflectionRelationReference>,
        pub read_at: Option<ZedToken>,
    }

    pub struct DependentRelationsRequest {
        pub consistency: Option<Consistency>,
        pub definition_name: String,
        pub permission_name: String,
    }

    pub struct DependentRelationsResponse {
        pub relations: Vec<ReflectionRelationReference>,
        pub read_at: Option<ZedToken>,
    }

    pub struct DiffSchemaRequest {
        pub consistency: Option<Consistency>,
        pub comparison_schema: String,
    }

    pub struct DiffSchemaResponse {
        pub diffs: Vec<ReflectionSchemaDiff>,
        pub read_at: Option<ZedToken>,
    }

    pub struct ReflectionRelationSubjectTypeChange {
        pub relation: Option<ReflectionRelation>,
        pub changed_subject_type: Option<ReflectionTypeReference>,
    }

    pub struct ReflectionCaveatParameterTypeChange {
        pub parameter: Option<ReflectionCaveatParameter>,
        pub previous_type: String,
    }

    /// Exactly one of the fields is set.
    pub struct ReflectionSchemaDiff {
        "?" pub definition_added: Option<ReflectionDefinition>,
        "?" pub definition_removed: Option<ReflectionDefinition>,
        "?" pub definition_doc_comment_changed: Option<ReflectionDefinition>,
        "?" pub relation_added: Option<ReflectionRelation>,
        "?" pub relation_removed: Option<ReflectionRelation>,
        "?" pub relation_doc_comment_changed: Option<ReflectionRelation>,
        "?" pub relation_subject_type_added: Option<ReflectionRelationSubjectTypeChange>,
        "?" pub relation_subject_type_removed: Option<ReflectionRelationSubjectTypeChange>,
        "?" pub permission_added: Option<ReflectionPermission>,
        "?" pub permission_removed: Option<ReflectionPermission>,
        "?" pub permission_doc_comment_changed: Option<ReflectionPermission>,
        "?" pub permission_expr_changed: Option<ReflectionPermission>,
        "?" pub caveat_added: Option<ReflectionCaveat>,
        "?" pub caveat_removed: Option<ReflectionCaveat>,
        "?" pub caveat_doc_comment_changed: Option<ReflectionCaveat>,
        "?" pub caveat_expr_changed: Option<ReflectionCaveat>,
        "?" pub caveat_parameter_added: Option<ReflectionCaveatParameter>,
        "?" pub caveat_parameter_removed: Option<ReflectionCaveatParameter>,
        "?" pub caveat_parameter_type_changed: Option<ReflectionCaveatParameterTypeChange>,
    }
}
