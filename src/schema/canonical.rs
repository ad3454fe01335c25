//! A schema without what is only layout: permissions' expressions as text, and the hash of the whole.

use std::fmt::{self, Write};

use super::ast::ArrowFunction;
use super::schema::{Caveat, Expression, MemberKind, Schema};
use crate::caveat;
use crate::text::{Listed, sort_by};

/// Prints the expression with SpiceDB's parentheses (`pkg/schemadsl/generator`): unions and intersections of unions and
/// intersections are one row, exclusions are taken two at a time. `.any` is an arrow.
impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => out.write_str("nil"),
            Self::SelfObject => out.write_str("self"),
            Self::Member(name) => out.write_str(name),
            Self::Arrow { relation, function, target } => {
                let (open, close) = match function {
                    ArrowFunction::Any => ("->", ""),
                    ArrowFunction::All => (".all(", ")"),
                };
                [relation, open, target, close].iter().try_for_each(|part| out.write_str(part))
            }
            Self::Union(operands) => self.row(operands, " + ", out),
            Self::Intersection(operands) => self.row(operands, " & ", out),
            Self::Exclusion(operands) => self.row(operands, " - ", out),
        }
    }
}

impl Expression {
    /// Recursion is bounded by the reader.
    fn row(&self, operands: &[Self], operator: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = if matches!(self, Self::Exclusion(_)) { operands.len().saturating_sub(2) } else { 0 };
        for _ in 0..pairs {
            out.write_char('(')?;
        }
        for (place, operand) in operands.iter().enumerate() {
            if place > 0 {
                out.write_str(operator)?;
            }
            let apart = match operand {
                Self::Exclusion(_) => true,
                Self::Intersection(_) => !matches!(self, Self::Intersection(_)),
                // Unions bind tightest.
                Self::Union(_) | Self::Nil | Self::SelfObject | Self::Member(_) | Self::Arrow { .. } => false,
            };
            out.write_str(if apart { "(" } else { "" })?;
            fmt::Display::fmt(operand, out)?;
            out.write_str(if apart { ")" } else { "" })?;
            out.write_str(if place > 0 && place <= pairs { ")" } else { "" })?;
        }
        Ok(())
    }
}

impl Caveat {
    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&caveat::Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Its parameters, sorted by name, as SpiceDB lists them.
    #[must_use]
    pub fn sorted_parameters(&self) -> Vec<&caveat::Parameter> {
        let mut parameters: Vec<_> = self.parameters.iter().listed();
        sort_by(&mut parameters, |one, other| one.name.cmp(&other.name));
        parameters
    }
}

impl Schema {
    /// A hash of what the schema means: the same for schemas that differ only in comments, layout, and the order of
    /// definitions, members, types, caveats and parameters. The sum of FNV-1a over everything that the schema says; not for
    /// telling apart schemas that someone built to collide.
    ///
    /// ```
    /// let hash = |text| peppercorn::schema::compile(text).unwrap().hash();
    /// assert_eq!(hash("definition user {}\ndefinition team {}"), hash("/* two */ definition team {} definition user {}"));
    /// assert_ne!(hash("definition user {}"), hash("definition users {}"));
    /// ```
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut sum = 0;
        for definition in &self.definitions {
            let name = &definition.name;
            add(&mut sum, ["definition", name, "", ""]);
            for member in &definition.members {
                match &member.kind {
                    MemberKind::Relation(types) => {
                        for allowed in types {
                            add(&mut sum, ["relation", name, &member.name, &allowed.to_string()]);
                        }
                    }
                    MemberKind::Permission(expression) => {
                        add(&mut sum, ["permission", name, &member.name, &expression.to_string()]);
                    }
                }
            }
        }
        for caveat in &self.caveats {
            add(&mut sum, ["caveat", &caveat.name, "", &caveat.expression.canonical()]);
            for parameter in &caveat.parameters {
                add(&mut sum, ["parameter", &caveat.name, &parameter.name, &parameter.kind.to_string()]);
            }
        }
        sum
    }
}

/// Adds the FNV-1a hash of one statement. No part holds a NUL, and no two statements of a schema are the same.
fn add(sum: &mut u64, statement: [&str; 4]) {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for part in statement {
        for byte in part.as_bytes().iter().chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    *sum = sum.wrapping_add(hash);
}
