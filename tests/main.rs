//! The integration tests: one binary, a module for each behaviour.

mod architecture;
mod caveat;
mod corpus;
mod differential;
mod engine;
mod format;
mod imports;
mod regressions;
mod schemas;
mod validation;
