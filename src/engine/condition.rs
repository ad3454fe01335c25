use std::cell::{RefCell, RefMut};

use crate::caveat::{self, Outcome};
use crate::model::{Context, Permissionship, Symbol, Timestamp, Value};
use crate::plan::Plan;
use crate::store::{Edge, Traits};
use crate::text::hash::Map;
use crate::text::{Listed, sort, sort_by};

/// What something is worth as an answer: no, yes, or a condition, with what is missing to decide it.
///
/// Conditions combine as in Kleene's logic: what one side decides is decided, and what is not decided misses what its
/// undecided parts miss. Source of semantics: SpiceDB, `internal/caveats/run.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    level: Permissionship,
    missing: Missing,
}

/// A number for a set of causes why something is undecided: see [`Conditions`]. Nothing is missing where it is 0; it is else
/// one more than the place of the set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Missing(u32);

impl Worth {
    /// No.
    pub const NO: Self = Self { level: Permissionship::NoPermission, missing: Missing(0) };
    /// A condition of which nothing more is known.
    #[cfg(feature = "dev")]
    pub(super) const CONDITIONAL: Self = Self { level: Permissionship::ConditionalPermission, missing: Missing(0) };
    /// Yes.
    pub const HAS: Self = Self { level: Permissionship::HasPermission, missing: Missing(0) };

    /// No, conditional or yes.
    #[must_use]
    pub fn level(self) -> Permissionship {
        self.level
    }

    /// The same without what is missing.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { missing: Missing(0), ..self }
    }

    pub(super) fn is_no(self) -> bool {
        self.level == Permissionship::NoPermission
    }

    pub(super) fn is_has(self) -> bool {
        self.level == Permissionship::HasPermission
    }
}

/// Why something is undecided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// This parameter has no value.
    Missing(String),
    /// A caveat cannot be evaluated.
    Failed(ConditionError),
}

/// Why a caveat cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConditionError {
    /// A value of the context is not of the type of the caveat's parameter.
    ParameterType {
        /// The caveat's name.
        caveat: String,
        /// The parameter's name.
        parameter: String,
        /// What is wrong.
        message: String,
    },
    /// The expression has no value.
    Evaluation {
        /// The caveat's name.
        caveat: String,
        /// Why.
        message: String,
    },
    /// It takes too much work.
    Budget,
}

/// The caveats of a question: evaluates each once, and keeps what the answers miss.
#[derive(Debug)]
pub struct Conditions<'a> {
    plan: &'a Plan,
    now: Timestamp,
    /// Nothing where caveats are not evaluated at all.
    context: Option<&'a Context>,
    /// Steps for evaluating caveats.
    budget: u64,
    // INVARIANT: borrowed within one method at a time, none of which calls another while it holds it.
    /// Nothing before the first caveat: most questions meet none.
    state: RefCell<Option<Box<State>>>,
}

#[derive(Debug, Default)]
struct State {
    left: u64,
    /// By caveat: the request's values for its parameters.
    requests: Map<Symbol, Vec<Given>>,
    /// By caveat and the place of the stored context in memory.
    known: Map<(Symbol, usize), Worth>,
    causes: Vec<Cause>,
    places: Map<Cause, usize>,
    /// Causes by their places, sorted.
    sets: Vec<Vec<usize>>,
    numbers: Map<Vec<usize>, Missing>,
    unions: Map<(Missing, Missing), Missing>,
}

/// The value of one parameter: none, one, or one that does not fit.
type Given = Result<Option<caveat::Value>, String>;

/// What became of a caveat, for people to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The caveat's name.
    pub name: String,
    /// Its expression as written.
    pub expression: String,
    /// What it comes to.
    pub worth: Worth,
    /// The values it was evaluated with: the row's, then the request's.
    pub context: Context,
}

impl<'a> Conditions<'a> {
    /// The conditions of a question asked with that context at that time, with so many steps for evaluating caveats.
    #[must_use]
    pub fn new(plan: &'a Plan, now: Timestamp, context: &'a Context, budget: u64) -> Self {
        Self { plan, now, context: Some(context), budget, state: RefCell::default() }
    }

    /// Conditions under which every caveat is undecided, whatever it says: what an answer can depend on.
    #[must_use]
    pub fn undecided(plan: &'a Plan, now: Timestamp) -> Self {
        Self { plan, now, context: None, budget: 0, state: RefCell::default() }
    }

    fn state(&self) -> RefMut<'_, State> {
        let new = || Box::new(State { left: self.budget, ..State::default() });
        RefMut::map(self.state.borrow_mut(), |state| &mut **state.get_or_insert_with(new))
    }

    /// The time at which relationships that expire are read.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What an edge is worth in itself: nothing once it has expired or its caveat is false.
    pub fn worth(&self, edge: &Edge) -> Worth {
        match edge {
            None => Worth::HAS,
            Some(traits) if !traits.is_live(self.now) => Worth::NO,
            Some(traits) => match &traits.caveat {
                None => Worth::HAS,
                Some((name, stored)) => self.caveat(*name, stored.as_deref()),
            },
        }
    }

    /// Whether the edge is there at all: not expired.
    pub fn is_live(&self, edge: &Edge) -> bool {
        edge.as_ref().is_none_or(|traits: &std::sync::Arc<Traits>| traits.is_live(self.now))
    }

    fn caveat(&self, name: Symbol, stored: Option<&Context>) -> Worth {
        if self.context.is_none() {
            return Worth { level: Permissionship::ConditionalPermission, missing: Missing(0) };
        }
        let key = (name, stored.map_or(0, |context| std::ptr::from_ref(context).addr()));
        if let Some(known) = self.state().known.get(&key) {
            return *known;
        }
        let causes = match self.evaluate(name, stored) {
            Ok(Outcome::True) => return self.remember(key, Worth::HAS),
            Ok(Outcome::False) => return self.remember(key, Worth::NO),
            Ok(Outcome::Missing(places)) => {
                let parameters = self.plan.caveat(name).map(|caveat| caveat.parameters.as_slice()).unwrap_or_default();
                let named = places.into_iter().filter_map(|place| parameters.get(place));
                named.map(|parameter| Cause::Missing(parameter.name.clone())).listed()
            }
            Ok(Outcome::Error(_)) if self.state().left == 0 => vec![Cause::Failed(ConditionError::Budget)],
            Ok(Outcome::Error(error)) => {
                let caveat = self.plan.caveat(name).map(|caveat| caveat.name.clone()).unwrap_or_default();
                vec![Cause::Failed(ConditionError::Evaluation { caveat, message: error.message })]
            }
            Err(error) => vec![Cause::Failed(error)],
        };
        let missing = self.state().number(causes);
        self.remember(key, Worth { level: Permissionship::ConditionalPermission, missing })
    }

    /// The value that the request gives a parameter.
    fn given(&self, name: &str) -> Option<&'a Value> {
        value(self.context?, name)
    }

    fn remember(&self, key: (Symbol, usize), worth: Worth) -> Worth {
        self.state().known.insert(key, worth);
        worth
    }

    /// The values of a caveat's parameters: the row's, then the request's. Source of semantics: SpiceDB, stored wins.
    fn arguments(&self, name: Symbol, stored: Option<&Context>) -> Result<Vec<Option<caveat::Value>>, ConditionError> {
        let Some(caveat) = self.plan.caveat(name) else {
            return Err(ConditionError::Evaluation {
                caveat: String::new(),
                message: "the caveat is not in the schema".to_owned(),
            });
        };
        let mut state = self.state();
        let request = state.requests.entry(name).or_insert_with(|| {
            let given = |parameter: &caveat::Parameter| {
                self.given(&parameter.name).map(|value| parameter.kind.convert(value)).transpose()
            };
            caveat.parameters.iter().map(given).listed()
        });
        let mut arguments = Vec::with_capacity(caveat.parameters.len());
        for (parameter, request) in caveat.parameters.iter().zip(request.iter()) {
            let own = stored.and_then(|stored| value(stored, &parameter.name));
            let argument = match own {
                Some(own) => parameter.kind.convert(own).map(Some),
                None => request.clone(),
            };
            arguments.push(argument.map_err(|message| ConditionError::ParameterType {
                caveat: caveat.name.clone(),
                parameter: parameter.name.clone(),
                message,
            })?);
        }
        Ok(arguments)
    }

    fn evaluate(&self, name: Symbol, stored: Option<&Context>) -> Result<Outcome, ConditionError> {
        let arguments = self.arguments(name, stored)?;
        let Some(caveat) = self.plan.caveat(name) else {
            return Err(ConditionError::Budget);
        };
        let mut left = self.state().left;
        let outcome = caveat.expression.evaluate(&arguments, &mut left);
        self.state().left = left;
        Ok(outcome)
    }

    /// What the caveat of an edge came to, with the values used; nothing where it has none.
    pub fn describe(&self, edge: &Edge) -> Option<Evaluation> {
        let (name, stored) = edge.as_ref()?.caveat.as_ref()?;
        let caveat = self.plan.caveat(*name)?;
        let worth = self.caveat(*name, stored.as_deref());
        let used = |parameter: &caveat::Parameter| {
            let own = stored.as_deref().and_then(|stored| value(stored, &parameter.name));
            own.or_else(|| self.given(&parameter.name)).map(|value| (parameter.name.clone(), value.clone()))
        };
        let mut context: Context = caveat.parameters.iter().filter_map(used).listed();
        sort_by(&mut context, |(first, _), (second, _)| first.cmp(second));
        Some(Evaluation { name: caveat.name.clone(), expression: caveat.expression.source().trim().to_owned(), worth, context })
    }

    /// What the caveat of an undecided edge still asks, as an expression; nothing where it cannot be said.
    pub fn residual(&self, edge: &Edge) -> Option<String> {
        let (name, stored) = edge.as_ref()?.caveat.as_ref()?;
        let arguments = self.arguments(*name, stored.as_deref()).ok()?;
        let mut left = self.state().left;
        let residual = self.plan.caveat(*name)?.expression.residual(&arguments, &mut left);
        self.state().left = left;
        residual
    }

    /// Why an answer is undecided; nothing where it is decided.
    pub fn causes(&self, worth: Worth) -> Vec<Cause> {
        let state = self.state();
        state.places(worth.missing).iter().filter_map(|place| state.causes.get(*place)).cloned().listed()
    }

    /// One of them is enough.
    pub(super) fn or(&self, one: Worth, other: Worth) -> Worth {
        match one.level.cmp(&other.level) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => one,
            std::cmp::Ordering::Equal => Worth { missing: self.both(one.missing, other.missing), ..one },
        }
    }

    /// Both of them are needed.
    pub(super) fn and(&self, one: Worth, other: Worth) -> Worth {
        match one.level.cmp(&other.level) {
            std::cmp::Ordering::Less => one,
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Equal => Worth { missing: self.both(one.missing, other.missing), ..one },
        }
    }

    fn both(&self, one: Missing, other: Missing) -> Missing {
        if one == other || other.0 == 0 {
            return one;
        }
        if one.0 == 0 {
            return other;
        }
        self.state().union(one, other)
    }
}

/// The opposite.
pub(super) fn not(worth: Worth) -> Worth {
    let level = match worth.level {
        Permissionship::NoPermission => Permissionship::HasPermission,
        Permissionship::ConditionalPermission => Permissionship::ConditionalPermission,
        Permissionship::HasPermission => Permissionship::NoPermission,
    };
    Worth { level, ..worth }
}

impl State {
    fn places(&self, missing: Missing) -> &[usize] {
        let place = (missing.0 as usize).checked_sub(1);
        place.and_then(|place| self.sets.get(place)).map(Vec::as_slice).unwrap_or_default()
    }

    fn number(&mut self, causes: Vec<Cause>) -> Missing {
        let mut places: Vec<usize> = Vec::with_capacity(causes.len());
        for cause in causes {
            let place = *self.places.entry(cause).or_insert_with_key(|cause| {
                self.causes.push(cause.clone());
                self.causes.len() - 1
            });
            places.push(place);
        }
        sort(&mut places);
        places.dedup();
        self.set(places)
    }

    fn set(&mut self, places: Vec<usize>) -> Missing {
        if places.is_empty() {
            return Missing(0);
        }
        if let Some(known) = self.numbers.get(&places) {
            return *known;
        }
        self.sets.push(places.clone());
        // More sets than this cannot be held in memory.
        let number = Missing(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.numbers.insert(places, number);
        number
    }

    fn union(&mut self, one: Missing, other: Missing) -> Missing {
        let key = (Missing(one.0.min(other.0)), Missing(one.0.max(other.0)));
        if let Some(known) = self.unions.get(&key) {
            return *known;
        }
        let mut all = [self.places(one), self.places(other)].concat();
        sort(&mut all);
        all.dedup();
        let union = self.set(all);
        self.unions.insert(key, union);
        union
    }
}

fn value<'c>(context: &'c Context, name: &str) -> Option<&'c Value> {
    context.binary_search_by(|(key, _)| key.as_str().cmp(name)).ok().and_then(|place| context.get(place)).map(|(_, value)| value)
}
