/// The variable that cel-go's expansion of the macros over a range collects into. It can be referred to in their
/// bodies **(quirk)**, and a variable of the same name hides it from the expansion itself.
pub(super) const ACCUMULATOR: &str = "__result__";

/// A macro that names a variable: written as a call on a value, checked and evaluated as a loop (CEL specification,
/// section "Macros").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Macro {
    /// `r.all(x, p)`: whether `p` holds for every element.
    All,
    /// `r.exists(x, p)`: whether `p` holds for an element.
    Exists,
    /// `r.exists_one(x, p)`: whether `p` holds for exactly one element.
    ExistsOne,
    /// `r.map(x, t)` or `r.map(x, p, t)`: the list of `t` for every element for which `p` holds.
    Map,
    /// `r.filter(x, p)`: the list of the elements for which `p` holds.
    Filter,
    /// `o.optMap(x, t)`: `t` of an optional value, if there is one, as an optional value.
    OptionalMap,
}

impl Macro {
    /// The macro called `name` with this many arguments, the variable among them. Any other number is a plain call.
    pub(super) fn find(name: &str, arguments: usize) -> Option<Self> {
        Some(match (name, arguments) {
            ("all", 2) => Self::All,
            ("exists", 2) => Self::Exists,
            ("exists_one", 2) => Self::ExistsOne,
            ("map", 2 | 3) => Self::Map,
            ("filter", 2) => Self::Filter,
            ("optMap", 2) => Self::OptionalMap,
            _ => return None,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Exists => "exists",
            Self::ExistsOne => "exists_one",
            Self::Map => "map",
            Self::Filter => "filter",
            Self::OptionalMap => "optMap",
        }
    }
}
