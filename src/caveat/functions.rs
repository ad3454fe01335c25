//! The functions and operators of CEL on values (CEL specification, "List of Standard Definitions"; messages are those of cel-go).

use std::cmp::Ordering;
use std::sync::Arc;

use super::ast::{EntryList, Key, NodeId};
use super::double::{self, Decimal};
use super::evaluate::{Evaluated, Evaluator, Stop};
use super::time::{self, Moment, Part};
use super::value::{Map, compare_numbers};
use super::{Operator, Resolution, Value, convert, regex};

const INT: &str = "integer overflow";
const UINT: &str = "unsigned integer overflow";
const TIMESTAMP: &str = "timestamp overflow";

/// How many steps an element counts for that is copied: a list must not fill memory before the steps run out.
const STEPS_PER_COPY: usize = 2;

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, id: NodeId, operator: Operator, operand: &Value) -> Evaluated {
        match (operator, operand) {
            (Operator::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
            (Operator::Negate, Value::Int(value)) => self.or_overflow(id, value.checked_neg().map(Value::Int), INT),
            (Operator::Negate, Value::Duration(value)) => self.or_overflow(id, value.checked_neg().map(Value::Duration), INT),
            (Operator::Negate, Value::Double(value)) => Ok(Value::Double(-value)),
            _ => self.no_overload(id),
        }
    }

    fn or_overflow(&self, id: NodeId, value: Option<Value>, message: &str) -> Evaluated {
        match value {
            Some(value) => Ok(value),
            None => self.fail(id, message),
        }
    }

    /// A moment that was worked out must be in the years 1 to 9999.
    fn moment(&self, id: NodeId, moment: Option<Moment>) -> Evaluated {
        let moment = moment.filter(|moment| moment.is_in_range());
        self.or_overflow(id, moment.map(Value::Timestamp), TIMESTAMP)
    }

    #[inline(never)]
    pub(super) fn binary(&mut self, id: NodeId, operator: Operator, left: &Value, right: &Value) -> Evaluated {
        match operator {
            Operator::Equal => Ok(Value::Bool(self.is_equal(id, left, right)?)),
            Operator::NotEqual => Ok(Value::Bool(!self.is_equal(id, left, right)?)),
            Operator::Less => self.order(id, left, right, Ordering::is_lt),
            Operator::LessOrEqual => self.order(id, left, right, Ordering::is_le),
            Operator::Greater => self.order(id, left, right, Ordering::is_gt),
            Operator::GreaterOrEqual => self.order(id, left, right, Ordering::is_ge),
            Operator::In => self.is_in(id, left, right),
            Operator::Add => self.add(id, left, right),
            Operator::Subtract => self.subtract(id, left, right),
            Operator::Multiply | Operator::Divide | Operator::Modulo => self.scale(id, operator, left, right),
            Operator::Conditional
            | Operator::Or
            | Operator::And
            | Operator::Not
            | Operator::Negate
            | Operator::Index
            | Operator::OptionalIndex => self.no_overload(id),
        }
    }

    /// Whether two values are equal; numbers of different types are when they are the same number. Bounded by the depth of values.
    pub(super) fn is_equal(&mut self, id: NodeId, left: &Value, right: &Value) -> Result<bool, Stop> {
        self.charge(id, 1)?;
        Ok(match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Null, _) | (_, Value::Null) => false,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::String(left), Value::String(right)) => {
                self.charge(id, if left.len() == right.len() { left.len() / 8 } else { 0 })?;
                left == right
            }
            (Value::Bytes(left), Value::Bytes(right)) => {
                self.charge(id, if left.len() == right.len() { left.len() / 8 } else { 0 })?;
                left == right
            }
            (Value::Duration(left), Value::Duration(right)) => left == right,
            (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
            (Value::Type(left), Value::Type(right)) => left == right,
            (Value::IpAddress(left), Value::IpAddress(right)) => left == right,
            // In SpiceDB an address cannot be compared with anything else, from its side **(quirk)**.
            (Value::IpAddress(_), _) => return self.no_overload(id),
            (Value::List(left), Value::List(right)) | (Value::Optional(left), Value::Optional(right)) => {
                if left.items().len() != right.items().len() {
                    return Ok(false);
                }
                for (left, right) in left.items().iter().zip(right.items()) {
                    if !self.is_equal(id, left, right)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Map(left), Value::Map(right)) => self.is_equal_map(id, left, right)?,
            (Value::Message(left_name, left), Value::Message(right_name, right)) => {
                left_name == right_name && self.is_equal_map(id, left, right)?
            }
            (left, right) => compare_numbers(left, right).is_some_and(Ordering::is_eq),
        })
    }

    fn is_equal_map(&mut self, id: NodeId, left: &Map, right: &Map) -> Result<bool, Stop> {
        if left.entries().len() != right.entries().len() {
            return Ok(false);
        }
        for (key, value) in left.entries() {
            self.charge_text(id, key)?;
            let Some(other) = right.find(key) else { return Ok(false) };
            if !self.is_equal(id, value, other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn order(&mut self, id: NodeId, left: &Value, right: &Value, wanted: fn(Ordering) -> bool) -> Evaluated {
        self.charge_text(id, left)?;
        let order = match (left, right) {
            (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            (Value::Bytes(left), Value::Bytes(right)) => Some(left.cmp(right)),
            (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
            (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.since_1970().cmp(&right.since_1970())),
            (Value::Int(_) | Value::Uint(_) | Value::Double(_), Value::Int(_) | Value::Uint(_) | Value::Double(_)) => {
                compare_numbers(left, right)
            }
            _ => return self.no_overload(id),
        };
        // Whatever is not a number is in no order to anything.
        Ok(Value::Bool(order.is_some_and(wanted)))
    }

    fn is_in(&mut self, id: NodeId, element: &Value, container: &Value) -> Evaluated {
        match container {
            Value::List(list) => {
                for item in list.items() {
                    // An address is not equal to what it cannot be compared with.
                    let comparable = !matches!(element, Value::IpAddress(_)) || matches!(item, Value::IpAddress(_));
                    if comparable && self.is_equal(id, element, item)? {
                        return Ok(Value::Bool(true));
                    }
                }
                Ok(Value::Bool(false))
            }
            Value::Map(map) => {
                self.charge_text(id, element)?;
                Ok(Value::Bool(map.find(element).is_some()))
            }
            _ => self.no_overload(id),
        }
    }

    fn add(&mut self, id: NodeId, left: &Value, right: &Value) -> Evaluated {
        match (left, right) {
            (Value::Int(left), Value::Int(right)) => self.or_overflow(id, left.checked_add(*right).map(Value::Int), INT),
            (Value::Uint(left), Value::Uint(right)) => self.or_overflow(id, left.checked_add(*right).map(Value::Uint), UINT),
            (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left + right)),
            (Value::Duration(left), Value::Duration(right)) => {
                self.or_overflow(id, left.checked_add(*right).map(Value::Duration), INT)
            }
            (Value::Timestamp(moment), Value::Duration(span)) | (Value::Duration(span), Value::Timestamp(moment)) => {
                self.moment(id, moment.plus(i128::from(*span)))
            }
            (Value::String(left), Value::String(right)) => {
                self.charge(id, (left.len() + right.len()) / 8)?;
                Ok(Value::String([&**left, &**right].concat().into()))
            }
            (Value::Bytes(left), Value::Bytes(right)) => {
                self.charge(id, (left.len() + right.len()) / 8)?;
                Ok(Value::Bytes([&**left, &**right].concat().into()))
            }
            (Value::List(left), Value::List(right)) => {
                self.charge(id, (left.items().len() + right.items().len()) * STEPS_PER_COPY)?;
                self.new_list(id, [left.items(), right.items()].concat())
            }
            _ => self.no_overload(id),
        }
    }

    fn subtract(&mut self, id: NodeId, left: &Value, right: &Value) -> Evaluated {
        match (left, right) {
            (Value::Int(left), Value::Int(right)) => self.or_overflow(id, left.checked_sub(*right).map(Value::Int), INT),
            (Value::Uint(left), Value::Uint(right)) => self.or_overflow(id, left.checked_sub(*right).map(Value::Uint), UINT),
            (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left - right)),
            (Value::Duration(left), Value::Duration(right)) => {
                self.or_overflow(id, left.checked_sub(*right).map(Value::Duration), INT)
            }
            (Value::Timestamp(moment), Value::Duration(span)) => self.moment(id, moment.plus(-i128::from(*span))),
            (Value::Timestamp(left), Value::Timestamp(right)) => {
                let span = i64::try_from(left.since_1970() - right.since_1970()).ok();
                self.or_overflow(id, span.map(Value::Duration), INT)
            }
            _ => self.no_overload(id),
        }
    }

    /// `*`, `/` and `%`.
    fn scale(&mut self, id: NodeId, operator: Operator, left: &Value, right: &Value) -> Evaluated {
        let is_zero = matches!(right, Value::Int(0) | Value::Uint(0)) && left.type_name() == right.type_name();
        match (operator, left, right) {
            (Operator::Divide, _, _) if is_zero => self.fail(id, "division by zero"),
            (Operator::Modulo, _, _) if is_zero => self.fail(id, "modulus by zero"),
            (_, Value::Int(left), Value::Int(right)) => {
                let result = match operator {
                    Operator::Multiply => left.checked_mul(*right),
                    Operator::Divide => left.checked_div(*right),
                    _ => left.checked_rem(*right),
                };
                self.or_overflow(id, result.map(Value::Int), INT)
            }
            (_, Value::Uint(left), Value::Uint(right)) => {
                let result = match operator {
                    Operator::Multiply => left.checked_mul(*right),
                    Operator::Divide => left.checked_div(*right),
                    _ => left.checked_rem(*right),
                };
                self.or_overflow(id, result.map(Value::Uint), UINT)
            }
            (Operator::Multiply, Value::Double(left), Value::Double(right)) => Ok(Value::Double(left * right)),
            (Operator::Divide, Value::Double(left), Value::Double(right)) => Ok(Value::Double(left / right)),
            _ => self.no_overload(id),
        }
    }

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
                    "contains" => text.contains(&**part),
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
        let made = match name.strip_prefix("google.protobuf.").unwrap_or(name) {
            "BoolValue" => Some(take("value").unwrap_or(Value::Bool(false))),
            "BytesValue" => Some(take("value").unwrap_or(Value::Bytes(Arc::new([])))),
            "StringValue" => Some(take("value").unwrap_or(Value::string(""))),
            "DoubleValue" => Some(take("value").unwrap_or(Value::Double(0.0))),
            "FloatValue" => match take("value").unwrap_or(Value::Double(0.0)) {
                #[allow(clippy::cast_possible_truncation, reason = "a field of 32 bits rounds")]
                Value::Double(number) => Some(Value::Double(f64::from(number as f32))),
                _ => None,
            },
            "Int64Value" => Some(take("value").unwrap_or(Value::Int(0))),
            "UInt64Value" => Some(take("value").unwrap_or(Value::Uint(0))),
            "Int32Value" => match take("value").unwrap_or(Value::Int(0)) {
                Value::Int(number) if i32::try_from(number).is_ok() => Some(Value::Int(number)),
                _ => return self.fail(id, INT),
            },
            "UInt32Value" => match take("value").unwrap_or(Value::Uint(0)) {
                Value::Uint(number) if u32::try_from(number).is_ok() => Some(Value::Uint(number)),
                _ => return self.fail(id, UINT),
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
            Value::Bytes(bytes) => Ok(Value::String(convert::base64(bytes).into())),
            Value::Int(_) | Value::Uint(_) | Value::Duration(_) | Value::Timestamp(_) => {
                Ok(Value::String(display(value).unwrap_or_default().into()))
            }
            Value::List(list) => {
                let items = list.items().iter().map(|item| self.json(id, item)).collect::<Result<_, _>>()?;
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

/// The text that `string` gives for a value.
fn display(value: &Value) -> Option<String> {
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
