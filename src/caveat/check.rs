//! Finds the type of every node, as cel-go's checker does (`checker/checker.go`), and reports what has none.
//!
//! What is checked first decides which type a value of unknown type takes, so the order of the steps is part of the
//! meaning. They are kept on a stack of their own: a tree can be deeper than the parser's functions were.

use super::ast::{EntryList, Key, Kind, Literal, NodeId, Selection, Tree};
use super::unify::{self, Container, Known, TypeId, Types};
use super::{MAX_DIAGNOSTICS, Operator, Parameter, Resolution, names, overloads};
use crate::text::{Code, Diagnostic, Listed, Span, nearest};

/// What every node refers to and what is known of its values, or what is wrong with the expression. `whole` is its span.
pub(super) fn check(
    tree: &Tree,
    source: &str,
    parameters: &[Parameter],
    whole: Span,
) -> Result<(Vec<Resolution>, Vec<Known>), Vec<Diagnostic>> {
    let mut types = Types::new();
    let parameter_types = parameters.iter().map(|parameter| types.of_parameter(&parameter.kind)).listed();
    let mut checker = Checker {
        tree,
        source,
        parameters,
        parameter_types,
        types,
        found: vec![unify::ERROR; tree.len()],
        resolutions: vec![Resolution::None; tree.len()],
        scope: Vec::new(),
        steps: Vec::new(),
        joins: Vec::new(),
        across_numbers: false,
        problems: Vec::new(),
    };
    let Some(root) = tree.root() else {
        return Err(vec![Diagnostic::error(Code::CaveatSyntax, whole, "the expression is empty")]);
    };
    checker.run(root);
    let result = checker.found(root);
    let result = checker.types.resolve(result, true);
    if checker.types.is_exhausted() {
        let message = "the types of this expression take too long to work out";
        return Err(vec![Diagnostic::error(Code::CaveatTooLarge, whole, message)]);
    }
    if checker.problems.is_empty() && result != unify::BOOL {
        let kind = checker.types.describe(result);
        let message = format!("a caveat must give `bool`, this expression gives `{kind}`");
        checker.problems.push(Diagnostic::error(Code::CaveatNotBoolean, whole, message));
    }
    if !checker.problems.is_empty() {
        return Err(checker.problems);
    }
    let known = checker.found.iter().map(|found| checker.types.known(*found)).listed();
    Ok((checker.resolutions, known))
}

/// Something still to do.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Look at a node, and put off what needs its parts.
    Check(NodeId),
    /// The parts of a node are done.
    Finish(NodeId),
    /// The range of a comprehension is done: its variable begins.
    Open(NodeId),
    /// A list is looked at: nothing is known of its elements.
    Begin,
    /// The key or element (`true`: the value) of entry number so-and-so is done.
    Join(EntryList, usize, bool),
    /// The value of a field of a message is done.
    Field(NodeId, usize),
}

/// A name that a comprehension brings.
pub(super) struct Local {
    pub(super) name: String,
    pub(super) kind: TypeId,
    pub(super) resolution: Resolution,
}

pub(super) struct Checker<'a> {
    pub(super) tree: &'a Tree,
    pub(super) source: &'a str,
    parameters: &'a [Parameter],
    parameter_types: Vec<TypeId>,
    pub(super) types: Types,
    found: Vec<TypeId>,
    resolutions: Vec<Resolution>,
    pub(super) scope: Vec<Local>,
    pub(super) steps: Vec<Step>,
    /// For each list or map under way, the types of its keys and of its elements or values so far.
    joins: Vec<[Option<TypeId>; 2]>,
    /// Whether `<`, `<=`, `>` and `>=` take numbers of different types. SpiceDB leaves that off, but cel-go forgets it on
    /// entering its first macro, and from there to the end of the expression they do **(quirk)**.
    pub(super) across_numbers: bool,
    problems: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn run(&mut self, root: NodeId) {
        self.steps.push(Step::Check(root));
        while let Some(step) = self.steps.pop() {
            if self.types.is_exhausted() || self.problems.len() >= MAX_DIAGNOSTICS {
                return;
            }
            match step {
                Step::Check(node) => self.check_node(node),
                Step::Finish(node) => self.finish(node),
                Step::Open(node) => self.open(node),
                Step::Begin => self.joins.push([None, None]),
                Step::Join(entries, index, is_value) => self.join(entries, index, is_value),
                Step::Field(node, index) => self.check_field(node, index),
            }
        }
    }

    pub(super) fn found(&self, node: NodeId) -> TypeId {
        self.found.get(node.0 as usize).copied().unwrap_or(unify::ERROR)
    }

    pub(super) fn set(&mut self, node: NodeId, kind: TypeId) {
        if let Some(found) = self.found.get_mut(node.0 as usize) {
            *found = kind;
        }
    }

    pub(super) fn refer(&mut self, node: NodeId, resolution: Resolution) {
        if let Some(place) = self.resolutions.get_mut(node.0 as usize) {
            *place = resolution;
        }
    }

    pub(super) fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub(super) fn mismatch(&mut self, span: Span, message: String) {
        self.report(Diagnostic::error(Code::CaveatNoMatchingOverload, span, message));
    }

    /// Puts nodes in line so that they are checked in this order, before what is in line already.
    pub(super) fn check_all(&mut self, nodes: &[NodeId]) {
        self.steps.extend(nodes.iter().rev().map(|node| Step::Check(*node)));
    }

    fn check_node(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.node(id) else { return };
        match &node.kind {
            Kind::Literal(literal) => self.set(id, literal_type(literal)),
            Kind::Name { name, .. } => {
                let name = *name;
                let text = name.of(self.source);
                let (kind, resolution) = self.look_up(text).unwrap_or_else(|| {
                    self.undeclared(name);
                    (unify::ERROR, Resolution::None)
                });
                self.set(id, kind);
                self.refer(id, resolution);
            }
            Kind::Select { operand, selection, .. } => {
                let qualified = (*selection == Selection::Plain)
                    .then(|| tree.qualified_name(self.source, id, names::TYPE_NAMESPACE))
                    .flatten();
                match qualified.and_then(|name| known_name(&name)) {
                    Some((kind, resolution)) => {
                        self.set(id, kind);
                        self.refer(id, resolution);
                    }
                    None => self.steps.extend([Step::Finish(id), Step::Check(*operand)]),
                }
            }
            Kind::Operation { operands, .. } => {
                self.steps.push(Step::Finish(id));
                self.check_all(tree.nodes(*operands));
            }
            Kind::Call { function, target, arguments } => {
                self.steps.push(Step::Finish(id));
                if let Some(target) = *target {
                    match self.qualified_function(target, *function) {
                        Some(name) => self.refer(id, Resolution::Function(name)),
                        None => self.steps.push(Step::Check(target)),
                    }
                }
                self.check_all(tree.nodes(*arguments));
            }
            Kind::List(entries) | Kind::Map(entries) => {
                self.steps.push(Step::Finish(id));
                for (index, entry) in tree.entries(*entries).iter().enumerate().rev() {
                    self.steps.extend([Step::Join(*entries, index, true), Step::Check(entry.value)]);
                    if let Key::Node(key) = entry.key {
                        self.steps.extend([Step::Join(*entries, index, false), Step::Check(key)]);
                    }
                }
                self.steps.push(Step::Begin);
            }
            Kind::Message { name, fields } => self.check_message(id, name, *fields, node.span),
            Kind::Comprehension { range, body, .. } => {
                self.steps.push(Step::Finish(id));
                self.check_all(tree.nodes(*body));
                self.steps.extend([Step::Open(id), Step::Check(*range)]);
            }
        }
    }

    fn finish(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.node(id) else { return };
        let kind = match &node.kind {
            Kind::Select { operand, field, selection } => self.select(*operand, *field, *selection, node.span),
            Kind::Operation { operator, operands } => {
                let operands = tree.nodes(*operands);
                match operator {
                    Operator::And | Operator::Or => self.logical(*operator, operands),
                    _ => {
                        let arguments: Vec<TypeId> = operands.iter().map(|operand| self.found(*operand)).listed();
                        self.apply_operator(*operator, &arguments, node.span)
                    }
                }
            }
            Kind::Call { function, target, arguments } => self.call(id, *function, *target, tree.nodes(*arguments), node.span),
            Kind::List(_) => {
                let [_, element] = self.joins.pop().unwrap_or_default();
                let element = element.unwrap_or_else(|| self.types.variable());
                self.types.list(element)
            }
            Kind::Map(_) => {
                let [key, value] = self.joins.pop().unwrap_or_default();
                let key = key.unwrap_or_else(|| self.types.variable());
                let value = value.unwrap_or_else(|| self.types.variable());
                self.types.map(key, value)
            }
            Kind::Comprehension { kind, range, variable, body } => {
                self.close(*kind, *range, *variable, tree.nodes(*body), node.span)
            }
            Kind::Literal(_) | Kind::Name { .. } | Kind::Message { .. } => return,
        };
        self.set(id, kind);
    }

    pub(super) fn look_up(&self, name: &str) -> Option<(TypeId, Resolution)> {
        if let Some(local) = self.scope.iter().rev().find(|local| local.name == name) {
            return Some((local.kind, local.resolution));
        }
        if let Some(index) = self.parameters.iter().position(|parameter| parameter.name == name) {
            let kind = self.parameter_types.get(index).copied().unwrap_or(unify::ERROR);
            return Some((kind, Resolution::Parameter(index)));
        }
        known_name(name)
    }

    pub(super) fn undeclared(&mut self, name: Span) {
        let text = name.of(self.source);
        let locals = self.scope.iter().map(|local| local.name.as_str()).filter(|name| *name != super::macros::ACCUMULATOR);
        let names = self.parameters.iter().map(|parameter| parameter.name.as_str()).chain(locals);
        let problem = Diagnostic::error(Code::CaveatUndeclaredReference, name, format!("`{text}` is not a parameter"))
            .with_suggestion(nearest(text, names));
        self.report(problem);
    }

    fn qualified_function(&self, target: NodeId, function: Span) -> Option<&'static str> {
        let namespace = self.tree.qualified_name(self.source, target, names::FUNCTION_NAMESPACE)?;
        let name = format!("{namespace}.{}", function.of(self.source));
        overloads::function_names().find(|known| *known == name)
    }

    fn select(&mut self, operand: NodeId, field: Span, selection: Selection, span: Span) -> TypeId {
        let operand = self.found(operand);
        let operand = self.types.resolve(operand, false);
        let (target, is_optional) = self.types.unwrap_optional(operand);
        let name = field.of(self.source);
        let result = match self.types.container(target) {
            Container::Map(_, value) => value,
            Container::Unknown | Container::AnyMessage => unify::ANY,
            Container::FieldsEntry => match names::fields_entry_field(name) {
                Some(signature) => self.read(signature),
                None => self.no_field(target, name, field),
            },
            Container::List(_) | Container::None => self.no_field(target, name, span),
        };
        match selection {
            Selection::Presence => unify::BOOL,
            Selection::Plain if !is_optional => self.types.resolve(result, false),
            Selection::Plain | Selection::Optional => {
                let result = self.types.resolve(result, false);
                self.types.optional(result)
            }
        }
    }

    fn no_field(&mut self, target: TypeId, name: &str, span: Span) -> TypeId {
        let kind = self.types.describe(target);
        self.mismatch(span, format!("`{kind}` has no field `{name}`"));
        unify::ANY
    }

    fn logical(&mut self, operator: Operator, operands: &[NodeId]) -> TypeId {
        let mut result = unify::BOOL;
        for operand in operands {
            let kind = self.found(*operand);
            if !self.types.assign(kind, unify::BOOL) {
                let kind = self.types.describe(kind);
                let span = self.tree.span(*operand);
                self.mismatch(span, format!("`{}` needs `bool` on both sides, this is `{kind}`", operator.symbol()));
                result = unify::ERROR;
            }
        }
        result
    }

    fn call(&mut self, id: NodeId, function: Span, target: Option<NodeId>, arguments: &[NodeId], span: Span) -> TypeId {
        let qualified = match self.resolutions.get(id.0 as usize) {
            Some(Resolution::Function(name)) => Some(*name),
            _ => None,
        };
        let target = if qualified.is_some() { None } else { target };
        let name = qualified.unwrap_or_else(|| function.of(self.source));
        let Some(known) = overloads::function_names().find(|known| *known == name) else {
            let problem = Diagnostic::error(Code::CaveatUndeclaredReference, function, format!("there is no function `{name}`"))
                .with_suggestion(nearest(name, overloads::function_names()));
            self.report(problem);
            return unify::ERROR;
        };
        let kinds: Vec<TypeId> = target.iter().chain(arguments).map(|node| self.found(*node)).listed();
        let is_int = matches!(known, "double" | "int" | "string" | "uint")
            && kinds.first().is_some_and(|kind| self.types.resolve(*kind, false) == unify::INT);
        self.refer(id, if is_int { Resolution::IntConversion(known) } else { Resolution::Function(known) });
        self.apply_function(known, target.is_some(), &kinds, span)
    }

    /// The type of a call of a function that is known to exist.
    pub(super) fn apply_function(&mut self, name: &str, is_method: bool, kinds: &[TypeId], span: Span) -> TypeId {
        let signatures = overloads::function(name).unwrap_or_default();
        if let Some(result) = self.apply(signatures, is_method, kinds) {
            return result;
        }
        let message = match kinds.split_first() {
            Some((target, rest)) if is_method => {
                let (target, rest) = (self.types.describe(*target), self.describe_all(rest));
                format!("`{name}` cannot be called on `{target}` with {rest}")
            }
            Some(_) | None => format!("`{name}` cannot take {}", self.describe_all(kinds)),
        };
        self.mismatch(span, message);
        unify::ERROR
    }

    /// The type that an operator gives.
    pub(super) fn apply_operator(&mut self, operator: Operator, kinds: &[TypeId], span: Span) -> TypeId {
        if let Some(result) = self.apply(overloads::operator(operator, self.across_numbers), false, kinds) {
            return result;
        }
        let message = format!("`{}` cannot take {}", operator.symbol(), self.describe_all(kinds));
        self.mismatch(span, message);
        unify::ERROR
    }

    fn describe_all(&mut self, kinds: &[TypeId]) -> String {
        let mut text = String::new();
        for (index, kind) in kinds.iter().enumerate() {
            let separator = match index {
                0 => "",
                _ if index + 1 == kinds.len() => " and ",
                _ => ", ",
            };
            text.push_str(separator);
            text.push('`');
            text.push_str(&self.types.describe(*kind));
            text.push('`');
        }
        if text.is_empty() { "no arguments".to_owned() } else { text }
    }

    /// The result of the overloads that fit: of several with different results, any type.
    fn apply(&mut self, signatures: &str, is_method: bool, kinds: &[TypeId]) -> Option<TypeId> {
        let mut result: Option<TypeId> = None;
        for signature in signatures.split(' ') {
            let plain = signature.strip_prefix('.');
            if plain.is_some() != is_method {
                continue;
            }
            let signature = plain.unwrap_or(signature);
            let is_generic = signature.contains(['1', '2']);
            let variables = if is_generic { [self.types.variable(), self.types.variable()] } else { [unify::ERROR; 2] };
            let mut letters = signature.chars();
            let mut wanted = Vec::with_capacity(kinds.len());
            while !letters.as_str().starts_with('>') {
                wanted.push(self.types.read(&mut letters, variables));
            }
            letters.next();
            if !self.types.assign_all(kinds, &wanted) {
                continue;
            }
            let given = self.types.read(&mut letters, variables);
            let given = self.types.resolve(given, false);
            result = Some(match result {
                None => given,
                Some(before) if self.types.is_any(before) || self.types.is_equal(before, given) => before,
                Some(_) => unify::ANY,
            });
        }
        result
    }

    fn read(&mut self, signature: &str) -> TypeId {
        self.types.read(&mut signature.chars(), [unify::ERROR; 2])
    }

    /// The element of an optional entry must be optional; what is joined is what is inside.
    fn optional_value(&mut self, node: NodeId) -> TypeId {
        let kind = self.found(node);
        let (value, is_optional) = self.types.unwrap_optional(kind);
        if !is_optional && !self.types.is_any(value) {
            let found = self.types.describe(kind);
            let span = self.tree.span(node);
            self.mismatch(span, format!("`?` needs an optional value, this is `{found}`"));
        }
        value
    }

    fn join(&mut self, entries: EntryList, index: usize, is_value: bool) {
        let Some(entry) = self.tree.entries(entries).get(index).copied() else { return };
        let kind = match entry.key {
            Key::Node(key) if !is_value => self.found(key),
            _ if entry.optional => self.optional_value(entry.value),
            _ => self.found(entry.value),
        };
        let Some(joined) = self.joins.last_mut().and_then(|joins| joins.get_mut(usize::from(is_value))) else { return };
        let before = *joined;
        *joined = Some(match before {
            None => kind,
            Some(before) if self.types.assign(before, kind) => self.types.most_general(before, kind),
            Some(_) => unify::ANY,
        });
    }

    fn check_message(&mut self, id: NodeId, name: &str, fields: EntryList, span: Span) {
        let Some(message) = names::Message::find(name) else {
            let plain = (!name.contains('.')).then(|| self.look_up(name)).flatten();
            let problem = match plain {
                Some(_) => Diagnostic::error(Code::CaveatNoMatchingOverload, span, format!("`{name}` is not a message")),
                None => Diagnostic::error(Code::CaveatUndeclaredReference, span, format!("there is no message `{name}`"))
                    .with_suggestion(nearest(name, names::MESSAGES.iter().map(|message| message.name))),
            };
            self.report(problem);
            return;
        };
        let kind = self.read(message.kind);
        self.set(id, kind);
        self.refer(id, Resolution::Type(message.name));
        for (index, entry) in self.tree.entries(fields).iter().enumerate().rev() {
            self.steps.extend([Step::Field(id, index), Step::Check(entry.value)]);
        }
    }

    fn check_field(&mut self, id: NodeId, index: usize) {
        let tree = self.tree;
        let Some(Kind::Message { name, fields }) = tree.node(id).map(|node| &node.kind) else { return };
        let Some((message, entry)) = names::Message::find(name).zip(tree.entries(*fields).get(index)) else { return };
        let Key::Field(field) = entry.key else { return };
        let text = field.of(self.source);
        let Some(signature) = message.field(text) else {
            self.mismatch(field, format!("`{name}` has no field `{text}`"));
            return;
        };
        let wanted = self.read(signature);
        let kind = if entry.optional { self.optional_value(entry.value) } else { self.found(entry.value) };
        if !self.types.assign(wanted, kind) {
            let (wanted, kind) = (self.types.describe(wanted), self.types.describe(kind));
            let span = tree.span(entry.value);
            self.mismatch(span, format!("field `{text}` is `{wanted}`, this is `{kind}`"));
        }
    }
}

/// A name that is there without being declared.
fn known_name(name: &str) -> Option<(TypeId, Resolution)> {
    if name == names::NULL_VALUE {
        return Some((unify::INT, Resolution::Number(0)));
    }
    names::type_value(name).map(|name| (unify::TYPE, Resolution::Type(name)))
}

fn literal_type(literal: &Literal) -> TypeId {
    match literal {
        Literal::Null => unify::NULL,
        Literal::Bool(_) => unify::BOOL,
        Literal::Int(_) => unify::INT,
        Literal::Uint(_) => unify::UINT,
        Literal::Double(_) => unify::DOUBLE,
        Literal::String(_) => unify::STRING,
        Literal::Bytes(_) => unify::BYTES,
    }
}
