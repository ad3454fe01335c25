//! `experimental_service.proto`: what is not deprecated of it, the counters of relationships.

use super::{RelationshipFilter, ZedToken};
use crate::api::v1::field::message;

message! {
    pub struct ExperimentalRegisterRelationshipCounterRequest {
        pub name: String,
        pub relationship_filter: Option<RelationshipFilter>,
    }

    pub struct ExperimentalRegisterRelationshipCounterResponse {}

    pub struct ExperimentalCountRelationshipsRequest {
        pub name: String,
    }

    pub struct ExperimentalCountRelationshipsResponse {
        "?" pub counter_still_calculating: Option<bool>,
        "?" pub read_counter_value: Option<ReadCounterValue>,
    }

    pub struct ReadCounterValue {
        pub relationship_count: u64,
        pub read_at: Option<ZedToken>,
    }

    pub struct ExperimentalUnregisterRelationshipCounterRequest {
        pub name: String,
    }

    pub struct ExperimentalUnregisterRelationshipCounterResponse {}
}
