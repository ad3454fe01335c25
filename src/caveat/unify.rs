//! Types while they are being found out: unification as cel-go's checker does it (`checker/types.go`), where a type
//! variable takes the first type it meets, and a more general one later if there is one.

use super::{MAX_TYPE_STEPS, ParameterType};

/// A type, by its place in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypeId(u32);

/// What a type is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Takes any place, after a problem that is reported already.
    Error,
    Any,
    /// The message `google.protobuf.Any`: taken for anything, but not the same as anything.
    AnyMessage,
    Null,
    /// The type of types, whichever.
    Type,
    Scalar(Scalar),
    /// A scalar or null.
    Wrapper(Scalar),
    Duration,
    Timestamp,
    IpAddress,
    Empty,
    FieldsEntry,
    List(TypeId),
    Map(TypeId, TypeId),
    Optional(TypeId),
    Variable(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scalar {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
}

/// What the checker asks of a type before it selects a field or walks over it.
pub(super) enum Container {
    /// Anything goes, the result is of any type.
    Unknown,
    /// The same, but not to be walked over.
    AnyMessage,
    List(TypeId),
    Map(TypeId, TypeId),
    FieldsEntry,
    None,
}

/// What is known of the values of a node before it is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// They may be of any type, or hold values that are.
    Open,
    Int,
    /// Or they hold some.
    Uint,
    Double,
    Otherwise,
}

/// How much of a type is looked at to tell what is [`Known`]; larger ones count as open.
const MAX_KNOWN_STEPS: u32 = 64;

/// Types nest at most this deep while they are compared; an expression's own nesting makes them half as deep.
const MAX_TYPE_DEPTH: u32 = 600;

/// All types of one expression, and what its type variables stand for.
pub(super) struct Types {
    shapes: Vec<Shape>,
    bindings: Vec<Option<TypeId>>,
    /// What bindings were before, to take an attempt back.
    trail: Vec<(u32, Option<TypeId>)>,
    steps: u32,
}

macro_rules! well_known {
    ($($name:ident = $index:literal $shape:expr;)+) => {
        $(pub(super) const $name: TypeId = TypeId($index);)+
        const WELL_KNOWN: &[Shape] = &[$($shape),+];
    };
}

well_known! {
    ERROR = 0 Shape::Error;
    ANY = 1 Shape::Any;
    NULL = 2 Shape::Null;
    TYPE = 3 Shape::Type;
    BOOL = 4 Shape::Scalar(Scalar::Bool);
    INT = 5 Shape::Scalar(Scalar::Int);
    UINT = 6 Shape::Scalar(Scalar::Uint);
    DOUBLE = 7 Shape::Scalar(Scalar::Double);
    STRING = 8 Shape::Scalar(Scalar::String);
    BYTES = 9 Shape::Scalar(Scalar::Bytes);
    DURATION = 10 Shape::Duration;
    TIMESTAMP = 11 Shape::Timestamp;
    IP_ADDRESS = 12 Shape::IpAddress;
    EMPTY = 13 Shape::Empty;
    FIELDS_ENTRY = 14 Shape::FieldsEntry;
    ANY_MESSAGE = 15 Shape::AnyMessage;
}

impl Types {
    pub(super) fn new() -> Self {
        Self { shapes: WELL_KNOWN.to_vec(), bindings: Vec::new(), trail: Vec::new(), steps: 0 }
    }

    /// Whether the work was too much, and every answer since then means nothing.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps > MAX_TYPE_STEPS
    }

    fn shape(&self, id: TypeId) -> Shape {
        self.shapes.get(id.0 as usize).copied().unwrap_or(Shape::Error)
    }

    fn push(&mut self, shape: Shape) -> TypeId {
        let id = TypeId(u32::try_from(self.shapes.len()).unwrap_or(0));
        self.shapes.push(shape);
        id
    }

    pub(super) fn list(&mut self, element: TypeId) -> TypeId {
        self.push(Shape::List(element))
    }

    pub(super) fn map(&mut self, key: TypeId, value: TypeId) -> TypeId {
        self.push(Shape::Map(key, value))
    }

    pub(super) fn optional(&mut self, value: TypeId) -> TypeId {
        self.push(Shape::Optional(value))
    }

    /// A type variable that stands for nothing yet.
    pub(super) fn variable(&mut self) -> TypeId {
        let variable = u32::try_from(self.bindings.len()).unwrap_or(u32::MAX);
        self.bindings.push(None);
        self.push(Shape::Variable(variable))
    }

    /// The type that CEL has for a parameter's type.
    pub(super) fn of_parameter(&mut self, kind: &ParameterType) -> TypeId {
        match kind {
            ParameterType::Any => ANY,
            ParameterType::Bool => BOOL,
            ParameterType::String => STRING,
            ParameterType::Int | ParameterType::Uint => INT,
            ParameterType::Double => DOUBLE,
            ParameterType::Bytes => BYTES,
            ParameterType::Duration => DURATION,
            ParameterType::Timestamp => TIMESTAMP,
            ParameterType::IpAddress => IP_ADDRESS,
            ParameterType::List(element) => {
                let element = self.of_parameter(element);
                self.list(element)
            }
            ParameterType::Map(value) => {
                let value = self.of_parameter(value);
                self.map(STRING, value)
            }
        }
    }

    /// Reads one type off a signature (see `overloads.rs`), with `variables` for `1` and `2`.
    pub(super) fn read(&mut self, signature: &mut std::str::Chars<'_>, variables: [TypeId; 2]) -> TypeId {
        match signature.next() {
            Some('b') => BOOL,
            Some('i') => INT,
            Some('u') => UINT,
            Some('d') => DOUBLE,
            Some('s') => STRING,
            Some('y') => BYTES,
            Some('D') => DURATION,
            Some('T') => TIMESTAMP,
            Some('n') => ANY,
            Some('t') => TYPE,
            Some('p') => IP_ADDRESS,
            Some('a') => ANY_MESSAGE,
            Some('e') => EMPTY,
            Some('k') => FIELDS_ENTRY,
            Some('1') => variables[0],
            Some('2') => variables[1],
            Some('w') => {
                let inner = self.read(signature, variables);
                match self.shape(inner) {
                    Shape::Scalar(scalar) => self.push(Shape::Wrapper(scalar)),
                    _ => ERROR,
                }
            }
            Some('L') => {
                let element = self.read(signature, variables);
                self.list(element)
            }
            Some('O') => {
                let value = self.read(signature, variables);
                self.optional(value)
            }
            Some('M') => {
                let key = self.read(signature, variables);
                let value = self.read(signature, variables);
                self.map(key, value)
            }
            Some(_) | None => ERROR,
        }
    }

    pub(super) fn is_any(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Any | Shape::AnyMessage)
    }

    fn is_any_or_error(&self, id: TypeId) -> bool {
        self.is_any(id) || self.shape(id) == Shape::Error
    }

    /// What is inside an optional type, and whether it is one.
    pub(super) fn unwrap_optional(&self, id: TypeId) -> (TypeId, bool) {
        match self.shape(id) {
            Shape::Optional(value) => (value, true),
            _ => (id, false),
        }
    }

    /// What can be selected from a type, or walked over. A variable becomes any type by being asked.
    pub(super) fn container(&mut self, id: TypeId) -> Container {
        match self.shape(id) {
            Shape::List(element) => Container::List(element),
            Shape::Map(key, value) => Container::Map(key, value),
            Shape::FieldsEntry => Container::FieldsEntry,
            Shape::Variable(_) => {
                self.assign(ANY, id);
                Container::Unknown
            }
            Shape::Error | Shape::Any => Container::Unknown,
            Shape::AnyMessage => Container::AnyMessage,
            Shape::Null
            | Shape::Type
            | Shape::Scalar(_)
            | Shape::Wrapper(_)
            | Shape::Duration
            | Shape::Timestamp
            | Shape::IpAddress
            | Shape::Empty
            | Shape::Optional(_) => Container::None,
        }
    }

    /// Whether a value of one type can stand where the other is wanted; variables take what makes it so.
    pub(super) fn assign(&mut self, left: TypeId, right: TypeId) -> bool {
        self.attempt(|types| types.assignable(left, right, 0))
    }

    /// The same for each pair, whole or not at all.
    pub(super) fn assign_all(&mut self, left: &[TypeId], right: &[TypeId]) -> bool {
        left.len() == right.len()
            && self.attempt(|types| left.iter().zip(right).all(|(left, right)| types.assignable(*left, *right, 0)))
    }

    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> bool) -> bool {
        self.trail.clear();
        let done = work(self);
        if !done {
            while let Some((variable, before)) = self.trail.pop() {
                if let Some(binding) = self.bindings.get_mut(variable as usize) {
                    *binding = before;
                }
            }
        }
        done
    }

    fn bind(&mut self, variable: u32, to: TypeId) {
        if let Some(binding) = self.bindings.get_mut(variable as usize) {
            self.trail.push((variable, *binding));
            *binding = Some(to);
        }
    }

    fn bound(&self, variable: u32) -> Option<TypeId> {
        self.bindings.get(variable as usize).copied().flatten()
    }

    /// Counts a step; false when there are too many, or too deep a one.
    fn step(&mut self, depth: u32) -> bool {
        self.steps = if depth > MAX_TYPE_DEPTH { u32::MAX } else { self.steps.saturating_add(1) };
        !self.is_exhausted()
    }

    fn assignable(&mut self, left: TypeId, right: TypeId, depth: u32) -> bool {
        if !self.step(depth) {
            return false;
        }
        if left == right {
            return true;
        }
        let (left_shape, right_shape) = (self.shape(left), self.shape(right));
        if let Shape::Variable(variable) = right_shape {
            let was_bound = self.bound(variable).is_some();
            if self.stands_for(variable, right, left, depth) {
                return true;
            }
            if was_bound {
                return false;
            }
        }
        if let Shape::Variable(variable) = left_shape {
            return self.stands_for(variable, left, right, depth);
        }
        if self.is_any_or_error(left) || self.is_any_or_error(right) {
            return true;
        }
        match (left_shape, right_shape) {
            (Shape::Null, other) | (other, Shape::Null) => is_nullable(other),
            (Shape::Scalar(left) | Shape::Wrapper(left), Shape::Scalar(right) | Shape::Wrapper(right)) => left == right,
            (Shape::List(left), Shape::List(right)) | (Shape::Optional(left), Shape::Optional(right)) => {
                self.assignable(left, right, depth + 1)
            }
            (Shape::Map(left_key, left), Shape::Map(right_key, right)) => {
                self.assignable(left_key, right_key, depth + 1) && self.assignable(left, right, depth + 1)
            }
            (left, right) => left == right,
        }
    }

    /// Whether `variable` (whose type is `itself`) can stand for `other`; it does from then on.
    fn stands_for(&mut self, variable: u32, itself: TypeId, other: TypeId, depth: u32) -> bool {
        if self.shape(other) == Shape::Variable(variable) {
            return true;
        }
        let Some(bound) = self.bound(variable) else {
            let free = self.is_free_of(itself, other, depth);
            if free {
                self.bind(variable, other);
            }
            return free;
        };
        if self.is_same(other, bound, depth) {
            return true;
        }
        if !self.assignable(other, bound, depth + 1) {
            return false;
        }
        let general = self.most_general(other, bound);
        if self.is_free_of(itself, general, depth) {
            self.bind(variable, general);
        }
        true
    }

    /// Whether the variable `itself` occurs nowhere in `within`.
    fn is_free_of(&mut self, itself: TypeId, within: TypeId, depth: u32) -> bool {
        if !self.step(depth) {
            return false;
        }
        let shape = self.shape(within);
        if shape == self.shape(itself) {
            return false;
        }
        match shape {
            Shape::Variable(variable) => self.bound(variable).is_none_or(|bound| self.is_free_of(itself, bound, depth + 1)),
            Shape::List(inner) | Shape::Optional(inner) => self.is_free_of(itself, inner, depth + 1),
            Shape::Map(key, value) => self.is_free_of(itself, key, depth + 1) && self.is_free_of(itself, value, depth + 1),
            _ => true,
        }
    }

    /// Whether two types are the same as written, whatever their variables stand for. A wrapper is the same as its scalar.
    fn is_same(&mut self, left: TypeId, right: TypeId, depth: u32) -> bool {
        if !self.step(depth) {
            return false;
        }
        match (self.shape(left), self.shape(right)) {
            (Shape::Scalar(left) | Shape::Wrapper(left), Shape::Scalar(right) | Shape::Wrapper(right)) => left == right,
            (Shape::List(left), Shape::List(right)) | (Shape::Optional(left), Shape::Optional(right)) => {
                self.is_same(left, right, depth + 1)
            }
            (Shape::Map(left_key, left), Shape::Map(right_key, right)) => {
                self.is_same(left_key, right_key, depth + 1) && self.is_same(left, right, depth + 1)
            }
            (left, right) => left == right,
        }
    }

    /// What is known of the values of a type, once everything is found out.
    pub(super) fn known(&self, id: TypeId) -> Known {
        let mut pending = vec![id];
        let mut known = Known::Otherwise;
        // Whether what is looked at is inside of something.
        let mut holds = false;
        for step in 0.. {
            let Some(id) = pending.pop() else { break };
            match self.shape(id) {
                _ if step > MAX_KNOWN_STEPS => return Known::Open,
                Shape::Any | Shape::AnyMessage | Shape::Error => return Known::Open,
                // A variable that stands for nothing takes whatever is there.
                Shape::Variable(variable) => pending.extend(self.bound(variable)),
                Shape::Scalar(Scalar::Int) if !holds => known = Known::Int,
                Shape::Scalar(Scalar::Uint) => known = Known::Uint,
                Shape::Scalar(Scalar::Double) if !holds => known = Known::Double,
                Shape::List(inner) | Shape::Optional(inner) => {
                    holds = true;
                    pending.push(inner);
                }
                Shape::Map(key, value) => {
                    holds = true;
                    pending.extend([key, value]);
                }
                Shape::Null
                | Shape::Type
                | Shape::Scalar(_)
                | Shape::Wrapper(_)
                | Shape::Duration
                | Shape::Timestamp
                | Shape::IpAddress
                | Shape::Empty
                | Shape::FieldsEntry => {}
            }
        }
        known
    }

    /// Whether two types are the same as written.
    pub(super) fn is_equal(&mut self, left: TypeId, right: TypeId) -> bool {
        self.is_same(left, right, 0)
    }

    /// The more general of two types known to unify.
    pub(super) fn most_general(&mut self, left: TypeId, right: TypeId) -> TypeId {
        if self.is_as_general(left, right, 0) { left } else { right }
    }

    fn is_as_general(&mut self, left: TypeId, right: TypeId, depth: u32) -> bool {
        if !self.step(depth) {
            return false;
        }
        if self.is_any(left) {
            return true;
        }
        match (self.shape(left), self.shape(right)) {
            (Shape::Variable(_), _) => true,
            (_, Shape::Variable(_) | Shape::Any | Shape::AnyMessage) => false,
            (Shape::List(left), Shape::List(right)) | (Shape::Optional(left), Shape::Optional(right)) => {
                self.is_as_general(left, right, depth + 1)
            }
            (Shape::Map(left_key, left), Shape::Map(right_key, right)) => {
                self.is_as_general(left_key, right_key, depth + 1) && self.is_as_general(left, right, depth + 1)
            }
            _ => self.is_same(left, right, depth),
        }
    }

    /// A type with its variables replaced by what they stand for; the free ones by any type where `close` says so.
    pub(super) fn resolve(&mut self, id: TypeId, close: bool) -> TypeId {
        self.resolve_at(id, close, 0)
    }

    fn resolve_at(&mut self, id: TypeId, close: bool, depth: u32) -> TypeId {
        if !self.step(depth) {
            return ERROR;
        }
        match self.shape(id) {
            Shape::Variable(variable) => match self.bound(variable) {
                Some(bound) => self.resolve_at(bound, close, depth + 1),
                None if close => ANY,
                None => id,
            },
            Shape::List(element) => {
                let new = self.resolve_at(element, close, depth + 1);
                if new == element { id } else { self.list(new) }
            }
            Shape::Optional(value) => {
                let new = self.resolve_at(value, close, depth + 1);
                if new == value { id } else { self.optional(new) }
            }
            Shape::Map(key, value) => {
                let (new_key, new) = (self.resolve_at(key, close, depth + 1), self.resolve_at(value, close, depth + 1));
                if new_key == key && new == value { id } else { self.map(new_key, new) }
            }
            _ => id,
        }
    }

    /// The type in words, for messages.
    pub(super) fn describe(&mut self, id: TypeId) -> String {
        let mut text = String::new();
        let closed = self.resolve(id, true);
        self.describe_at(closed, 0, &mut text);
        text
    }

    fn describe_at(&self, id: TypeId, depth: u32, text: &mut String) {
        if depth > 4 {
            text.push_str("...");
            return;
        }
        let (name, parameters) = match self.shape(id) {
            Shape::Error | Shape::Any | Shape::AnyMessage | Shape::Variable(_) => ("any", [None, None]),
            Shape::Null => ("null", [None, None]),
            Shape::Type => ("type", [None, None]),
            Shape::Scalar(scalar) | Shape::Wrapper(scalar) => (scalar.name(), [None, None]),
            Shape::Duration => ("duration", [None, None]),
            Shape::Timestamp => ("timestamp", [None, None]),
            Shape::IpAddress => ("ipaddress", [None, None]),
            Shape::Empty => ("google.protobuf.Empty", [None, None]),
            Shape::FieldsEntry => ("google.protobuf.Struct.FieldsEntry", [None, None]),
            Shape::List(element) => ("list", [Some(element), None]),
            Shape::Optional(value) => ("optional", [Some(value), None]),
            Shape::Map(key, value) => ("map", [Some(key), Some(value)]),
        };
        text.push_str(name);
        let mut close = "";
        for (parameter, open) in parameters.into_iter().flatten().zip(["<", ", "]) {
            text.push_str(open);
            self.describe_at(parameter, depth + 1, text);
            close = ">";
        }
        text.push_str(close);
    }
}

impl Scalar {
    fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
        }
    }
}

/// Whether null can stand for a type. That it can for optional values, messages and times is how CEL began.
fn is_nullable(shape: Shape) -> bool {
    match shape {
        Shape::Null
        | Shape::Wrapper(_)
        | Shape::Optional(_)
        | Shape::Duration
        | Shape::Timestamp
        | Shape::IpAddress
        | Shape::Empty
        | Shape::FieldsEntry
        | Shape::Error
        | Shape::Any
        | Shape::AnyMessage => true,
        Shape::Type | Shape::Scalar(_) | Shape::List(_) | Shape::Map(..) | Shape::Variable(_) => false,
    }
}
