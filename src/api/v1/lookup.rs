//! LookupResources and LookupSubjects.

use super::Service;
use super::consistency::asked;
use super::convert::{context, lookup_permissionship, object_type, partial_caveat_info, permission, relation, resource, subject};
use super::filter::check_limit;
use super::messages as v1;
use crate::api::{Answer, Environment, Error, LookupResources, LookupSubjects, Reason};
use crate::model::WILDCARD;
use crate::text::Listed;

impl Service<'_> {
    /// The resources of a type that a subject has a permission on, each once, by the bytes of their ids.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn lookup_resources(&self, request: &v1::LookupResourcesRequest) -> Result<Vec<v1::LookupResourcesResponse>, Error> {
        let resource_type = object_type(&request.resource_object_type, "resource_object_type")?;
        let permission = relation(&request.permission, "permission")?;
        if request.subject.as_ref().and_then(|subject| subject.object.as_ref()).is_some_and(|it| it.object_id == WILDCARD) {
            let message = "cannot look up resources of a wildcard subject";
            return Err(Error::plain(Reason::WildcardNotAllowed, message).about("field", "subject_id"));
        }
        let subject = subject(request.subject.as_ref())?.to_string();
        // SpiceDB bounds the context of the other questions only.
        let context = request.context.as_ref().map(|context| context.0.clone()).unwrap_or_default();
        let environment = Environment::at(self.now).with_context(context);
        let limit = check_limit(request.optional_limit)?;
        let asked = asked(
            &["resources", resource_type, permission, &subject, &request.optional_limit.to_string()],
            request.context.as_ref(),
        );
        let (snapshot, after) = self.resume(request.consistency.as_ref(), request.optional_cursor.as_ref(), asked)?;
        let lookup = LookupResources { subject: &subject, permission, resource_type, limit, cursor: None };
        let page = snapshot.lookup_resources_after(&lookup, after.as_deref(), &environment)?;
        let response = |found: crate::api::Found| v1::LookupResourcesResponse {
            looked_up_at: self.token(&snapshot),
            permissionship: lookup_permissionship(&found.answer),
            partial_caveat_info: partial_caveat_info(&found.answer),
            after_result_cursor: self.cursor(&snapshot, asked, found.id.clone()),
            resource_object_id: found.id,
        };
        Ok(page.items.into_iter().map(response).listed())
    }

    /// The subjects of a type that have a permission on a resource, each once: `*` first, then by the bytes of their ids.
    /// Unlike SpiceDB's, this one has limits and cursors, and heeds `wildcard_option`.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn lookup_subjects(&self, request: &v1::LookupSubjectsRequest) -> Result<Vec<v1::LookupSubjectsResponse>, Error> {
        let resource = resource(request.resource.as_ref())?.to_string();
        let permission = permission(&request.permission)?;
        let subject_type = object_type(&request.subject_object_type, "subject_object_type")?;
        let subject_relation = match request.optional_subject_relation.as_str() {
            "" => None,
            text => Some(relation(text, "optional_subject_relation")?),
        };
        let environment = Environment::at(self.now).with_context(context(request.context.as_ref())?);
        let wildcards = request.wildcard_option != v1::WildcardOption::ExcludeWildcards;
        let limit = usize::try_from(request.optional_concrete_limit).ok().filter(|limit| *limit > 0);
        let parts = [
            "subjects",
            &resource,
            permission,
            subject_type,
            subject_relation.unwrap_or_default(),
            if wildcards { "*" } else { "" },
        ];
        let asked = asked(&parts, request.context.as_ref());
        let (snapshot, after) = self.resume(request.consistency.as_ref(), request.optional_cursor.as_ref(), asked)?;
        // The limit is of concrete subjects: `*`, which comes first, does not count.
        let most = limit.map(|limit| limit.saturating_add(1));
        let lookup = LookupSubjects {
            resource: &resource,
            permission,
            subject_type,
            subject_relation,
            limit: most,
            cursor: None,
            wildcards,
        };
        let mut items = snapshot.lookup_subjects_after(&lookup, after.as_deref(), &environment)?.items;
        if let Some(limit) = limit.filter(|_| items.first().is_some_and(|first| first.id != WILDCARD)) {
            items.truncate(limit);
        }
        let response = |found: crate::api::FoundSubject| {
            let excluded: Vec<_> = found.excluded.iter().map(|found| resolved(&found.id, &found.answer)).listed();
            v1::LookupSubjectsResponse {
                looked_up_at: self.token(&snapshot),
                excluded_subject_ids: found.excluded.into_iter().map(|found| found.id).listed(),
                permissionship: lookup_permissionship(&found.answer),
                partial_caveat_info: partial_caveat_info(&found.answer),
                subject: Some(resolved(&found.id, &found.answer)),
                excluded_subjects: excluded,
                after_result_cursor: self.cursor(&snapshot, asked, found.id.clone()),
                subject_object_id: found.id,
            }
        };
        Ok(items.into_iter().map(response).listed())
    }
}

fn resolved(id: &str, answer: &Answer) -> v1::ResolvedSubject {
    v1::ResolvedSubject {
        subject_object_id: id.to_owned(),
        permissionship: lookup_permissionship(answer),
        partial_caveat_info: partial_caveat_info(answer),
    }
}
