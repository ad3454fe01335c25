//! The model of a watcher: a place among the states, and what it wants to be told of.

use serde_json::{Value, json};

use super::history::{Change, Engine, Moment, Refusal, known_filter};
use super::rows;

/// How far a watcher may be behind, of revisions written since it began.
pub const LAG: usize = 512;

pub struct Watch {
    position: usize,
    began: usize,
    request: Value,
    pending: Vec<Value>,
    failed: Option<Refusal>,
}

impl Watch {
    /// # Errors
    /// Of the request.
    pub fn open(engine: &Engine, request: &Value, now: &Moment) -> Result<Self, Refusal> {
        if !list(request, "optionalObjectTypes").is_empty() && !list(request, "optionalRelationshipFilters").is_empty() {
            return Err(("INVALID_ARGUMENT", "INVALID_ARGUMENT"));
        }
        for filter in list(request, "optionalRelationshipFilters") {
            known_filter(engine.head().schema, filter)?;
        }
        let position = match request.get("optionalStartCursor") {
            None => engine.newest(),
            Some(token) => {
                let (own, revision) = engine.read_token(token)?;
                if !own {
                    return Err(("INVALID_ARGUMENT", "FOREIGN_TOKEN"));
                }
                engine.at(revision, now)?;
                revision
            }
        };
        Ok(Self { position, began: engine.newest(), request: request.clone(), pending: Vec::new(), failed: None })
    }

    /// # Errors
    /// A watcher that is too slow, or whose place is forgotten; from then on always.
    pub fn next(&mut self, engine: &Engine, now: &Moment) -> Result<Option<Value>, Refusal> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        while self.pending.is_empty() && self.position < engine.newest() {
            let behind = engine.newest().saturating_sub(self.position.max(self.began));
            let readable =
                if behind > LAG { Err(("RESOURCE_EXHAUSTED", "WATCH_TOO_SLOW")) } else { engine.at(self.position, now) };
            if let Err(refusal) = readable {
                self.failed = Some(refusal);
                return Err(refusal);
            }
            self.position += 1;
            self.pending = self.messages(engine, now);
        }
        Ok(if self.pending.is_empty() { None } else { Some(self.pending.remove(0)) })
    }

    fn messages(&self, engine: &Engine, now: &Moment) -> Vec<Value> {
        let revision = engine.at(self.position, now).unwrap();
        let asked = |kind: &str| list(&self.request, "optionalUpdateKinds").contains(&json!(kind));
        let token = engine.token(self.position);
        let mut whole = json!({"changesThrough": token});
        if let Some(metadata) = &revision.metadata {
            whole["optionalTransactionMetadata"] = metadata.clone();
            whole["fullRevisionMetadata"] = json!([metadata]);
        }
        let mut messages = Vec::new();
        let updates: Vec<Value> = revision.changes.iter().filter(|change| self.wants(change)).map(update).collect();
        if !updates.is_empty() {
            let mut message = whole.clone();
            message["updates"] = json!(updates);
            messages.push(message);
        }
        if revision.writes_schema && asked("WATCH_KIND_INCLUDE_SCHEMA_UPDATES") {
            whole["schemaUpdated"] = json!(true);
            messages.push(whole);
        }
        if asked("WATCH_KIND_INCLUDE_CHECKPOINTS") {
            messages.push(json!({"changesThrough": token, "isCheckpoint": true}));
        }
        messages
    }

    fn wants(&self, change: &Change) -> bool {
        let (types, filters) = (list(&self.request, "optionalObjectTypes"), list(&self.request, "optionalRelationshipFilters"));
        types.is_empty() && filters.is_empty()
            || types.contains(&json!(change.key[0]))
            || filters.iter().any(|filter| rows::is_meant(filter, &change.key))
    }
}

fn list<'v>(request: &'v Value, field: &str) -> &'v [Value] {
    request[field].as_array().map_or(&[], Vec::as_slice)
}

fn update(change: &Change) -> Value {
    let operation = if change.removes { "OPERATION_DELETE" } else { "OPERATION_TOUCH" };
    json!({"operation": operation, "relationship": rows::message(&change.key, &change.traits)})
}
