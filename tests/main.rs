//! The integration tests: one binary, a module for each behaviour.

mod corpus;
mod schemas;
mod validation;
