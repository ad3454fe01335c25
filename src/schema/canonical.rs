//! A schema without what is only layout: permissions' expressions as text, and the hash of the whole.

use std::fmt::{self, Write};

use super::ast::ArrowFunction;
use super::schema::{Caveat, Expression, MemberKind, Schema};
use crate::caveat;
use crate::text::{sort, sort_by};

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
    /// Its parameters, sorted by name, as SpiceDB lists them.
    #[must_use]
    pub fn sorted_parameters(&self) -> Vec<&caveat::Parameter> {
        let mut parameters: Vec<_> = self.parameters.iter().collect();
        sort_by(&mut parameters, |one, other| one.name.cmp(&other.name));
        parameters
    }
}

impl Schema {
    /// A hash of what the schema means: the same for schemas that differ only in comments, layout, and the order of
    /// definitions, members, caveats and parameters. FNV-1a; not for telling apart schemas that someone built to collide.
    ///
    /// ```
    /// let hash = |text| peppercorn::schema::compile(text).unwrap().hash();
    /// assert_eq!(hash("definition user {}\ndefinition team {}"), hash("/* two */ definition team {} definition user {}"));
    /// assert_ne!(hash("definition user {}"), hash("definition users {}"));
    /// ```
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        for definition in sorted(self.definition_names()).into_iter().filter_map(|name| self.definition(name)) {
            hash.line(["definition", &definition.name, ""]);
            for name in sorted(definition.member_names()) {
                match definition.member(name).map(|member| &member.kind) {
                    Some(MemberKind::Relation(types)) => {
                        for allowed in types {
                            hash.line(["relation", name, &allowed.to_string()]);
                        }
                    }
                    Some(MemberKind::Permission(expression)) => hash.line(["permission", name, &expression.to_string()]),
                    None => {}
                }
            }
        }
        for caveat in sorted(self.caveat_names()).into_iter().filter_map(|name| self.caveat(name)) {
            hash.line(["caveat", &caveat.name, &caveat.expression.canonical()]);
            for parameter in caveat.sorted_parameters() {
                hash.line(["parameter", &parameter.name, &parameter.kind.to_string()]);
            }
        }
        hash.0
    }
}

/// Names in the order of their bytes.
pub(super) fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    sort(&mut names);
    names
}

struct Fnv(u64);

impl Fnv {
    /// No part holds a NUL, so no two lists of lines hash the same bytes.
    fn line(&mut self, parts: [&str; 3]) {
        for part in parts {
            for byte in part.as_bytes().iter().chain(&[0]) {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
}
