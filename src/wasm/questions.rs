//! The questions. They take the time and the context as one JSON text, empty for none, and give JSON texts, whose forms `convert`
//! says.

use wasm_bindgen::prelude::*;

use super::common::{thrown, time};
use super::convert::{
    Ids, context, crossing, environment, mismatch, write_answer, write_answers, write_count, write_permissions,
};
use super::engine::EngineView;
use super::trees::{write_trace, write_tree};
use crate::api::{CheckItem, Environment, Error, LookupResources, LookupSubjects};
use crate::model::Context;
use crate::text::Listed;

#[wasm_bindgen]
impl EngineView {
    /// The whole answer.
    ///
    /// # Errors
    /// As `check`; a context that is none.
    pub fn answer(&self, subject: &str, permission: &str, resource: &str, now: f64, context: &str) -> Result<String, JsValue> {
        let asked = |environment| self.ask(|asked| asked.check(subject, permission, resource, &environment));
        crossing(environment(now, context).and_then(asked), write_answer)
    }

    /// Why the answer is what it is.
    ///
    /// # Errors
    /// As [`Peppercorn::trace`](crate::Peppercorn::trace).
    pub fn trace(&self, subject: &str, permission: &str, resource: &str, now: f64, context: &str) -> Result<String, JsValue> {
        let asked = |environment| self.ask(|asked| asked.trace(subject, permission, resource, &environment));
        crossing(environment(now, context).and_then(asked), write_trace)
    }

    /// The tree of a permission.
    ///
    /// # Errors
    /// As [`Peppercorn::expand`](crate::Peppercorn::expand).
    pub fn expand(&self, permission: &str, resource: &str, now: f64) -> Result<String, JsValue> {
        let asked = |now| self.ask(|asked| asked.expand(permission, resource, &Environment::at(now)));
        crossing(time(now).and_then(asked), write_tree)
    }

    /// Many answers. `items` holds a line each: subject, permission, resource, and the place of its own context among
    /// the lines of `contexts` or nothing, with tabs between.
    ///
    /// # Errors
    /// A time or context that is none. What is wrong with an item is in its place.
    #[wasm_bindgen(js_name = checkMany)]
    pub fn check_many(&self, items: &str, contexts: &str, now: f64, context: &str) -> Result<String, JsValue> {
        let asked = |environment| {
            let contexts = contexts_of(contexts)?;
            let items = items_of(items, &contexts)?;
            Ok(write_answers(&self.ask(|asked| asked.check_many(&items, &environment))))
        };
        environment(now, context).and_then(asked).map_err(|error| thrown(&error))
    }

    /// All permissions on a resource.
    ///
    /// # Errors
    /// As `answer`.
    pub fn permissions(&self, subject: &str, resource: &str, now: f64, context: &str) -> Result<String, JsValue> {
        let asked = |environment| self.ask(|asked| asked.permissions(subject, resource, &environment));
        crossing(environment(now, context).and_then(asked), write_permissions)
    }

    /// A page of resources; a limit of 0 is none.
    ///
    /// # Errors
    /// As [`Peppercorn::lookup_resources`](crate::Peppercorn::lookup_resources).
    #[expect(clippy::too_many_arguments, reason = "each crosses for less than an object around them would")]
    #[wasm_bindgen(js_name = lookupResources)]
    pub fn lookup_resources(
        &self,
        subject: &str,
        permission: &str,
        resource_type: &str,
        now: f64,
        context: &str,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<String, JsValue> {
        let request = LookupResources { subject, permission, resource_type, limit: limit_of(limit), cursor: cursor.as_deref() };
        let mut ids = Ids::default();
        let asked =
            |environment| self.ask(|asked| asked.each_resource(&request, &environment, &mut |id, answer| ids.add(id, answer)));
        let cursor = environment(now, context).and_then(asked).map_err(|error| thrown(&error))?;
        Ok(ids.page(cursor.as_deref()))
    }

    /// A page of subjects; a limit of 0 is none.
    ///
    /// # Errors
    /// As [`Peppercorn::lookup_subjects`](crate::Peppercorn::lookup_subjects).
    #[expect(clippy::too_many_arguments, reason = "each crosses for less than an object around them would")]
    #[wasm_bindgen(js_name = lookupSubjects)]
    pub fn lookup_subjects(
        &self,
        resource: &str,
        permission: &str,
        subject_type: &str,
        subject_relation: Option<String>,
        now: f64,
        context: &str,
        wildcards: bool,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<String, JsValue> {
        let request = LookupSubjects {
            resource,
            permission,
            subject_type,
            subject_relation: subject_relation.as_deref(),
            limit: limit_of(limit),
            cursor: cursor.as_deref(),
            wildcards,
        };
        let mut ids = Ids::default();
        let mut each = |id: &str, answer, excluded| {
            ids.add(id, answer);
            ids.exclude(excluded);
        };
        let asked = |environment| self.ask(|asked| asked.each_subject(&request, &environment, &mut each));
        let cursor = environment(now, context).and_then(asked).map_err(|error| thrown(&error))?;
        Ok(ids.page(cursor.as_deref()))
    }

    /// How many resources there are.
    ///
    /// # Errors
    /// As `lookupResources`.
    #[wasm_bindgen(js_name = countResources)]
    pub fn count_resources(
        &self,
        subject: &str,
        permission: &str,
        resource_type: &str,
        now: f64,
        context: &str,
    ) -> Result<String, JsValue> {
        let request = LookupResources { subject, permission, resource_type, limit: None, cursor: None };
        let asked = |environment| self.ask(|asked| asked.count_resources(&request, &environment));
        crossing(environment(now, context).and_then(asked), write_count)
    }

    /// How many subjects there are.
    ///
    /// # Errors
    /// As `lookupSubjects`.
    #[expect(clippy::too_many_arguments, reason = "each crosses for less than an object around them would")]
    #[wasm_bindgen(js_name = countSubjects)]
    pub fn count_subjects(
        &self,
        resource: &str,
        permission: &str,
        subject_type: &str,
        subject_relation: Option<String>,
        now: f64,
        context: &str,
        wildcards: bool,
    ) -> Result<String, JsValue> {
        let subject_relation = subject_relation.as_deref();
        let request =
            LookupSubjects { resource, permission, subject_type, subject_relation, limit: None, cursor: None, wildcards };
        let asked = |environment| self.ask(|asked| asked.count_subjects(&request, &environment));
        crossing(environment(now, context).and_then(asked), write_count)
    }
}

fn limit_of(limit: u32) -> Option<usize> {
    usize::try_from(limit).ok().filter(|limit| *limit > 0)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(move |_| !text.is_empty())
}

fn contexts_of(text: &str) -> Result<Vec<Context>, Error> {
    lines(text).map(context).listed_or()
}

fn items_of<'a>(text: &'a str, contexts: &'a [Context]) -> Result<Vec<CheckItem<'a>>, Error> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let [subject, permission, resource, place] =
            std::array::from_fn(|place| field(text, &mut at, if place < 3 { b'\t' } else { b'\n' }));
        let (Some(subject), Some(permission), Some(resource), Some(place)) = (subject, permission, resource, place) else {
            return Err(mismatch());
        };
        let own = || place.parse().ok().and_then(|place: usize| contexts.get(place)).ok_or_else(mismatch);
        let context = if place.is_empty() { None } else { Some(own()?) };
        items.push(CheckItem { subject, permission, resource, context });
    }
    Ok(items)
}

/// What stands before the next tab or line break, which is this one or the end of the text. Not `split`, which decodes characters.
fn field<'a>(text: &'a str, at: &mut usize, end: u8) -> Option<&'a str> {
    let (bytes, start) = (text.as_bytes(), *at);
    let mut next = start;
    while let Some(byte) = bytes.get(next)
        && !matches!(byte, b'\t' | b'\n')
    {
        next += 1;
    }
    *at = next + 1;
    let found = bytes.get(next).copied().unwrap_or(b'\n');
    text.get(start..next).filter(|_| found == end)
}
