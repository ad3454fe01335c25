//! Three values, and with the one in the middle the names that are missing for a decision.
//!
//! Decided operands decide; an undecided result carries the names of all its undecided operands (Kleene's strong logic).

use super::caveats::PARAMETERS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Value {
    No,
    Conditional,
    Has,
}

/// A set of caveat parameters: the bit of each is its place in [`PARAMETERS`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Names(u32);

/// A value, and the missing names when it is conditional.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Verdict {
    pub(crate) value: Value,
    pub(crate) missing: Names,
}

impl Names {
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let place = |name: &str| PARAMETERS.iter().position(|parameter| parameter.name == name);
        names.into_iter().fold(Self::default(), |names, name| {
            let place = place(name).unwrap_or_else(|| panic!("`{name}` is a parameter of no caveat"));
            Self(names.0 | 1 << place)
        })
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of the two sets holds the other.
    fn nested(self, other: Self) -> bool {
        let both = self.and(other);
        both == self || both == other
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = PARAMETERS.iter().enumerate().filter(|(place, _)| self.0 >> place & 1 == 1).map(|(_, found)| found.name);
        write!(out, "{{{}}}", names.collect::<Vec<_>>().join(", "))
    }
}

impl Verdict {
    pub(crate) const NO: Self = Self::decided(false);
    pub(crate) const HAS: Self = Self::decided(true);

    pub(crate) const fn decided(has: bool) -> Self {
        Self { value: if has { Value::Has } else { Value::No }, missing: Names(0) }
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self { value: Value::Conditional, missing: Names::of([name]) }
    }

    pub(crate) fn conditional(missing: Names) -> Self {
        Self { value: Value::Conditional, missing }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.combine(other, self.value.max(other.value))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        self.combine(other, self.value.min(other.value))
    }

    pub(crate) fn not(self) -> Self {
        let value = match self.value {
            Value::No => Value::Has,
            Value::Conditional => Value::Conditional,
            Value::Has => Value::No,
        };
        Self { value, ..self }
    }

    fn combine(self, other: Self, value: Value) -> Self {
        // Decided operands have no names.
        let missing = if value == Value::Conditional { self.missing.and(other.missing) } else { Names(0) };
        Self { value, missing }
    }

    /// Whether the values are the same, and of the names one side has all.
    pub(crate) fn like(self, other: Self) -> bool {
        self.value == other.value && self.missing.nested(other.missing)
    }

    /// The value alone.
    pub(crate) fn nameless(self) -> Self {
        Self { missing: Names(0), ..self }
    }
}

impl std::fmt::Debug for Verdict {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.value {
            Value::No => write!(out, "NO"),
            Value::Conditional => write!(out, "CONDITIONAL{:?}", self.missing),
            Value::Has => write!(out, "HAS"),
        }
    }
}
