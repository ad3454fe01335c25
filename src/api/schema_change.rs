//! What a change of schema would do to the relationships there are. Source of semantics: SpiceDB's WriteSchema
//! (`internal/services/shared/schema.go`).

use std::fmt::Write;

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

/// All that is refused when `new` takes the place of `old`, in the order in which SpiceDB would come upon it; nothing where the
/// change is safe.
///
/// Relationships that have expired by `now` do not count. One pass over the relationships, whatever the number of changes.
pub fn refusals(old: &Schema, new: &Schema, rows: &store::Snapshot, now: Timestamp) -> Vec<Refusal> {
    let mut removals = Removals::default();
    removals.collect(old, new);
    if removals.by_shape.is_empty() {
        return removals.found;
    }
    let mut first: Vec<Option<Relationship<'_>>> = vec![None; removals.found.len()];
    let mut shape = String::new();
    for row in rows.unordered().filter(|row| row.expiration.is_none_or(|expiration| expiration > now)) {
        for which in Shape::ALL {
            shape.clear();
            if which.write(&row, &mut shape).is_none() {
                continue;
            }
            let Some(place) = removals.by_shape.get(&shape) else { continue };
            if let (Some(refusal), Some(first)) = (removals.found.get_mut(*place), first.get_mut(*place)) {
                refusal.relationships += 1;
                if first.as_ref().is_none_or(|first| order(&row) < order(first)) {
                    *first = Some(row.clone());
                }
            }
        }
    }
    for (refusal, first) in removals.found.iter_mut().zip(first) {
        if let Some(first) = first.map(|first| first.to_string()) {
            let count = refusal.relationships;
            let _ = write!(refusal.message, ": {count} relationship{} it, ", if count == 1 { " has" } else { "s have" });
            refusal.message += if count == 1 { "`" } else { "the first is `" };
            refusal.message += &first;
            refusal.message.push('`');
            refusal.relationship = Some(first);
        }
    }
    removals.found.retain(|refusal| refusal.relationships > 0 || refusal.operation.contains("parameter"));
    removals.found
}

fn order<'a>(row: &Relationship<'a>) -> impl Ord + use<'a> {
    (row.resource, row.relation, row.subject)
}

/// What of a relationship a removal can be about.
#[derive(Clone, Copy)]
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

    /// Writes the shape of a relationship, if it has one of this kind. No two shapes have one text.
    fn write(self, row: &Relationship<'_>, out: &mut String) -> Option<()> {
        let subject = &row.subject;
        let is_wildcard = subject.object.id == WILDCARD;
        match self {
            Self::Definition => out.push_str(row.resource.object_type),
            Self::Relation => push(out, &[row.resource.object_type, "#", row.relation]),
            Self::SubjectRelation => push(out, &["@", subject.object.object_type, "#", subject.relation?]),
            Self::WildcardAsObject if !is_wildcard => return None,
            Self::AllowedType | Self::WildcardAsObject => {
                push(out, &[row.resource.object_type, "#", row.relation, "@", subject.object.object_type]);
                match subject.relation {
                    Some(relation) => push(out, &["#", relation]),
                    None if is_wildcard && matches!(self, Self::AllowedType) => out.push_str(":*"),
                    None => {}
                }
                // As `AllowedType` prints itself.
                match (&row.caveat, row.expiration.is_some()) {
                    (None, false) => {}
                    (None, true) => out.push_str(" with expiration"),
                    (Some(caveat), false) => push(out, &[" with ", caveat.name]),
                    (Some(caveat), true) => push(out, &[" with ", caveat.name, " and expiration"]),
                }
            }
        }
        Some(())
    }
}

fn push(out: &mut String, parts: &[&str]) {
    out.extend(parts.iter().copied());
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
                match (stage, difference.kind, difference.changed) {
                    (0, DifferenceKind::CaveatParameterRemoved, Changed::Parameter { caveat, parameter, .. }) => {
                        self.parameter("remove_parameter", "remove", &caveat.name, &parameter.name);
                    }
                    (0, DifferenceKind::CaveatParameterTypeChanged, Changed::Parameter { caveat, parameter, .. }) => {
                        self.parameter("change_parameter_type", "change the type of", &caveat.name, &parameter.name);
                    }
                    (1, DifferenceKind::RelationRemoved, Changed::Member { definition, member }) => {
                        let about = [("resource_type", definition.name.clone()), ("relation", member.name.clone())];
                        let shape = format!("{}#{}", definition.name, member.name);
                        let message = format!("cannot remove relation `{shape}`");
                        self.add("delete_relation", message.clone(), &about, shape.clone());
                        self.add("delete_relation_reverse_check", message + " from subjects", &about, format!("@{shape}"));
                    }
                    (
                        1,
                        DifferenceKind::RelationSubjectTypeRemoved,
                        Changed::SubjectType { definition, relation, subject_type },
                    ) => {
                        let (relation, subject_type) = (&relation.name, subject_type.to_string());
                        let message =
                            format!("cannot remove type `{subject_type}` from relation `{}#{relation}`", definition.name);
                        let shape = format!("{}#{relation}@{subject_type}", definition.name);
                        let about = [
                            ("resource_type", definition.name.clone()),
                            ("relation", relation.clone()),
                            ("allowed_type", subject_type),
                        ];
                        self.add("remove_allowed_type", message, &about, shape);
                    }
                    (2, DifferenceKind::DefinitionRemoved, Changed::Definition(definition)) => {
                        let message = format!("cannot remove definition `{}`", definition.name);
                        let about = [("resource_type", definition.name.clone())];
                        self.add("delete_object_definition", message, &about, definition.name.clone());
                    }
                    _ => {}
                }
            }
        }
    }

    fn parameter(&mut self, operation: &'static str, what: &str, caveat: &str, parameter: &str) {
        let message = format!("cannot {what} parameter `{parameter}` of caveat `{caveat}`");
        let metadata = vec![("caveat_name", caveat.to_owned()), ("parameter_name", parameter.to_owned())];
        self.found.push(Refusal { operation, message, metadata, relationship: None, relationships: 0 });
    }

    fn add(&mut self, operation: &'static str, message: String, about: &[(&'static str, String)], shape: String) {
        self.by_shape.insert(shape, self.found.len());
        self.found.push(Refusal { operation, message, metadata: about.to_vec(), relationship: None, relationships: 0 });
    }
}
