//! What a change of schema would do to the relationships there are. Source of semantics: SpiceDB's WriteSchema
//! (`internal/services/shared/schema.go`).

use crate::model::{Relationship, Timestamp, WILDCARD};
use crate::schema::{Changed, DifferenceKind, Schema, diff};
use crate::store;
use crate::text::hash::Map;

/// Why a schema cannot take the place of another: SpiceDB's `SCHEMA_TYPE_ERROR` with `INVALID_ARGUMENT`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What is refused, in the words of SpiceDB's `operation`: `remove_parameter`, `change_parameter_type`, `delete_relation`,
    /// `delete_relation_reverse_check`, `remove_allowed_type` or `delete_object_definition`.
    pub operation: &'static str,
    /// For people.
    pub message: String,
    /// SpiceDB's metadata but for `operation` and `relationship`: `caveat_name` and `parameter_name` of a parameter; `resource_type`,
    /// and `relation` and `allowed_type` where there are such, of all else.
    pub metadata: Vec<(&'static str, String)>,
    /// The first of the relationships that stand against it, by resource, relation and subject; none do against a change of
    /// parameters, which is never possible.
    pub relationship: Option<String>,
    /// How many do.
    pub relationships: usize,
}

/// A kind of refusal.
struct Kind {
    operation: &'static str,
    /// The keys of the metadata, one for each name.
    keys: &'static [&'static str],
    /// What the message says before each name.
    words: [&'static str; 3],
}

/// Whether it is about a caveat's parameter, which nothing in a relationship need stand against.
fn is_of_parameter(operation: &str) -> bool {
    operation == REMOVE_PARAMETER.operation || operation == CHANGE_PARAMETER_TYPE.operation
}

const REMOVE_PARAMETER: Kind = Kind {
    operation: "remove_parameter",
    keys: &["caveat_name", "parameter_name"],
    words: ["caveat ", " cannot lose parameter ", ""],
};
const CHANGE_PARAMETER_TYPE: Kind = Kind {
    operation: "change_parameter_type",
    keys: &["caveat_name", "parameter_name"],
    words: ["caveat ", " cannot change the type of parameter ", ""],
};
const DELETE_RELATION: Kind = Kind {
    operation: "delete_relation",
    keys: &["resource_type", "relation"],
    words: ["definition ", " cannot lose relation ", ""],
};
const DELETE_RELATION_REVERSE_CHECK: Kind = Kind {
    operation: "delete_relation_reverse_check",
    keys: &["resource_type", "relation"],
    words: ["definition ", " cannot lose, for subjects name it, relation ", ""],
};
const REMOVE_ALLOWED_TYPE: Kind = Kind {
    operation: "remove_allowed_type",
    keys: &["resource_type", "relation", "allowed_type"],
    words: ["in definition ", ", relation ", " cannot lose type "],
};
const DELETE_OBJECT_DEFINITION: Kind =
    Kind { operation: "delete_object_definition", keys: &["resource_type"], words: ["cannot remove definition ", "", ""] };

/// All that is refused when `new` takes the place of `old`, in the order in which SpiceDB would come upon it; nothing where the
/// change is safe.
///
/// Relationships that have expired by `now` do not count. One pass over the relationships, whatever the number of changes.
pub fn refusals(old: &Schema, new: &Schema, rows: &store::Snapshot, now: Timestamp) -> Vec<Refusal> {
    let mut removals = Removals::default();
    removals.collect(old, new);
    let Removals { mut found, by_shape } = removals;
    let mut first: Vec<Option<Relationship<'_>>> = vec![None; found.len()];
    let mut shape = String::new();
    for row in rows.relationships() {
        if by_shape.is_empty() || row.expiration.is_some_and(|expiration| expiration <= now) {
            continue;
        }
        for which in Shape::ALL {
            shape.clear();
            let place = which.write(&row, &mut shape).and_then(|()| by_shape.get(&shape));
            let Some((refusal, first)) = place.and_then(|place| Some((found.get_mut(*place)?, first.get_mut(*place)?))) else {
                continue;
            };
            refusal.relationships += 1;
            if first.as_ref().is_none_or(|first| order(&row) < order(first)) {
                *first = Some(row.clone());
            }
        }
    }
    for (refusal, first) in found.iter_mut().zip(first) {
        if let Some(first) = first.map(|first| first.to_string()) {
            push(&mut refusal.message, &[": `", &first, "` stands against it"]);
            refusal.relationship = Some(first);
        }
    }
    found.retain(|refusal| refusal.relationship.is_some() || is_of_parameter(refusal.operation));
    found
}

fn order<'a>(row: &Relationship<'a>) -> impl Ord + use<'a> {
    (row.resource, row.relation, row.subject)
}

/// What of a relationship a removal can be about.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Definition,
    Relation,
    SubjectRelation,
    /// Its own type of subject.
    AllowedType,
    /// A wildcard stands in the way of its type's objects as well **(quirk)**.
    WildcardAsObject,
}

impl Shape {
    const ALL: [Self; 5] = [Self::Definition, Self::Relation, Self::SubjectRelation, Self::AllowedType, Self::WildcardAsObject];

    /// Writes the shape of a relationship, if it has one of this kind, as [`Removals::add`] does. No two shapes have one text.
    fn write(self, row: &Relationship<'_>, out: &mut String) -> Option<()> {
        let Relationship { resource, subject, .. } = row;
        let set = subject.relation.unwrap_or_default();
        let hash = if set.is_empty() { "" } else { "#" };
        let is_wildcard = subject.object.id == WILDCARD;
        let star = if is_wildcard && self == Self::AllowedType { ":*" } else { "" };
        match self {
            Self::Definition => out.push_str(resource.object_type),
            Self::Relation => push(out, &[resource.object_type, "#", row.relation]),
            Self::SubjectRelation if set.is_empty() => return None,
            Self::SubjectRelation => push(out, &["@", subject.object.object_type, "#", set]),
            Self::WildcardAsObject if !is_wildcard => return None,
            Self::AllowedType | Self::WildcardAsObject => {
                // As a type of subject prints itself.
                let caveat = row.caveat.as_ref().map_or("", |caveat| caveat.name);
                let [with, and] = match (caveat, row.expiration) {
                    ("", None) => ["", ""],
                    ("", Some(_)) => [" with ", "expiration"],
                    (_, None) => [" with ", ""],
                    (_, Some(_)) => [" with ", " and expiration"],
                };
                let of = subject.object.object_type;
                push(out, &[resource.object_type, "#", row.relation, "@", of, star, hash, set, with, caveat, and]);
            }
        }
        Some(())
    }
}

fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

/// What would be removed, all of it as yet refused.
#[derive(Default)]
struct Removals {
    found: Vec<Refusal>,
    /// Where in `found` a removal is that relationships of this shape stand against.
    by_shape: Map<String, usize>,
}

impl Removals {
    fn collect(&mut self, old: &Schema, new: &Schema) {
        let differences = diff(old, new);
        // SpiceDB looks at caveats first, and last at the definitions that are gone.
        for stage in 0..3 {
            for difference in &differences {
                match (stage, difference.changed, difference.kind) {
                    (0, Changed::Parameter { caveat, parameter, .. }, DifferenceKind::CaveatParameterRemoved) => {
                        self.add(&REMOVE_PARAMETER, &[&caveat.name, &parameter.name]);
                    }
                    (0, Changed::Parameter { caveat, parameter, .. }, DifferenceKind::CaveatParameterTypeChanged) => {
                        self.add(&CHANGE_PARAMETER_TYPE, &[&caveat.name, &parameter.name]);
                    }
                    (1, Changed::Member { definition, member }, DifferenceKind::RelationRemoved) => {
                        for kind in [&DELETE_RELATION, &DELETE_RELATION_REVERSE_CHECK] {
                            self.add(kind, &[&definition.name, &member.name]);
                        }
                    }
                    (
                        1,
                        Changed::SubjectType { definition, relation, subject_type },
                        DifferenceKind::RelationSubjectTypeRemoved,
                    ) => {
                        self.add(&REMOVE_ALLOWED_TYPE, &[&definition.name, &relation.name, &subject_type.to_string()]);
                    }
                    (2, Changed::Definition(definition), DifferenceKind::DefinitionRemoved) => {
                        self.add(&DELETE_OBJECT_DEFINITION, &[&definition.name]);
                    }
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, kind: &Kind, names: &[&str]) {
        let (mut message, mut metadata) = (String::new(), Vec::new());
        let mut shape = String::from(if kind.operation == DELETE_RELATION_REVERSE_CHECK.operation { "@" } else { "" });
        for (((key, name), words), separator) in kind.keys.iter().zip(names).zip(kind.words).zip(["", "#", "@"]) {
            push(&mut message, &[words, "`", name, "`"]);
            push(&mut shape, &[separator, name]);
            metadata.push((*key, (*name).to_owned()));
        }
        // Parameters are nothing that a relationship has.
        if !is_of_parameter(kind.operation) {
            self.by_shape.insert(shape, self.found.len());
        }
        let operation = kind.operation;
        self.found.push(Refusal { operation, message, metadata, relationship: None, relationships: 0 });
    }
}
