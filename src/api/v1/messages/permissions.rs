//! `permission_service.proto`: the questions.

use super::{Consistency, Cursor, DebugInformation, ObjectReference, PartialCaveatInfo, SubjectReference, ZedToken};
use crate::api::v1::field::{Struct, enumeration, message};
use crate::model::Timestamp;

message! {
    pub struct CheckPermissionRequest {
        pub consistency: Option<Consistency>,
        pub resource: Option<ObjectReference>,
        pub permission: String,
        pub subject: Option<SubjectReference>,
        pub context: Option<Struct>,
        pub with_tracing: bool,
    }

    pub struct CheckPermissionResponse {
        pub checked_at: Option<ZedToken>,
        pub permissionship: Permissionship,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
        pub debug_trace: Option<DebugInformation>,
        pub optional_expires_at: Option<Timestamp>,
    }

    pub struct CheckBulkPermissionsRequest {
        pub consistency: Option<Consistency>,
        pub items: Vec<CheckBulkPermissionsRequestItem>,
        pub with_tracing: bool,
    }

    pub struct CheckBulkPermissionsRequestItem {
        pub resource: Option<ObjectReference>,
        pub permission: String,
        pub subject: Option<SubjectReference>,
        pub context: Option<Struct>,
    }

    pub struct CheckBulkPermissionsResponse {
        pub checked_at: Option<ZedToken>,
        pub pairs: Vec<CheckBulkPermissionsPair>,
    }

    pub struct CheckBulkPermissionsPair {
        pub request: Option<CheckBulkPermissionsRequestItem>,
        "?" pub item: Option<CheckBulkPermissionsResponseItem>,
        "?" pub error: Option<RpcStatus>,
    }

    pub struct CheckBulkPermissionsResponseItem {
        pub permissionship: Permissionship,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
        pub debug_trace: Option<DebugInformation>,
    }

    /// `google.rpc.Status`.
    pub struct RpcStatus {
        pub code: u32,
        pub message: String,
        pub details: Vec<Struct>,
    }

    pub struct ExpandPermissionTreeRequest {
        pub consistency: Option<Consistency>,
        pub resource: Option<ObjectReference>,
        pub permission: String,
    }

    pub struct ExpandPermissionTreeResponse {
        pub expanded_at: Option<ZedToken>,
        pub tree_root: Option<PermissionRelationshipTree>,
    }

    pub struct PermissionRelationshipTree {
        "?" pub intermediate: Option<AlgebraicSubjectSet>,
        "?" pub leaf: Option<DirectSubjectSet>,
        pub expanded_object: Option<ObjectReference>,
        pub expanded_relation: String,
    }

    pub struct AlgebraicSubjectSet {
        pub operation: SetOperation,
        pub children: Vec<PermissionRelationshipTree>,
    }

    pub struct DirectSubjectSet {
        pub subjects: Vec<SubjectReference>,
    }

    pub struct LookupResourcesRequest {
        pub consistency: Option<Consistency>,
        pub resource_object_type: String,
        pub permission: String,
        pub subject: Option<SubjectReference>,
        pub context: Option<Struct>,
        pub optional_limit: u32,
        pub optional_cursor: Option<Cursor>,
        pub with_debug: bool,
    }

    pub struct LookupResourcesResponse {
        pub looked_up_at: Option<ZedToken>,
        pub resource_object_id: String,
        pub permissionship: LookupPermissionship,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
        pub after_result_cursor: Option<Cursor>,
    }

    pub struct LookupSubjectsRequest {
        pub consistency: Option<Consistency>,
        pub resource: Option<ObjectReference>,
        pub permission: String,
        pub subject_object_type: String,
        pub optional_subject_relation: String,
        pub context: Option<Struct>,
        pub optional_concrete_limit: u32,
        pub optional_cursor: Option<Cursor>,
        pub wildcard_option: WildcardOption,
    }

    pub struct LookupSubjectsResponse {
        pub looked_up_at: Option<ZedToken>,
        pub subject_object_id: String,
        pub excluded_subject_ids: Vec<String>,
        pub permissionship: LookupPermissionship,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
        pub subject: Option<ResolvedSubject>,
        pub excluded_subjects: Vec<ResolvedSubject>,
        pub after_result_cursor: Option<Cursor>,
    }

    pub struct ResolvedSubject {
        pub subject_object_id: String,
        pub permissionship: LookupPermissionship,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
    }
}

enumeration! {
    /// The answer to a check.
    pub enum Permissionship {
        #[default]
        Unspecified = 0 "PERMISSIONSHIP_UNSPECIFIED",
        NoPermission = 1 "PERMISSIONSHIP_NO_PERMISSION",
        HasPermission = 2 "PERMISSIONSHIP_HAS_PERMISSION",
        ConditionalPermission = 3 "PERMISSIONSHIP_CONDITIONAL_PERMISSION",
    }

    /// What a result of a lookup has.
    pub enum LookupPermissionship {
        #[default]
        Unspecified = 0 "LOOKUP_PERMISSIONSHIP_UNSPECIFIED",
        HasPermission = 1 "LOOKUP_PERMISSIONSHIP_HAS_PERMISSION",
        ConditionalPermission = 2 "LOOKUP_PERMISSIONSHIP_CONDITIONAL_PERMISSION",
    }

    /// Whether a lookup of subjects gives `*`.
    pub enum WildcardOption {
        #[default]
        Unspecified = 0 "WILDCARD_OPTION_UNSPECIFIED",
        IncludeWildcards = 1 "WILDCARD_OPTION_INCLUDE_WILDCARDS",
        ExcludeWildcards = 2 "WILDCARD_OPTION_EXCLUDE_WILDCARDS",
    }

    /// How the children of a tree are combined.
    pub enum SetOperation {
        #[default]
        Unspecified = 0 "OPERATION_UNSPECIFIED",
        Union = 1 "OPERATION_UNION",
        Intersection = 2 "OPERATION_INTERSECTION",
        Exclusion = 3 "OPERATION_EXCLUSION",
    }
}
