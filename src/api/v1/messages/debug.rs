//! `debug.proto`: why an answer is what it is.

use super::{ObjectReference, PartialCaveatInfo, SubjectReference};
use crate::api::v1::field::{Struct, enumeration, message};
use crate::model::Timestamp;

message! {
    pub struct DebugInformation {
        pub check: Option<CheckDebugTrace>,
        pub schema_used: String,
    }

    pub struct CheckDebugTrace {
        pub resource: Option<ObjectReference>,
        pub permission: String,
        pub permission_type: PermissionType,
        pub subject: Option<SubjectReference>,
        pub result: TracePermissionship,
        pub caveat_evaluation_info: Option<CaveatEvalInfo>,
        "?" pub duration: Option<String>,
        "?" pub was_cached_result: Option<bool>,
        "?" pub sub_problems: Option<SubProblems>,
        pub optional_expires_at: Option<Timestamp>,
        pub trace_operation_id: String,
        pub source: String,
    }

    pub struct SubProblems {
        pub traces: Vec<CheckDebugTrace>,
    }

    pub struct CaveatEvalInfo {
        pub expression: String,
        pub result: CaveatResult,
        pub context: Option<Struct>,
        pub partial_caveat_info: Option<PartialCaveatInfo>,
        pub caveat_name: String,
    }
}

enumeration! {
    /// What is named by `permission`.
    pub enum PermissionType {
        #[default]
        Unspecified = 0 "PERMISSION_TYPE_UNSPECIFIED",
        Relation = 1 "PERMISSION_TYPE_RELATION",
        Permission = 2 "PERMISSION_TYPE_PERMISSION",
    }

    /// What the subject has there.
    pub enum TracePermissionship {
        #[default]
        Unspecified = 0 "PERMISSIONSHIP_UNSPECIFIED",
        NoPermission = 1 "PERMISSIONSHIP_NO_PERMISSION",
        HasPermission = 2 "PERMISSIONSHIP_HAS_PERMISSION",
        ConditionalPermission = 3 "PERMISSIONSHIP_CONDITIONAL_PERMISSION",
    }

    /// What a caveat comes to.
    pub enum CaveatResult {
        #[default]
        Unspecified = 0 "RESULT_UNSPECIFIED",
        Unevaluated = 1 "RESULT_UNEVALUATED",
        False = 2 "RESULT_FALSE",
        True = 3 "RESULT_TRUE",
        MissingSomeContext = 4 "RESULT_MISSING_SOME_CONTEXT",
    }
}
