//! The integration tests: one binary, a module for each behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test that panics is a test that fails"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod architecture;
mod caveat;
mod contract;
mod corpus;
mod derived;
mod differential;
mod engine;
mod expand;
mod expected_relations;
mod format;
mod imports;
mod model;
mod questions;
mod regressions;
mod saved;
mod scale;
mod schema_changes;
mod schemas;
mod validation;
