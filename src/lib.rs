//! Peppercorn.

pub mod api;
pub mod caveat;
pub mod dev;
pub mod engine;
pub mod model;
pub mod plan;
pub mod schema;
pub mod store;
pub mod text;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use api::{Error, Peppercorn, Reason, Snapshot};
pub use model::{Permissionship, Timestamp};
