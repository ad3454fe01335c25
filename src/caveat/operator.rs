/// An operator of CEL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `c ? a : b`.
    Conditional,
    /// `a || b`, of two operands or more.
    Or,
    /// `a && b`, of two operands or more.
    And,
    /// `!a`.
    Not,
    /// `-a`.
    Negate,
    /// `a == b`.
    Equal,
    /// `a != b`.
    NotEqual,
    /// `a < b`.
    Less,
    /// `a <= b`.
    LessOrEqual,
    /// `a > b`.
    Greater,
    /// `a >= b`.
    GreaterOrEqual,
    /// `a in b`.
    In,
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// `a % b`.
    Modulo,
    /// `a[b]`.
    Index,
    /// `a[?b]`: an optional value.
    OptionalIndex,
}

/// How tightly a binary operator holds its operands; all are left-associative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    Relation,
    Sum,
    Product,
}

impl Operator {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Conditional => "?:",
            Self::Or => "||",
            Self::And => "&&",
            Self::Not => "!",
            Self::Negate | Self::Subtract => "-",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Index => "[]",
            Self::OptionalIndex => "[?]",
        }
    }

    /// The binary operator below `&&` that a word is.
    pub(super) fn binary(word: &str) -> Option<(Self, Precedence)> {
        Some(match word {
            "==" => (Self::Equal, Precedence::Relation),
            "!=" => (Self::NotEqual, Precedence::Relation),
            "<" => (Self::Less, Precedence::Relation),
            "<=" => (Self::LessOrEqual, Precedence::Relation),
            ">" => (Self::Greater, Precedence::Relation),
            ">=" => (Self::GreaterOrEqual, Precedence::Relation),
            "in" => (Self::In, Precedence::Relation),
            "+" => (Self::Add, Precedence::Sum),
            "-" => (Self::Subtract, Precedence::Sum),
            "*" => (Self::Multiply, Precedence::Product),
            "/" => (Self::Divide, Precedence::Product),
            "%" => (Self::Modulo, Precedence::Product),
            _ => return None,
        })
    }
}
