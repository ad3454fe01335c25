//! Contexts into values. Source of semantics: SpiceDB's converters in `pkg/caveats/types`.

use std::sync::Arc;

use super::double::{Decimal, Extended};
use super::ip_address::IpAddress;
use super::time::{self, Moment};
use super::value::{List, Map};
use super::{ParameterType, Value};
use crate::model;
use crate::text::{Listed, base64};

impl ParameterType {
    /// The value of this type that a value of a context stands for.
    ///
    /// As in SpiceDB, an `int` out of range becomes the nearest that is in it **(quirk)**, and a number in JSON is the nearest
    /// double before it is anything else; whole numbers that a double cannot hold are written as strings.
    ///
    /// # Errors
    /// What was found instead, for a message.
    pub fn convert(&self, value: &model::Value) -> Result<Value, String> {
        let small = if let model::Value::Number(number) = value { number.small() } else { None };
        let converted = match (self, value) {
            (Self::Int, _) if small.is_some() => small.map(Value::Int),
            (Self::Any, _) => Some(any(value)),
            (Self::Bool, model::Value::Bool(value)) => Some(Value::Bool(*value)),
            (Self::String, model::Value::String(text)) => Some(Value::string(text)),
            (Self::Int, _) => number(value).and_then(|number| number.to_int()).map(Value::Int),
            (Self::Uint, _) => {
                let int = number(value).and_then(|number| number.to_int());
                int.and_then(|int| u64::try_from(int).ok()).map(Value::Uint)
            }
            (Self::Double, model::Value::String(text)) if is_infinity(text) => {
                Some(Value::Double(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }))
            }
            (Self::Double, _) => number(value).map(|number| Value::Double(number.to_double())),
            (Self::Bytes, model::Value::String(text)) => base64::read(text).map(|bytes| Value::Bytes(bytes.into())),
            (Self::Duration, model::Value::String(text)) => time::parse_duration(text).map(Value::Duration),
            (Self::Timestamp, model::Value::String(text)) => Moment::parse(text).map(Value::Timestamp),
            (Self::IpAddress, model::Value::String(text)) => {
                IpAddress::parse(text).map(|address| Value::IpAddress(Arc::new(address)))
            }
            (Self::List(element), model::Value::List(items)) => {
                Some(list(items.iter().map(|item| element.convert(item)).listed_or()?))
            }
            (Self::Map(element), model::Value::Object(fields)) => {
                let entry =
                    |(key, field): &(String, model::Value)| Ok::<_, String>((Value::string(key), element.convert(field)?));
                Some(map(fields.iter().map(entry).listed_or()?))
            }
            (
                Self::Bool
                | Self::String
                | Self::Bytes
                | Self::Duration
                | Self::Timestamp
                | Self::IpAddress
                | Self::List(_)
                | Self::Map(_),
                _,
            ) => None,
        };
        converted.ok_or_else(|| format!("`{value}` is not one"))
    }

    /// Checks that a value of a context can become a value of this type.
    ///
    /// # Errors
    /// What was found instead, for a message.
    pub fn accepts(&self, value: &model::Value) -> Result<(), String> {
        self.convert(value).map(|_| ())
    }
}

// INVARIANT: contexts nest at most `MAX_JSON_DEPTH` deep, far less than values may.
fn list(items: Vec<Value>) -> Value {
    Value::List(Arc::new(List::new(items).unwrap_or_default()))
}

fn map(entries: Vec<(Value, Value)>) -> Value {
    Value::Map(Arc::new(Map::new(entries).unwrap_or_default()))
}

fn any(value: &model::Value) -> Value {
    match value {
        model::Value::Null => Value::Null,
        model::Value::Bool(value) => Value::Bool(*value),
        model::Value::Number(number) => Value::Double(double(number)),
        model::Value::String(text) => Value::string(text),
        model::Value::List(items) => list(items.iter().map(any).listed()),
        model::Value::Object(fields) => map(fields.iter().map(|(key, field)| (Value::string(key), any(field))).listed()),
    }
}

fn double(number: &model::Number) -> f64 {
    if let Some(small) = number.small() {
        // Exact: every small number is a double.
        return small as f64;
    }
    Decimal::parse(&number.to_string(), false).map_or(f64::NAN, |decimal| decimal.to_double())
}

fn number(value: &model::Value) -> Option<Extended> {
    match value {
        model::Value::Number(number) => Some(Extended::from_double(double(number))),
        model::Value::String(text) => Decimal::parse(text, true).map(|decimal| decimal.to_extended()),
        model::Value::Null | model::Value::Bool(_) | model::Value::List(_) | model::Value::Object(_) => None,
    }
}

fn is_infinity(text: &str) -> bool {
    matches!(text.strip_prefix(['+', '-']).unwrap_or(text), "Inf" | "inf")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(kind: &ParameterType, json: &str) -> bool {
        let context = model::Value::parse_object(&format!("{{\"v\":{json}}}")).unwrap();
        kind.accepts(&context[0].1).is_ok()
    }

    #[test]
    fn follows_spicedbs_converters() {
        let list = ParameterType::List(Box::new(ParameterType::Int));
        let map = ParameterType::Map(Box::new(ParameterType::Bool));
        let good = [
            (&ParameterType::Any, "null"),
            (&ParameterType::Int, "4"),
            (&ParameterType::Int, "\"-4\""),
            (&ParameterType::Int, "9223372036854775808"),
            (&ParameterType::Uint, "4.0"),
            (&ParameterType::Double, "\"1e3\""),
            (&ParameterType::Bytes, "\"aGk=\""),
            (&ParameterType::Duration, "\"1h30m\""),
            (&ParameterType::Duration, "\"-1.5s\""),
            (&ParameterType::Duration, "\"0\""),
            (&ParameterType::Timestamp, "\"2023-01-01T00:00:00+01:00\""),
            (&ParameterType::IpAddress, "\"::1\""),
            (&list, "[1,\"2\"]"),
            (&map, "{\"a\":true}"),
        ];
        for (kind, json) in good {
            assert!(accepts(kind, json), "{kind} {json}");
        }
        let bad = [
            (&ParameterType::Bool, "\"true\""),
            (&ParameterType::String, "1"),
            (&ParameterType::Int, "1.5"),
            (&ParameterType::Int, "\"x\""),
            (&ParameterType::Uint, "-1"),
            (&ParameterType::Uint, "\"-1\""),
            (&ParameterType::Bytes, "\"a\""),
            (&ParameterType::Duration, "\"1\""),
            (&ParameterType::Duration, "\"\""),
            (&ParameterType::Duration, "\"1d\""),
            (&ParameterType::Timestamp, "\"yesterday\""),
            (&ParameterType::IpAddress, "\"1.2.3\""),
            (&list, "[true]"),
            (&map, "[]"),
            (&ParameterType::Bool, "null"),
        ];
        for (kind, json) in bad {
            assert!(!accepts(kind, json), "{kind} {json}");
        }
    }
}
