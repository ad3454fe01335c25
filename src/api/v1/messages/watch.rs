//! `watch_service.proto`.

use super::{RelationshipFilter, RelationshipUpdate, ZedToken};
use crate::api::v1::field::{Struct, enumeration, message};

message! {
    pub struct WatchRequest {
        pub optional_object_types: Vec<String>,
        pub optional_start_cursor: Option<ZedToken>,
        pub optional_relationship_filters: Vec<RelationshipFilter>,
        pub optional_update_kinds: Vec<WatchKind>,
    }

    pub struct WatchResponse {
        pub updates: Vec<RelationshipUpdate>,
        pub changes_through: Option<ZedToken>,
        pub optional_transaction_metadata: Option<Struct>,
        pub schema_updated: bool,
        pub is_checkpoint: bool,
        pub full_revision_metadata: Vec<Struct>,
    }
}

enumeration! {
    /// What a watcher is told of.
    pub enum WatchKind {
        #[default]
        Unspecified = 0 "WATCH_KIND_UNSPECIFIED",
        IncludeRelationshipUpdates = 1 "WATCH_KIND_INCLUDE_RELATIONSHIP_UPDATES",
        IncludeSchemaUpdates = 2 "WATCH_KIND_INCLUDE_SCHEMA_UPDATES",
        IncludeCheckpoints = 3 "WATCH_KIND_INCLUDE_CHECKPOINTS",
    }
}
