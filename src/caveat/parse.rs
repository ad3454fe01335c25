//! From words to a tree: one function a level of the grammar that can hold another expression, and a loop for the rest,
//! so that only what SpiceDB bounds by [`MAX_EXPRESSION_DEPTH`] takes stack.

use super::ast::{Entry, Key, Kind, Literal, NodeId, Selection, Tree};
use super::operator::{Operator, Precedence};
use super::token::{Failure, Token, TokenKind, failure};
use super::{MAX_EXPRESSION_DEPTH, Macro, literal, names};
use crate::text::{Code, Diagnostic, Span};

/// The tree of an expression.
pub(super) fn parse(source: &str, tokens: &[Token]) -> Result<Tree, Failure> {
    let mut parser = Parser { source, tokens, position: 0, tree: Tree::default(), heights: Vec::new(), open: Open::default() };
    let root = parser.expression()?;
    if parser.peek().is_some() {
        return Err(parser.unexpected("the end of the expression or an operator"));
    }
    parser.tree.set_root(root);
    Ok(parser.tree)
}

/// How many of the grammar rules that nest are open.
#[derive(Clone, Copy, Default)]
struct Open {
    expressions: u16,
    relations: u16,
    sums: u16,
}

struct Parser<'a> {
    source: &'a str,
    tokens: &'a [Token],
    position: usize,
    tree: Tree,
    /// For each node, how many nodes of the kinds that SpiceDB counts lie on the longest way down.
    heights: Vec<u16>,
    open: Open,
}

impl Parser<'_> {
    /// `disjunction ("?" disjunction ":" expression)?`
    fn expression(&mut self) -> Result<NodeId, Failure> {
        let outer = self.open;
        self.open.expressions += 1;
        self.check_open()?;
        let condition = self.disjunction()?;
        let node = if self.eat("?") {
            let then = self.disjunction()?;
            self.expect(":", "`:` and what the condition gives otherwise")?;
            let otherwise = self.expression()?;
            self.operation(Operator::Conditional, &[condition, then, otherwise], true)?
        } else {
            condition
        };
        self.open = outer;
        Ok(node)
    }

    /// `conjunction ("||" conjunction)*`
    fn disjunction(&mut self) -> Result<NodeId, Failure> {
        let first = self.conjunction()?;
        if self.word() != "||" {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.eat("||") {
            operands.push(self.conjunction()?);
        }
        self.operation(Operator::Or, &operands, false)
    }

    /// `relation ("&&" relation)*`
    fn conjunction(&mut self) -> Result<NodeId, Failure> {
        let first = self.relation()?;
        if self.word() != "&&" {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.eat("&&") {
            operands.push(self.relation()?);
        }
        self.operation(Operator::And, &operands, false)
    }

    fn relation(&mut self) -> Result<NodeId, Failure> {
        let outer = self.open;
        self.open.relations += 1;
        self.open.sums += 1;
        self.check_open()?;
        let node = self.binary(Precedence::Relation)?;
        self.open = outer;
        Ok(node)
    }

    /// Operators that hold at least as tightly as `least`, by climbing; left-associative.
    fn binary(&mut self, least: Precedence) -> Result<NodeId, Failure> {
        let mut left = self.unary()?;
        while let Some((operator, precedence)) = Operator::binary(self.word()) {
            if precedence < least {
                break;
            }
            self.position += 1;
            let outer = self.open;
            match precedence {
                Precedence::Relation => self.open.relations += 1,
                Precedence::Sum | Precedence::Product => self.open.sums += 1,
            }
            self.check_open()?;
            let right = match precedence {
                Precedence::Relation => self.binary(Precedence::Sum)?,
                Precedence::Sum => self.binary(Precedence::Product)?,
                Precedence::Product => self.unary()?,
            };
            self.open = outer;
            left = self.operation(operator, &[left, right], true)?;
        }
        Ok(left)
    }

    /// `"!"* member | "-"* member`. Pairs of signs cancel out, before any type is looked at **(quirk)**.
    fn unary(&mut self) -> Result<NodeId, Failure> {
        let (sign, operator) = match self.word() {
            "!" => ("!", Operator::Not),
            "-" if !self.is_signed_number() => ("-", Operator::Negate),
            _ => return self.member(),
        };
        let start = self.here();
        let mut applies = false;
        while self.eat(sign) {
            applies = !applies;
        }
        let operand = self.member()?;
        if !applies {
            return Ok(operand);
        }
        let span = start.to(self.tree.span(operand));
        let operands = self.tree.list(&[operand]);
        let height = self.height(operand);
        self.node(Kind::Operation { operator, operands }, span, height)
    }

    /// `primary ("." name | ".?" name | "." name "(" arguments ")" | "[" "?"? expression "]")*`
    fn member(&mut self) -> Result<NodeId, Failure> {
        let mut is_path = self.peek_kind() == Some(TokenKind::Identifier) || self.word() == ".";
        let start = self.here();
        let mut node = self.primary()?;
        loop {
            is_path = is_path && self.is_path(node);
            if self.eat(".") {
                node = self.selection(node, start)?;
            } else if self.eat("[") {
                let operator = if self.eat("?") { Operator::OptionalIndex } else { Operator::Index };
                let index = self.expression()?;
                let end = self.expect("]", "`]` after the index")?;
                let operands = self.tree.list(&[node, index]);
                let height = self.height(node).max(self.height(index)) + 1;
                node = self.node(Kind::Operation { operator, operands }, start.to(end), height)?;
            } else if is_path && self.word() == "{" {
                node = self.message(node, start)?;
                is_path = false;
            } else {
                return Ok(node);
            }
        }
    }

    /// What follows a dot: a field, an optional field, or a call.
    fn selection(&mut self, operand: NodeId, start: Span) -> Result<NodeId, Failure> {
        let selection = if self.eat("?") { Selection::Optional } else { Selection::Plain };
        let field = self.name("a field or function after the dot")?;
        if selection == Selection::Plain && self.eat("(") {
            let (arguments, end) = self.arguments()?;
            return self.call(field, Some(operand), &arguments, start.to(end));
        }
        let height = self.height(operand) + 1;
        self.node(Kind::Select { operand, field, selection }, start.to(field), height)
    }

    fn primary(&mut self) -> Result<NodeId, Failure> {
        let Some(token) = self.peek() else {
            return Err(self.unexpected("a value"));
        };
        let text = token.span.of(self.source);
        let value = match (token.kind, text) {
            (TokenKind::Int, _) => literal::int(text, token.span)?,
            (TokenKind::Uint, _) => literal::uint(text, token.span)?,
            (TokenKind::Double, _) => literal::double(text, token.span)?,
            (TokenKind::String, _) => literal::string(text, token.span)?,
            (TokenKind::Bytes, _) => literal::bytes(text, token.span)?,
            (TokenKind::Identifier, "true") => Literal::Bool(true),
            (TokenKind::Identifier, "false") => Literal::Bool(false),
            (TokenKind::Identifier, "null") => Literal::Null,
            (TokenKind::Identifier, _) => return self.named(false, token.span),
            (TokenKind::Symbol, "-") if self.is_signed_number() => return self.signed_number(token.span),
            (TokenKind::Symbol, ".") => {
                self.position += 1;
                return self.named(true, token.span);
            }
            (TokenKind::Symbol, "(") => {
                self.position += 1;
                let node = self.expression()?;
                self.expect(")", "`)`")?;
                return Ok(node);
            }
            (TokenKind::Symbol, "[") => return self.list_literal(token.span),
            (TokenKind::Symbol, "{") => return self.map_literal(token.span),
            (TokenKind::Symbol, _) => return Err(self.unexpected("a value")),
        };
        self.position += 1;
        self.node(Kind::Literal(value), token.span, 0)
    }

    fn signed_number(&mut self, sign: Span) -> Result<NodeId, Failure> {
        self.position += 1;
        let Some(token) = self.peek() else {
            return Err(self.unexpected("a number"));
        };
        self.position += 1;
        let text = format!("-{}", token.span.of(self.source));
        let span = sign.to(token.span);
        let value = if token.kind == TokenKind::Double { literal::double(&text, span)? } else { literal::int(&text, span)? };
        self.node(Kind::Literal(value), span, 0)
    }

    /// A name, or a call of a function by its name alone.
    fn named(&mut self, absolute: bool, start: Span) -> Result<NodeId, Failure> {
        let name = self.name("a name")?;
        if self.eat("(") {
            self.not_reserved(name)?;
            let (arguments, end) = self.arguments()?;
            return match arguments.as_slice() {
                [argument] if !absolute && name.of(self.source) == "has" => self.presence(*argument, start.to(end)),
                _ => self.call(name, None, &arguments, start.to(end)),
            };
        }
        // The name of a message may hold reserved words; it is refused for not being one.
        if self.word() != "{" {
            self.not_reserved(name)?;
        }
        self.node(Kind::Name { name, absolute }, start.to(name), 0)
    }

    fn not_reserved(&self, name: Span) -> Result<(), Failure> {
        let text = name.of(self.source);
        if names::is_reserved(text) {
            return Err(failure(Code::CaveatSyntax, name, format!("`{text}` is a reserved word of CEL")));
        }
        Ok(())
    }

    fn presence(&mut self, argument: NodeId, span: Span) -> Result<NodeId, Failure> {
        match self.tree.node(argument).map(|node| &node.kind) {
            Some(Kind::Select { operand, field, selection: Selection::Plain | Selection::Presence }) => {
                let kind = Kind::Select { operand: *operand, field: *field, selection: Selection::Presence };
                let height = self.height(argument);
                self.node(kind, span, height)
            }
            _ => {
                let problem =
                    Diagnostic::error(Code::CaveatSyntax, self.tree.span(argument), "`has` takes the selection of a field");
                Err(Box::new(problem.with_help("write `has(value.field)`; for a key that is not a name, `key in value`")))
            }
        }
    }

    /// The arguments of a call whose `(` is read, and its `)`.
    fn arguments(&mut self) -> Result<(Vec<NodeId>, Span), Failure> {
        let mut arguments = Vec::new();
        if self.word() != ")" {
            arguments.push(self.expression()?);
            while self.eat(",") {
                arguments.push(self.expression()?);
            }
        }
        let end = self.expect(")", "`,` or `)`")?;
        Ok((arguments, end))
    }

    fn call(&mut self, name: Span, target: Option<NodeId>, arguments: &[NodeId], span: Span) -> Result<NodeId, Failure> {
        let mut height = arguments.iter().map(|argument| self.height(*argument)).max().unwrap_or(0);
        if let Some(range) = target {
            height = height.max(self.height(range)) + 1;
            if let Some(kind) = Macro::find(name.of(self.source), arguments.len()) {
                let (variable, body) = self.macro_variable(kind, arguments)?;
                let body = self.tree.list(body);
                return self.node(Kind::Comprehension { kind, range, variable, body }, span, height);
            }
        }
        let arguments = self.tree.list(arguments);
        self.node(Kind::Call { function: name, target, arguments }, span, height)
    }

    /// The variable of a macro and what it is for.
    fn macro_variable<'b>(&self, kind: Macro, arguments: &'b [NodeId]) -> Result<(Span, &'b [NodeId]), Failure> {
        let (first, body) = arguments.split_first().ok_or_else(|| self.unexpected("a variable"))?;
        match self.tree.node(*first).map(|node| &node.kind) {
            Some(Kind::Name { .. }) => Ok((self.tree.span(*first), body)),
            _ => {
                let message = format!("the first argument of `{}` must be a name for its variable", kind.name());
                Err(failure(Code::CaveatSyntax, self.tree.span(*first), message))
            }
        }
    }

    fn list_literal(&mut self, start: Span) -> Result<NodeId, Failure> {
        self.position += 1;
        let mut entries = Vec::new();
        let end = self.braced(&mut entries, "]", |parser| {
            let optional = parser.eat("?");
            Ok(Entry { key: Key::Position, value: parser.expression()?, optional })
        })?;
        let height = self.entries_height(&entries);
        let elements = self.tree.entry_list(&entries);
        self.node(Kind::List(elements), start.to(end), height)
    }

    fn map_literal(&mut self, start: Span) -> Result<NodeId, Failure> {
        self.position += 1;
        let mut entries = Vec::new();
        let end = self.braced(&mut entries, "}", |parser| {
            let optional = parser.eat("?");
            let key = Key::Node(parser.expression()?);
            parser.expect(":", "`:` after the key")?;
            Ok(Entry { key, value: parser.expression()?, optional })
        })?;
        let height = self.entries_height(&entries);
        let entries = self.tree.entry_list(&entries);
        self.node(Kind::Map(entries), start.to(end), height)
    }

    fn message(&mut self, path: NodeId, start: Span) -> Result<NodeId, Failure> {
        let name = self.path(path).into_boxed_str();
        self.position += 1;
        let mut entries = Vec::new();
        let end = self.braced(&mut entries, "}", |parser| {
            let optional = parser.eat("?");
            let key = Key::Field(parser.name("the name of a field")?);
            parser.expect(":", "`:` after the field")?;
            Ok(Entry { key, value: parser.expression()?, optional })
        })?;
        let height = self.entries_height(&entries);
        let fields = self.tree.entry_list(&entries);
        self.node(Kind::Message { name, fields }, start.to(end), height)
    }

    /// Entries up to `close`, separated by commas; one more comma may end them, even with no entry before it.
    fn braced(
        &mut self,
        entries: &mut Vec<Entry>,
        close: &str,
        entry: impl Fn(&mut Self) -> Result<Entry, Failure>,
    ) -> Result<Span, Failure> {
        let expected = if close == "]" { "`,` or `]`" } else { "`,` or `}`" };
        if self.word() != close && self.word() != "," {
            entries.push(entry(self)?);
            while self.eat(",") {
                if self.word() == close {
                    return self.expect(close, expected);
                }
                entries.push(entry(self)?);
            }
        } else {
            self.eat(",");
        }
        self.expect(close, expected)
    }

    /// Whether the node is a name or a chain of plain selections, judged by its last step.
    fn is_path(&self, node: NodeId) -> bool {
        matches!(
            self.tree.node(node).map(|node| &node.kind),
            Some(Kind::Name { .. } | Kind::Select { selection: Selection::Plain, .. })
        )
    }

    fn path(&self, node: NodeId) -> String {
        let mut parts = Vec::new();
        let mut next = node;
        while let Some(node) = self.tree.node(next) {
            match &node.kind {
                Kind::Select { operand, field, .. } => {
                    parts.push(field.of(self.source));
                    next = *operand;
                }
                Kind::Name { name, .. } => {
                    parts.push(name.of(self.source));
                    break;
                }
                _ => break,
            }
        }
        parts.reverse();
        parts.join(".")
    }

    fn operation(&mut self, operator: Operator, operands: &[NodeId], counts: bool) -> Result<NodeId, Failure> {
        let first = operands.first().map_or(Span::at(0), |node| self.tree.span(*node));
        let span = operands.last().map_or(first, |node| first.to(self.tree.span(*node)));
        let height = operands.iter().map(|node| self.height(*node)).max().unwrap_or(0) + u16::from(counts);
        let operands = self.tree.list(operands);
        self.node(Kind::Operation { operator, operands }, span, height)
    }

    fn entries_height(&self, entries: &[Entry]) -> u16 {
        let mut height = 0;
        for entry in entries {
            height = height.max(self.height(entry.value));
            if let Key::Node(key) = entry.key {
                height = height.max(self.height(key));
            }
        }
        height
    }

    fn height(&self, node: NodeId) -> u16 {
        self.heights.get(node.0 as usize).copied().unwrap_or(0)
    }

    fn node(&mut self, kind: Kind, span: Span, height: u16) -> Result<NodeId, Failure> {
        if height > MAX_EXPRESSION_DEPTH {
            return Err(too_deep(span));
        }
        self.heights.push(height);
        Ok(self.tree.push(kind, span))
    }

    fn check_open(&self) -> Result<(), Failure> {
        let Open { expressions, relations, sums } = self.open;
        if expressions.max(relations).max(sums) > MAX_EXPRESSION_DEPTH {
            return Err(too_deep(self.here()));
        }
        Ok(())
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.position).copied()
    }

    fn peek_kind(&self) -> Option<TokenKind> {
        self.peek().map(|token| token.kind)
    }

    /// The next word if it is a symbol or a name, else nothing: what a string holds is never an operator.
    fn word(&self) -> &str {
        match self.peek() {
            Some(Token { kind: TokenKind::Symbol | TokenKind::Identifier, span }) => span.of(self.source),
            Some(_) | None => "",
        }
    }

    fn is_signed_number(&self) -> bool {
        let next = self.tokens.get(self.position + 1).map(|token| token.kind);
        self.word() == "-" && matches!(next, Some(TokenKind::Int | TokenKind::Double))
    }

    /// The span of the next word, or of the end.
    fn here(&self) -> Span {
        let end = || self.tokens.last().map_or(Span::at(0), |last| Span { start: last.span.end, end: last.span.end });
        self.peek().map_or_else(end, |token| token.span)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = self.word() == symbol;
        if found {
            self.position += 1;
        }
        found
    }

    fn expect(&mut self, symbol: &str, expected: &str) -> Result<Span, Failure> {
        let span = self.here();
        if self.eat(symbol) { Ok(span) } else { Err(self.unexpected(expected)) }
    }

    /// A name; the words with a meaning are none.
    fn name(&mut self, expected: &str) -> Result<Span, Failure> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Identifier && !names::is_keyword(self.word()) => {
                self.position += 1;
                Ok(token.span)
            }
            Some(_) | None => Err(self.unexpected(expected)),
        }
    }

    fn unexpected(&self, expected: &str) -> Failure {
        let span = self.here();
        let found = match self.peek() {
            Some(token) if token.span.range().len() <= 40 => format!("`{}`", token.span.of(self.source)),
            Some(_) => "a string".to_owned(),
            None => "the end".to_owned(),
        };
        failure(Code::CaveatSyntax, span, format!("expected {expected}, found {found}"))
    }
}

fn too_deep(span: Span) -> Failure {
    let message = format!("the expression is nested more than {MAX_EXPRESSION_DEPTH} levels deep");
    failure(Code::CaveatNestingTooDeep, span, message)
}
