use super::program::{parse_resource, parse_subject};
use super::questions::{Asked, missing};
use super::{Answer, Environment, Error, Peppercorn, Reason, Snapshot, cursor};
use crate::engine::{self, Conditions, Query, SubjectKind, Window, Worth};
use crate::model::limits::MAX_LOOKUP_STEPS;
use crate::model::{Permissionship, Symbol, Value, WILDCARD};
use crate::text::{Listed, sort_by_text};

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
                page_of_resources(|each| self.asked().each_resource(request, environment, each))
            }

            /// The subjects of a type that have a permission on a resource.
            ///
            /// # Errors
            /// As [`Peppercorn::check`], of any subject looked at; a cursor of another request.
            pub fn lookup_subjects(&self, request: &LookupSubjects<'_>, environment: &Environment) -> Result<Page<FoundSubject>, Error> {
                page_of_subjects(|each| self.asked().each_subject(request, environment, each))
            }

            /// How many resources a lookup without limit and cursor gives.
            ///
            /// # Errors
            /// As the lookup.
            pub fn count_resources(&self, request: &LookupResources<'_>, environment: &Environment) -> Result<Count, Error> {
                let all = LookupResources { limit: None, cursor: None, ..*request };
                let mut count = Count::default();
                self.asked().each_resource(&all, environment, &mut |_, answer| count.add(&answer))?;
                Ok(count)
            }

            /// How many subjects a lookup without limit and cursor gives; `*` is one.
            ///
            /// # Errors
            /// As the lookup.
            pub fn count_subjects(&self, request: &LookupSubjects<'_>, environment: &Environment) -> Result<Count, Error> {
                let all = LookupSubjects { limit: None, cursor: None, ..*request };
                let mut count = Count::default();
                self.asked().each_subject(&all, environment, &mut |_, answer, _| count.add(&answer))?;
                Ok(count)
            }
        }
    )+};
}

lookups! { Peppercorn Snapshot }

impl Count {
    fn add(&mut self, answer: &Answer) {
        match answer.permissionship {
            Permissionship::HasPermission => self.has += 1,
            Permissionship::ConditionalPermission => self.conditional += 1,
            Permissionship::NoPermission => {}
        }
    }
}

/// Takes the id of a resource and what the answer for it is.
pub(crate) type EachResource<'e> = dyn FnMut(&str, Answer) + 'e;

/// Takes the id of a subject, what the answer for it is, and for `*` who is excluded.
pub(crate) type EachSubject<'e> = dyn FnMut(&str, Answer, Vec<Found>) + 'e;

impl Snapshot {
    /// A page that begins after an id, which its cursor is, too; the request's own cursor is passed over.
    pub(super) fn lookup_resources_after(
        &self,
        request: &LookupResources<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<Found>, Error> {
        page_of_resources(|each| self.asked().resources_after(request, after, environment, each))
    }

    /// A page that begins after an id, which its cursor is, too; the request's own cursor is passed over.
    pub(super) fn lookup_subjects_after(
        &self,
        request: &LookupSubjects<'_>,
        after: Option<&str>,
        environment: &Environment,
    ) -> Result<Page<FoundSubject>, Error> {
        page_of_subjects(|each| self.asked().subjects_after(request, after, environment, each))
    }

    /// [`Self::lookup_resources`] without a list of them: `each` is given one after the other. Gives the cursor.
    #[cfg(feature = "module-engine")]
    pub(crate) fn each_resource(
        &self,
        request: &LookupResources<'_>,
        environment: &Environment,
        each: &mut EachResource<'_>,
    ) -> Result<Option<String>, Error> {
        self.asked().each_resource(request, environment, each)
    }

    /// [`Self::lookup_subjects`] without a list of them: `each` is given one after the other. Gives the cursor.
    #[cfg(feature = "module-engine")]
    pub(crate) fn each_subject(
        &self,
        request: &LookupSubjects<'_>,
        environment: &Environment,
        each: &mut EachSubject<'_>,
    ) -> Result<Option<String>, Error> {
        self.asked().each_subject(request, environment, each)
    }
}

fn page_of_resources(lookup: impl FnOnce(&mut EachResource<'_>) -> Result<Option<String>, Error>) -> Result<Page<Found>, Error> {
    let mut items = Vec::new();
    let cursor = lookup(&mut |id, answer| items.push(Found { id: id.to_owned(), answer }))?;
    Ok(Page { items, cursor })
}

fn page_of_subjects(
    lookup: impl FnOnce(&mut EachSubject<'_>) -> Result<Option<String>, Error>,
) -> Result<Page<FoundSubject>, Error> {
    let mut items = Vec::new();
    let cursor = lookup(&mut |id, answer, excluded| items.push(FoundSubject { id: id.to_owned(), answer, excluded }))?;
    Ok(Page { items, cursor })
}

impl Asked<'_> {
    fn each_resource(
        &self,
        request: &LookupResources<'_>,
        environment: &Environment,
        each: &mut EachResource<'_>,
    ) -> Result<Option<String>, Error> {
        let context = context(environment);
        let key = ["resources", request.subject, request.permission, request.resource_type, &context];
        let after = request.cursor.map(|cursor| cursor::read(&key, cursor)).transpose()?;
        let last = self.resources_after(request, after, environment, each)?;
        Ok(last.map(|last| cursor::write(&key, &last)))
    }

    fn resources_after(
        &self,
        request: &LookupResources<'_>,
        after: Option<&str>,
        environment: &Environment,
        each: &mut EachResource<'_>,
    ) -> Result<Option<String>, Error> {
        let subject = parse_subject(request.subject)?;
        let member = self.program.member(request.resource_type, request.permission)?;
        let asked = self.program.subject(self.data, &subject)?;
        let window = Window { after, limit: limit(request.limit)? };
        let conditions = self.conditions(environment, None);
        let query = Query { facts: self.facts(&conditions, MAX_LOOKUP_STEPS), subject: asked };
        let found = engine::lookup_resources(&query, member, subject.object.id, window);
        let (found, more) = found.map_err(|error| self.unanswered(&error))?;
        let text = |id| if id == asked.id { subject.object.id } else { self.data.dictionary().text(id) };
        for (id, worth) in &found {
            each(text(*id), found_answer(&conditions, *worth)?);
        }
        Ok(found.last().filter(|_| more).map(|(last, _)| text(*last).to_owned()))
    }

    fn each_subject(
        &self,
        request: &LookupSubjects<'_>,
        environment: &Environment,
        each: &mut EachSubject<'_>,
    ) -> Result<Option<String>, Error> {
        let context = context(environment);
        let wildcards = if request.wildcards { "*" } else { "" };
        let relation = request.subject_relation.unwrap_or_default();
        let key = ["subjects", request.resource, request.permission, request.subject_type, relation, wildcards, &context];
        let after = request.cursor.map(|cursor| cursor::read(&key, cursor)).transpose()?;
        let last = self.subjects_after(request, after, environment, each)?;
        Ok(last.map(|last| cursor::write(&key, &last)))
    }

    fn subjects_after(
        &self,
        request: &LookupSubjects<'_>,
        after: Option<&str>,
        environment: &Environment,
        each: &mut EachSubject<'_>,
    ) -> Result<Option<String>, Error> {
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
            let mut found: Vec<(&str, Worth)> = found.into_iter().map(|(id, worth)| (text(id), worth)).listed();
            sort_by_text(&mut found, |(id, _)| id);
            found
        };
        let everyone = (request.wildcards && found.everyone != Worth::NO).then_some((WILDCARD, found.everyone));
        let mut rest =
            everyone.into_iter().chain(by_text(found.named)).filter(|(id, _)| after.is_none_or(|after| *id > after)).peekable();
        let mut excluded = found.excluded;
        let mut given = 0;
        let mut last = "";
        while limit.is_none_or(|limit| given < limit)
            && let Some((id, worth)) = rest.next()
        {
            let excluded = if id == WILDCARD { by_text(std::mem::take(&mut excluded)) } else { Vec::new() };
            let excluded = excluded
                .into_iter()
                .map(|(id, worth)| Ok(Found { id: id.to_owned(), answer: found_answer(&conditions, worth)? }))
                .listed_or()?;
            each(id, found_answer(&conditions, worth)?, excluded);
            (given, last) = (given + 1, id);
        }
        let more = rest.peek().is_some() && given > 0;
        Ok(more.then(|| last.to_owned()))
    }
}

fn found_answer(conditions: &Conditions<'_>, worth: Worth) -> Result<Answer, Error> {
    let missing_context = missing(conditions, worth)?;
    Ok(Answer { permissionship: worth.level(), missing_context, residual: None })
}

fn limit(limit: Option<usize>) -> Result<Option<usize>, Error> {
    if limit == Some(0) { Err(Error::plain(Reason::InvalidArgument, "the limit is at least 1")) } else { Ok(limit) }
}

fn context(environment: &Environment) -> String {
    Value::Object(environment.context.clone()).to_string()
}
