//! An expression as text: in one layout; or what of it remains to be decided, the parts that are decided folded away, the values
//! that are known written out. The text is CEL over the parameters that are not known, with one function that CEL lacks: `ipaddress("...")`.

use super::ast::{EntryList, Key, Kind, NodeId, Selection};
use super::evaluate::{Evaluator, Stop, literal_value};
use super::unify::Known;
use super::value::Map;
use super::{Expression, MAX_EXPRESSION_CHARACTERS, Operator, Resolution, Value, double, names, time};
use crate::text::{Listed, Span};

/// How tightly something holds what is in it; parentheses go around what holds less tightly than its place asks.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Tightness {
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

impl Expression {
    /// The expression with the values of these parameters in it, by place, reduced to what depends on the others.
    ///
    /// Compiled over the parameters that are missing, and evaluated with their values, it comes to what the whole comes to
    /// with all values. Not kept are the element types of a list that is known to be empty. `steps` is as for
    /// [`Expression::evaluate`]; nothing is given when it runs out, or when the text would be too long to compile.
    ///
    /// ```
    /// use peppercorn::caveat::{Parameter, ParameterType, Value, compile};
    ///
    /// let int = |name: &str| Parameter { name: name.into(), kind: ParameterType::Int };
    /// let expression = compile(&[int("age"), int("limit")], "age >= 18 && age < limit")?;
    /// assert_eq!(expression.residual(&[Some(Value::Int(20)), None], &mut 1_000).as_deref(), Some("20 < limit"));
    /// # Ok::<(), Vec<peppercorn::text::Diagnostic>>(())
    /// ```
    #[must_use]
    pub fn residual(&self, arguments: &[Option<Value>], steps: &mut u64) -> Option<String> {
        let root = self.tree().root()?;
        let mut evaluator = Evaluator::new(self, arguments, steps);
        evaluator.record = Some(vec![None; self.tree().len()]);
        // Whatever it comes to: what was decided on the way is recorded.
        let _ = evaluator.run(root);
        let mut printer = Printer { evaluator, out: String::new(), loops: 0, is_widened: false, wrapped: 0 };
        let fits = !printer.evaluator.is_exhausted()
            && printer.print(root, Tightness::Conditional).is_ok()
            && printer.out.len() <= MAX_EXPRESSION_CHARACTERS;
        let is_truth = matches!(self.tree().node(root).map(|node| &node.kind),
            Some(Kind::Operation { operator, .. }) if matches!(tightness(*operator), Tightness::Or | Tightness::And | Tightness::Relation));
        let text = if printer.is_widened && !is_truth { format!("({}) && true", printer.out) } else { printer.out };
        fits.then_some(text)
    }

    /// The whole expression in the one layout that cel-go gives it (`parser/unparser.go`), and SpiceDB shows: blanks, parentheses and
    /// literals do not depend on how it was written.
    ///
    /// ```
    /// # use peppercorn::caveat::{Parameter, ParameterType, compile};
    /// let parameters = [Parameter { name: "age".into(), kind: ParameterType::Int }];
    /// assert_eq!(compile(&parameters, "(age>=0x12)&&true")?.canonical(), "age >= 18 && true");
    /// # Ok::<(), Vec<peppercorn::text::Diagnostic>>(())
    /// ```
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut steps = u64::MAX;
        let evaluator = Evaluator::new(self, &[], &mut steps);
        let mut printer = Printer { evaluator, out: String::new(), loops: 0, is_widened: false, wrapped: 0 };
        // Nothing stops it: there are steps enough.
        let _ = self.tree().root().map(|root| printer.print(root, Tightness::Conditional));
        printer.out
    }
}

/// Past so many bytes cel-go ends a line after the next `&&` or `||`; it counts four for the operator.
const LINE: usize = 76;

struct Printer<'a> {
    evaluator: Evaluator<'a>,
    out: String,
    /// How many macros are open: values in their bodies are not those of one round.
    loops: u32,
    /// Whether something is written out that had a type, and has any type now: then the whole may not be a truth value for sure.
    is_widened: bool,
    /// Where the last line was ended.
    wrapped: usize,
}

type Printed = Result<(), Stop>;

impl<'a> Printer<'a> {
    fn text(&self, span: Span) -> &'a str {
        span.of(self.evaluator.expression.source())
    }

    /// Whether all of the expression is printed, and nothing was evaluated.
    fn is_whole(&self) -> bool {
        self.evaluator.record.is_none()
    }

    /// Prints an operand that cel-go parenthesizes wherever it has operands of its own.
    fn operand(&mut self, id: NodeId, wanted: Tightness) -> Printed {
        let tree = self.evaluator.expression.tree();
        let operands = match tree.node(id).map(|node| &node.kind) {
            Some(Kind::Operation { operands, .. } | Kind::Call { arguments: operands, .. }) => tree.nodes(*operands).len(),
            _ => 0,
        };
        let around = self.is_whole() && operands > 1;
        self.out += if around { "(" } else { "" };
        self.print(id, if around { Tightness::Conditional } else { wanted })?;
        self.out += if around { ")" } else { "" };
        Ok(())
    }

    /// The value of a node that is decided.
    fn decided(&self, id: NodeId) -> Option<&Value> {
        if self.loops > 0 {
            return None;
        }
        self.evaluator.record.as_ref()?.get(id.0 as usize)?.as_ref()
    }

    fn decided_bool(&self, id: NodeId) -> Option<bool> {
        match self.decided(id) {
            Some(Value::Bool(value)) => Some(*value),
            Some(_) | None => None,
        }
    }

    /// Prints a node where something as tight as `wanted` can stand. Recursion is bounded by the depth of the tree.
    fn print(&mut self, id: NodeId, wanted: Tightness) -> Printed {
        self.evaluator.charge(id, 1)?;
        let expression = self.evaluator.expression;
        let Some(node) = expression.tree().node(id) else { return Ok(()) };
        if let (false, Some(value)) = (matches!(node.kind, Kind::Literal(_)), self.decided(id).cloned()) {
            return self.literal(id, &value);
        }
        self.print_open(id, wanted)
    }

    /// Prints what something is looked up in: an optional value that is itself looked up is not one that a chain starts from.
    fn print_target(&mut self, id: NodeId) -> Printed {
        let is_step = match self.evaluator.expression.tree().node(id).map(|node| &node.kind) {
            Some(Kind::Select { .. }) => true,
            Some(Kind::Operation { operator, .. }) => tightness(*operator) == Tightness::Member,
            _ => false,
        };
        match self.decided(id) {
            Some(Value::Optional(_)) if is_step => self.print_open(id, Tightness::Member),
            _ => self.print(id, Tightness::Member),
        }
    }

    /// Prints a node that is not decided.
    fn print_open(&mut self, id: NodeId, wanted: Tightness) -> Printed {
        let expression = self.evaluator.expression;
        let Some(node) = expression.tree().node(id) else { return Ok(()) };
        match &node.kind {
            Kind::Literal(value) if self.is_whole() => self.value(id, &literal_value(value))?,
            Kind::Literal(_) => self.out += self.text(node.span),
            Kind::Name { name, absolute } => {
                if let Resolution::Parameter(place) = expression.resolution(id)
                    && let Some(Some(value)) = self.evaluator.arguments.get(place)
                {
                    return self.literal(id, &value.clone());
                }
                self.out += if *absolute { "." } else { "" };
                self.out += self.text(*name);
            }
            Kind::Select { operand, field, selection } => self.select(*operand, *field, *selection)?,
            Kind::Operation { operator, operands } => {
                self.operation(id, *operator, expression.tree().nodes(*operands), wanted)?
            }
            Kind::Call { function, target, arguments } => {
                if let Some(target) = target {
                    let is_namespace = matches!(expression.resolution(id),
                        Resolution::Function(name) if name.starts_with(names::FUNCTION_NAMESPACE));
                    if is_namespace {
                        self.out += names::FUNCTION_NAMESPACE;
                    } else {
                        self.print(*target, Tightness::Member)?;
                    }
                    self.out += ".";
                }
                self.out += self.text(*function);
                self.out += "(";
                self.sequence(expression.tree().nodes(*arguments))?;
                self.out += ")";
            }
            Kind::List(entries) => self.entries("[", *entries, "]")?,
            Kind::Map(entries) => self.entries("{", *entries, "}")?,
            Kind::Message { name, fields } => {
                self.out += name;
                self.entries("{", *fields, "}")?;
            }
            Kind::Comprehension { kind, range, variable, body } => {
                self.print(*range, Tightness::Member)?;
                self.out += ".";
                self.out += kind.name();
                self.out += "(";
                self.out += self.text(*variable);
                self.loops += 1;
                for part in expression.tree().nodes(*body) {
                    self.out += ", ";
                    self.print(*part, Tightness::Conditional)?;
                }
                self.loops -= 1;
                self.out += ")";
            }
        }
        Ok(())
    }

    fn select(&mut self, operand: NodeId, field: Span, selection: Selection) -> Printed {
        self.out += if selection == Selection::Presence { "has(" } else { "" };
        self.print_target(operand)?;
        self.out += if selection == Selection::Optional { ".?" } else { "." };
        self.out += self.text(field);
        self.out += if selection == Selection::Presence { ")" } else { "" };
        Ok(())
    }

    fn operation(&mut self, id: NodeId, operator: Operator, operands: &[NodeId], wanted: Tightness) -> Printed {
        let own = tightness(operator);
        // What is decided and has not decided the whole does not matter any more.
        let decided = |printer: &Self, operand: &NodeId| printer.decided_bool(*operand).is_some();
        if let (Operator::And | Operator::Or, 0) = (operator, self.loops) {
            let left: Vec<NodeId> = operands.iter().copied().filter(|operand| !decided(self, operand)).listed();
            if let [only] = left.as_slice()
                && self.evaluator.expression.known(*only) != Known::Open
            {
                return self.print(*only, wanted);
            }
            return self.parenthesized(own, wanted, |printer| {
                printer.infix(operator, &left, own)?;
                // What may be no truth value is an error still.
                printer.out += match (left.len(), operator) {
                    (1, Operator::Or) => " || false",
                    (1, _) => " && true",
                    _ => "",
                };
                Ok(())
            });
        }
        if let (Operator::Conditional, [condition, then, otherwise]) = (operator, operands)
            && let Some(holds) = self.decided_bool(*condition)
        {
            let chosen = if holds { *then } else { *otherwise };
            let known = |node| self.evaluator.expression.known(node);
            let narrows = known(id) == Known::Open && known(chosen) != Known::Open;
            return if narrows { self.dynamic(chosen) } else { self.print(chosen, wanted) };
        }
        self.parenthesized(own, wanted, |printer| printer.infix(operator, operands, own))
    }

    fn dynamic(&mut self, id: NodeId) -> Printed {
        self.out += "dyn(";
        self.print(id, Tightness::Conditional)?;
        self.out += ")";
        Ok(())
    }

    fn parenthesized(&mut self, own: Tightness, wanted: Tightness, print: impl FnOnce(&mut Self) -> Printed) -> Printed {
        let around = own < wanted;
        self.out += if around { "(" } else { "" };
        print(self)?;
        self.out += if around { ")" } else { "" };
        Ok(())
    }

    fn infix(&mut self, operator: Operator, operands: &[NodeId], own: Tightness) -> Printed {
        match (operator, operands) {
            (Operator::And | Operator::Or, _) => {
                // cel-go does not tell `a && (b && c)` from `(a && b) && c`.
                let inner = match operator {
                    _ if self.is_whole() => own,
                    Operator::Or => Tightness::And,
                    _ => Tightness::Relation,
                };
                for (index, operand) in operands.iter().enumerate() {
                    if index > 0 && self.is_whole() && self.out.len() - self.wrapped >= LINE {
                        self.wrapped = self.out.len();
                        self.out += infix_text(operator).trim_end();
                        self.out += "\n";
                    } else if index > 0 {
                        self.out += infix_text(operator);
                    }
                    self.print(*operand, inner)?;
                }
                Ok(())
            }
            (Operator::Conditional, [condition, then, otherwise]) => {
                self.operand(*condition, Tightness::Or)?;
                self.out += " ? ";
                self.operand(*then, Tightness::Or)?;
                self.out += " : ";
                self.operand(*otherwise, Tightness::Conditional)
            }
            (Operator::Index | Operator::OptionalIndex, [target, key]) => {
                self.print_target(*target)?;
                self.out += if operator == Operator::Index { "[" } else { "[?" };
                self.print(*key, Tightness::Conditional)?;
                self.out += "]";
                Ok(())
            }
            (Operator::Not | Operator::Negate, [operand]) => {
                self.out += operator.symbol();
                // Two signs would cancel out, and a sign before a number is part of it.
                let start = self.out.len();
                self.operand(*operand, Tightness::Member)?;
                let is_bare = self
                    .out
                    .get(start..)
                    .is_some_and(|text| text.starts_with(|next: char| next == '-' || next == '.' || next.is_ascii_digit()));
                if is_bare {
                    self.out.insert(start, '(');
                    self.out.push(')');
                }
                Ok(())
            }
            (_, [left, right]) => {
                let next = match own {
                    Tightness::Relation => Tightness::Sum,
                    Tightness::Sum => Tightness::Product,
                    _ => Tightness::Unary,
                };
                // Numbers of different types are in an order only where a macro stands before **(quirk)**, which may be gone.
                let known = |node| self.evaluator.expression.known(node);
                let number = |node| matches!(known(node), Known::Int | Known::Uint | Known::Double);
                if own == Tightness::Relation
                    && !self.is_whole()
                    && number(*left)
                    && number(*right)
                    && known(*left) != known(*right)
                {
                    self.dynamic(*left)?;
                } else {
                    self.print(*left, own)?;
                }
                self.out += infix_text(operator);
                self.print(*right, next)
            }
            _ => Ok(()),
        }
    }

    fn sequence(&mut self, nodes: &[NodeId]) -> Printed {
        for (index, node) in nodes.iter().enumerate() {
            self.out += if index == 0 { "" } else { ", " };
            self.print(*node, Tightness::Conditional)?;
        }
        Ok(())
    }

    fn entries(&mut self, open: &str, entries: EntryList, close: &str) -> Printed {
        self.out += open;
        for (index, entry) in self.evaluator.expression.tree().entries(entries).iter().enumerate() {
            self.out += if index == 0 { "" } else { ", " };
            self.out += if entry.optional { "?" } else { "" };
            match entry.key {
                Key::Position => {}
                Key::Node(key) => self.print(key, Tightness::Conditional)?,
                Key::Field(field) => self.out += self.text(field),
            }
            self.out += if entry.key == Key::Position { "" } else { ": " };
            self.print(entry.value, Tightness::Conditional)?;
        }
        self.out += close;
        Ok(())
    }

    /// Whether a `uint` is among values or in them. Bounded by the depth of values.
    fn hold_uint(&mut self, id: NodeId, values: &[Value]) -> Result<bool, Stop> {
        for value in values {
            self.evaluator.charge(id, 1)?;
            let holds = match value {
                Value::Uint(_) => true,
                Value::List(list) | Value::Optional(list) => self.hold_uint(id, list.items())?,
                Value::Map(map) => self.holds_uint(id, map)?,
                _ => false,
            };
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn holds_uint(&mut self, id: NodeId, map: &Map) -> Result<bool, Stop> {
        for (key, value) in map.entries() {
            if self.hold_uint(id, &[key.clone(), value.clone()])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn literal(&mut self, id: NodeId, value: &Value) -> Printed {
        // Of what was open, a literal would say too much; and the value of a `uint` parameter has another type than the parameter.
        let wraps = match self.evaluator.expression.known(id) {
            Known::Open => true,
            Known::Uint => false,
            Known::Int | Known::Double | Known::Otherwise => {
                let holds = self.hold_uint(id, std::slice::from_ref(value))?;
                self.is_widened |= holds;
                holds
            }
        };
        self.out += if wraps { "dyn(" } else { "" };
        self.value(id, value)?;
        self.out += if wraps { ")" } else { "" };
        Ok(())
    }

    /// Writes a value out. Bounded by the depth of values.
    fn value(&mut self, id: NodeId, value: &Value) -> Printed {
        self.evaluator.charge(id, 1)?;
        if self.out.len() > MAX_EXPRESSION_CHARACTERS && !self.is_whole() {
            return self.evaluator.fail(id, "too long");
        }
        self.evaluator.charge_text(id, value)?;
        match value {
            Value::List(list) => {
                self.out += "[";
                self.values(id, list.items())?;
                self.out += "]";
            }
            Value::Map(map) => {
                self.out += "{";
                for (index, (key, value)) in map.entries().iter().enumerate() {
                    self.out += if index == 0 { "" } else { ", " };
                    self.value(id, key)?;
                    self.out += ": ";
                    self.value(id, value)?;
                }
                self.out += "}";
            }
            Value::Optional(inner) => {
                self.out += if inner.items().is_empty() { "optional.none(" } else { "optional.of(" };
                self.values(id, inner.items())?;
                self.out += ")";
            }
            Value::Message(name, fields) => {
                self.out += name;
                self.out += "{";
                for (index, (key, value)) in fields.entries().iter().enumerate() {
                    self.out += if index == 0 { "" } else { ", " };
                    self.out += &brief(key);
                    self.out += ": ";
                    self.value(id, value)?;
                }
                self.out += "}";
            }
            Value::String(text) => write_quoted(&mut self.out, text),
            Value::Bytes(bytes) => write_bytes(&mut self.out, bytes),
            Value::Duration(nanoseconds) => self.out += &format!("duration(\"{}\")", time::duration_literal(*nanoseconds)),
            Value::Timestamp(moment) => self.out += &format!("timestamp(\"{moment}\")"),
            Value::IpAddress(address) => self.out += &format!("ipaddress(\"{address}\")"),
            Value::Double(number) if !number.is_finite() => self.out += &format!("double(\"{}\")", double::plain(*number)),
            Value::Uint(number) => self.out += &format!("{number}u"),
            Value::Double(number) => {
                let text = double::general(*number);
                let is_whole = !text.contains(['.', 'e']);
                self.out += &text;
                self.out += if is_whole { ".0" } else { "" };
            }
            Value::Type("IPAddress") => self.out += "type(ipaddress(\"::\"))",
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Type(_) => self.out += &brief(value),
        }
        Ok(())
    }

    fn values(&mut self, id: NodeId, values: &[Value]) -> Printed {
        for (index, value) in values.iter().enumerate() {
            self.out += if index == 0 { "" } else { ", " };
            self.value(id, value)?;
        }
        Ok(())
    }
}

fn tightness(operator: Operator) -> Tightness {
    match operator {
        Operator::Conditional => Tightness::Conditional,
        Operator::Or => Tightness::Or,
        Operator::And => Tightness::And,
        Operator::Not | Operator::Negate => Tightness::Unary,
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::In => Tightness::Relation,
        Operator::Add | Operator::Subtract => Tightness::Sum,
        Operator::Multiply | Operator::Divide | Operator::Modulo => Tightness::Product,
        Operator::Index | Operator::OptionalIndex => Tightness::Member,
    }
}

fn infix_text(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => " || ",
        Operator::And => " && ",
        Operator::Equal => " == ",
        Operator::NotEqual => " != ",
        Operator::Less => " < ",
        Operator::LessOrEqual => " <= ",
        Operator::Greater => " > ",
        Operator::GreaterOrEqual => " >= ",
        Operator::In => " in ",
        Operator::Add => " + ",
        Operator::Subtract => " - ",
        Operator::Multiply => " * ",
        Operator::Divide => " / ",
        Operator::Modulo => " % ",
        Operator::Conditional | Operator::Not | Operator::Negate | Operator::Index | Operator::OptionalIndex => "",
    }
}

/// A small value for a message: text without quotes.
pub(super) fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => double::general(*value),
        Value::String(text) => text.chars().take(100).collect(),
        Value::Type(name) => (*name).to_owned(),
        other => other.type_name().to_owned(),
    }
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            // The letters that stand for the characters from 7 on.
            '\u{7}'..='\r' => {
                let letter = "abtnvfr".chars().nth((u32::from(character) as usize).saturating_sub(7));
                out.extend(['\\'].into_iter().chain(letter));
            }
            control if control.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn write_bytes(out: &mut String, bytes: &[u8]) {
    out.push_str("b\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            other => out.push_str(&format!("\\x{other:02x}")),
        }
    }
    out.push('"');
}
