use std::fmt;

/// The type of a caveat's parameter (SpiceDB, `pkg/caveats/types`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ParameterType {
    /// Anything; checked when evaluated.
    Any,
    /// `true` or `false`.
    Bool,
    /// Text.
    String,
    /// A whole number of 64 bits.
    Int,
    /// A whole number that is not negative. SpiceDB gives it to CEL as an `int`, so `u == 1` is right and `u == 1u` is not.
    Uint,
    /// A floating-point number.
    Double,
    /// Bytes.
    Bytes,
    /// A span of time.
    Duration,
    /// A moment.
    Timestamp,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// Values of one type, in order.
    List(Box<ParameterType>),
    /// Values of one type under text keys.
    Map(Box<ParameterType>),
}

/// Why a parameter's type is not one: the message names the type and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeNameError {
    /// What is wrong, as a diagnostic says it.
    pub message: String,
    /// The names to choose from, where the name is unknown.
    pub candidates: &'static [&'static str],
}

impl fmt::Display for TypeNameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for TypeNameError {}

impl ParameterType {
    /// Every name of a type, sorted.
    pub const NAMES: &[&str] =
        &["any", "bool", "bytes", "double", "duration", "int", "ipaddress", "list", "map", "string", "timestamp", "uint"];

    /// The type called `name` with these type arguments: one for `list` and `map`; those of the others mean nothing.
    ///
    /// # Errors
    /// The name is unknown, or is `list` or `map` without its one argument.
    ///
    /// ```
    /// use peppercorn::caveat::ParameterType;
    ///
    /// let list = ParameterType::named("list", vec![ParameterType::String])?;
    /// assert_eq!(list.to_string(), "list<string>");
    /// assert!(ParameterType::named("list", vec![]).is_err());
    /// # Ok::<(), peppercorn::caveat::TypeNameError>(())
    /// ```
    pub fn named(name: &str, arguments: Vec<Self>) -> Result<Self, TypeNameError> {
        let found = arguments.len();
        let mut arguments = arguments.into_iter();
        let generic = match name {
            "list" => Some(Self::List as fn(Box<Self>) -> Self),
            "map" => Some(Self::Map as fn(Box<Self>) -> Self),
            _ => None,
        };
        if let Some(generic) = generic {
            return match (arguments.next(), arguments.next()) {
                (Some(element), None) => Ok(generic(Box::new(element))),
                (None, _) | (Some(_), Some(_)) => Err(TypeNameError {
                    message: format!("type `{name}` takes one type argument, found {found}"),
                    candidates: &[],
                }),
            };
        }
        let kind = match name {
            "any" => Self::Any,
            "bool" => Self::Bool,
            "string" => Self::String,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "bytes" => Self::Bytes,
            "duration" => Self::Duration,
            "timestamp" => Self::Timestamp,
            "ipaddress" => Self::IpAddress,
            _ => {
                return Err(TypeNameError { message: format!("unknown parameter type `{name}`"), candidates: Self::NAMES });
            }
        };
        // SpiceDB drops the arguments of a type that takes none **(quirk)**.
        Ok(kind)
    }
}

impl ParameterType {
    /// Whether values of any type may be in it.
    pub(super) fn is_dynamic(&self) -> bool {
        match self {
            Self::Any => true,
            Self::List(inner) | Self::Map(inner) => inner.is_dynamic(),
            Self::Bool
            | Self::String
            | Self::Int
            | Self::Uint
            | Self::Double
            | Self::Bytes
            | Self::Duration
            | Self::Timestamp
            | Self::IpAddress => false,
        }
    }
}

impl fmt::Display for ParameterType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("any"),
            Self::Bool => formatter.write_str("bool"),
            Self::String => formatter.write_str("string"),
            Self::Int => formatter.write_str("int"),
            Self::Uint => formatter.write_str("uint"),
            Self::Double => formatter.write_str("double"),
            Self::Bytes => formatter.write_str("bytes"),
            Self::Duration => formatter.write_str("duration"),
            Self::Timestamp => formatter.write_str("timestamp"),
            Self::IpAddress => formatter.write_str("ipaddress"),
            Self::List(element) => write!(formatter, "list<{element}>"),
            Self::Map(value) => write!(formatter, "map<{value}>"),
        }
    }
}

/// A parameter of a caveat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as the expression writes it.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
}
