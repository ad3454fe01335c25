//! The messages of the v1 API, field by field as in its proto files (`authzed/api/v1`); what fields mean is said there.
//!
//! Fields of messages that SpiceDB marks deprecated are kept where it still fills them. A message that is not given is `None`.

#![allow(missing_docs, reason = "names and meaning are those of the proto files, field by field")]

mod core;
mod debug;
mod experimental;
mod permissions;
mod relationships;
mod schema;
mod watch;

pub use core::*;
pub use debug::*;
pub use experimental::*;
pub use permissions::*;
pub use relationships::*;
pub use schema::*;
pub use watch::*;
