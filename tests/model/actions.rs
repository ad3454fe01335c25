//! Lists of actions: JSON from the start, so that a failing list is printed, kept and run again as it is.
//!
//! `@n` stands for the newest token that was handed out up to step `n`, and `&n:k` for one of the cursors.

use serde_json::{Value, json};

use super::schema::Schema;
use crate::differential::random::Random;

struct Generator {
    random: Random,
    step: usize,
    at: usize,
    /// The clock goes back no further: what is written to a schema is held against what is live then.
    floor: usize,
    engines: Vec<usize>,
    watches: Vec<usize>,
    reads: Vec<(usize, usize, Value)>,
    unretained: usize,
}

/// A list of so many actions, after the settings it begins with.
pub fn generate(seed: u64, count: usize) -> Vec<Value> {
    let mut random = Random::new(seed);
    let revisions = *random.pick(&[1, 2, 4, 12, 1_000, 1_000]);
    let seconds = *random.pick(&[0, 4, 30, 1_000, 86_400]);
    let settings = json!({"retentionRevisions": revisions, "retentionSeconds": seconds, "foreign": random.chance(50)});
    let mut generator = Generator {
        random,
        step: 0,
        at: 1_000,
        floor: 1_000,
        engines: vec![0],
        watches: Vec::new(),
        reads: Vec::new(),
        unretained: seconds + 1,
    };
    let mut actions = vec![json!({"settings": settings})];
    actions.extend((0..count).map(|_| generator.action()));
    actions
}

/// The actions without any that are not needed for the failure.
pub fn shrink(mut actions: Vec<Value>, fails: &dyn Fn(&[Value]) -> bool) -> Vec<Value> {
    let mut chunk = actions.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        while start < actions.len() {
            let end = (start + chunk).min(actions.len());
            let rest = [&actions[..start], &actions[end..]].concat();
            if fails(&rest) {
                actions = rest;
            } else {
                start = end;
            }
        }
        chunk /= 2;
    }
    actions
}

impl Generator {
    fn action(&mut self) -> Value {
        self.step += 1;
        self.tick();
        let engine = *self.random.pick(&self.engines);
        let call = |method: &str, request: Value| json!({"engine": engine, "call": method, "request": request});
        let mut action = match self.random.below(100) {
            0..35 => call("WriteRelationships", self.write()),
            35..43 => call("DeleteRelationships", self.delete()),
            43..49 => {
                self.floor = self.at;
                self.schema(engine)
            }
            49..63 => self.read(engine),
            63..80 => call("CheckPermission", self.check()),
            80..87 => {
                self.watches.push(self.step);
                call("Watch", self.watch())
            }
            87..94 if !self.watches.is_empty() => {
                json!({"next": self.random.pick(&self.watches), "most": self.random.between(1, 9)})
            }
            94 if self.engines.len() < 4 => {
                self.engines.push(self.step);
                json!({"fork": engine})
            }
            _ => json!({"replay": self.token(), "engine": engine, "cut": self.random.below(4)}),
        };
        action["step"] = json!(self.step);
        action["at"] = json!(self.at);
        action
    }

    fn tick(&mut self) {
        match self.random.below(100) {
            0..60 => {}
            60..92 => self.at += self.random.between(1, 3),
            92..95 => self.at += self.unretained.min(2_000),
            95..97 => self.at += 40,
            _ => self.at = (self.at - self.random.below(30)).max(self.floor),
        }
    }

    fn token(&mut self) -> String {
        match self.random.below(20) {
            0 => "broken".to_owned(),
            1..12 => format!("@{}", self.step - self.random.below(self.step.min(8))),
            _ => format!("@{}", self.random.between(1, self.step)),
        }
    }

    fn consistency(&mut self, request: &mut Value) {
        let consistency = match self.random.below(5) {
            0 => json!({"minimizeLatency": true}),
            1 => json!({"fullyConsistent": true}),
            2 => json!({"atLeastAsFresh": {"token": self.token()}}),
            3 => json!({"atExactSnapshot": {"token": self.token()}}),
            _ => return,
        };
        request["consistency"] = consistency;
    }

    fn id(&mut self, object_type: &str) -> String {
        let ids: &[&str] = match object_type {
            "user" => &["ann", "ben", "cid"],
            "group" => &["g1", "g2", "g3"],
            "folder" => &["f1", "f2"],
            _ => &["d1", "d2", "dx1"],
        };
        (*self.random.pick(ids)).to_owned()
    }

    fn relationship(&mut self) -> Value {
        const KINDS: [(&str, &str, &str, &str); 9] = [
            ("group", "member", "user", ""),
            ("group", "member", "group", "member"),
            ("folder", "viewer", "user", ""),
            ("folder", "viewer", "group", "member"),
            ("document", "parent", "folder", ""),
            ("document", "viewer", "user", ""),
            ("document", "viewer", "user", ""),
            ("document", "viewer", "group", "member"),
            ("document", "banned", "user", ""),
        ];
        const WRONG: [(&str, &str, &str, &str); 4] = [
            ("document", "view", "user", ""),
            ("document", "parent", "user", ""),
            ("thing", "viewer", "user", ""),
            ("folder", "viewer", "folder", "owner"),
        ];
        let kinds: &[_] = if self.random.chance(3) { &WRONG } else { &KINDS };
        let (resource_type, relation, subject_type, subject_relation) = *self.random.pick(kinds);
        let shared = subject_type == "user" && relation == "viewer" && self.random.chance(15);
        let subject_id = if shared { "*".to_owned() } else { self.id(subject_type) };
        let mut message = json!({
            "resource": {"objectType": resource_type, "objectId": self.id(resource_type)},
            "relation": relation,
            "subject": {"object": {"objectType": subject_type, "objectId": subject_id}},
        });
        if !subject_relation.is_empty() {
            message["subject"]["optionalRelation"] = json!(subject_relation);
        }
        if subject_type == "user" && !shared && relation != "banned" {
            match self.random.below(10) {
                0 if relation == "viewer" => message["optionalCaveat"] = json!({"caveatName": "open"}),
                1 if relation == "viewer" => {
                    let flag = self.random.chance(50);
                    message["optionalCaveat"] = json!({"caveatName": "open", "context": {"flag": flag}});
                }
                2 | 3 => {
                    let expires = i64::try_from(self.at + self.random.below(40)).unwrap() - 5;
                    message["optionalExpiresAt"] = json!(super::history::Moment::of(expires).text);
                }
                _ => {}
            }
        }
        message
    }

    fn write(&mut self) -> Value {
        let count = *self.random.pick(&[0, 1, 1, 1, 1, 2, 2, 3, 5]);
        let update = |generator: &mut Self| {
            let operation = *generator.random.pick(&["TOUCH", "TOUCH", "TOUCH", "CREATE", "CREATE", "DELETE", "DELETE"]);
            json!({"operation": format!("OPERATION_{operation}"), "relationship": generator.relationship()})
        };
        let updates: Vec<Value> = (0..count).map(|_| update(self)).collect();
        let mut request = json!({"updates": updates});
        self.conditions(&mut request);
        request
    }

    /// Preconditions, and what the writer says.
    fn conditions(&mut self, request: &mut Value) {
        if self.random.chance(20) {
            let operation = if self.random.chance(50) { "OPERATION_MUST_MATCH" } else { "OPERATION_MUST_NOT_MATCH" };
            request["optionalPreconditions"] = json!([{"operation": operation, "filter": self.filter()}]);
        }
        if self.random.chance(20) {
            request["optionalTransactionMetadata"] = json!({"writer": format!("w{}", self.step)});
        }
    }

    fn filter(&mut self) -> Value {
        if self.random.chance(2) {
            return json!({});
        }
        let mut filter = json!({});
        let (object_type, relation) = *self.random.pick(&[
            ("document", "viewer"),
            ("document", "parent"),
            ("document", "banned"),
            ("document", "view"),
            ("folder", "viewer"),
            ("group", "member"),
            ("thing", "viewer"),
        ]);
        if self.random.chance(85) {
            filter["resourceType"] = json!(object_type);
        }
        if self.random.chance(40) {
            filter["optionalRelation"] = json!(relation);
        }
        if self.random.chance(25) {
            filter["optionalResourceId"] = json!(self.id(object_type));
        }
        if self.random.chance(15) {
            filter["optionalResourceIdPrefix"] = json!(*self.random.pick(&["d", "dx", "f", "g2"]));
        }
        if self.random.chance(30) {
            let subject_type = *self.random.pick(&["user", "user", "group", "folder", "nobody"]);
            let mut subject = json!({"subjectType": subject_type});
            if self.random.chance(40) {
                subject["optionalSubjectId"] = json!(if self.random.chance(20) { "*".to_owned() } else { self.id(subject_type) });
            }
            if self.random.chance(30) {
                subject["optionalRelation"] = json!({"relation": self.random.pick(&["", "member"])});
            }
            filter["optionalSubjectFilter"] = subject;
        }
        filter
    }

    fn delete(&mut self) -> Value {
        let mut request = json!({"relationshipFilter": self.filter()});
        if self.random.chance(60) {
            request["optionalLimit"] = json!(self.random.pick(&[1, 1, 2, 3, 1_001]));
            request["optionalAllowPartialDeletions"] = json!(self.random.chance(70));
        }
        self.conditions(&mut request);
        request
    }

    fn schema(&mut self, engine: usize) -> Value {
        if self.random.chance(10) {
            return json!({"engine": engine, "schema": *self.random.pick(&["syntax", "types"])});
        }
        let parts = [(); Schema::PARTS].map(|()| self.random.chance(75));
        json!({"engine": engine, "schema": parts})
    }

    fn read(&mut self, engine: usize) -> Value {
        let resumed = (!self.reads.is_empty() && self.random.chance(35)).then(|| self.random.pick(&self.reads).clone());
        let (step, engine, mut request) = match resumed {
            Some((step, of, request)) => (Some(step), if self.random.chance(95) { of } else { engine }, request),
            None => (None, engine, json!({"relationshipFilter": self.filter()})),
        };
        if step.is_none() && self.random.chance(60) {
            request["optionalLimit"] = json!(self.random.pick(&[1, 2, 3]));
        }
        self.reads.push((self.step, engine, request.clone()));
        if let Some(step) = step {
            let cursor = if self.random.chance(5) { self.token() } else { format!("&{step}:{}", self.random.below(4)) };
            request["optionalCursor"] = json!({"token": cursor});
            if self.random.chance(5) {
                request["optionalLimit"] = json!(7);
            }
        }
        self.consistency(&mut request);
        json!({"engine": engine, "call": "ReadRelationships", "request": request})
    }

    fn check(&mut self) -> Value {
        let (object_type, permission) = *self.random.pick(&[
            ("document", "view"),
            ("document", "view"),
            ("document", "view"),
            ("document", "viewer"),
            ("document", "banned"),
            ("folder", "view"),
            ("group", "member"),
        ]);
        let subject = if self.random.chance(85) {
            json!({"object": {"objectType": "user", "objectId": self.id("user")}})
        } else {
            json!({"object": {"objectType": "group", "objectId": self.id("group")}, "optionalRelation": "member"})
        };
        let resource = json!({"objectType": object_type, "objectId": self.id(object_type)});
        let mut request = json!({"resource": resource, "permission": permission, "subject": subject});
        if self.random.chance(30) {
            request["context"] = json!({"flag": self.random.chance(50)});
        }
        self.consistency(&mut request);
        request
    }

    fn watch(&mut self) -> Value {
        let mut request = json!({});
        if self.random.chance(70) {
            request["optionalStartCursor"] = json!({"token": self.token()});
        }
        let kinds = ["RELATIONSHIP_UPDATES", "SCHEMA_UPDATES", "CHECKPOINTS"];
        let kinds = kinds.into_iter().filter(|_| self.random.chance(50)).map(|kind| format!("WATCH_KIND_INCLUDE_{kind}"));
        request["optionalUpdateKinds"] = json!(kinds.collect::<Vec<_>>());
        if self.random.chance(20) {
            request["optionalObjectTypes"] = json!([self.random.pick(&["document", "folder", "group", "thing"])]);
        }
        if self.random.chance(15) {
            let filters: Vec<Value> = (0..2).map(|_| self.filter()).filter(super::history::is_well_formed).collect();
            request["optionalRelationshipFilters"] = json!(filters);
        }
        request
    }
}
