//! Macros, evaluated: a body once for each element or key, or for an optional value.

use std::sync::Arc;

use super::ast::NodeId;
use super::evaluate::{Collected, Evaluated, Evaluator, Frame, Logic, Stop};
use super::macros::ACCUMULATOR;
use super::value::List;
use super::{Macro, Value};
use crate::text::{Listed, Span};

impl Evaluator<'_> {
    fn range(&mut self, id: NodeId, range: NodeId) -> Result<Arc<List>, Stop> {
        match self.evaluate(range)? {
            Value::List(list) => Ok(list),
            Value::Map(map) => {
                self.charge(id, map.entries().len())?;
                let keys = map.entries().iter().map(|(key, _)| key.clone()).listed();
                Ok(Arc::new(List::new(keys).unwrap_or_default()))
            }
            value => self.fail(range, format!("got '{}', expected iterable type", value.type_name())),
        }
    }

    #[inline(never)]
    pub(super) fn comprehension(&mut self, id: NodeId, kind: Macro, range: NodeId, variable: Span, body: &[NodeId]) -> Evaluated {
        let (Some(last), first) = (body.last().copied(), body.first().copied()) else { return self.no_overload(id) };
        let condition = first.filter(|_| kind == Macro::Filter || body.len() > 1);
        if kind == Macro::OptionalMap {
            return self.optional_map(id, range, last);
        }
        let range = self.range(id, range)?;
        let name = variable.of(self.expression.source());
        // In cel-go these two loops read what their own variable hides: nobody means that.
        if (name == ACCUMULATOR || (name.starts_with('.') && kind == Macro::Filter)) && !range.items().is_empty() {
            return self.fail(id, format!("`{name}` cannot be the variable of `{}`", kind.name()));
        }
        let collected = match kind {
            Macro::All | Macro::Exists => Collected::Logic(Logic::default()),
            Macro::ExistsOne => Collected::Count(Ok(0)),
            Macro::Map | Macro::Filter | Macro::OptionalMap => Collected::Items(Ok(Vec::new())),
        };
        self.frames.push(Frame { node: id, variable: Value::Null, collected });
        let mut decided = false;
        for item in range.items() {
            if let Some(frame) = self.frames.last_mut() {
                frame.variable = item.clone();
            }
            decided = match kind {
                Macro::All | Macro::Exists => self.decide(last, kind == Macro::Exists),
                Macro::ExistsOne => {
                    self.count(last);
                    false
                }
                Macro::Map | Macro::Filter | Macro::OptionalMap => {
                    let item = (kind == Macro::Filter).then_some(item);
                    self.collect(condition, last, item);
                    false
                }
            };
            if decided || self.is_exhausted {
                break;
            }
        }
        let collected = self.frames.pop().map(|frame| frame.collected);
        if self.is_exhausted {
            return Err(self.exhausted(id));
        }
        match collected {
            Some(Collected::Logic(logic)) => {
                if decided {
                    Ok(Value::Bool(kind == Macro::Exists))
                } else {
                    logic.result(kind == Macro::All)
                }
            }
            Some(Collected::Count(count)) => count.map(|count| Value::Bool(count == 1)),
            Some(Collected::Items(items)) => self.new_list(id, items?),
            None => self.no_overload(id),
        }
    }

    /// One round of `all` and `exists`.
    fn decide(&mut self, body: NodeId, deciding: bool) -> bool {
        let value = self.evaluate(body);
        let mut logic = match self.frames.last_mut() {
            Some(Frame { collected: Collected::Logic(logic), .. }) => std::mem::take(logic),
            Some(_) | None => return false,
        };
        let decides = self.decides(&mut logic, body, value, deciding);
        if let Some(frame) = self.frames.last_mut() {
            frame.collected = Collected::Logic(logic);
        }
        decides
    }

    /// One round of `exists_one`: a condition without an answer takes the place of the count.
    fn count(&mut self, body: NodeId) {
        let holds = self.condition(body);
        if let Some(Frame { collected: Collected::Count(count), .. }) = self.frames.last_mut() {
            match (holds, count) {
                (Ok(true), Ok(count)) => *count += 1,
                (Ok(_), _) => {}
                (Err(stop), count) => *count = Err(stop),
            }
        }
    }

    pub(super) fn condition(&mut self, body: NodeId) -> Result<bool, Stop> {
        match self.evaluate(body)? {
            Value::Bool(holds) => Ok(holds),
            _ => self.no_overload(body),
        }
    }

    /// One round of `map` and `filter`: a condition without an answer takes the place of what is collected, an element
    /// without a value only that of a list.
    fn collect(&mut self, condition: Option<NodeId>, body: NodeId, item: Option<&Value>) {
        let holds = condition.map_or(Ok(true), |condition| self.condition(condition));
        let value = match (&holds, item) {
            (Ok(true), Some(item)) => Ok(item.clone()),
            (Ok(true), None) => self.evaluate(body),
            (Ok(false) | Err(_), _) => Ok(Value::Null),
        };
        let charged = self.charge(body, 1);
        if let Some(Frame { collected: Collected::Items(items), .. }) = self.frames.last_mut() {
            match (holds.and_then(|holds| charged.map(|()| holds)), value) {
                (Ok(true), Ok(value)) => {
                    if let Ok(items) = items {
                        items.push(value);
                    }
                }
                (Ok(true), Err(stop)) => {
                    if items.is_ok() {
                        *items = Err(stop);
                    }
                }
                (Ok(false), _) => {}
                (Err(stop), _) => *items = Err(stop),
            }
        }
    }

    fn optional_map(&mut self, id: NodeId, range: NodeId, body: NodeId) -> Evaluated {
        let Value::Optional(value) = self.evaluate(range)? else { return self.no_overload(range) };
        let Some(value) = value.items().first().cloned() else { return self.optional(id, None) };
        self.frames.push(Frame { node: id, variable: value, collected: Collected::Count(Ok(0)) });
        let result = self.evaluate(body);
        self.frames.pop();
        self.optional(id, Some(result?))
    }
}
