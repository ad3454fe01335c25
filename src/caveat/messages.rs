//! The messages of Protocol Buffers that can be written out, as the values that CEL makes of them.

use std::sync::Arc;

use super::ast::{EntryList, Key, NodeId};
use super::evaluate::{Evaluated, Evaluator};
use super::functions::{INT, TIMESTAMP, UINT, display};
use super::time::Moment;
use super::{Resolution, Value};
use crate::text::{Listed, base64};

impl Evaluator<'_> {
    /// A message, by the fields that are set; of a field given twice, the last counts.
    #[inline(never)]
    pub(super) fn message(&mut self, id: NodeId, fields: EntryList) -> Evaluated {
        let Resolution::Type(name) = self.expression.resolution(id) else { return self.no_overload(id) };
        let mut given: Vec<(&str, Value)> = Vec::new();
        for entry in self.expression.tree().entries(fields) {
            let Key::Field(field) = entry.key else { continue };
            let field = field.of(self.expression.source());
            let value = self.evaluate(entry.value)?;
            let value = if entry.optional { self.unwrap_entry(entry.value, &value)? } else { Some(value) };
            self.charge(id, given.len())?;
            given.retain(|(known, _)| *known != field);
            given.extend(value.map(|value| (field, value)));
        }
        let mut take = |field: &str| {
            let place = given.iter().position(|(known, _)| *known == field);
            place.map(|place| given.swap_remove(place).1)
        };
        let whole = |field: Option<Value>| match field {
            Some(Value::Int(number)) => Some(number),
            None => Some(0),
            Some(_) => None,
        };
        let scalar = |field: Option<Value>, default: Value| match field {
            Some(value) => (value.type_name() == default.type_name()).then_some(value),
            None => Some(default),
        };
        let made = match name.strip_prefix("google.protobuf.").unwrap_or(name) {
            "BoolValue" => scalar(take("value"), Value::Bool(false)),
            "BytesValue" => scalar(take("value"), Value::Bytes(Arc::new([]))),
            "StringValue" => scalar(take("value"), Value::string("")),
            "DoubleValue" => scalar(take("value"), Value::Double(0.0)),
            "Int64Value" => scalar(take("value"), Value::Int(0)),
            "UInt64Value" => scalar(take("value"), Value::Uint(0)),
            "FloatValue" => match take("value").unwrap_or(Value::Double(0.0)) {
                #[allow(clippy::cast_possible_truncation, reason = "a field of 32 bits rounds")]
                Value::Double(number) => Some(Value::Double(f64::from(number as f32))),
                _ => None,
            },
            "Int32Value" => match take("value").unwrap_or(Value::Int(0)) {
                Value::Int(number) if i32::try_from(number).is_ok() => Some(Value::Int(number)),
                Value::Int(_) => return self.fail(id, INT),
                _ => None,
            },
            "UInt32Value" => match take("value").unwrap_or(Value::Uint(0)) {
                Value::Uint(number) if u32::try_from(number).is_ok() => Some(Value::Uint(number)),
                Value::Uint(_) => return self.fail(id, UINT),
                _ => None,
            },
            "Duration" => match (whole(take("seconds")), whole(take("nanos"))) {
                (Some(seconds), Some(nanos)) => {
                    // Too long a span becomes the longest.
                    let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
                    let longest = if total < 0 { i64::MIN } else { i64::MAX };
                    Some(Value::Duration(i64::try_from(total).unwrap_or(longest)))
                }
                _ => None,
            },
            "Timestamp" => match (whole(take("seconds")), whole(take("nanos"))) {
                (Some(seconds), Some(nanos)) => {
                    let moment = Moment::from_seconds(0).plus(i128::from(seconds) * 1_000_000_000 + i128::from(nanos));
                    return self.or_overflow(id, moment.map(Value::Timestamp), TIMESTAMP);
                }
                _ => None,
            },
            "Struct" => match take("fields") {
                Some(fields) => Some(self.json(id, &fields)?),
                None => Some(Value::Map(Arc::default())),
            },
            "ListValue" => match take("values") {
                Some(values) => Some(self.json(id, &values)?),
                None => Some(Value::List(Arc::default())),
            },
            "Value" => match given.pop() {
                None | Some(("null_value", _)) => Some(Value::Null),
                Some((_, value)) => Some(self.json(id, &value)?),
            },
            "Empty" => Some(Value::Message(name, Arc::default())),
            "Struct.FieldsEntry" => {
                let key = take("key").unwrap_or(Value::string(""));
                let value = match take("value") {
                    Some(value) => self.json(id, &value)?,
                    None => Value::Null,
                };
                match self.new_map(id, vec![(Value::string("key"), key), (Value::string("value"), value)])? {
                    Value::Map(map) => Some(Value::Message(name, map)),
                    _ => None,
                }
            }
            _ => return self.fail(id, format!("messages of type {name} cannot be evaluated")),
        };
        match made {
            Some(value) => Ok(value),
            None => self.fail(id, format!("field type conversion error for {name}")),
        }
    }

    /// The value as JSON has it, which is what a `Struct` holds: numbers become doubles, or text if a double is not exact.
    #[allow(clippy::cast_precision_loss, reason = "only numbers that a double holds")]
    fn json(&mut self, id: NodeId, value: &Value) -> Evaluated {
        const SAFE: u64 = (1 << 53) - 1;
        self.charge(id, 1)?;
        self.charge_text(id, value)?;
        match value {
            Value::Null | Value::Bool(_) | Value::Double(_) | Value::String(_) => Ok(value.clone()),
            Value::Int(number) if number.unsigned_abs() <= SAFE => Ok(Value::Double(*number as f64)),
            Value::Uint(number) if *number <= SAFE => Ok(Value::Double(*number as f64)),
            Value::Bytes(bytes) => Ok(Value::String(base64::write(bytes).into())),
            Value::Int(_) | Value::Uint(_) | Value::Duration(_) | Value::Timestamp(_) => {
                Ok(Value::String(display(value).unwrap_or_default().into()))
            }
            Value::List(list) => {
                let items = list.items().iter().map(|item| self.json(id, item)).listed_or()?;
                self.new_list(id, items)
            }
            Value::Map(map) => {
                let mut entries = Vec::new();
                for (key, value) in map.entries() {
                    let Some(key) = display(key) else { return self.no_overload(id) };
                    entries.push((Value::String(key.into()), self.json(id, value)?));
                }
                self.new_map(id, entries)
            }
            Value::IpAddress(_) | Value::Type(_) | Value::Optional(_) | Value::Message(..) => {
                self.fail(id, format!("type conversion not supported for '{}'", value.type_name()))
            }
        }
    }
}
