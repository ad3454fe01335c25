use std::fmt::{self, Write as _};

use super::Number;

/// The context of a caveat: parameter names, sorted, and their values.
pub type Context = Vec<(String, Value)>;

/// A JSON value, as protobuf's `Struct` holds it: objects are ordered by key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(Number),
    /// A string.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(Context),
}

/// Prints compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Number(value) => write!(out, "{value}"),
            Self::String(value) => write!(out, "{}", Quoted(value)),
            Self::List(values) => {
                out.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { "," })?;
                    write!(out, "{value}")?;
                }
                out.write_str("]")
            }
            Self::Object(fields) => write_object(out, fields),
        }
    }
}

/// Prints a context as a compact JSON object, keys in order.
pub(super) fn write_object(out: &mut fmt::Formatter<'_>, fields: &Context) -> fmt::Result {
    out.write_str("{")?;
    for (index, (key, value)) in fields.iter().enumerate() {
        out.write_str(if index == 0 { "" } else { "," })?;
        write!(out, "{}:{value}", Quoted(key))?;
    }
    out.write_str("}")
}

/// Prints a text as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                '\n' => out.write_str("\\n")?,
                '\r' => out.write_str("\\r")?,
                '\t' => out.write_str("\\t")?,
                control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
                other => out.write_char(other)?,
            }
        }
        out.write_str("\"")
    }
}
