use super::{Expression, ParameterType};
use crate::model;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Value;

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// True.
    True,
    /// False.
    False,
    /// Undecided without these parameters, by their places.
    Missing(Vec<usize>),
    /// It has no value.
    Error(EvaluationError),
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationError {
    /// Why.
    pub message: String,
}

impl EvaluationError {
    /// Whether the budget ran out.
    pub fn is_budget(&self) -> bool {
        false
    }
}

impl ParameterType {
    /// The value of this type.
    ///
    /// # Errors
    /// Where it is none.
    pub fn convert(&self, value: &model::Value) -> Result<Value, String> {
        self.accepts(value).map(|()| Value)
    }
}

impl Expression {
    /// Evaluates.
    pub fn evaluate(&self, arguments: &[Option<Value>], steps: &mut u64) -> Outcome {
        *steps = steps.saturating_sub(1);
        let missing = arguments.iter().enumerate().filter(|(_, argument)| argument.is_none());
        Outcome::Missing(missing.map(|(place, _)| place).collect())
    }

    /// What remains.
    pub fn residual(&self, _arguments: &[Option<Value>]) -> String {
        self.source().trim().to_owned()
    }
}
