//! Tools for those who design schemas: validation files, read and run. Source of the format: SpiceDB's
//! `pkg/validationfile`.
//!
//! Promises: every problem has its place in the file that was given, in the units of [`crate::text`]; a part of a file
//! that is not checked is named as such and never passes silently. Reads no files itself: the host lends a function.

mod report;
mod validate;
mod validation_file;
mod yaml;

pub use report::{Failure, Report, Status};
pub use validate::{ReadFile, validate};
