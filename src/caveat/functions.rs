//! The functions of CEL on values (CEL specification, "List of Standard Definitions"; messages are those of cel-go).

use super::ast::NodeId;
use super::double::{self, Decimal};
use super::evaluate::{Evaluated, Evaluator, Stop};
use super::time::{self, Moment, Part};
use super::value::Map;
use super::{Resolution, Value, regex};
use crate::text::find;

pub(super) const INT: &str = "integer overflow";
pub(super) const UINT: &str = "unsigned integer overflow";
pub(super) const TIMESTAMP: &str = "timestamp overflow";

/// How many steps an element counts for that is copied: a list must not fill memory before the steps run out.
pub(super) const STEPS_PER_COPY: usize = 2;

/// How many steps it counts for to turn a double into text, or text into a double.
const STEPS_PER_DECIMAL: usize = 100;

impl Evaluator<'_> {
    #[inline(never)]
    pub(super) fn call(&mut self, id: NodeId, target: Option<NodeId>, arguments: &[NodeId]) -> Evaluated {
        let (name, is_int) = match self.expression.resolution(id) {
            Resolution::Function(name) => (name, false),
            Resolution::IntConversion(name) => (name, true),
            _ => return self.fail(id, "no such overload"),
        };
        let target = target.filter(|_| !name.starts_with(super::names::FUNCTION_NAMESPACE));
        if let ("or" | "orValue", Some(target), [other]) = (name, target, arguments) {
            return self.or_else(id, name, target, *other);
        }
        let mut nodes = target.iter().chain(arguments);
        let first = match nodes.next() {
            Some(node) => self.evaluate(*node)?,
            None => return self.optional(id, None),
        };
        if is_int && matches!(first, Value::Uint(_)) {
            return self.fail(id, format!("no such overload: {name}(uint)"));
        }
        match nodes.next() {
            Some(second) => {
                let second = self.evaluate(*second)?;
                self.call_two(id, name, &first, &second)
            }
            None => self.call_one(id, name, first),
        }
    }

    /// `or` and `orValue`: the other side is looked at only when it is needed.
    fn or_else(&mut self, id: NodeId, name: &str, target: NodeId, other: NodeId) -> Evaluated {
        let value = self.evaluate(target)?;
        let Value::Optional(inner) = &value else { return self.no_overload(id) };
        match inner.items().first() {
            Some(_) if name == "or" => Ok(value),
            Some(inner) => Ok(inner.clone()),
            None => self.evaluate(other),
        }
    }

    fn call_one(&mut self, id: NodeId, name: &str, value: Value) -> Evaluated {
        match (name, &value) {
            ("dyn", _) => Ok(value),
            ("type", _) => Ok(Value::Type(value.type_name())),
            ("size", _) => self.size(id, &value),
            ("optional.of", _) => self.optional(id, Some(value)),
            ("optional.ofNonZeroValue", _) => {
                let value = Some(value).filter(|value| !value.is_zero());
                self.optional(id, value)
            }
            ("hasValue", Value::Optional(inner)) => Ok(Value::Bool(!inner.items().is_empty())),
            ("value", Value::Optional(inner)) => match inner.items().first() {
                Some(inner) => Ok(inner.clone()),
                None => self.fail(id, "optional.none() dereference"),
            },
            ("bool" | "bytes" | "double" | "duration" | "int" | "string" | "timestamp" | "uint", _) => {
                self.conversion(id, name, value)
            }
            (_, Value::Timestamp(moment)) => self.part(id, name, moment.in_utc()),
            (_, Value::Duration(nanoseconds)) => {
                let unit = match name {
                    "getHours" => 3_600_000_000_000,
                    "getMinutes" => 60_000_000_000,
                    "getSeconds" => 1_000_000_000,
                    "getMilliseconds" => 1_000_000,
                    _ => return self.no_overload(id),
                };
                Ok(Value::Int(nanoseconds / unit))
            }
            _ => self.no_overload(id),
        }
    }

    fn call_two(&mut self, id: NodeId, name: &str, first: &Value, second: &Value) -> Evaluated {
        match (name, first, second) {
            ("matches", Value::String(text), Value::String(pattern)) => {
                let mut charge = |steps: usize| self.charge(id, steps).is_ok();
                match regex::matches(text, pattern, &mut charge) {
                    Ok(matches) => Ok(Value::Bool(matches)),
                    Err(message) => {
                        self.charge(id, 0)?;
                        self.fail(id, message)
                    }
                }
            }
            ("contains" | "startsWith" | "endsWith", Value::String(text), Value::String(part)) => {
                self.charge(id, (text.len() + part.len()) / 8)?;
                Ok(Value::Bool(match name {
                    "contains" => find(text, part).is_some(),
                    "startsWith" => text.starts_with(&**part),
                    _ => text.ends_with(&**part),
                }))
            }
            ("in_cidr", Value::IpAddress(address), Value::String(network)) => match address.is_in(network) {
                Some(is_in) => Ok(Value::Bool(is_in)),
                None => self.fail(id, format!("invalid CIDR string: `{network}`")),
            },
            ("isSubtreeOf", Value::Map(part), Value::Map(whole)) => Ok(Value::Bool(self.is_subtree(id, part, whole)?)),
            (_, Value::Timestamp(moment), Value::String(zone)) => match moment.in_zone(zone) {
                Some(moment) => self.part(id, name, moment),
                None => self.fail(id, format!("unknown time zone {zone}")),
            },
            _ => self.no_overload(id),
        }
    }

    fn size(&mut self, id: NodeId, value: &Value) -> Evaluated {
        let size = match value {
            Value::String(text) => {
                self.charge(id, text.len() / 8)?;
                text.chars().count()
            }
            Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => list.items().len(),
            Value::Map(map) => map.entries().len(),
            _ => return self.no_overload(id),
        };
        Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
    }

    fn part(&mut self, id: NodeId, name: &str, moment: Moment) -> Evaluated {
        let part = match name {
            "getFullYear" => Part::Year,
            "getMonth" => Part::Month,
            "getDayOfYear" => Part::DayOfYear,
            "getDayOfMonth" => Part::DayOfMonth,
            "getDate" => Part::Date,
            "getDayOfWeek" => Part::DayOfWeek,
            "getHours" => Part::Hours,
            "getMinutes" => Part::Minutes,
            "getSeconds" => Part::Seconds,
            "getMilliseconds" => Part::Milliseconds,
            _ => return self.no_overload(id),
        };
        Ok(Value::Int(moment.part(part)))
    }

    /// SpiceDB's `isSubtreeOf`: every entry is in the other map, maps in it likewise; numbers of different types differ.
    fn is_subtree(&mut self, id: NodeId, part: &Map, whole: &Map) -> Result<bool, Stop> {
        for (key, value) in part.entries() {
            self.charge_text(id, key)?;
            let holds = match (value, whole.find(key)) {
                (_, None) => false,
                (Value::Map(part), Some(Value::Map(whole))) => self.is_subtree(id, part, whole)?,
                (value, Some(other)) => value.type_name() == other.type_name() && self.is_equal(id, value, other)?,
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[inline(never)]
    fn conversion(&mut self, id: NodeId, name: &str, value: Value) -> Evaluated {
        if value.type_name().strip_prefix("google.protobuf.").unwrap_or(value.type_name()).eq_ignore_ascii_case(name) {
            return Ok(value);
        }
        self.charge_text(id, &value)?;
        match (name, &value) {
            // Decimals take work that grows with their length.
            ("double", Value::String(text)) => self.charge(id, STEPS_PER_DECIMAL + 8 * text.len())?,
            ("string", Value::Double(_) | Value::Duration(_)) => self.charge(id, STEPS_PER_DECIMAL)?,
            _ => {}
        }
        match (name, &value) {
            ("int", Value::Double(number)) => {
                // cel-go leaves out the bounds themselves, which are no longer exact.
                let limit = 9_223_372_036_854_775_808.0;
                let inside = double::truncate(*number).filter(|_| *number > -limit && *number < limit);
                self.or_overflow(id, inside.and_then(|number| i64::try_from(number).ok()).map(Value::Int), INT)
            }
            ("int", Value::Uint(number)) => self.or_overflow(id, i64::try_from(*number).ok().map(Value::Int), INT),
            ("int", Value::Duration(nanoseconds)) => Ok(Value::Int(*nanoseconds)),
            ("int", Value::Timestamp(moment)) => Ok(Value::Int(moment.seconds())),
            ("uint", Value::Double(number)) => {
                let inside = double::truncate(*number).filter(|_| *number >= 0.0);
                self.or_overflow(id, inside.and_then(|number| u64::try_from(number).ok()).map(Value::Uint), UINT)
            }
            ("uint", Value::Int(number)) => self.or_overflow(id, u64::try_from(*number).ok().map(Value::Uint), UINT),
            #[allow(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
            ("double", Value::Int(number)) => Ok(Value::Double(*number as f64)),
            #[allow(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
            ("double", Value::Uint(number)) => Ok(Value::Double(*number as f64)),
            ("timestamp", Value::Int(seconds)) => self.moment(id, Some(Moment::from_seconds(*seconds))),
            ("string", Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Value::string(text)),
                Err(_) => self.fail(id, "invalid UTF-8 in bytes, cannot convert to string"),
            },
            ("string", _) => match display(&value) {
                Some(text) => Ok(Value::String(text.into())),
                None => self.fail(id, format!("no such overload: string({})", value.type_name())),
            },
            (_, Value::String(text)) => match from_text(name, text) {
                Some(Value::Timestamp(moment)) => self.moment(id, Some(moment)),
                Some(value) => Ok(value),
                None => {
                    let wanted = match name {
                        "duration" => "google.protobuf.Duration",
                        "timestamp" => "google.protobuf.Timestamp",
                        name => name,
                    };
                    self.fail(id, format!("type conversion error from 'string' to '{wanted}'"))
                }
            },
            // cel-go declares this one and does not have it.
            ("duration", Value::Int(_)) => self.fail(id, "type conversion error from 'int' to 'google.protobuf.Duration'"),
            _ => self.fail(id, format!("no such overload: {name}({})", value.type_name())),
        }
    }
}

/// The text that `string` gives for a value.
pub(super) fn display(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => double::general(*value),
        Value::String(text) => text.to_string(),
        Value::Duration(nanoseconds) => time::duration_text(*nanoseconds),
        Value::Timestamp(moment) => moment.to_string(),
        _ => return None,
    })
}

/// What a text is the text of, as Go reads it.
fn from_text(name: &str, text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    Some(match name {
        "int" => Value::Int(text.parse().ok()?),
        "uint" if unsigned.len() == text.len() => Value::Uint(text.parse().ok()?),
        "double" => {
            let lower = unsigned.to_ascii_lowercase();
            let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
            match lower.as_str() {
                "inf" | "infinity" => Value::Double(sign * f64::INFINITY),
                "nan" if unsigned.len() == text.len() => Value::Double(f64::NAN),
                _ => Value::Double(Decimal::parse(text, false)?.to_double()).finite()?,
            }
        }
        "bool" => match text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Value::Bool(true),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Value::Bool(false),
            _ => return None,
        },
        "bytes" => Value::Bytes(text.as_bytes().into()),
        "duration" => Value::Duration(time::parse_duration(text)?),
        "timestamp" => Value::Timestamp(Moment::parse(text)?),
        _ => return None,
    })
}

impl Value {
    fn finite(self) -> Option<Self> {
        match self {
            Self::Double(value) if !value.is_finite() => None,
            other => Some(other),
        }
    }
}
