use smallvec::SmallVec;

use super::program::{Program, parse_resource, parse_subject, unanswered};
use super::{Answer, CheckItem, Environment, Error, Peppercorn, Reason, Snapshot};
use crate::engine::{self, Cause, ConditionError, Conditions, Facts, Goal, Query, QueryError, Worth};
use crate::model::limits::{MAX_CAVEAT_STEPS, MAX_CHECK_STEPS, MAX_LOOKUP_STEPS};
use crate::model::{Context, Node, Permissionship};
use crate::schema::MemberKind;
use crate::store;
use crate::text::{Listed, sort, sort_by_number};

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

    /// Items about one subject with one context are answered together, wherever they stand.
    fn check_many(&self, items: &[CheckItem<'_>], environment: &Environment) -> Vec<Result<Answer, Error>> {
        // All names first: what one look at memory waits for the next need not.
        let mut questions: Vec<Option<(Node, Goal)>> = Vec::with_capacity(items.len());
        let mut answers: Vec<Option<Result<Answer, Error>>> = Vec::with_capacity(items.len());
        for item in items {
            let named = self.named(item.subject, item.permission, item.resource);
            questions.push(named.as_ref().ok().copied());
            answers.push(named.err().map(Err));
        }
        let subject = |place: &usize| questions.get(*place).copied().flatten().map(|(subject, _)| subject);
        let context = |place: &usize| items.get(*place).and_then(|item| item.context);
        let mut places: Vec<usize> = (0..items.len()).listed();
        sort_by_number(&mut places, |place| subject(place).map_or(0, |subject| u64::from(subject.id.number())));
        for group in places.chunk_by(|one, other| subject(one) == subject(other) && context(one) == context(other)) {
            let Some((first, subject)) = group.first().and_then(|first| Some((first, subject(first)?))) else { continue };
            let goal = |place: &usize| questions.get(*place).copied().flatten().map(|(_, goal)| goal);
            let goals: SmallVec<[Goal; 1]> = group.iter().filter_map(goal).collect();
            for (place, answer) in group.iter().zip(self.check_goals(subject, &goals, environment, context(first))) {
                if let Some(slot) = answers.get_mut(*place) {
                    *slot = Some(answer);
                }
            }
        }
        answers.into_iter().flatten().listed()
    }

    /// Checks of one subject with one context.
    fn check_goals(
        &self,
        subject: Node,
        goals: &[Goal],
        environment: &Environment,
        context: Option<&Context>,
    ) -> SmallVec<[Result<Answer, Error>; 1]> {
        let conditions = self.conditions(environment, context);
        let query = |budget| Query { facts: self.facts(&conditions, budget), subject };
        let answer = |query: &Query<'_>, goal, worth: Result<Worth, QueryError>| {
            answer_of(query, goal, worth.map_err(|error| self.unanswered(&error))?)
        };
        if let [goal] = goals {
            let query = query(MAX_CHECK_STEPS);
            return [answer(&query, *goal, engine::check(&query, *goal))].into();
        }
        let query = query(MAX_LOOKUP_STEPS);
        goals.iter().zip(engine::check_all(&query, goals)).map(|(goal, worth)| answer(&query, *goal, worth)).collect()
    }

    fn permissions(&self, subject: &str, resource: &str, environment: &Environment) -> Result<Vec<(String, Answer)>, Error> {
        let (subject, resource) = (parse_subject(subject)?, parse_resource(resource)?);
        self.program.definition(resource.object_type)?;
        let definition = self.program.schema.definition(resource.object_type);
        let members = definition.into_iter().flat_map(|definition| definition.members());
        let names: Vec<&str> =
            members.filter(|member| matches!(member.kind, MemberKind::Permission(_))).map(|member| member.name.as_str()).listed();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let goal = |name: &&str| self.program.goal(self.data, &resource, name, subject.object.id);
        let goals = names.iter().map(goal).listed_or()?;
        let answers = self.check_goals(self.program.subject(self.data, &subject)?, &goals, environment, None);
        names.iter().zip(answers).map(|(name, answer)| Ok(((*name).to_owned(), answer?))).listed_or()
    }
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
    if worth.level() == Permissionship::ConditionalPermission {
        missing(conditions, worth)?;
    }
    Ok(worth.level())
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
