use std::cmp::Ordering;
use std::sync::Arc;

use super::ip_address::IpAddress;
use super::time::Moment;
use crate::text::sort_by;

/// A value of CEL while an expression is evaluated. Cheap to clone: what is large is shared.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    String(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Values in order.
    List(Arc<List>),
    /// Values under keys.
    Map(Arc<Map>),
    /// A span of time, in nanoseconds.
    Duration(i64),
    /// A moment.
    Timestamp(Moment),
    /// An IP address.
    IpAddress(Arc<IpAddress>),
    /// A type, by its name.
    Type(&'static str),
    /// An optional value; a list of none or one, so that its depth is known.
    Optional(Arc<List>),
    /// A message that CEL has no type of its own for: its name, and its fields in a map.
    Message(&'static str, Arc<Map>),
}

/// How deep values may hold values. Dropping and comparing them recurses; an expression of the largest depth over a context of
/// the largest depth stays below.
pub(super) const MAX_VALUE_DEPTH: u16 = 1_000;

/// The elements of a list.
#[derive(Debug, Default)]
pub struct List {
    items: Vec<Value>,
    depth: u16,
}

/// The entries of a map, ordered by key, so that whatever walks over them has one order.
#[derive(Debug, Default)]
pub struct Map {
    entries: Vec<(Value, Value)>,
    depth: u16,
}

impl List {
    /// Nothing if the values nest too deep.
    pub(super) fn new(items: Vec<Value>) -> Option<Self> {
        let depth = items.iter().map(Value::depth).max().unwrap_or(0) + 1;
        (depth <= MAX_VALUE_DEPTH).then_some(Self { items, depth })
    }

    /// The elements.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Map {
    /// Of entries with equal keys, the last counts. Nothing if the values nest too deep.
    pub(super) fn new(mut entries: Vec<(Value, Value)>) -> Option<Self> {
        entries.reverse();
        sort_by(&mut entries, |(left, _), (right, _)| key_order(left, right));
        entries.dedup_by(|(left, _), (right, _)| key_order(left, right).is_eq());
        let depth = entries.iter().map(|(_, value)| value.depth()).max().unwrap_or(0) + 1;
        (depth <= MAX_VALUE_DEPTH).then_some(Self { entries, depth })
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }

    fn exact(&self, key: &Value) -> Option<&Value> {
        let place = self.entries.binary_search_by(|(known, _)| key_order(known, key)).ok()?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// The value under a key, where whole numbers of different types are one key (cel-go, `common/types/map.go`).
    #[must_use]
    pub fn find(&self, key: &Value) -> Option<&Value> {
        let int_of = |number: u64| i64::try_from(number).ok().map(Value::Int);
        let uint_of = |number: i64| u64::try_from(number).ok().map(Value::Uint);
        let [first, second] = match key {
            Value::Int(number) => [uint_of(*number), None],
            Value::Uint(number) => [int_of(*number), None],
            Value::Double(number) => {
                let whole = super::double::whole(*number);
                let int = whole.and_then(|whole| i64::try_from(whole).ok()).map(Value::Int);
                [int, whole.and_then(|whole| u64::try_from(whole).ok()).map(Value::Uint)]
            }
            _ => [None, None],
        };
        let other = |key: Option<Value>| key.and_then(|key| self.exact(&key));
        self.exact(key).or_else(|| other(first)).or_else(|| other(second))
    }
}

impl Value {
    /// Text.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    pub(super) fn depth(&self) -> u16 {
        match self {
            Self::List(list) | Self::Optional(list) => list.depth,
            Self::Map(map) | Self::Message(_, map) => map.depth,
            _ => 0,
        }
    }

    /// The name of its type, as `type` gives it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::IpAddress(_) => "IPAddress",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Message(name, _) => name,
        }
    }

    /// Whether it is the value that a field of its type has when nothing is said, which `optional.ofNonZeroValue` takes for none.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(value) => !value,
            Self::Int(value) | Self::Duration(value) => *value == 0,
            Self::Uint(value) => *value == 0,
            Self::Double(value) => *value == 0.0,
            Self::String(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::List(list) => list.items.is_empty(),
            Self::Map(map) | Self::Message(_, map) => map.entries.is_empty(),
            // Go's zero time is the first moment of the year 1, not of 1970.
            Self::Timestamp(moment) => moment.is_first(),
            Self::IpAddress(_) | Self::Type(_) | Self::Optional(_) => false,
        }
    }
}

/// The order of the keys of a map: by type, then by value.
pub(super) fn key_order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Uint(left), Value::Uint(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Double(left), Value::Double(right)) => left.total_cmp(right),
        (left, right) => left.type_name().cmp(right.type_name()),
    }
}

/// How two numbers compare; nothing where one is no number or not a number at all. A double and a whole number compare as
/// doubles do, as in cel-go (`common/types/compare.go`).
#[allow(clippy::cast_precision_loss, reason = "rounding to a double is what cel-go does here")]
pub(super) fn compare_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    let int_and_uint = |int: i64, uint: u64| i128::from(int).cmp(&i128::from(uint));
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Uint(left), Value::Uint(right)) => Some(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Uint(right)) => Some(int_and_uint(*left, *right)),
        (Value::Uint(left), Value::Int(right)) => Some(int_and_uint(*right, *left).reverse()),
        (Value::Double(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Int(left), Value::Double(right)) => (*left as f64).partial_cmp(right),
        (Value::Double(left), Value::Uint(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Uint(left), Value::Double(right)) => (*left as f64).partial_cmp(right),
        _ => None,
    }
}
