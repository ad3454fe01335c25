//! Peppercorn.

#[path = "/tmp/lead/caveat_stub.rs"]
pub mod caveat;
pub mod model;
pub mod schema;
pub mod text;
