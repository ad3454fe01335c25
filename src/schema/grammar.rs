//! The parser that pest makes of `grammar.pest`.
#![expect(missing_docs, reason = "pest names a variant after each rule, and the grammar documents the rules")]

#[derive(pest_derive::Parser)]
#[grammar = "schema/grammar.pest"]
pub(super) struct Grammar;
