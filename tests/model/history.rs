//! The model of an engine: every state it ever had, whole, and the rule that says which of them can still be read.
//!
//! The rule of retention, as `Settings` documents it: the newest revision always; another one while it is among the newest
//! `keep_revisions`, and while no more than `keep_seconds` passed since the next one replaced it, by the clock of the last write or of
//! the request, whichever is later. The clock of writes never runs backwards.

use serde_json::{Value, json};

use super::rows::{self, Key, Rows, Traits};
use super::schema::Schema;

/// The status and reason of an error.
pub type Refusal = (&'static str, &'static str);

pub type Answer = Result<Vec<Value>, Refusal>;

/// A relationship that was written or removed.
#[derive(Clone, Debug)]
pub struct Change {
    pub removes: bool,
    pub key: Key,
    pub traits: Traits,
}

#[derive(Clone, Debug)]
pub struct Revision {
    pub schema: Schema,
    pub rows: Rows,
    pub at: Option<i64>,
    pub changes: Vec<Change>,
    pub metadata: Option<Value>,
    pub writes_schema: bool,
}

/// What engines are told once.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    pub revisions: usize,
    pub seconds: i64,
    /// Whether tokens of others are errors where a question need only be at least as fresh.
    pub refuses_foreign: bool,
}

#[derive(Clone, Debug)]
pub struct Engine {
    pub id: usize,
    pub retention: Retention,
    /// The number of the revision it began with.
    first: usize,
    revisions: Vec<Revision>,
}

/// The moment of a request, as a number and as text.
#[derive(Clone, Debug)]
pub struct Moment {
    pub at: i64,
    pub text: String,
}

impl Moment {
    /// So many seconds after the first of January.
    pub fn of(at: i64) -> Self {
        let (day, rest) = (at.div_euclid(86_400) + 1, at.rem_euclid(86_400));
        let text = format!("2026-01-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60);
        Self { at, text }
    }
}

impl Engine {
    pub fn new(id: usize, retention: Retention, schema: Schema) -> Self {
        let first = Revision { schema, rows: Rows::new(), at: None, changes: Vec::new(), metadata: None, writes_schema: false };
        Self { id, retention, first: 0, revisions: vec![first] }
    }

    pub fn fork(&self, id: usize) -> Self {
        let first = Revision { changes: Vec::new(), metadata: None, writes_schema: false, ..self.head().clone() };
        Self { id, retention: self.retention, first: self.newest(), revisions: vec![first] }
    }

    pub fn newest(&self) -> usize {
        self.first + self.revisions.len() - 1
    }

    pub fn head(&self) -> &Revision {
        self.revisions.last().unwrap()
    }

    pub fn token(&self, revision: usize) -> Value {
        json!({"token": format!("T {} {revision}", self.id)})
    }

    /// # Errors
    /// A revision that cannot be read at that time.
    pub fn at(&self, revision: usize, now: &Moment) -> Result<&Revision, Refusal> {
        let expired = ("OUT_OF_RANGE", "REVISION_EXPIRED");
        if revision > self.newest() {
            return Err(("OUT_OF_RANGE", "REVISION_NOT_REACHED"));
        }
        let place = revision.checked_sub(self.first).ok_or(expired)?;
        if revision < self.newest() {
            let replaced = self.revisions[place + 1].at.unwrap();
            let latest = self.head().at.unwrap().max(now.at);
            if self.newest() - revision >= self.retention.revisions || latest - replaced > self.retention.seconds {
                return Err(expired);
            }
        }
        Ok(&self.revisions[place])
    }

    pub fn push(&mut self, next: Revision, now: &Moment) {
        let at = self.head().at.map_or(now.at, |last| last.max(now.at));
        self.revisions.push(Revision { at: Some(at), ..next });
    }

    /// The revision of a token, and whether it is this engine's.
    ///
    /// # Errors
    /// A text that is no token.
    pub fn read_token(&self, token: &Value) -> Result<(bool, usize), Refusal> {
        let invalid = ("INVALID_ARGUMENT", "INVALID_TOKEN");
        let parts: Vec<&str> = token["token"].as_str().unwrap_or_default().split(' ').collect();
        let ["T", id, revision] = parts.as_slice() else { return Err(invalid) };
        Ok((*id == self.id.to_string(), revision.parse().map_err(|_| invalid)?))
    }

    /// The revision that a request is answered at.
    ///
    /// # Errors
    /// Of the token.
    pub fn consistent(&self, request: &Value, now: &Moment) -> Result<usize, Refusal> {
        let consistency = &request["consistency"];
        let foreign = Err(("INVALID_ARGUMENT", "FOREIGN_TOKEN"));
        if let Some(token) = consistency.get("atLeastAsFresh") {
            return match self.read_token(token)? {
                (false, _) if self.retention.refuses_foreign => foreign,
                (true, revision) if revision > self.newest() => Err(("OUT_OF_RANGE", "REVISION_NOT_REACHED")),
                _ => Ok(self.newest()),
            };
        }
        if let Some(token) = consistency.get("atExactSnapshot") {
            let (own, revision) = self.read_token(token)?;
            return if own { self.at(revision, now).map(|_| revision) } else { foreign };
        }
        Ok(self.newest())
    }

    /// The answers to a request, in order.
    ///
    /// # Errors
    /// Its status and reason.
    pub fn answer(&mut self, method: &str, request: &Value, now: &Moment) -> Answer {
        match method {
            "WriteRelationships" => self.write_relationships(request, now),
            "DeleteRelationships" => self.delete_relationships(request, now),
            "ReadRelationships" => self.read_relationships(request, now),
            "CheckPermission" => self.check_permission(request, now),
            _ => panic!("the model does not know {method}"),
        }
    }

    /// Replaces the schema, unless a relationship that is live would not fit it.
    ///
    /// # Errors
    /// Such a relationship.
    pub fn write_schema(&mut self, schema: Schema, now: &Moment) -> Answer {
        let head = self.head();
        let mut live = head.rows.iter().filter(|(_, traits)| traits.is_live(&now.text));
        if !live.all(|(key, traits)| rows::fits(schema, key, traits, false)) {
            return Err(("INVALID_ARGUMENT", "SCHEMA_TYPE_ERROR"));
        }
        let mut next = Revision { schema, writes_schema: true, changes: Vec::new(), metadata: None, ..head.clone() };
        // What has expired does not stand against it, and is gone with its place in the schema.
        next.rows.retain(|key, traits| rows::fits(schema, key, traits, false));
        self.push(next, now);
        Ok(vec![json!({"writtenAt": self.token(self.newest())})])
    }

    fn commit(&mut self, changes: Vec<Change>, request: &Value, now: &Moment) {
        if changes.is_empty() {
            return;
        }
        let mut next = Revision { writes_schema: false, ..self.head().clone() };
        for change in &changes {
            if change.removes {
                next.rows.remove(&change.key);
            } else {
                next.rows.insert(change.key.clone(), change.traits.clone());
            }
        }
        let metadata = request.get("optionalTransactionMetadata").cloned();
        // Watchers are not told of what was there already.
        let before = self.head().rows.clone();
        let told = changes.into_iter().filter(|change| change.removes || before.get(&change.key) != Some(&change.traits));
        self.push(Revision { changes: told.collect(), metadata, ..next }, now);
    }

    fn write_relationships(&mut self, request: &Value, now: &Moment) -> Answer {
        let none = Vec::new();
        let updates: Vec<(&str, Key, Traits)> = request["updates"]
            .as_array()
            .unwrap_or(&none)
            .iter()
            .map(|update| {
                let (key, traits) = rows::of_message(&update["relationship"]);
                (update["operation"].as_str().unwrap(), key, traits)
            })
            .collect();
        well_formed_conditions(request)?;
        for (place, (_, key, _)) in updates.iter().enumerate() {
            if updates[..place].iter().any(|(_, earlier, _)| earlier == key) {
                return Err(("INVALID_ARGUMENT", "UPDATES_ON_SAME_RELATIONSHIP"));
            }
        }
        self.known_conditions(request)?;
        for (operation, key, traits) in &updates {
            self.check_update(key, traits, *operation == "OPERATION_DELETE")?;
        }
        self.hold(request, now)?;
        let mut changes = Vec::new();
        for (operation, key, traits) in updates {
            match (operation, self.head().rows.get(&key)) {
                ("OPERATION_CREATE", Some(_)) => return Err(("ALREADY_EXISTS", "ATTEMPT_TO_RECREATE_RELATIONSHIP")),
                ("OPERATION_DELETE", None) => {}
                ("OPERATION_DELETE", Some(old)) => changes.push(Change { removes: true, key, traits: old.clone() }),
                _ => changes.push(Change { removes: false, key, traits }),
            }
        }
        self.commit(changes, request, now);
        Ok(vec![json!({"writtenAt": self.token(self.newest())})])
    }

    fn check_update(&self, key: &Key, traits: &Traits, deleting: bool) -> Result<(), Refusal> {
        let schema = self.head().schema;
        let [resource_type, _, relation, subject_type, _, subject_relation] = key;
        known_type(schema, resource_type)?;
        known_member(schema, resource_type, relation)?;
        known_type(schema, subject_type)?;
        if !subject_relation.is_empty() {
            known_member(schema, subject_type, subject_relation)?;
        }
        if schema.has_permission(resource_type, relation) {
            return Err(("INVALID_ARGUMENT", "CANNOT_UPDATE_PERMISSION"));
        }
        if rows::fits(schema, key, traits, deleting) { Ok(()) } else { Err(("INVALID_ARGUMENT", "INVALID_SUBJECT_TYPE")) }
    }

    fn delete_relationships(&mut self, request: &Value, now: &Moment) -> Answer {
        let filter = &request["relationshipFilter"];
        well_formed_filter(filter)?;
        well_formed_conditions(request)?;
        let limit = limit(request)?;
        let schema = self.head().schema;
        known_filter(schema, filter)?;
        self.known_conditions(request)?;
        self.hold(request, now)?;
        let meant = self.head().rows.iter().filter(|(key, _)| rows::is_meant(filter, key));
        let mut changes: Vec<Change> =
            meant.map(|(key, traits)| Change { removes: true, key: key.clone(), traits: traits.clone() }).collect();
        if limit > 0 && changes.len() > limit {
            if request["optionalAllowPartialDeletions"] != json!(true) {
                return Err(("INVALID_ARGUMENT", "TOO_MANY_RELATIONSHIPS_FOR_TRANSACTIONAL_DELETE"));
            }
            changes.truncate(limit);
        }
        let count = changes.len();
        self.commit(changes, request, now);
        let progress = if limit > 0 && count == limit { "PARTIAL" } else { "COMPLETE" };
        Ok(vec![json!({
            "deletedAt": self.token(self.newest()),
            "deletionProgress": format!("DELETION_PROGRESS_{progress}"),
            "relationshipsDeletedCount": count.to_string(),
        })])
    }

    fn read_relationships(&self, request: &Value, now: &Moment) -> Answer {
        let filter = &request["relationshipFilter"];
        well_formed_filter(filter)?;
        let limit = limit(request)?;
        let asked = json!([filter, limit]);
        let (revision, after) = match request.get("optionalCursor") {
            None => (self.consistent(request, now)?, None),
            Some(cursor) => {
                let invalid = ("INVALID_ARGUMENT", "INVALID_CURSOR");
                let cursor: Value = serde_json::from_str(cursor["token"].as_str().unwrap_or_default()).map_err(|_| invalid)?;
                if cursor[0] != json!(self.id) || cursor[2] != asked {
                    return Err(invalid);
                }
                let revision = usize::try_from(cursor[1].as_u64().unwrap()).unwrap();
                self.at(revision, now)?;
                (revision, Some(serde_json::from_value::<Key>(cursor[3].clone()).unwrap()))
            }
        };
        let state = self.at(revision, now)?;
        known_filter(state.schema, filter)?;
        if let (Some(object_type), Some(relation)) = (filter["resourceType"].as_str(), filter["optionalRelation"].as_str())
            && state.schema.has_permission(object_type, relation)
        {
            return Err(("FAILED_PRECONDITION", "SCHEMA_TYPE_ERROR"));
        }
        let meant = state.rows.iter().filter(|(key, traits)| {
            rows::is_meant(filter, key) && traits.is_live(&now.text) && after.as_ref().is_none_or(|after| *key > after)
        });
        let answer = |(key, traits)| {
            json!({
                "readAt": self.token(revision),
                "relationship": rows::message(key, traits),
                "afterResultCursor": {"token": json!([self.id, revision, asked, key]).to_string()},
            })
        };
        Ok(meant.take(if limit == 0 { usize::MAX } else { limit }).map(answer).collect())
    }

    fn check_permission(&self, request: &Value, now: &Moment) -> Answer {
        let revision = self.consistent(request, now)?;
        let Revision { schema, rows, .. } = self.at(revision, now)?;
        let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
        let (resource, subject) = (&request["resource"], &request["subject"]);
        let [resource_type, resource_id, permission, subject_type, subject_id, subject_relation] = [
            &resource["objectType"],
            &resource["objectId"],
            &request["permission"],
            &subject["object"]["objectType"],
            &subject["object"]["objectId"],
            &subject["optionalRelation"],
        ]
        .map(text);
        known_type(*schema, &resource_type)?;
        known_member(*schema, &resource_type, &permission)?;
        known_type(*schema, &subject_type)?;
        if !subject_relation.is_empty() {
            known_member(*schema, &subject_type, &subject_relation)?;
        }
        let question = rows::Question {
            schema: *schema,
            rows,
            flag: request["context"]["flag"].as_bool(),
            now: &now.text,
            subject: [&subject_type, &subject_id, &subject_relation],
        };
        let mut answer = json!({"checkedAt": self.token(revision)});
        let permissionship = match question.has([&resource_type, &resource_id, &permission]) {
            Some(true) => "HAS",
            Some(false) => "NO",
            None => "CONDITIONAL",
        };
        answer["permissionship"] = json!(format!("PERMISSIONSHIP_{permissionship}_PERMISSION"));
        if permissionship == "CONDITIONAL" {
            answer["partialCaveatInfo"] = json!({"missingRequiredContext": ["flag"]});
        }
        Ok(vec![answer])
    }

    fn known_conditions(&self, request: &Value) -> Result<(), Refusal> {
        conditions(request).iter().try_for_each(|condition| known_filter(self.head().schema, &condition["filter"]))
    }

    fn hold(&self, request: &Value, now: &Moment) -> Result<(), Refusal> {
        for condition in conditions(request) {
            let mut live = self.head().rows.iter().filter(|(_, traits)| traits.is_live(&now.text));
            let matches = live.any(|(key, _)| rows::is_meant(&condition["filter"], key));
            if matches != (condition["operation"] == json!("OPERATION_MUST_MATCH")) {
                return Err(("FAILED_PRECONDITION", "WRITE_OR_DELETE_PRECONDITION_FAILURE"));
            }
        }
        Ok(())
    }
}

fn conditions(request: &Value) -> &[Value] {
    request["optionalPreconditions"].as_array().map_or(&[], Vec::as_slice)
}

fn well_formed_conditions(request: &Value) -> Result<(), Refusal> {
    conditions(request).iter().try_for_each(|condition| well_formed_filter(&condition["filter"]))
}

pub fn is_well_formed(filter: &Value) -> bool {
    well_formed_filter(filter).is_ok() && !has_id_and_prefix(filter)
}

fn well_formed_filter(filter: &Value) -> Result<(), Refusal> {
    if filter.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(("INVALID_ARGUMENT", "INVALID_FILTER"));
    }
    let subject = &filter["optionalSubjectFilter"];
    let relation = subject["optionalRelation"]["relation"].as_str().unwrap_or_default();
    let is_set_of_all = subject["optionalSubjectId"] == "*" && !relation.is_empty();
    if is_set_of_all { Err(("INVALID_ARGUMENT", "INVALID_ARGUMENT")) } else { Ok(()) }
}

fn has_id_and_prefix(filter: &Value) -> bool {
    filter.get("optionalResourceId").is_some() && filter.get("optionalResourceIdPrefix").is_some()
}

pub fn known_filter(schema: Schema, filter: &Value) -> Result<(), Refusal> {
    if let Some(resource_type) = filter["resourceType"].as_str() {
        known_type(schema, resource_type)?;
        if let Some(relation) = filter["optionalRelation"].as_str() {
            known_member(schema, resource_type, relation)?;
        }
    }
    let subject = &filter["optionalSubjectFilter"];
    if let Some(subject_type) = subject["subjectType"].as_str() {
        known_type(schema, subject_type)?;
        if let Some(relation) = subject["optionalRelation"]["relation"].as_str().filter(|relation| !relation.is_empty()) {
            known_member(schema, subject_type, relation)?;
        }
    }
    // Names come first, as SpiceDB has it.
    if has_id_and_prefix(filter) { Err(("INVALID_ARGUMENT", "INVALID_FILTER")) } else { Ok(()) }
}

fn known_type(schema: Schema, name: &str) -> Result<(), Refusal> {
    if schema.has_type(name) { Ok(()) } else { Err(("FAILED_PRECONDITION", "UNKNOWN_DEFINITION")) }
}

fn known_member(schema: Schema, object_type: &str, name: &str) -> Result<(), Refusal> {
    let known = schema.has_member(object_type, name);
    if known { Ok(()) } else { Err(("FAILED_PRECONDITION", "UNKNOWN_RELATION_OR_PERMISSION")) }
}

fn limit(request: &Value) -> Result<usize, Refusal> {
    let limit = usize::try_from(request["optionalLimit"].as_u64().unwrap_or(0)).unwrap();
    if limit > 1_000 { Err(("INVALID_ARGUMENT", "EXCEEDS_MAXIMUM_ALLOWABLE_LIMIT")) } else { Ok(limit) }
}
