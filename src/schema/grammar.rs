//! The parser that pest makes of `grammar.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "schema/grammar.pest"]
pub(super) struct Grammar;
