//! `permission_service.proto`: reading and writing relationships.

use super::{Consistency, Cursor, Precondition, Relationship, RelationshipFilter, RelationshipUpdate, ZedToken};
use crate::api::v1::field::{Struct, enumeration, message};

message! {
    pub struct ReadRelationshipsRequest {
        pub consistency: Option<Consistency>,
        pub relationship_filter: Option<RelationshipFilter>,
        pub optional_limit: u32,
        pub optional_cursor: Option<Cursor>,
    }

    pub struct ReadRelationshipsResponse {
        pub read_at: Option<ZedToken>,
        pub relationship: Option<Relationship>,
        pub after_result_cursor: Option<Cursor>,
    }

    pub struct WriteRelationshipsRequest {
        pub updates: Vec<RelationshipUpdate>,
        pub optional_preconditions: Vec<Precondition>,
        pub optional_transaction_metadata: Option<Struct>,
    }

    pub struct WriteRelationshipsResponse {
        pub written_at: Option<ZedToken>,
    }

    pub struct DeleteRelationshipsRequest {
        pub relationship_filter: Option<RelationshipFilter>,
        pub optional_preconditions: Vec<Precondition>,
        pub optional_limit: u32,
        pub optional_allow_partial_deletions: bool,
        pub optional_transaction_metadata: Option<Struct>,
    }

    pub struct DeleteRelationshipsResponse {
        pub deleted_at: Option<ZedToken>,
        pub deletion_progress: DeletionProgress,
        pub relationships_deleted_count: u64,
    }

    pub struct ImportBulkRelationshipsRequest {
        pub relationships: Vec<Relationship>,
    }

    pub struct ImportBulkRelationshipsResponse {
        pub num_loaded: u64,
    }

    pub struct ExportBulkRelationshipsRequest {
        pub consistency: Option<Consistency>,
        pub optional_limit: u32,
        pub optional_cursor: Option<Cursor>,
        pub optional_relationship_filter: Option<RelationshipFilter>,
    }

    pub struct ExportBulkRelationshipsResponse {
        pub after_result_cursor: Option<Cursor>,
        pub relationships: Vec<Relationship>,
    }
}

enumeration! {
    /// Whether a delete removed all that its filter means.
    pub enum DeletionProgress {
        #[default]
        Unspecified = 0 "DELETION_PROGRESS_UNSPECIFIED",
        Complete = 1 "DELETION_PROGRESS_COMPLETE",
        Partial = 2 "DELETION_PROGRESS_PARTIAL",
    }
}
