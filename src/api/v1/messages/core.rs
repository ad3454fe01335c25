//! `core.proto`, and `Consistency` of `permission_service.proto`.

use crate::api::v1::field::{Struct, enumeration, message};
use crate::model::Timestamp;

message! {
    pub struct ObjectReference {
        pub object_type: String,
        pub object_id: String,
    }

    pub struct SubjectReference {
        pub object: Option<ObjectReference>,
        pub optional_relation: String,
    }

    pub struct ContextualizedCaveat {
        pub caveat_name: String,
        pub context: Option<Struct>,
    }

    pub struct Relationship {
        pub resource: Option<ObjectReference>,
        pub relation: String,
        pub subject: Option<SubjectReference>,
        pub optional_caveat: Option<ContextualizedCaveat>,
        pub optional_expires_at: Option<Timestamp>,
    }

    pub struct RelationshipUpdate {
        pub operation: UpdateOperation,
        pub relationship: Option<Relationship>,
    }

    pub struct ZedToken {
        pub token: String,
    }

    pub struct Cursor {
        pub token: String,
    }

    pub struct PartialCaveatInfo {
        pub missing_required_context: Vec<String>,
    }

    pub struct RelationFilter {
        pub relation: String,
    }

    pub struct SubjectFilter {
        pub subject_type: String,
        pub optional_subject_id: String,
        pub optional_relation: Option<RelationFilter>,
    }

    pub struct RelationshipFilter {
        pub resource_type: String,
        pub optional_resource_id: String,
        pub optional_resource_id_prefix: String,
        pub optional_relation: String,
        pub optional_subject_filter: Option<SubjectFilter>,
    }

    pub struct Precondition {
        pub operation: PreconditionOperation,
        pub filter: Option<RelationshipFilter>,
    }

    /// Exactly one of the fields is set; where the whole message is absent, `minimize_latency` is.
    pub struct Consistency {
        "?" pub minimize_latency: Option<bool>,
        "?" pub at_least_as_fresh: Option<ZedToken>,
        "?" pub at_exact_snapshot: Option<ZedToken>,
        "?" pub fully_consistent: Option<bool>,
    }
}

enumeration! {
    /// What an update does.
    pub enum UpdateOperation {
        #[default]
        Unspecified = 0 "OPERATION_UNSPECIFIED",
        Create = 1 "OPERATION_CREATE",
        Touch = 2 "OPERATION_TOUCH",
        Delete = 3 "OPERATION_DELETE",
    }

    /// What a precondition asks for.
    pub enum PreconditionOperation {
        #[default]
        Unspecified = 0 "OPERATION_UNSPECIFIED",
        MustNotMatch = 1 "OPERATION_MUST_NOT_MATCH",
        MustMatch = 2 "OPERATION_MUST_MATCH",
    }
}
