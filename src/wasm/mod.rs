//! The exports: convert, call, convert. Everything they do is done elsewhere.
//!
//! Two modules are built from these sources, each with a feature of its own: the engine (`module-engine`), and the development tools
//! (`module-dev`).
//!
//! Hot calls take strings and give numbers; results that can be long are JSON texts, and reports objects. A call that fails
//! throws an object `{ code, message, diagnostics }`, which the npm package makes its error of. Of state there is nothing here but a
//! count of engines and a scratch buffer.

mod common;
#[cfg(feature = "module-engine")]
mod convert;
#[cfg(feature = "module-dev")]
pub mod dev;
#[cfg(feature = "module-engine")]
mod engine;
#[cfg(feature = "module-engine")]
mod hot;
#[cfg(feature = "module-engine")]
mod loader;
#[cfg(feature = "module-engine")]
mod questions;
#[cfg(feature = "module-dev")]
mod report;
#[cfg(feature = "module-engine")]
mod trees;
#[cfg(feature = "module-engine")]
mod v1;
