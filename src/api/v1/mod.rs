//! SpiceDB's v1 API, served from the engine: one method of [`Service`] for each of its methods, with its messages, status codes and
//! reasons.
//!
//! Promises: requests are checked in SpiceDB's order and refused with its codes, reasons and metadata keys; every result has a defined
//! order; a request in JSON is proto3's JSON, whose unknown fields are refused. Where it does otherwise than SpiceDB, `docs/compat.md`
//! says so. Leaves to others: transport, clocks, waiting.

mod bulk;
mod call;
mod consistency;
mod convert;
mod counters;
mod debug;
mod delete;
mod expand;
mod field;
mod filter;
mod lookup;
pub mod messages;
mod permissions;
mod read;
mod reflect;
mod schema;
mod watch;
mod write;

use super::Peppercorn;
use crate::model::Timestamp;

pub use bulk::{Export, Import};
pub use call::{Reply, Texts};
pub use field::Struct;
pub use read::Relationships;
pub use watch::Watch;

/// The v1 API of an engine, at one time.
///
/// ```
/// use peppercorn::v1::messages::{CheckPermissionRequest, ObjectReference, Permissionship, SubjectReference};
/// use peppercorn::{Peppercorn, Timestamp};
///
/// let schema = "definition user {}
///     definition document {
///         relation viewer: user
///     }";
/// let mut engine = Peppercorn::new(schema, "document:readme#viewer@user:alice")?;
/// let object = |object_type: &str, object_id: &str| {
///     Some(ObjectReference { object_type: object_type.into(), object_id: object_id.into() })
/// };
/// let request = CheckPermissionRequest {
///     resource: object("document", "readme"),
///     permission: "viewer".into(),
///     subject: Some(SubjectReference { object: object("user", "alice"), ..Default::default() }),
///     ..Default::default()
/// };
/// let service = engine.v1(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
/// assert_eq!(service.check_permission(&request)?.permissionship, Permissionship::HasPermission);
/// # Ok::<(), peppercorn::Error>(())
/// ```
#[derive(Debug)]
pub struct Service<'e> {
    engine: &'e mut Peppercorn,
    now: Timestamp,
}

impl Peppercorn {
    /// SpiceDB's v1 API. What a request does or asks is done or asked at `now`.
    pub fn v1(&mut self, now: Timestamp) -> Service<'_> {
        Service { engine: self, now }
    }
}
