//! Which JSON values a parameter takes. Source of semantics: SpiceDB's converters in `pkg/caveats/types`.

use std::net::IpAddr;

use super::ParameterType;
use crate::model::{Timestamp, Value};

impl ParameterType {
    /// Checks that a value of a context can become a value of this type.
    ///
    /// # Errors
    /// What was found instead, for a message.
    pub fn accepts(&self, value: &Value) -> Result<(), String> {
        let fits = match (self, value) {
            (Self::Any, _) | (Self::Bool, Value::Bool(_)) | (Self::String, Value::String(_)) => true,
            (Self::Int, Value::Number(number)) => whole(*number, I64_LIMIT),
            (Self::Uint, Value::Number(number)) => *number >= 0.0 && whole(*number, I64_LIMIT * 2.0),
            (Self::Double, Value::Number(_)) => true,
            (Self::Int, Value::String(text)) => whole_text(text, i128::from(i64::MIN), i128::from(i64::MAX)),
            (Self::Uint, Value::String(text)) => whole_text(text, 0, i128::from(u64::MAX)),
            (Self::Double, Value::String(text)) => decimal(text).is_some(),
            (Self::Bytes, Value::String(text)) => is_base64(text),
            (Self::Duration, Value::String(text)) => is_duration(text),
            (Self::Timestamp, Value::String(text)) => is_timestamp(text),
            (Self::IpAddress, Value::String(text)) => text.split('%').next().is_some_and(|address| address.parse::<IpAddr>().is_ok()),
            (Self::List(element), Value::List(items)) => return items.iter().try_for_each(|item| element.accepts(item)),
            (Self::Map(element), Value::Object(fields)) => return fields.values().try_for_each(|field| element.accepts(field)),
            (
                Self::Bool
                | Self::String
                | Self::Int
                | Self::Uint
                | Self::Double
                | Self::Bytes
                | Self::Duration
                | Self::Timestamp
                | Self::IpAddress
                | Self::List(_)
                | Self::Map(_),
                _,
            ) => false,
        };
        if fits { Ok(()) } else { Err(format!("`{value}` is not one")) }
    }
}

/// 2^63, the first whole number that is not an `int`.
const I64_LIMIT: f64 = 9_223_372_036_854_775_808.0;

fn whole(number: f64, limit: f64) -> bool {
    number.fract() == 0.0 && number >= -I64_LIMIT && number < limit
}

/// A decimal number as Go reads it: digits with an optional sign, fraction and exponent.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

fn whole_text(text: &str, least: i128, greatest: i128) -> bool {
    match text.parse::<i128>() {
        Ok(number) => (least..=greatest).contains(&number),
        Err(_) => decimal(text).is_some_and(|number| whole(number, I64_LIMIT) && (least < 0 || number >= 0.0)),
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len() % 4 == 0 && text.len() - digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// Go's form of a span of time: a sign, then numbers with units, such as `-1h30m` or `1.5s`; or `0`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number_end = rest.find(|found: char| !found.is_ascii_digit() && found != '.').unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(number_end).unwrap_or_default();
        let unit_end = unit.find(|found: char| found.is_ascii_digit() || found == '.').unwrap_or(unit.len());
        let (unit, after) = unit.split_at_checked(unit_end).unwrap_or_default();
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return false,
        };
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 || number.len() - digits > 1 {
            return false;
        }
        seconds += scale * format!("0{number}0").parse::<f64>().unwrap_or(f64::INFINITY);
        rest = after;
    }
    // Go counts nanoseconds in 64 bits.
    !text.is_empty() && seconds > 0.0 - f64::EPSILON && seconds <= I64_LIMIT * 1e-9
}

/// RFC 3339, in any zone.
fn is_timestamp(text: &str) -> bool {
    let zone = text.len().checked_sub(6).and_then(|place| text.split_at_checked(place));
    let utc = match zone {
        Some((moment, zone)) if is_offset(zone) => format!("{moment}Z"),
        _ => text.to_owned(),
    };
    Timestamp::parse(&utc).is_some()
}

fn is_offset(zone: &str) -> bool {
    let two = |text: Option<&str>, limit: u32| text.and_then(|text| text.parse().ok()).is_some_and(|number: u32| number < limit);
    zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":") && two(zone.get(1..3), 24) && two(zone.get(4..6), 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(kind: &ParameterType, json: &str) -> bool {
        let context = Value::parse_object(&format!("{{\"v\":{json}}}")).unwrap();
        kind.accepts(&context["v"]).is_ok()
    }

    #[test]
    fn follows_spicedbs_converters() {
        let list = ParameterType::List(Box::new(ParameterType::Int));
        let map = ParameterType::Map(Box::new(ParameterType::Bool));
        let good = [
            (&ParameterType::Any, "null"), (&ParameterType::Int, "4"), (&ParameterType::Int, "\"-4\""), (&ParameterType::Uint, "4.0"), (&ParameterType::Double, "\"1e3\""), (&ParameterType::Bytes, "\"aGk=\""),
            (&ParameterType::Duration, "\"1h30m\""), (&ParameterType::Duration, "\"-1.5s\""), (&ParameterType::Duration, "\"0\""), (&ParameterType::Timestamp, "\"2023-01-01T00:00:00+01:00\""),
            (&ParameterType::IpAddress, "\"::1\""), (&list, "[1,\"2\"]"), (&map, "{\"a\":true}"),
        ];
        for (kind, json) in good {
            assert!(accepts(kind, json), "{kind} {json}");
        }
        let bad = [
            (&ParameterType::Bool, "\"true\""), (&ParameterType::String, "1"), (&ParameterType::Int, "1.5"), (&ParameterType::Int, "\"x\""), (&ParameterType::Uint, "-1"), (&ParameterType::Uint, "\"-1\""), (&ParameterType::Int, "9223372036854775808"), (&ParameterType::Bytes, "\"a\""),
            (&ParameterType::Duration, "\"1\""), (&ParameterType::Duration, "\"\""), (&ParameterType::Duration, "\"1d\""), (&ParameterType::Timestamp, "\"yesterday\""), (&ParameterType::IpAddress, "\"1.2.3\""), (&list, "[true]"), (&map, "[]"), (&ParameterType::Bool, "null"),
        ];
        for (kind, json) in bad {
            assert!(!accepts(kind, json), "{kind} {json}");
        }
    }
}
