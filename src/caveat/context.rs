//! Which JSON values a parameter takes. Source of semantics: SpiceDB's converters in `pkg/caveats/types`.

use std::net::IpAddr;

use super::ParameterType;
use crate::model::{Number, Timestamp, Value};

impl ParameterType {
    /// Checks that a value of a context can become a value of this type.
    ///
    /// # Errors
    /// What was found instead, for a message.
    pub fn accepts(&self, value: &Value) -> Result<(), String> {
        let fits = match (self, value) {
            (Self::Any, _) | (Self::Bool, Value::Bool(_)) | (Self::String, Value::String(_)) => true,
            (Self::Int, Value::Number(number)) => is_int(number),
            (Self::Uint, Value::Number(number)) => is_uint(number),
            (Self::Double, Value::Number(_)) => true,
            (Self::Int, Value::String(text)) => Number::parse(text).is_some_and(|number| is_int(&number)),
            (Self::Uint, Value::String(text)) => Number::parse(text).is_some_and(|number| is_uint(&number)),
            (Self::Double, Value::String(text)) => Number::parse(text).is_some_and(|number| number.fits_double()),
            (Self::Bytes, Value::String(text)) => is_base64(text),
            (Self::Duration, Value::String(text)) => is_duration(text),
            (Self::Timestamp, Value::String(text)) => is_timestamp(text),
            (Self::IpAddress, Value::String(text)) => {
                text.split('%').next().is_some_and(|address| address.parse::<IpAddr>().is_ok())
            }
            (Self::List(element), Value::List(items)) => return items.iter().try_for_each(|item| element.accepts(item)),
            (Self::Map(element), Value::Object(fields)) => {
                return fields.iter().try_for_each(|(_, field)| element.accepts(field));
            }
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

fn is_int(number: &Number) -> bool {
    number.whole().is_some_and(|whole| i64::try_from(whole).is_ok())
}

fn is_uint(number: &Number) -> bool {
    number.whole().is_some_and(|whole| u64::try_from(whole).is_ok())
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// Go's form of a span of time: a sign, then numbers with units, such as `-1h30m` or `1.5s`; or `0`. Go counts nanoseconds
/// in 64 bits.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut total = 0_u128;
    while !rest.is_empty() {
        let number_end = rest.find(|found: char| !found.is_ascii_digit() && found != '.').unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(number_end).unwrap_or_default();
        let unit_end = unit.find(|found: char| found.is_ascii_digit() || found == '.').unwrap_or(unit.len());
        let (unit, after) = unit.split_at_checked(unit_end).unwrap_or_default();
        let scale: u128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return false,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let well_formed = whole.len() + fraction.len() > 0 && !fraction.contains('.');
        // What a fraction adds is less than one unit, and only the whole part can be out of range.
        let whole = if whole.is_empty() { Some(0) } else { whole.parse::<u64>().ok() };
        match whole.filter(|_| well_formed) {
            Some(whole) => total = total.saturating_add(u128::from(whole) * scale),
            None => return false,
        }
        rest = after;
    }
    !text.is_empty() && !text.ends_with(['+', '-']) && total <= 1 << 63
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
            (&ParameterType::Int, "9223372036854775808"),
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
