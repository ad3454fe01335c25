//! A permissions engine of the Zanzibar kind: SpiceDB's schema language and semantics, with its data beside it.
//!
//! ```
//! use peppercorn::{Environment, Peppercorn, Timestamp};
//!
//! let schema = "
//!     definition user {}
//!     definition group {
//!         relation member: user | group#member
//!     }
//!     definition document {
//!         relation viewer: user | group#member
//!         relation banned: user
//!         permission view = viewer - banned
//!     }";
//! let relationships = "
//!     group:eng#member@user:alice
//!     document:readme#viewer@group:eng#member";
//!
//! let engine = Peppercorn::new(schema, relationships)?;
//! let environment = Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
//! assert!(engine.can("user:alice", "view", "document:readme", &environment)?);
//! assert!(!engine.can("user:bob", "view", "document:readme", &environment)?);
//! let error = engine.can("user:bob", "edit", "document:readme", &environment).unwrap_err();
//! assert_eq!(error.code(), "UNKNOWN_RELATION_OR_PERMISSION");
//! # Ok::<(), peppercorn::Error>(())
//! ```
//!
//! Start at [`Peppercorn`]. The modules are layers, each using only those before it:
//! [`text`], [`model`], [`caveat`], [`schema`], [`store`], [`plan`], [`engine`], [`api`], [`dev`] and the exports to
//! JavaScript. `docs/architecture.md` says what each promises.

pub mod api;
pub mod caveat;
#[cfg(feature = "dev")]
pub mod dev;
pub mod engine;
pub mod model;
pub mod plan;
pub mod schema;
pub mod store;
pub mod text;
#[cfg(all(target_arch = "wasm32", any(feature = "module-engine", feature = "module-dev")))]
pub mod wasm;

pub use api::v1;
pub use api::{
    Answer, CaveatTrace, CheckItem, Count, DirectSubject, Environment, Error, ExpandContent, ExpandNode, ExpandTree, Failure,
    ForeignTokens, Found, FoundSubject, Loader, LookupResources, LookupSubjects, Page, Peppercorn, Reason, SetOperation,
    Settings, Snapshot, Status, Trace, TraceNode, TraceRow,
};
pub use model::{Context, Permissionship, Timestamp};
pub use store::{Operation, Update};
