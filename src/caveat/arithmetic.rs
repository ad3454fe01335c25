//! Operators on values: arithmetic, comparison, `in`.

use std::cmp::Ordering;

use super::ast::NodeId;
use super::evaluate::{Evaluated, Evaluator, Stop};
use super::functions::{INT, STEPS_PER_COPY, TIMESTAMP, UINT};
use super::time::Moment;
use super::value::{Map, compare_numbers};
use super::{Operator, Value};

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

    pub(super) fn or_overflow(&self, id: NodeId, value: Option<Value>, message: &str) -> Evaluated {
        match value {
            Some(value) => Ok(value),
            None => self.fail(id, message),
        }
    }

    /// A moment that was worked out must be in the years 1 to 9999.
    pub(super) fn moment(&self, id: NodeId, moment: Option<Moment>) -> Evaluated {
        let moment = moment.filter(|moment| moment.is_in_range());
        self.or_overflow(id, moment.map(Value::Timestamp), TIMESTAMP)
    }

    #[inline(never)]
    pub(super) fn binary(&mut self, id: NodeId, operator: Operator, left: &Value, right: &Value) -> Evaluated {
        match operator {
            Operator::Equal => Ok(Value::Bool(self.is_equal(id, left, right)?)),
            // What cannot be compared is not equal **(quirk)**.
            Operator::NotEqual if matches!(left, Value::IpAddress(_)) && !matches!(right, Value::IpAddress(_)) => {
                Ok(Value::Bool(true))
            }
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
}
