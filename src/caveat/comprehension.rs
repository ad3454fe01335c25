//! The types of the macros that name a variable, by the loops that cel-go makes of them (`parser/macro.go`): a range,
//! something collected, a step, a result. The loop itself is not built; its operators are applied to types in its order.

use super::ast::{Kind, NodeId};
use super::check::{Checker, Local};
use super::macros::{ACCUMULATOR, Macro};
use super::unify::{self, Container, TypeId};
use super::{Operator, Resolution};
use crate::text::Span;

impl Checker<'_> {
    /// The range is checked: brings in the variable, and what is collected.
    pub(super) fn open(&mut self, id: NodeId) {
        let Some(Kind::Comprehension { kind, range, variable, .. }) = self.tree.node(id).map(|node| &node.kind) else {
            return;
        };
        let range_span = self.tree.span(*range);
        let range = self.found(*range);
        let name = variable.of(self.source).to_owned();
        let resolution = Resolution::Variable(id);
        if *kind == Macro::OptionalMap {
            self.apply_function("hasValue", true, &[range], range_span);
            let value = self.apply_function("value", true, &[range], range_span);
            self.scope.push(Local { name, kind: value, resolution });
            self.across_numbers = true;
            return;
        }
        let collected = match kind {
            Macro::All | Macro::Exists => unify::BOOL,
            Macro::ExistsOne => unify::INT,
            Macro::Map | Macro::Filter | Macro::OptionalMap => {
                let element = self.types.variable();
                self.types.list(element)
            }
        };
        let range = self.types.resolve(range, false);
        let element = match self.types.container(range) {
            Container::List(element) | Container::Map(element, _) => element,
            Container::Unknown => unify::ANY,
            Container::AnyMessage | Container::FieldsEntry | Container::None => {
                let found = self.types.describe(range);
                self.mismatch(range_span, format!("`{}` needs a list or a map, this is `{found}`", kind.name()));
                unify::ERROR
            }
        };
        self.scope.push(Local { name: ACCUMULATOR.to_owned(), kind: collected, resolution: Resolution::Accumulator(id) });
        self.scope.push(Local { name, kind: element, resolution });
        self.across_numbers = true;
    }

    /// The bodies are checked: takes out the variable, and gives the type of the whole.
    pub(super) fn close(&mut self, kind: Macro, range: NodeId, variable: Span, body: &[NodeId], span: Span) -> TypeId {
        let Some((last, conditions)) = body.split_last() else {
            return unify::ERROR;
        };
        let body_span = self.tree.span(*last);
        let last = self.found(*last);
        let Some(local) = self.scope.pop() else {
            return unify::ERROR;
        };
        if kind == Macro::OptionalMap {
            let itself = self.itself(variable, local.kind);
            if !self.types.assign(local.kind, itself) {
                let (wanted, found) = (self.types.describe(local.kind), self.types.describe(itself));
                self.mismatch(variable, format!("the variable is `{wanted}`, and outside of `optMap` it is `{found}`"));
            }
            return self.optional_map(last, body_span);
        }
        let Some(outer) = self.scope.pop() else {
            return unify::ERROR;
        };
        let collected = outer.kind;
        // What the loop sees under the name of what it collects: the variable, if that has the same name.
        let seen = if variable.of(self.source) == ACCUMULATOR { local.kind } else { collected };
        let range_span = self.tree.span(range);
        let (step, result) = match kind {
            Macro::All | Macro::Exists => {
                self.must_be_bool(seen, range_span, kind);
                self.must_be_bool(last, body_span, kind);
                (unify::BOOL, unify::BOOL)
            }
            Macro::ExistsOne => {
                let added = self.apply_operator(Operator::Add, &[seen, unify::INT], span);
                let step = self.apply_operator(Operator::Conditional, &[last, added, seen], body_span);
                (step, unify::BOOL)
            }
            Macro::Map | Macro::Filter | Macro::OptionalMap => {
                let (element, condition) = match (kind, conditions.first()) {
                    (Macro::Filter, _) => (self.itself(variable, local.kind), Some((last, body_span))),
                    (_, Some(condition)) => (last, Some((self.found(*condition), self.tree.span(*condition)))),
                    (_, None) => (last, None),
                };
                let element = self.types.list(element);
                let mut step = self.apply_operator(Operator::Add, &[seen, element], span);
                if let Some((condition, condition_span)) = condition {
                    step = self.apply_operator(Operator::Conditional, &[condition, step, seen], condition_span);
                }
                (step, collected)
            }
        };
        if !self.types.assign(collected, step) {
            let (wanted, found) = (self.types.describe(collected), self.types.describe(step));
            self.mismatch(span, format!("`{}` collects `{wanted}`, and here `{found}`", kind.name()));
        }
        self.types.resolve(result, false)
    }

    /// What the loop means by its variable: with a leading dot, it is looked up where the loop stands.
    fn itself(&mut self, variable: Span, kind: TypeId) -> TypeId {
        let Some(name) = variable.of(self.source).strip_prefix('.') else {
            return kind;
        };
        match self.look_up(name.trim()) {
            Some((found, _)) => found,
            None => {
                self.undeclared(variable);
                unify::ERROR
            }
        }
    }

    /// `o.hasValue() ? optional.of(body) : optional.none()`
    fn optional_map(&mut self, body: TypeId, span: Span) -> TypeId {
        let body = self.types.resolve(body, false);
        let some = self.apply_function("optional.of", false, &[body], span);
        let none = self.apply_function("optional.none", false, &[], span);
        self.apply_operator(Operator::Conditional, &[unify::BOOL, some, none], span)
    }

    fn must_be_bool(&mut self, kind: TypeId, span: Span, of: Macro) {
        if !self.types.assign(kind, unify::BOOL) {
            let found = self.types.describe(kind);
            self.mismatch(span, format!("`{}` needs a condition that gives `bool`, this is `{found}`", of.name()));
        }
    }
}
