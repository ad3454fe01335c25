//! The names that are there without being declared: reserved words, types, messages and their fields.

/// Words of the grammar: never a name.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "in")
}

/// Words that can be a field but not a name (CEL specification, `RESERVED`).
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "as" | "break"
            | "const"
            | "continue"
            | "else"
            | "for"
            | "function"
            | "if"
            | "import"
            | "let"
            | "loop"
            | "package"
            | "namespace"
            | "return"
            | "var"
            | "void"
            | "while"
    )
}

/// The types that are values under one plain word, which a parameter cannot take over; a macro's variable can.
const TYPE_KEYWORDS: &[&str] = &["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

pub(super) fn is_type_keyword(name: &str) -> bool {
    TYPE_KEYWORDS.contains(&name)
}

/// A message that can be constructed: its name, its type (as in `overloads.rs`), and its fields with theirs.
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn message(name: &'static str, kind: &'static str, fields: &'static [(&'static str, &'static str)]) -> Message {
    Message { name, kind, fields }
}

/// The well-known types of Protocol Buffers, which CEL maps to its own. `NullValue` is an enumeration: only its number has a name.
pub(super) const MESSAGES: &[Message] = &[
    message("google.protobuf.Any", "a", &[("type_url", "s"), ("value", "y")]),
    message("google.protobuf.BoolValue", "wb", &[("value", "b")]),
    message("google.protobuf.BytesValue", "wy", &[("value", "y")]),
    message("google.protobuf.DoubleValue", "wd", &[("value", "d")]),
    message("google.protobuf.Duration", "D", &[("seconds", "i"), ("nanos", "i")]),
    message("google.protobuf.Empty", "e", &[]),
    message("google.protobuf.FloatValue", "wd", &[("value", "d")]),
    message("google.protobuf.Int32Value", "wi", &[("value", "i")]),
    message("google.protobuf.Int64Value", "wi", &[("value", "i")]),
    message("google.protobuf.ListValue", "Ln", &[("values", "Ln")]),
    message("google.protobuf.StringValue", "ws", &[("value", "s")]),
    message("google.protobuf.Struct", "Msn", &[("fields", "Msn")]),
    message("google.protobuf.Struct.FieldsEntry", "k", FIELDS_ENTRY),
    message("google.protobuf.Timestamp", "T", &[("seconds", "i"), ("nanos", "i")]),
    message("google.protobuf.UInt32Value", "wu", &[("value", "u")]),
    message("google.protobuf.UInt64Value", "wu", &[("value", "u")]),
    message(
        "google.protobuf.Value",
        "n",
        &[
            ("null_value", "i"),
            ("number_value", "d"),
            ("string_value", "s"),
            ("bool_value", "b"),
            ("struct_value", "Msn"),
            ("list_value", "Ln"),
        ],
    ),
];

const FIELDS_ENTRY: &[(&str, &str)] = &[("key", "s"), ("value", "n")];

/// The only message whose fields can be selected: the others are CEL's own types, or have none.
pub(super) fn fields_entry_field(field: &str) -> Option<&'static str> {
    FIELDS_ENTRY.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind)
}

impl Message {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        MESSAGES.iter().find(|message| message.name == name)
    }

    pub(super) fn field(&self, field: &str) -> Option<&'static str> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind)
    }
}

/// The first part of every qualified name of a type.
pub(super) const TYPE_NAMESPACE: &str = "google";

/// The first part of every qualified name of a function.
pub(super) const FUNCTION_NAMESPACE: &str = "optional";

/// The one enumeration value with a name; it is the `int` 0.
pub(super) const NULL_VALUE: &str = "google.protobuf.NullValue.NULL_VALUE";

/// Whether cel-go knows the type when it evaluates; those that it maps to its own, it does not **(quirk)**.
pub(super) fn is_runtime_type(name: &str) -> bool {
    !name.starts_with(TYPE_NAMESPACE)
        || matches!(name, "google.protobuf.Duration" | "google.protobuf.Timestamp" | "google.protobuf.Empty")
}

/// The type that is a value under this name.
pub(super) fn type_value(name: &str) -> Option<&'static str> {
    let plain = TYPE_KEYWORDS.iter().copied().chain(["optional_type"]);
    plain.chain(MESSAGES.iter().map(|message| message.name)).find(|known| *known == name)
}
