//! Evaluates an expression, with some parameters perhaps unknown, as cel-go does it for SpiceDB (`interpreter`, and
//! `pkg/caveats/eval.go` there): `&&`, `||` and the macros `all` and `exists` are decided by one side whatever the other is;
//! everything else stops at the first operand that is unknown or an error.

use std::sync::Arc;

use super::ast::{EntryList, Key, Kind, Literal, Node, NodeId, Selection};
use super::value::{List, Map, key_order};
use super::{Expression, Macro, Operator, Resolution, Value};
use crate::text::{Listed, Span, sort};

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds, whatever is missing.
    True,
    /// It does not hold, whatever is missing.
    False,
    /// That depends on these parameters, by place, sorted, each once.
    Missing(Vec<usize>),
    /// It cannot be evaluated.
    Error(EvaluationError),
}

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// In the words of cel-go, for example `division by zero`.
    pub message: String,
    /// What could not be evaluated, in the source of the expression.
    pub span: Span,
}

/// Why there is no value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It depends on these parameters.
    Unknown(Vec<usize>),
    Error(Box<EvaluationError>),
}

pub(super) type Evaluated = Result<Value, Stop>;

impl Expression {
    /// Evaluates with the values of the parameters by place; nothing stands for a value that is not known.
    ///
    /// `steps` is how much work there may still be, and is counted down: a step is a node evaluated, or an element or eight
    /// bytes looked at or copied. When there are none left, the outcome is an error. Memory is bounded by the same count.
    ///
    /// ```
    /// use peppercorn::caveat::{Outcome, Parameter, ParameterType, Value, compile};
    ///
    /// let int = |name: &str| Parameter { name: name.into(), kind: ParameterType::Int };
    /// let expression = compile(&[int("age"), int("limit")], "age < 18 || age > limit")?;
    /// assert_eq!(expression.evaluate(&[Some(Value::Int(15)), None], &mut 1_000), Outcome::True);
    /// assert_eq!(expression.evaluate(&[Some(Value::Int(20)), None], &mut 1_000), Outcome::Missing(vec![1]));
    /// # Ok::<(), Vec<peppercorn::text::Diagnostic>>(())
    /// ```
    #[must_use]
    pub fn evaluate(&self, arguments: &[Option<Value>], steps: &mut u64) -> Outcome {
        let Some(root) = self.tree().root() else {
            return Outcome::Error(EvaluationError { message: "no expression".to_owned(), span: Span::at(0) });
        };
        let mut evaluator = Evaluator::new(self, arguments, steps);
        let result = evaluator.run(root);
        match result {
            Ok(Value::Bool(true)) => Outcome::True,
            Ok(Value::Bool(false)) => Outcome::False,
            Ok(_) => Outcome::Error(*evaluator.problem(root, "no such overload".to_owned())),
            Err(Stop::Unknown(missing)) => Outcome::Missing(missing),
            Err(Stop::Error(error)) => Outcome::Error(*error),
        }
    }
}

/// A macro under way.
pub(super) struct Frame {
    pub(super) node: NodeId,
    pub(super) variable: Value,
    pub(super) collected: Collected,
}

/// What a macro has collected so far.
pub(super) enum Collected {
    Logic(Logic),
    Count(Result<i64, Stop>),
    Items(Result<Vec<Value>, Stop>),
}

/// The operands of `&&` or `||` so far, none of which has decided.
#[derive(Default)]
pub(super) struct Logic {
    pub(super) unknown: Option<Vec<usize>>,
    pub(super) error: Option<Box<EvaluationError>>,
}

impl Logic {
    pub(super) fn result(self, undecided: bool) -> Evaluated {
        match (self.unknown, self.error) {
            (Some(unknown), _) => Err(Stop::Unknown(unknown)),
            (None, Some(error)) => Err(Stop::Error(error)),
            (None, None) => Ok(Value::Bool(undecided)),
        }
    }
}

/// A step of a chain: under which key, given by a node or a field's name.
struct PathStep {
    id: NodeId,
    key: Result<NodeId, Span>,
    selection: Selection,
}

pub(super) struct Evaluator<'a> {
    pub(super) expression: &'a Expression,
    pub(super) arguments: &'a [Option<Value>],
    steps: &'a mut u64,
    pub(super) is_exhausted: bool,
    pub(super) frames: Vec<Frame>,
    /// For each node, its last value outside of macros, where that is asked for.
    pub(super) record: Option<Vec<Option<Value>>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(expression: &'a Expression, arguments: &'a [Option<Value>], steps: &'a mut u64) -> Self {
        Self { expression, arguments, steps, is_exhausted: false, frames: Vec::new(), record: None }
    }

    /// The value of the whole, or an error if the steps ran out anywhere.
    pub(super) fn run(&mut self, root: NodeId) -> Evaluated {
        let result = self.evaluate(root);
        if self.is_exhausted { Err(self.exhausted(root)) } else { result }
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    pub(super) fn exhausted(&mut self, id: NodeId) -> Stop {
        self.is_exhausted = true;
        Stop::Error(self.problem(id, "the evaluation takes more steps than it may".to_owned()))
    }

    pub(super) fn problem(&self, id: NodeId, message: String) -> Box<EvaluationError> {
        Box::new(EvaluationError { message, span: self.expression.tree().span(id) })
    }

    pub(super) fn fail<T>(&self, id: NodeId, message: impl Into<String>) -> Result<T, Stop> {
        Err(Stop::Error(self.problem(id, message.into())))
    }

    pub(super) fn no_overload<T>(&self, id: NodeId) -> Result<T, Stop> {
        self.fail(id, "no such overload")
    }

    /// Counts work on behalf of a node.
    pub(super) fn charge(&mut self, id: NodeId, steps: usize) -> Result<(), Stop> {
        let left = u64::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps)).filter(|_| !self.is_exhausted);
        *self.steps = left.unwrap_or(0);
        if left.is_none() { Err(self.exhausted(id)) } else { Ok(()) }
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&'a Node> {
        self.expression.tree().node(id)
    }

    /// The value of a node. Recursion is bounded by the depth of the tree, which the parser bounds.
    pub(super) fn evaluate(&mut self, id: NodeId) -> Evaluated {
        self.charge(id, 1)?;
        let Some(node) = self.node(id) else { return self.fail(id, "no expression") };
        let result = match &node.kind {
            Kind::Literal(literal) => Ok(literal_value(literal)),
            Kind::Name { .. } => self.name(id),
            Kind::Select { .. } if !matches!(self.expression.resolution(id), Resolution::None) => self.name(id),
            Kind::Select { .. } => self.path(id),
            Kind::Operation { operator: operator @ (Operator::And | Operator::Or), operands } => {
                self.logical(id, self.expression.tree().nodes(*operands), *operator == Operator::Or)
            }
            Kind::Operation { operator, operands } => self.operation(id, *operator, self.expression.tree().nodes(*operands)),
            Kind::Call { target, arguments, .. } => self.call(id, *target, self.expression.tree().nodes(*arguments)),
            Kind::List(entries) => self.list(id, *entries),
            Kind::Map(entries) => self.map(id, *entries),
            Kind::Message { fields, .. } => self.message(id, *fields),
            Kind::Comprehension { kind, range, variable, body } => {
                self.comprehension(id, *kind, *range, *variable, self.expression.tree().nodes(*body))
            }
        };
        self.note(id, &result);
        result
    }

    /// Records a value, where that is asked for.
    fn note(&mut self, id: NodeId, result: &Evaluated) {
        if self.frames.is_empty()
            && let (Some(record), Ok(value)) = (&mut self.record, result)
            && let Some(place) = record.get_mut(id.0 as usize)
        {
            *place = Some(value.clone());
        }
    }

    #[inline(never)]
    fn name(&mut self, id: NodeId) -> Evaluated {
        match self.expression.resolution(id) {
            Resolution::Parameter(place) => match self.arguments.get(place) {
                Some(Some(value)) => Ok(value.clone()),
                Some(None) | None => Err(Stop::Unknown(vec![place])),
            },
            Resolution::Variable(of) => match self.frames.iter().rev().find(|frame| frame.node == of) {
                Some(frame) => Ok(frame.variable.clone()),
                None => self.fail(id, "no such variable"),
            },
            Resolution::Accumulator(of) => self.accumulated(id, of),
            Resolution::Type(name) if super::names::is_runtime_type(name) => Ok(Value::Type(name)),
            Resolution::Type(name) => self.fail(id, format!("reference to undefined type: {name}")),
            Resolution::Number(number) => Ok(Value::Int(number)),
            Resolution::None | Resolution::Function(_) | Resolution::IntConversion(_) => self.fail(id, "no such attribute"),
        }
    }

    /// What a macro has collected so far, which its body can see under the name `__result__`.
    fn accumulated(&mut self, id: NodeId, of: NodeId) -> Evaluated {
        let size = match self.frames.iter().rev().find(|frame| frame.node == of).map(|frame| &frame.collected) {
            Some(Collected::Items(Ok(items))) => items.len(),
            Some(Collected::Items(Err(_)) | Collected::Count(_) | Collected::Logic(_)) | None => 0,
        };
        self.charge(id, size)?;
        match self.frames.iter().rev().find(|frame| frame.node == of) {
            Some(Frame { node, collected: Collected::Logic(logic), .. }) => {
                let undecided =
                    matches!(self.node(*node).map(|node| &node.kind), Some(Kind::Comprehension { kind: Macro::All, .. }));
                Logic { unknown: logic.unknown.clone(), error: logic.error.clone() }.result(undecided)
            }
            Some(Frame { collected: Collected::Count(count), .. }) => count.clone().map(Value::Int),
            Some(Frame { collected: Collected::Items(items), .. }) => match items {
                Ok(items) => self.new_list(id, items.clone()),
                Err(stop) => Err(stop.clone()),
            },
            None => self.fail(id, "no such variable"),
        }
    }

    pub(super) fn new_list(&self, id: NodeId, items: Vec<Value>) -> Evaluated {
        match List::new(items) {
            Some(list) => Ok(Value::List(Arc::new(list))),
            None => self.too_deep(id),
        }
    }

    pub(super) fn new_map(&self, id: NodeId, entries: Vec<(Value, Value)>) -> Evaluated {
        match Map::new(entries) {
            Some(map) => Ok(Value::Map(Arc::new(map))),
            None => self.too_deep(id),
        }
    }

    pub(super) fn optional(&self, id: NodeId, value: Option<Value>) -> Evaluated {
        match List::new(value.into_iter().listed()) {
            Some(list) => Ok(Value::Optional(Arc::new(list))),
            None => self.too_deep(id),
        }
    }

    fn too_deep<T>(&self, id: NodeId) -> Result<T, Stop> {
        self.fail(id, "values are nested too deep")
    }

    /// A chain of selections and indexes, from its root on. What is looked up in nothing is nothing, whatever its key; a key
    /// is looked at even where what it is looked up in is unknown, for it may be an error.
    #[inline(never)]
    fn path(&mut self, id: NodeId) -> Evaluated {
        let mut steps = Vec::new();
        let mut root = self.steps_of(id, &mut steps);
        // A chain from a choice is a chain from what is chosen.
        while let Some(Kind::Operation { operator: Operator::Conditional, operands }) = self.node(root).map(|node| &node.kind)
            && let [condition, then, otherwise] = self.expression.tree().nodes(*operands)
        {
            let chosen = if self.condition(*condition)? { *then } else { *otherwise };
            root = self.steps_of(chosen, &mut steps);
        }
        let is_name = matches!(self.node(root).map(|node| &node.kind), Some(Kind::Name { .. }));
        let mut state = match self.evaluate(root) {
            Err(stop) if !is_name => return Err(stop),
            state => state,
        };
        let is_root = state.is_err();
        let mut is_optional = false;
        if let Ok(Value::Optional(value)) = &state {
            is_optional = true;
            match value.items().first().cloned() {
                Some(value) => state = Ok(value),
                None => return self.nothing(id, steps.first()),
            }
        }
        for step in steps.iter().rev() {
            self.charge(step.id, 1)?;
            is_optional |= step.selection == Selection::Optional;
            let key = match step.key {
                Ok(key) => self.evaluate(key),
                Err(field) => Ok(Value::string(field.of(self.expression.source()))),
            };
            if let Ok(key) = &key
                && !is_scalar(key)
            {
                return self.fail(step.id, format!("invalid qualifier type: {}", key.type_name()));
            }
            state = match (state, key) {
                (Err(Stop::Error(error)), _) | (_, Err(Stop::Error(error))) => return Err(Stop::Error(error)),
                (Err(unknown), Ok(_)) | (Ok(_), Err(unknown)) => Err(unknown),
                // Of two keys that are unknown, the last is reported, but the parameter itself before any.
                (Err(unknown), Err(key)) => Err(if is_root { unknown } else { key }),
                (Ok(target), Ok(key)) => match self.find(step.id, &target, &key)?.cloned() {
                    found if step.selection == Selection::Presence => return Ok(Value::Bool(found.is_some())),
                    Some(value) => Ok(value),
                    None if is_optional => return self.nothing(id, steps.first()),
                    None => {
                        let what = if matches!(target, Value::List(_)) { "index out of bounds" } else { "no such key" };
                        return self.fail(step.id, format!("{what}: {}", super::residual::brief(&key)));
                    }
                },
            };
            if let (true, Ok(value)) = (self.record.is_some(), &state) {
                let value = if is_optional { self.optional(step.id, Some(value.clone())) } else { Ok(value.clone()) };
                self.note(step.id, &value);
            }
        }
        if is_optional { self.optional(id, Some(state?)) } else { state }
    }

    /// What a chain gives that finds nothing on its way.
    fn nothing(&self, id: NodeId, last: Option<&PathStep>) -> Evaluated {
        match last.map(|last| last.selection) {
            Some(Selection::Presence) => Ok(Value::Bool(false)),
            Some(Selection::Plain | Selection::Optional) | None => self.optional(id, None),
        }
    }

    /// The root of a chain, whose steps are added from the last to the first. `has` can only be the last of all.
    fn steps_of(&self, id: NodeId, steps: &mut Vec<PathStep>) -> NodeId {
        let mut next = id;
        while let Some(kind) = self.node(next).map(|node| &node.kind) {
            let (target, key, selection) = match kind {
                Kind::Select { operand, field, selection }
                    if matches!(self.expression.resolution(next), Resolution::None)
                        && (*selection != Selection::Presence || steps.is_empty()) =>
                {
                    (*operand, Err(*field), *selection)
                }
                Kind::Operation { operator: operator @ (Operator::Index | Operator::OptionalIndex), operands } => {
                    let [target, key] = self.expression.tree().nodes(*operands) else { break };
                    let is_optional = *operator == Operator::OptionalIndex;
                    (*target, Ok(*key), if is_optional { Selection::Optional } else { Selection::Plain })
                }
                _ => break,
            };
            steps.push(PathStep { id: next, key, selection });
            next = target;
        }
        next
    }

    /// What stands under a key, if anything does.
    pub(super) fn find<'v>(&mut self, id: NodeId, target: &'v Value, key: &Value) -> Result<Option<&'v Value>, Stop> {
        match target {
            Value::Map(map) | Value::Message(_, map) => {
                self.charge_text(id, key)?;
                Ok(map.find(key))
            }
            Value::List(list) => {
                let index = match key {
                    Value::Int(index) => Some(i128::from(*index)),
                    Value::Uint(index) => i64::try_from(*index).ok().map(i128::from),
                    Value::Double(index) => super::double::whole(*index),
                    _ => return self.fail(id, format!("unsupported index type '{}' in list", key.type_name())),
                };
                match index {
                    Some(index) => Ok(usize::try_from(index).ok().and_then(|index| list.items().get(index))),
                    None => self.fail(id, format!("unsupported index value {} in list", super::residual::brief(key))),
                }
            }
            _ => Ok(None),
        }
    }

    /// Counts the work of looking at a text.
    pub(super) fn charge_text(&mut self, id: NodeId, value: &Value) -> Result<(), Stop> {
        let bytes = match value {
            Value::String(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.charge(id, bytes / 8)
    }

    #[inline(never)]
    fn operation(&mut self, id: NodeId, operator: Operator, operands: &[NodeId]) -> Evaluated {
        match (operator, operands) {
            (Operator::Conditional, [condition, then, otherwise]) => match self.evaluate(*condition)? {
                Value::Bool(true) => self.evaluate(*then),
                Value::Bool(false) => self.evaluate(*otherwise),
                _ => self.no_overload(id),
            },
            (Operator::Not | Operator::Negate, [operand]) => {
                let operand = self.evaluate(*operand)?;
                self.unary(id, operator, &operand)
            }
            (Operator::Index | Operator::OptionalIndex, _) => self.path(id),
            (_, [left, right]) => {
                let left = self.evaluate(*left)?;
                let right = self.evaluate(*right)?;
                self.binary(id, operator, &left, &right)
            }
            _ => self.no_overload(id),
        }
    }

    #[inline(never)]
    fn logical(&mut self, id: NodeId, operands: &[NodeId], deciding: bool) -> Evaluated {
        let mut logic = Logic::default();
        for operand in operands {
            let value = self.evaluate(*operand);
            if self.decides(&mut logic, *operand, value, deciding) {
                return Ok(Value::Bool(deciding));
            }
        }
        if self.is_exhausted { Err(self.exhausted(id)) } else { logic.result(!deciding) }
    }

    /// Whether an operand decides; if not, it is counted in.
    pub(super) fn decides(&self, logic: &mut Logic, operand: NodeId, value: Evaluated, deciding: bool) -> bool {
        match value {
            Ok(Value::Bool(value)) => return value == deciding,
            Ok(_) => {
                if logic.error.is_none() {
                    logic.error = Some(self.problem(operand, "no such overload".to_owned()));
                }
            }
            Err(Stop::Error(error)) => {
                logic.error.get_or_insert(error);
            }
            Err(Stop::Unknown(missing)) => {
                let unknown = logic.unknown.get_or_insert_default();
                unknown.extend(missing);
                sort(unknown);
                unknown.dedup();
            }
        }
        false
    }

    #[inline(never)]
    fn list(&mut self, id: NodeId, entries: EntryList) -> Evaluated {
        let mut items = Vec::new();
        for entry in self.expression.tree().entries(entries) {
            let value = self.evaluate(entry.value)?;
            let value = if entry.optional { self.unwrap_entry(entry.value, &value)? } else { Some(value) };
            items.extend(value);
        }
        self.new_list(id, items)
    }

    #[inline(never)]
    fn map(&mut self, id: NodeId, list: EntryList) -> Evaluated {
        let mut entries: Vec<(Value, Value)> = Vec::new();
        for entry in self.expression.tree().entries(list) {
            let Key::Node(key_node) = entry.key else { continue };
            let key = self.evaluate(key_node)?;
            let value = self.evaluate(entry.value)?;
            if !is_scalar(&key) {
                return self.fail(key_node, format!("unsupported key type: {}", key.type_name()));
            }
            self.charge_text(key_node, &key)?;
            match if entry.optional { self.unwrap_entry(entry.value, &value)? } else { Some(value) } {
                Some(value) => entries.push((key, value)),
                // An optional entry without a value takes away an entry of the same key that stands before it **(quirk)**.
                None if !entries.is_empty() => {
                    let Value::Map(map) = self.new_map(id, entries)? else { return self.no_overload(id) };
                    entries = map.entries().to_vec();
                    self.charge(id, entries.len())?;
                    entries.retain(|(known, _)| key_order(known, &key).is_ne());
                }
                None => {}
            }
        }
        self.new_map(id, entries)
    }

    pub(super) fn unwrap_entry(&self, id: NodeId, value: &Value) -> Result<Option<Value>, Stop> {
        match value {
            Value::Optional(value) => Ok(value.items().first().cloned()),
            _ => self.fail(id, "cannot initialize optional entry from non-optional value"),
        }
    }
}

/// Whether a value can be a key.
fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::String(_))
}

pub(super) fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Uint(value) => Value::Uint(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Bytes(bytes) => Value::Bytes(bytes.clone()),
    }
}
