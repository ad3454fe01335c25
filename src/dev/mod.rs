//! Tools for those who design schemas: validation files, read and run. Source of the format: SpiceDB's
//! `pkg/validationfile`.
//!
//! Promises: every problem has its place in the file that was given, in the units of [`crate::text`]; whatever a file
//! says is checked. Reads no files itself: the host lends a function.

mod data;
mod expected_relations;
mod report;
mod update;
mod validate;
mod validation_file;
mod yaml;

pub use data::{Data, data};
pub use report::{Failure, Report, Status};
pub use update::{expected_entries, update_expected_relations};
pub use validate::{Loaded, ReadFile, load, validate};
pub use validation_file::Assertion;
