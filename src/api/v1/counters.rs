//! The counters of relationships, of the ExperimentalService.

use super::Service;
use super::convert::{invalid, required};
use super::filter::filter;
use super::messages as v1;
use crate::api::{Error, Reason};

impl Service<'_> {
    /// Names a filter whose relationships are to be counted.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn register_relationship_counter(
        &mut self,
        request: &v1::ExperimentalRegisterRelationshipCounterRequest,
    ) -> Result<v1::ExperimentalRegisterRelationshipCounterResponse, Error> {
        let name = counter_name(&request.name)?;
        let message = required(request.relationship_filter.as_ref(), "relationship_filter")?;
        self.engine.head().check_filter(&filter(message)?)?;
        if self.counter(name).is_some() {
            let text = format!("counter with name `{name}` is already registered");
            let error = Error::plain(Reason::CounterAlreadyRegistered, text).about("counter_name", name);
            let subject = message.optional_subject_filter.as_ref();
            let relation = subject.and_then(|subject| subject.optional_relation.as_ref());
            return Err(error
                .about("new_filter_resource_type", &message.resource_type)
                .about("new_filter_resource_id", &message.optional_resource_id)
                .about("new_filter_resource_id_prefix", &message.optional_resource_id_prefix)
                .about("new_filter_relation", &message.optional_relation)
                .about("new_filter_subject_type", subject.map_or("", |subject| &subject.subject_type))
                .about("new_filter_subject_id", subject.map_or("", |subject| &subject.optional_subject_id))
                .about("new_filter_subject_relation", relation.map_or("", |relation| &relation.relation)));
        }
        self.engine.counters.push((name.to_owned(), message.clone()));
        Ok(v1::ExperimentalRegisterRelationshipCounterResponse {})
    }

    /// How many relationships a counter means now; expired ones are not counted.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn count_relationships(
        &self,
        request: &v1::ExperimentalCountRelationshipsRequest,
    ) -> Result<v1::ExperimentalCountRelationshipsResponse, Error> {
        let name = counter_name(&request.name)?;
        let (_, message) = self.counter(name).and_then(|place| self.engine.counters.get(place)).ok_or_else(|| missing(name))?;
        let head = self.engine.head();
        let count = head.data.select(&filter(message)?, Some(self.now), usize::MAX).len();
        let relationship_count = u64::try_from(count).unwrap_or(u64::MAX);
        Ok(v1::ExperimentalCountRelationshipsResponse {
            counter_still_calculating: None,
            read_counter_value: Some(v1::ReadCounterValue { relationship_count, read_at: self.token(head) }),
        })
    }

    /// Forgets a counter.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn unregister_relationship_counter(
        &mut self,
        request: &v1::ExperimentalUnregisterRelationshipCounterRequest,
    ) -> Result<v1::ExperimentalUnregisterRelationshipCounterResponse, Error> {
        let name = counter_name(&request.name)?;
        let place = self.counter(name).ok_or_else(|| missing(name))?;
        self.engine.counters.remove(place);
        Ok(v1::ExperimentalUnregisterRelationshipCounterResponse {})
    }

    fn counter(&self, name: &str) -> Option<usize> {
        self.engine.counters.iter().position(|(known, _)| known == name)
    }
}

fn counter_name(name: &str) -> Result<&str, Error> {
    if name.is_empty() { Err(invalid("`name`: value is required")) } else { Ok(name) }
}

fn missing(name: &str) -> Error {
    Error::plain(Reason::CounterNotRegistered, format!("counter with name `{name}` not found")).about("counter_name", name)
}
