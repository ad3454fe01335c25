use smallvec::SmallVec;

use super::program::{Program, parse_resource, parse_subject, unanswered};
use super::{Answer, CheckItem, Environment, Error, Peppercorn, Reason, Snapshot};
use crate::engine::{self, Cause, ConditionError, Conditions, Facts, Goal, Query, QueryError, Worth};
use crate::model::limits::{MAX_CAVEAT_STEPS, MAX_CHECK_STEPS, MAX_LOOKUP_STEPS};
use crate::model::{Context, Node, Permissionship, Subject, Symbol, Value};
use crate::schema::MemberKind;
use crate::store::{self, Dictionary};
use crate::text::{Listed, sort};

/// A program and the relationships it is asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) program: &'a Program,
    pub(super) data: &'a store::Snapshot,
}

impl Peppercorn {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.head().asked()
    }
}

impl Snapshot {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { program: &self.program, data: &self.data }
    }
}

/// The same methods for the engine, at its newest revision, and for a snapshot of it.
macro_rules! questions {
    ($($on:ident)+) => {$(
        impl $on {
            /// Whether a subject has a permission, or relation, on a resource: SpiceDB's `CheckPermission`.
            ///
            /// ```
            /// use peppercorn::{Environment, Peppercorn, Permissionship, Timestamp};
            ///
            /// let schema = "caveat on_weekdays(day string) { day != 'Sunday' }
            ///     definition user {}
            ///     definition document {
            ///         relation viewer: user with on_weekdays
            ///     }";
            /// let engine = Peppercorn::new(schema, "document:readme#viewer@user:alice[on_weekdays]")?;
            /// let environment = Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
            /// let answer = engine.check("user:alice", "viewer", "document:readme", &environment)?;
            /// assert_eq!(answer.permissionship, Permissionship::ConditionalPermission);
            /// assert_eq!(answer.missing_context, ["day"]);
            /// # Ok::<(), peppercorn::Error>(())
            /// ```
            ///
            /// # Errors
            /// Names that are not in the schema or malformed, a wildcard subject, a caveat that cannot be evaluated, a
            /// question without an answer.
            pub fn check(&self, subject: &str, permission: &str, resource: &str, environment: &Environment) -> Result<Answer, Error> {
                self.asked().check(subject, permission, resource, environment, None)
            }

            /// What the check comes to, without what a conditional answer lacks: cheaper where it is conditional.
            ///
            /// # Errors
            /// As the check.
            pub fn permissionship(
                &self,
                subject: &str,
                permission: &str,
                resource: &str,
                environment: &Environment,
            ) -> Result<Permissionship, Error> {
                self.asked().permissionship(subject, permission, resource, environment)
            }

            /// Whether the check gives a definite yes.
            ///
            /// # Errors
            /// As the check.
            pub fn can(&self, subject: &str, permission: &str, resource: &str, environment: &Environment) -> Result<bool, Error> {
                self.permissionship(subject, permission, resource, environment).map(|answer| answer == Permissionship::HasPermission)
            }

            /// Many checks in one call, each with its own answer or error, in their order: SpiceDB's `CheckBulkPermissions`.
            /// What questions about the same subject have in common is looked at once.
            #[must_use]
            pub fn check_many(&self, items: &[CheckItem<'_>], environment: &Environment) -> Vec<Result<Answer, Error>> {
                self.asked().check_many(items, environment)
            }

            /// All permissions of a subject on a resource, by name, in the order of the schema. Relations are not permissions.
            ///
            /// # Errors
            /// As the check, of any of them.
            pub fn permissions(
                &self,
                subject: &str,
                resource: &str,
                environment: &Environment,
            ) -> Result<Vec<(String, Answer)>, Error> {
                self.asked().permissions(subject, resource, environment)
            }
        }
    )+};
}

questions! { Peppercorn Snapshot }

impl<'a> Asked<'a> {
    pub(super) fn conditions<'e>(&self, environment: &'e Environment, context: Option<&'e Context>) -> Conditions<'e>
    where
        'a: 'e,
    {
        Conditions::new(&self.program.plan, environment.now, context.unwrap_or(&environment.context), MAX_CAVEAT_STEPS)
    }

    pub(super) fn facts<'c>(&self, conditions: &'c Conditions<'c>, budget: u64) -> Facts<'c>
    where
        'a: 'c,
    {
        Facts { plan: &self.program.plan, snapshot: self.data, conditions, budget }
    }

    pub(super) fn unanswered(&self, error: &QueryError) -> Error {
        unanswered(self.data, error)
    }

    /// What the words of a question are about.
    fn named(&self, subject: &str, permission: &str, resource: &str) -> Result<(Node, Goal), Error> {
        if let Some(plain) = self.program.plain(self.data, subject, permission, resource) {
            return Ok(plain);
        }
        let (subject, resource) = (parse_subject(subject)?, parse_resource(resource)?);
        let goal = self.program.goal(self.data, &resource, permission, subject.object.id)?;
        Ok((self.program.subject(self.data, &subject)?, goal))
    }

    fn check(
        &self,
        subject: &str,
        permission: &str,
        resource: &str,
        environment: &Environment,
        context: Option<&Context>,
    ) -> Result<Answer, Error> {
        let (subject, goal) = self.named(subject, permission, resource)?;
        let conditions = self.conditions(environment, context);
        let query = Query { facts: self.facts(&conditions, MAX_CHECK_STEPS), subject };
        let worth = engine::check(&query, goal).map_err(|error| self.unanswered(&error))?;
        answer_of(&query, goal, worth)
    }

    pub(super) fn permissionship(
        &self,
        subject: &str,
        permission: &str,
        resource: &str,
        environment: &Environment,
    ) -> Result<Permissionship, Error> {
        let (subject, goal) = self.named(subject, permission, resource)?;
        self.permissionship_of(subject, goal, &self.conditions(environment, None))
    }

    pub(super) fn permissionship_of(
        &self,
        subject: Node,
        goal: Goal,
        conditions: &Conditions<'_>,
    ) -> Result<Permissionship, Error> {
        let query = Query { facts: self.facts(conditions, MAX_CHECK_STEPS), subject };
        let worth = engine::check(&query, goal).map_err(|error| self.unanswered(&error))?;
        decided(conditions, worth)
    }

    fn check_many(&self, items: &[CheckItem<'_>], environment: &Environment) -> Vec<Result<Answer, Error>> {
        let mut answers: Vec<Option<Result<Answer, Error>>> = vec![None; items.len()];
        for group in groups(items) {
            let members: SmallVec<[&CheckItem<'_>; 2]> = group.iter().filter_map(|place| items.get(*place)).collect();
            for (place, answer) in group.iter().zip(self.check_group(&members, environment)) {
                if let Some(slot) = answers.get_mut(*place) {
                    *slot = Some(answer);
                }
            }
        }
        answers.into_iter().flatten().collect()
    }

    /// Checks of one subject with one context.
    fn check_group(&self, items: &[&CheckItem<'_>], environment: &Environment) -> Vec<Result<Answer, Error>> {
        let first = match items {
            [] => return Vec::new(),
            [one] => return vec![self.check(one.subject, one.permission, one.resource, environment, one.context)],
            [first, ..] => first,
        };
        let subject = match parse_subject(first.subject) {
            Ok(subject) => subject,
            Err(error) => return vec![Err(error); items.len()],
        };
        let goal = |item: &&CheckItem<'_>| {
            if let Some(plain) = self.program.plain_goal(self.data, item.permission, item.resource) {
                return Ok(plain);
            }
            self.program.goal(self.data, &parse_resource(item.resource)?, item.permission, subject.object.id)
        };
        self.check_goals(&subject, items.iter().map(goal).collect(), environment, first.context)
    }

    fn check_goals(
        &self,
        subject: &Subject<'_>,
        goals: Vec<Result<Goal, Error>>,
        environment: &Environment,
        context: Option<&Context>,
    ) -> Vec<Result<Answer, Error>> {
        let subject = match self.program.subject(self.data, subject) {
            Ok(subject) => subject,
            Err(error) => return goals.into_iter().map(|goal| goal.and(Err(error.clone()))).listed(),
        };
        let conditions = self.conditions(environment, context);
        let query = Query { facts: self.facts(&conditions, MAX_LOOKUP_STEPS), subject };
        let known: Vec<Goal> = goals.iter().flatten().copied().collect();
        let mut worths = engine::check_all(&query, &known).into_iter();
        let answer = |goal: Result<Goal, Error>| {
            let goal = goal?;
            let worth = worths.next().unwrap_or(Err(QueryError::Mismatch));
            answer_of(&query, goal, worth.map_err(|error| self.unanswered(&error))?)
        };
        goals.into_iter().map(answer).collect()
    }

    fn permissions(&self, subject: &str, resource: &str, environment: &Environment) -> Result<Vec<(String, Answer)>, Error> {
        let (subject, resource) = (parse_subject(subject)?, parse_resource(resource)?);
        self.program.definition(resource.object_type)?;
        let definition = self.program.schema.definition(resource.object_type);
        let members = definition.into_iter().flat_map(|definition| definition.members());
        let names: Vec<&str> =
            members.filter(|member| matches!(member.kind, MemberKind::Permission(_))).map(|member| member.name.as_str()).listed();
        let goal = |name: &&str| self.program.goal(self.data, &resource, name, subject.object.id);
        let answers = self.check_goals(&subject, names.iter().map(goal).listed(), environment, None);
        names.iter().zip(answers).map(|(name, answer)| Ok(((*name).to_owned(), answer?))).listed_or()
    }
}

/// The places of items that are about the same subject with the same context: these are answered together. A subject that no
/// dictionary holds is about nobody, and answered alone.
fn groups(items: &[CheckItem<'_>]) -> impl Iterator<Item = SmallVec<[usize; 2]>> {
    let mut alone = Vec::new();
    let mut subjects = Dictionary::new();
    let mut subjects_with_context = Dictionary::new();
    let [mut groups, mut groups_with_context] = [const { Vec::<SmallVec<[usize; 2]>>::new() }; 2];
    for (place, item) in items.iter().enumerate() {
        let (key, groups) = match item.context {
            None => (subjects.intern(item.subject), &mut groups),
            Some(context) => {
                // No JSON holds a line break.
                let key = format!("{}\n{}", Value::Object(context.clone()), item.subject);
                (subjects_with_context.intern(&key), &mut groups_with_context)
            }
        };
        let Some(group) = key.map(Symbol::place) else {
            alone.push(SmallVec::from_slice(&[place]));
            continue;
        };
        if groups.len() <= group {
            groups.resize_with(group + 1, SmallVec::new);
        }
        if let Some(group) = groups.get_mut(group) {
            group.push(place);
        }
    }
    groups.into_iter().chain(groups_with_context).chain(alone)
}

/// An answer of the engine for users.
pub(super) fn answer_of(query: &Query<'_>, goal: Goal, worth: Worth) -> Result<Answer, Error> {
    let missing_context = missing(query.facts.conditions, worth)?;
    let is_open = worth.level() == Permissionship::ConditionalPermission;
    let residual = if is_open { engine::residual(query, goal) } else { None };
    Ok(Answer { permissionship: worth.level(), missing_context, residual })
}

/// The level of an answer.
///
/// # Errors
/// As [`missing`].
pub(super) fn decided(conditions: &Conditions<'_>, worth: Worth) -> Result<Permissionship, Error> {
    missing(conditions, worth).map(|_| worth.level())
}

/// The names that an undecided answer misses, sorted.
///
/// # Errors
/// Where it depends on a caveat that cannot be evaluated.
pub(super) fn missing(conditions: &Conditions<'_>, worth: Worth) -> Result<Vec<String>, Error> {
    if worth.level() != Permissionship::ConditionalPermission {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for cause in conditions.causes(worth) {
        match cause {
            Cause::Missing(name) => names.push(name),
            Cause::Failed(error) => return Err(failed(error)),
        }
    }
    sort(&mut names);
    names.dedup();
    Ok(names)
}

fn failed(error: ConditionError) -> Error {
    match error {
        ConditionError::ParameterType { caveat, parameter, message } => Error::plain(
            Reason::CaveatParameterTypeError,
            format!(
                "type error for parameters for caveat `{caveat}`: could not convert context parameter `{parameter}`: {message}"
            ),
        )
        .about("caveat_name", caveat)
        .about("parameter_name", parameter),
        ConditionError::Evaluation { caveat, message } => {
            Error::plain(Reason::CaveatEvaluationError, format!("evaluation error for caveat `{caveat}`: {message}"))
                .about("caveat_name", caveat)
        }
        ConditionError::Budget => Error::plain(
            Reason::WorkBudgetExceeded,
            format!("evaluating caveats takes more than {MAX_CAVEAT_STEPS} steps of work"),
        ),
    }
}
