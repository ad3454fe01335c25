use super::program::{parse_resource, parse_subject};
use super::questions::{Asked, missing};
use super::{Answer, Environment, Error, Peppercorn, Reason, Snapshot, cursor};
use crate::engine::{self, Conditions, Query, SubjectKind, Window, Worth};
use crate::model::limits::MAX_LOOKUP_STEPS;
use crate::model::{Permissionship, Symbol, Value, WILDCARD};
use crate::text::sort_by_text;

/// Which resources are looked for: SpiceDB's `LookupResources`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupResources<'a> {
    /// Who must have the permission: `user:alice`, `group:eng#member`.
    pub subject: &'a str,
    /// The permission or relation.
    pub permission: &'a str,
    /// The type of the resources.
    pub resource_type: &'a str,
    /// At most so many results.
    pub limit: Option<usize>,
    /// After the page that this cursor came with.
    pub cursor: Option<&'a str>,
}

/// Which subjects are looked for: SpiceDB's `LookupSubjects`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupSubjects<'a> {
    /// On what they must have the permission: `document:readme`.
    pub resource: &'a str,
    /// The permission or relation.
    pub permission: &'a str,
    /// The type of the subjects.
    pub subject_type: &'a str,
    /// Their relation, where they are sets such as `group:eng#member`.
    pub subject_relation: Option<&'a str>,
    /// At most so many results.
    pub limit: Option<usize>,
    /// After the page that this cursor came with.
    pub cursor: Option<&'a str>,
    /// Whether `*` may be among the results.
    pub wildcards: bool,
}

/// Some results, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The results, by the bytes of their ids, each once.
    pub items: Vec<T>,
    /// Where the next page begins; nothing after the last. It stands for an id, so that a page asked for after a write
    /// begins where it should.
    pub cursor: Option<String>,
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Conditional or yes; of what is excluded from a wildcard: whether it is so for certain. Without a residual, which
    /// [`Peppercorn::check`] gives.
    pub answer: Answer,
}

/// A subject that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSubject {
    /// Its id; `*`, which comes first, for everyone of the type.
    pub id: String,
    /// Conditional or yes. Without a residual, which [`Peppercorn::check`] gives.
    pub answer: Answer,
    /// Of `*`: who does not belong to everyone, by the bytes of their ids. Who is also found by name has the permission
    /// nevertheless.
    pub excluded: Vec<Found>,
}

/// How many results a lookup has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that have the permission.
    pub has: usize,
    /// Those that have it on a condition.
    pub conditional: usize,
}

/// The same methods for the engine and for a snapshot of it.
macro_rules! lookups {
    ($($on:ident)+) => {$(
        impl $on {
            /// The resources of a type that a subject has a permission on.
            ///
            /// # Errors
            /// As [`Peppercorn::check`], of any resource looked at; a cursor of another request.
            pub fn lookup_resources(&self, request: &LookupResources<'_>, environment: &Environment) -> Result<Page<Found>, Error> {
                self.asked().lookup_resources(request, environment)
            }

            /// The subjects of a type that have a permission on a resource.
            ///
            /// # Errors
            /// As [`Peppercorn::check`], of any subject looked at; a cursor of another request.
            pub fn lookup_subjects(&self, request: &LookupSubjects<'_>, environment: &Environment) -> Result<Page<FoundSubject>, Error> {
                self.asked().lookup_subjects(request, environment)
            }

            /// How many resources a lookup without limit and cursor gives.
            ///
            /// # Errors
            /// As the lookup.
            pub fn count_resources(&self, request: &LookupResources<'_>, environment: &Environment) -> Result<Count, Error> {
                let all = LookupResources { limit: None, cursor: None, ..*request };
                let page = self.asked().lookup_resources(&all, environment)?;
                Ok(Count::of(page.items.iter().map(|found| &found.answer)))
            }

            /// How many subjects a lookup without limit and cursor gives; `*` is one.
            ///
            /// # Errors
            /// As the lookup.
            pub fn count_subjects(&self, request: &LookupSubjects<'_>, environment: &Environment) -> Result<Count, Error> {
                let all = LookupSubjects { limit: None, cursor: None, ..*request };
                let page = self.asked().lookup_subjects(&all, environment)?;
                Ok(Count::of(page.items.iter().map(|found| &found.answer)))
            }
        }
    )+};
}

lookups! { Peppercorn Snapshot }

impl Count {
    fn of<'a>(answers: impl Iterator<Item = &'a Answer>) -> Self {
        answers.fold(Self::default(), |count, answer| match answer.permissionship {
            Permissionship::HasPermission => Self { has: count.has + 1, ..count },
            Permissionship::ConditionalPermission => Self { conditional: count.conditional + 1, ..count },
            Permissionship::NoPermission => count,
        })
    }
}

impl Snapshot {
    /// A page that begins after an id; the request's own cursor is passed over.
    pub(super) fn lookup_resources_after(
        &self,
        request: &LookupResources<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<Found>, Error> {
        self.asked().resources_after(request, after, environment)
    }

    /// A page that begins after an id; the request's own cursor is passed over.
    pub(super) fn lookup_subjects_after(
        &self,
        request: &LookupSubjects<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<FoundSubject>, Error> {
        self.asked().subjects_after(request, after, environment)
    }
}

impl Asked<'_> {
    fn lookup_resources(&self, request: &LookupResources<'_>, environment: &Environment) -> Result<Page<Found>, Error> {
        let context = context(environment);
        let key = ["resources", request.subject, request.permission, request.resource_type, &context];
        let after = request.cursor.map(|cursor| cursor::read(&key, cursor)).transpose()?;
        let page = self.resources_after(request, after, environment)?;
        let cursor = page.cursor.map(|last| cursor::write(&key, &last));
        Ok(Page { cursor, ..page })
    }

    /// The cursor of the page is an id.
    fn resources_after(
        &self,
        request: &LookupResources<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<Found>, Error> {
        let subject = parse_subject(request.subject)?;
        let member = self.program.member(request.resource_type, request.permission)?;
        let asked = self.program.subject(self.data, &subject)?;
        let window = Window { after, limit: limit(request.limit)? };
        let conditions = self.conditions(environment, None);
        let query = Query { facts: self.facts(&conditions, MAX_LOOKUP_STEPS), subject: asked };
        let found = engine::lookup_resources(&query, member, subject.object.id, window);
        let (found, more) = found.map_err(|error| self.unanswered(&error))?;
        let text = |id| if id == asked.id { subject.object.id } else { self.data.dictionary().text(id) };
        let item = |(id, worth): (Symbol, Worth)| found_object(&conditions, text(id), worth);
        let items: Vec<Found> = found.into_iter().map(item).collect::<Result<_, _>>()?;
        let cursor = items.last().filter(|_| more).map(|last| last.id.clone());
        Ok(Page { items, cursor })
    }

    fn lookup_subjects(&self, request: &LookupSubjects<'_>, environment: &Environment) -> Result<Page<FoundSubject>, Error> {
        let context = context(environment);
        let wildcards = if request.wildcards { "*" } else { "" };
        let relation = request.subject_relation.unwrap_or_default();
        let key = ["subjects", request.resource, request.permission, request.subject_type, relation, wildcards, &context];
        let after = request.cursor.map(|cursor| cursor::read(&key, cursor)).transpose()?;
        let page = self.subjects_after(request, after, environment)?;
        let cursor = page.cursor.map(|last| cursor::write(&key, &last));
        Ok(Page { cursor, ..page })
    }

    /// The cursor of the page is an id.
    fn subjects_after(
        &self,
        request: &LookupSubjects<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<FoundSubject>, Error> {
        let resource = parse_resource(request.resource)?;
        let goal = self.program.goal(self.data, &resource, request.permission, resource.id)?;
        let kind = SubjectKind {
            object_type: self.program.definition(request.subject_type)?,
            relation: match request.subject_relation {
                Some(relation) => self.program.relation(request.subject_type, relation)?,
                None => Symbol::NONE,
            },
        };
        let limit = limit(request.limit)?;
        let conditions = self.conditions(environment, None);
        let facts = self.facts(&conditions, MAX_LOOKUP_STEPS);
        let found = engine::lookup_subjects(&facts, goal, kind).map_err(|error| self.unanswered(&error))?;
        let text = |id: Symbol| if id == goal.id { resource.id } else { self.data.dictionary().text(id) };
        let by_text = |found: Vec<(Symbol, Worth)>| {
            let mut found: Vec<(&str, Worth)> = found.into_iter().map(|(id, worth)| (text(id), worth)).collect();
            sort_by_text(&mut found, |(id, _)| id);
            found
        };
        let everyone = (request.wildcards && found.everyone != Worth::NO).then_some((WILDCARD, found.everyone));
        let mut rest =
            everyone.into_iter().chain(by_text(found.named)).filter(|(id, _)| after.is_none_or(|after| *id > after)).peekable();
        let mut excluded = found.excluded;
        let mut items = Vec::new();
        while limit.is_none_or(|limit| items.len() < limit)
            && let Some((id, worth)) = rest.next()
        {
            let Found { id, answer } = found_object(&conditions, id, worth)?;
            let excluded = if id == WILDCARD { by_text(std::mem::take(&mut excluded)) } else { Vec::new() };
            let excluded =
                excluded.into_iter().map(|(id, worth)| found_object(&conditions, id, worth)).collect::<Result<_, _>>()?;
            items.push(FoundSubject { id, answer, excluded });
        }
        let more = rest.peek().is_some();
        let cursor = items.last().filter(|_| more).map(|last| last.id.clone());
        Ok(Page { items, cursor })
    }
}

fn found_object(conditions: &Conditions<'_>, id: &str, worth: Worth) -> Result<Found, Error> {
    let missing_context = missing(conditions, worth)?;
    Ok(Found { id: id.to_owned(), answer: Answer { permissionship: worth.level(), missing_context, residual: None } })
}

fn limit(limit: Option<usize>) -> Result<Option<usize>, Error> {
    if limit == Some(0) { Err(Error::plain(Reason::InvalidArgument, "the limit is at least 1")) } else { Ok(limit) }
}

fn context(environment: &Environment) -> String {
    Value::Object(environment.context.clone()).to_string()
}
