//! proto3's JSON mapping: how each kind of field is read and written.
//!
//! Written once, over tables of fields (`message!`), so that sixty messages cost no code of their own. Source of semantics: the
//! protobuf guide's page on ProtoJSON, and what grpc-gateway emits.

use crate::api::Json;
use crate::caveat::Moment;
use crate::model::{Context, Timestamp, Value};
use crate::text::Listed;

/// What is wrong with a JSON value, and where in the request: `relationship.resource: expected an object`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(super) path: String,
    pub(super) message: String,
}

impl FieldError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// The same error, of something that is part of another.
    pub(super) fn within(mut self, part: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = [part, dot, &self.path].concat();
        self
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { out.write_str(&self.message) } else { write!(out, "`{}`: {}", self.path, self.message) }
    }
}

/// A value of a message, as JSON has it.
pub(crate) enum Shape<'a> {
    /// Not set.
    Absent,
    Text(&'a str),
    Bool(bool),
    Number(u32),
    /// As text: JavaScript's numbers do not hold them all.
    Large(u64),
    /// RFC 3339, in UTC.
    Time(Timestamp),
    Struct(&'a Context),
    Message(&'a dyn Message),
    List(&'a dyn List),
}

/// Where a value of a message goes.
pub(crate) enum Slot<'a> {
    Text(&'a mut String),
    Bool(&'a mut bool),
    Number(&'a mut u32),
    Large(&'a mut u64),
    Time(&'a mut Timestamp),
    Struct(&'a mut Context),
    Enumeration(&'a mut dyn Enumeration),
    Message(&'a mut dyn MessageMut),
    List(&'a mut dyn ListMut),
}

/// A value that can be written. Apart from reading, for most messages are only ever read or only ever written.
pub(crate) trait ToJson {
    /// What there is.
    fn shape(&self) -> Shape<'_>;
}

/// A value that can be read.
pub(crate) trait FromJson {
    /// Where to put what is given; an optional value is there from then on.
    fn slot(&mut self) -> Slot<'_>;
}

/// A message to be written: fields by number.
pub(crate) trait Message {
    /// The names of the fields, as in the proto file. A name that begins with `?` is left out where the field is not set: one of a
    /// `oneof`, or `optional`.
    fn names(&self) -> &'static [&'static str];

    /// The field at a place of the names.
    fn field(&self, place: usize) -> Option<&dyn ToJson>;
}

/// A message to be read.
pub(crate) trait MessageMut {
    /// As of [`Message`].
    fn names(&self) -> &'static [&'static str];

    /// The field at a place of the names.
    fn field_mut(&mut self, place: usize) -> Option<&mut dyn FromJson>;
}

/// A repeated value to be written.
pub(crate) trait List {
    /// The item at a place.
    fn item(&self, place: usize) -> Option<&dyn ToJson>;
}

/// A repeated value to be read.
pub(crate) trait ListMut {
    /// Adds an item.
    fn add(&mut self) -> &mut dyn FromJson;
}

/// A value of an enum.
pub(crate) trait Enumeration {
    /// The names and numbers of the values.
    fn values(&self) -> &'static [(&'static str, i128)];

    /// Makes it the value at a place of these.
    fn set(&mut self, place: usize);
}

/// Takes over what JSON says.
///
/// # Errors
/// Where the value is not of the field's kind.
pub(super) fn read(field: &mut dyn FromJson, value: Value) -> Result<(), FieldError> {
    match (field.slot(), value) {
        (Slot::Text(text), Value::String(given)) => *text = given,
        (Slot::Text(_), _) => return Err(FieldError::new("expected a string")),
        (Slot::Bool(flag), Value::Bool(given)) => *flag = given,
        (Slot::Bool(_), _) => return Err(FieldError::new("expected `true` or `false`")),
        (Slot::Number(number), value) => {
            *number = whole(&value, u32::MAX.into()).and_then(|it| u32::try_from(it).ok()).ok_or_else(not_whole)?
        }
        (Slot::Large(number), value) => *number = whole(&value, u64::MAX).ok_or_else(not_whole)?,
        (Slot::Time(time), Value::String(text)) => {
            let read = Moment::parse(&text).and_then(Moment::timestamp);
            *time = read.ok_or_else(|| FieldError::new(format!("`{text}` is no time such as `2030-01-31T12:00:00Z`")))?;
        }
        (Slot::Time(_), _) => return Err(FieldError::new("expected a time as text")),
        (Slot::Enumeration(chosen), value) => chosen.set(named(&value, chosen.values())?),
        (Slot::Struct(fields), Value::Object(given)) => *fields = given,
        (Slot::Message(message), Value::Object(fields)) => return read_message(message, fields),
        (Slot::Struct(_) | Slot::Message(_), _) => return Err(FieldError::new("expected an object")),
        (Slot::List(list), Value::List(values)) => {
            for (place, value) in values.into_iter().enumerate() {
                let is_null = value == Value::Null;
                let item = list.add();
                let read = if is_null { Err(FieldError::new("expected a value, found `null`")) } else { read(item, value) };
                read.map_err(|error| error.within(&format!("[{place}]")))?;
            }
        }
        (Slot::List(_), _) => return Err(FieldError::new("expected a list")),
    }
    Ok(())
}

/// Reads a message: every field under its name in JSON or in the proto file.
fn read_message(message: &mut dyn MessageMut, fields: Context) -> Result<(), FieldError> {
    let names = message.names();
    let mut chosen: Vec<usize> = Vec::new();
    for (key, value) in fields {
        let place = names.iter().position(|name| is_named(name.trim_start_matches('?'), &key));
        let Some((place, field)) = place.and_then(|place| Some((place, message.field_mut(place)?))) else {
            return Err(FieldError::new(format!("unknown field `{key}`")));
        };
        if chosen.contains(&place) {
            return Err(FieldError::new(format!("field `{key}` is given under both of its names")));
        }
        chosen.push(place);
        if value != Value::Null {
            read(field, value).map_err(|error| error.within(&key))?;
        }
    }
    Ok(())
}

/// Writes what there is, whether or not it is the default; fields in the order of the proto file.
pub(super) fn write(shape: Shape<'_>, out: &mut Json) {
    match shape {
        Shape::Absent => out.raw("null"),
        Shape::Text(text) => out.text(text),
        Shape::Bool(flag) => out.raw(flag),
        Shape::Number(number) => out.raw(number),
        Shape::Large(number) => out.text(&number.to_string()),
        Shape::Time(time) => out.text(&time_text(time)),
        Shape::Struct(fields) => out.object(|out| {
            for (name, value) in fields {
                out.key(name).raw(value);
            }
        }),
        Shape::Message(message) => out.object(|out| {
            for (place, name) in message.names().iter().enumerate() {
                let Some(field) = message.field(place) else { continue };
                match (name.strip_prefix('?'), field.shape()) {
                    (Some(_), Shape::Absent) => {}
                    (stripped, shape) => write(shape, out.key(&camel(stripped.unwrap_or(name)))),
                }
            }
        }),
        Shape::List(list) => out.list((0..).map_while(|place| list.item(place)), |out, item| write(item.shape(), out)),
    }
}

/// ProtoJSON has 0, 3, 6 or 9 digits after the point.
fn time_text(time: Timestamp) -> String {
    let mut text = time.to_string();
    if let Some((_, fraction)) = text.split_once('.') {
        let missing = (3 - (fraction.len() - 1) % 3) % 3;
        text.truncate(text.len() - 1);
        text.push_str("00Z".get(2 - missing..).unwrap_or("Z"));
    }
    text
}

/// A whole number, as a number or as text, from 0 to the greatest.
fn whole(value: &Value, most: u64) -> Option<u64> {
    let found = match value {
        Value::Number(number) => number.whole().and_then(|number| u64::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    };
    found.filter(|number| *number <= most)
}

fn not_whole() -> FieldError {
    FieldError::new("expected a whole number that is not negative and not too large")
}

/// The place of the enum value that JSON means, by name or number.
fn named(value: &Value, values: &[(&str, i128)]) -> Result<usize, FieldError> {
    let place = match value {
        Value::String(text) => values.iter().position(|(name, _)| name == text),
        Value::Number(number) => values.iter().position(|(_, known)| number.whole() == Some(*known)),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    };
    place.ok_or_else(|| {
        let names: Vec<String> = values.iter().map(|(name, _)| format!("`{name}`")).listed();
        FieldError::new(format!("expected one of {}", names.join(", ")))
    })
}

/// Whether a key of JSON means the field: `objectType` and `object_type` both mean `object_type`.
fn is_named(name: &str, key: &str) -> bool {
    unmarked(name) == key || camel(name) == key
}

/// The name without the mark that a keyword needs to be one.
fn unmarked(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// `object_type` as `objectType`.
fn camel(name: &str) -> String {
    let name = unmarked(name);
    let mut upper = false;
    let mut camel = String::with_capacity(name.len());
    for character in name.chars() {
        if character == '_' {
            upper = true;
        } else {
            camel.push(if upper { character.to_ascii_uppercase() } else { character });
            upper = false;
        }
    }
    camel
}

/// Declares how plain values are fields.
macro_rules! plain {
    ($($kind:ty: |$value:ident| $shape:expr, $slot:ident;)+) => {$(
        impl ToJson for $kind {
            fn shape(&self) -> Shape<'_> {
                let $value = self;
                $shape
            }
        }

        impl FromJson for $kind {
            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }
        }
    )+};
}

plain! {
    String: |text| Shape::Text(text), Text;
    bool: |flag| Shape::Bool(*flag), Bool;
    u32: |number| Shape::Number(*number), Number;
    u64: |number| Shape::Large(*number), Large;
    Timestamp: |time| Shape::Time(*time), Time;
}

/// A JSON object of any content: protobuf's `Struct`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Struct(pub Context);

impl ToJson for Struct {
    fn shape(&self) -> Shape<'_> {
        Shape::Struct(&self.0)
    }
}

impl FromJson for Struct {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Struct(&mut self.0)
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn shape(&self) -> Shape<'_> {
        self.as_ref().map_or(Shape::Absent, ToJson::shape)
    }
}

impl<T: FromJson + Default> FromJson for Option<T> {
    fn slot(&mut self) -> Slot<'_> {
        self.get_or_insert_default().slot()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn shape(&self) -> Shape<'_> {
        Shape::List(self)
    }
}

impl<T: FromJson + Default> FromJson for Vec<T> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
}

impl<T: ToJson> List for Vec<T> {
    fn item(&self, place: usize) -> Option<&dyn ToJson> {
        self.get(place).map(|item| item as &dyn ToJson)
    }
}

impl<T: FromJson + Default> ListMut for Vec<T> {
    fn add(&mut self) -> &mut dyn FromJson {
        self.push_mut(T::default())
    }
}

/// Declares messages: a struct each, and the table of its fields. A field marked `"?"` is left out of JSON where it
/// is not set.
macro_rules! message {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* $($optional:literal)? pub $field:ident: $type:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            const NAMES: &[&str] = &[$(concat!($($optional,)? stringify!($field))),*];
        }

        impl $crate::api::v1::field::Message for $name {
            fn names(&self) -> &'static [&'static str] {
                Self::NAMES
            }

            #[allow(unused_variables, unused_mut, unused_assignments, reason = "a message may have no fields")]
            fn field(&self, place: usize) -> Option<&dyn $crate::api::v1::field::ToJson> {
                let mut count = 0;
                $(
                    if place == count {
                        return Some(&self.$field);
                    }
                    count += 1;
                )*
                None
            }
        }

        impl $crate::api::v1::field::MessageMut for $name {
            fn names(&self) -> &'static [&'static str] {
                Self::NAMES
            }

            #[allow(unused_variables, unused_mut, unused_assignments, reason = "a message may have no fields")]
            fn field_mut(&mut self, place: usize) -> Option<&mut dyn $crate::api::v1::field::FromJson> {
                let mut count = 0;
                $(
                    if place == count {
                        return Some(&mut self.$field);
                    }
                    count += 1;
                )*
                None
            }
        }

        impl $crate::api::v1::field::ToJson for $name {
            fn shape(&self) -> $crate::api::v1::field::Shape<'_> {
                $crate::api::v1::field::Shape::Message(self)
            }
        }

        impl $crate::api::v1::field::FromJson for $name {
            fn slot(&mut self) -> $crate::api::v1::field::Slot<'_> {
                $crate::api::v1::field::Slot::Message(self)
            }
        }
    )+};
}

/// Declares an enum of the proto file, with its names there.
macro_rules! enumeration {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The name in the proto file.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl $crate::api::v1::field::Enumeration for $name {
            fn values(&self) -> &'static [(&'static str, i128)] {
                &[$(($text, $number)),+]
            }

            fn set(&mut self, place: usize) {
                const VALUES: &[$name] = &[$($name::$variant),+];
                *self = VALUES.get(place).copied().unwrap_or_default();
            }
        }

        impl $crate::api::v1::field::ToJson for $name {
            fn shape(&self) -> $crate::api::v1::field::Shape<'_> {
                $crate::api::v1::field::Shape::Text(self.as_str())
            }
        }

        impl $crate::api::v1::field::FromJson for $name {
            fn slot(&mut self) -> $crate::api::v1::field::Slot<'_> {
                $crate::api::v1::field::Slot::Enumeration(self)
            }
        }
    )+};
}

pub(super) use {enumeration, message};
