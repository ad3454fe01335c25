//! proto3's JSON mapping: how each kind of field is read and written.
//!
//! Written once, over tables of fields (`message!`), so that sixty messages cost no code of their own. Source of semantics: the
//! protobuf guide's page on ProtoJSON, and what grpc-gateway emits.

use crate::api::Json;
use crate::caveat::Moment;
use crate::model::{Context, Timestamp, Value};

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

/// A value of a message.
pub(crate) trait Field {
    /// Takes over what JSON says; `null` is never passed.
    ///
    /// # Errors
    /// Where the value is not of this kind.
    fn read(&mut self, value: Value) -> Result<(), FieldError>;

    /// Writes it, whether or not it is the default.
    fn write(&self, out: &mut Json);

    /// Whether there is anything to write.
    fn is_set(&self) -> bool {
        true
    }
}

/// A message: fields by number.
pub(crate) trait Message {
    /// The names of the fields, as in the proto file. A name that begins with `?` is left out where the field is not set: one of a
    /// `oneof`, or `optional`.
    fn names(&self) -> &'static [&'static str];

    /// The field at a place of the names.
    fn field(&self, place: usize) -> Option<&dyn Field>;

    /// The same, to be changed.
    fn field_mut(&mut self, place: usize) -> Option<&mut dyn Field>;
}

/// Reads a message: every field under its name in JSON or in the proto file.
pub(super) fn read_message(message: &mut dyn Message, value: Value) -> Result<(), FieldError> {
    let Value::Object(fields) = value else {
        return Err(FieldError::new("expected an object"));
    };
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
            field.read(value).map_err(|error| error.within(&key))?;
        }
    }
    Ok(())
}

/// Writes a message, fields in the order of the proto file.
pub(super) fn write_message(message: &dyn Message, out: &mut Json) {
    out.object(|out| {
        for (place, name) in message.names().iter().enumerate() {
            let Some(field) = message.field(place) else { continue };
            match (name.strip_prefix('?'), field.is_set()) {
                (Some(_), false) => {}
                (Some(name), true) => field.write(out.key(&camel(name))),
                (None, true) => field.write(out.key(&camel(name))),
                (None, false) => out.key(&camel(name)).raw("null"),
            }
        }
    });
}

/// Whether a key of JSON means the field: `objectType` and `object_type` both mean `object_type`.
pub(super) fn is_named(name: &str, key: &str) -> bool {
    name.trim_start_matches("r#") == key || camel(name) == key
}

/// `object_type` as `objectType`.
pub(super) fn camel(name: &str) -> String {
    let name = name.trim_start_matches("r#");
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

impl Field for String {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        let Value::String(text) = value else { return Err(FieldError::new("expected a string")) };
        *self = text;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.text(self);
    }
}

impl Field for bool {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        let Value::Bool(flag) = value else { return Err(FieldError::new("expected `true` or `false`")) };
        *self = flag;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.raw(self);
    }
}

impl Field for u32 {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        *self = whole(&value).and_then(|number| u32::try_from(number).ok()).ok_or_else(|| expected_number("4294967295"))?;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.raw(self);
    }
}

/// As text: JavaScript's numbers do not hold them all.
impl Field for u64 {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        *self =
            whole(&value).and_then(|number| u64::try_from(number).ok()).ok_or_else(|| expected_number("18446744073709551615"))?;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.text(&self.to_string());
    }
}

fn expected_number(most: &str) -> FieldError {
    FieldError::new(format!("expected a whole number from 0 to {most}"))
}

/// A whole number, as a number or as text.
fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => number.whole(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// RFC 3339, in any zone; written in UTC.
impl Field for Timestamp {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        let Value::String(text) = value else { return Err(FieldError::new("expected a time as text")) };
        let read = Moment::parse(&text).and_then(Moment::timestamp);
        *self = read.ok_or_else(|| FieldError::new(format!("`{text}` is no time such as `2030-01-31T12:00:00Z`")))?;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        // ProtoJSON has 0, 3, 6 or 9 digits after the point.
        let mut text = self.to_string();
        if let Some((_, fraction)) = text.split_once('.') {
            let missing = (3 - (fraction.len() - 1) % 3) % 3;
            text.truncate(text.len() - 1);
            text.push_str("00Z".get(2 - missing..).unwrap_or("Z"));
        }
        out.text(&text);
    }
}

/// A JSON object of any content: protobuf's `Struct`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Struct(pub Context);

impl Field for Struct {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        let Value::Object(fields) = value else { return Err(FieldError::new("expected an object")) };
        self.0 = fields;
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.object(|out| {
            for (name, value) in &self.0 {
                out.key(name).raw(value);
            }
        });
    }
}

impl<T: Field + Default> Field for Option<T> {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        self.get_or_insert_default().read(value)
    }

    fn write(&self, out: &mut Json) {
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<T: Field + Default> Field for Vec<T> {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        let Value::List(values) = value else { return Err(FieldError::new("expected a list")) };
        for (place, value) in values.into_iter().enumerate() {
            let mut item = T::default();
            let read =
                if value == Value::Null { Err(FieldError::new("expected a value, found `null`")) } else { item.read(value) };
            read.map_err(|error| error.within(&format!("[{place}]")))?;
            self.push(item);
        }
        Ok(())
    }

    fn write(&self, out: &mut Json) {
        out.list(self, |out, item| item.write(out));
    }
}

impl<T: Field> Field for Box<T> {
    fn read(&mut self, value: Value) -> Result<(), FieldError> {
        (**self).read(value)
    }

    fn write(&self, out: &mut Json) {
        (**self).write(out);
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

        impl $crate::api::v1::field::Message for $name {
            fn names(&self) -> &'static [&'static str] {
                &[$(concat!($($optional,)? stringify!($field))),*]
            }

            #[allow(unused_variables, unused_mut, unused_assignments, reason = "a message may have no fields")]
            fn field(&self, place: usize) -> Option<&dyn $crate::api::v1::field::Field> {
                let mut count = 0;
                $(
                    if place == count {
                        return Some(&self.$field);
                    }
                    count += 1;
                )*
                None
            }

            #[allow(unused_variables, unused_mut, unused_assignments, reason = "a message may have no fields")]
            fn field_mut(&mut self, place: usize) -> Option<&mut dyn $crate::api::v1::field::Field> {
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

        impl $crate::api::v1::field::Field for $name {
            fn read(&mut self, value: $crate::model::Value) -> Result<(), $crate::api::v1::field::FieldError> {
                $crate::api::v1::field::read_message(self, value)
            }

            fn write(&self, out: &mut $crate::api::Json) {
                $crate::api::v1::field::write_message(self, out);
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

        impl $crate::api::v1::field::Field for $name {
            fn read(&mut self, value: $crate::model::Value) -> Result<(), $crate::api::v1::field::FieldError> {
                const NAMES: &[(&str, i128, $name)] = &[$(($text, $number, $name::$variant)),+];
                let place = $crate::api::v1::field::named(&value, NAMES.iter().map(|(name, number, _)| (*name, *number)))?;
                *self = NAMES.get(place).map_or(*self, |(_, _, variant)| *variant);
                Ok(())
            }

            fn write(&self, out: &mut $crate::api::Json) {
                out.text(self.as_str());
            }
        }
    )+};
}

pub(super) use {enumeration, message};

/// The place of the enum value that JSON means, by name or number.
pub(super) fn named<'n>(value: &Value, names: impl Iterator<Item = (&'n str, i128)> + Clone) -> Result<usize, FieldError> {
    let mut all = names.clone();
    let place = match value {
        Value::String(text) => all.position(|(name, _)| name == text),
        Value::Number(number) => all.position(|(_, known)| number.whole() == Some(known)),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    };
    place.ok_or_else(|| {
        let names: Vec<String> = names.map(|(name, _)| format!("`{name}`")).collect();
        FieldError::new(format!("expected one of {}", names.join(", ")))
    })
}
