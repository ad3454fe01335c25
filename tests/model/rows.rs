//! The relationships of one revision as a sorted map, filters and permissions by looking at every one of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::schema::Schema;

/// Resource type, id and relation, then subject type, id and relation.
pub type Key = [String; 6];

/// What a relationship has besides its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Whether there is a caveat, and the `flag` it was written with.
    pub caveat: Option<Option<bool>>,
    /// As text, which sorts as time does.
    pub expires: Option<String>,
}

pub type Rows = BTreeMap<Key, Traits>;

impl Traits {
    pub fn is_live(&self, now: &str) -> bool {
        self.expires.as_deref().is_none_or(|expires| now < expires)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A relationship of a message.
pub fn of_message(message: &Value) -> (Key, Traits) {
    let (resource, subject) = (&message["resource"], &message["subject"]);
    let key = [
        text(&resource["objectType"]),
        text(&resource["objectId"]),
        text(&message["relation"]),
        text(&subject["object"]["objectType"]),
        text(&subject["object"]["objectId"]),
        text(&subject["optionalRelation"]),
    ];
    let caveat = message.get("optionalCaveat").filter(|caveat| !caveat.is_null());
    let expires = message.get("optionalExpiresAt").and_then(Value::as_str).map(str::to_owned);
    (key, Traits { caveat: caveat.map(|caveat| caveat["context"]["flag"].as_bool()), expires })
}

/// A relationship as a message.
pub fn message(key: &Key, traits: &Traits) -> Value {
    let [resource_type, resource_id, relation, subject_type, subject_id, subject_relation] = key;
    let mut message = json!({
        "resource": {"objectType": resource_type, "objectId": resource_id},
        "relation": relation,
        "subject": {"object": {"objectType": subject_type, "objectId": subject_id}, "optionalRelation": subject_relation},
    });
    if let Some(flag) = traits.caveat {
        message["optionalCaveat"] = json!({"caveatName": "open"});
        if let Some(flag) = flag {
            message["optionalCaveat"]["context"] = json!({"flag": flag});
        }
    }
    if let Some(expires) = &traits.expires {
        message["optionalExpiresAt"] = json!(expires);
    }
    message
}

/// Whether a filter means a relationship of these names.
pub fn is_meant(filter: &Value, key: &Key) -> bool {
    let [resource_type, resource_id, relation, subject_type, subject_id, subject_relation] = key;
    let is = |value: &Value, name: &str| value.as_str().is_none_or(|wanted| wanted.is_empty() || wanted == name);
    let subject = &filter["optionalSubjectFilter"];
    is(&filter["resourceType"], resource_type)
        && is(&filter["optionalResourceId"], resource_id)
        && filter["optionalResourceIdPrefix"].as_str().is_none_or(|prefix| resource_id.starts_with(prefix))
        && is(&filter["optionalRelation"], relation)
        && is(&subject["subjectType"], subject_type)
        && is(&subject["optionalSubjectId"], subject_id)
        && subject.get("optionalRelation").is_none_or(|wanted| text(&wanted["relation"]) == *subject_relation)
}

/// Whether a relationship fits a schema.
pub fn fits(schema: Schema, key: &Key, traits: &Traits, deleting: bool) -> bool {
    let [resource_type, _, relation, subject_type, subject_id, subject_relation] = key;
    schema.relation(resource_type, relation).is_some_and(|allowed| {
        allowed.iter().any(|it| {
            it.subject_type == subject_type
                && it.relation == subject_relation
                && it.wildcard == (subject_id == "*")
                && (it.caveated == traits.caveat.is_some() || deleting && traits.caveat.is_none())
                && (it.expiring == traits.expires.is_some() || deleting)
        })
    })
}

/// A question to one revision.
pub struct Question<'a> {
    pub schema: Schema,
    pub rows: &'a Rows,
    /// What the request says of the caveat's parameter.
    pub flag: Option<bool>,
    pub now: &'a str,
    /// Type, id and relation.
    pub subject: [&'a str; 3],
}

impl Question<'_> {
    /// Whether the subject has a relation or permission on an object; nothing where that depends on the parameter.
    pub fn has(&self, object: [&str; 3]) -> Option<bool> {
        self.reaches(object, &mut Vec::new())
    }

    fn reaches(&self, [object_type, id, member]: [&str; 3], above: &mut Vec<[String; 3]>) -> Option<bool> {
        if [object_type, id, member] == self.subject {
            return Some(true);
        }
        let this = [object_type, id, member].map(str::to_owned);
        if above.contains(&this) {
            return Some(false);
        }
        above.push(this);
        let found = match (object_type, member) {
            ("folder", "view") => self.reaches([object_type, id, "viewer"], above),
            ("document", "view") => {
                let mut found = self.reaches([object_type, id, "viewer"], above);
                for (key, _) in self.of([object_type, id, "parent"]) {
                    found = or(found, self.reaches(["folder", &key[4], "view"], above));
                }
                let banned =
                    if self.schema.excludes_banned() { self.reaches([object_type, id, "banned"], above) } else { Some(false) };
                and(found, banned.map(|banned| !banned))
            }
            _ => {
                let mut found = Some(false);
                for (key, traits) in self.of([object_type, id, member]) {
                    let subject = [&*key[3], &*key[4], &*key[5]];
                    let everyone = subject[1] == "*" && subject[0] == self.subject[0] && self.subject[2].is_empty();
                    let through = if subject == self.subject || everyone {
                        Some(true)
                    } else if key[5].is_empty() {
                        Some(false)
                    } else {
                        self.reaches(subject, above)
                    };
                    let holds = traits.caveat.map_or(Some(true), |stored| stored.or(self.flag));
                    found = or(found, and(holds, through));
                }
                found
            }
        };
        above.pop();
        found
    }

    fn of<'s>(&'s self, object: [&'s str; 3]) -> impl Iterator<Item = (&'s Key, &'s Traits)> {
        self.rows.iter().filter(move |(key, traits)| [&*key[0], &*key[1], &*key[2]] == object && traits.is_live(self.now))
    }
}

fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    if one == Some(true) || other == Some(true) { Some(true) } else { one.and(other) }
}

fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    or(one.map(|it| !it), other.map(|it| !it)).map(|it| !it)
}

/// Relationships as lines, sorted.
pub fn lines(rows: &Rows) -> Vec<String> {
    let line = |(key, traits): (&Key, &Traits)| {
        let [resource_type, resource_id, relation, subject_type, subject_id, subject_relation] = key;
        let of = if subject_relation.is_empty() { String::new() } else { format!("#{subject_relation}") };
        let caveat = match traits.caveat {
            None => String::new(),
            Some(None) => "[open]".to_owned(),
            Some(Some(flag)) => format!("[open:{{\"flag\":{flag}}}]"),
        };
        let expires = traits.expires.as_ref().map(|expires| format!("[expiration:{expires}]")).unwrap_or_default();
        format!("{resource_type}:{resource_id}#{relation}@{subject_type}:{subject_id}{of}{caveat}{expires}")
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort();
    lines
}
