//! Systems written by hand.

use super::caveats::Context;
use super::questions::Asked;
use super::system::{
    ArrowKind, Definition, Expiration, Expression, Object, Permission, Relation, Row, Subject, System, TypeKind, TypeReference,
};

/// A system with the ids `a` and `b`.
pub(crate) fn system(definitions: Vec<Definition>, rows: &[&str]) -> System {
    System {
        ids: vec!["a".to_owned(), "b".to_owned()],
        definitions,
        rows: rows.iter().map(|text| row(text)).collect(),
        break_lines: false,
    }
}

/// Relations are written as in a schema: `("viewer", "user:* with small | group#member")`.
pub(crate) fn definition(name: &str, relations: &[(&str, &str)], permissions: &[(&str, Expression)]) -> Definition {
    let relation = |(name, types): &(&str, &str)| {
        let types = types.split(" | ").map(type_reference).collect();
        Relation { name: (*name).to_owned(), types }
    };
    let permission =
        |(name, expression): &(&str, Expression)| Permission { name: (*name).to_owned(), expression: expression.clone() };
    Definition {
        name: name.to_owned(),
        relations: relations.iter().map(relation).collect(),
        permissions: permissions.iter().map(permission).collect(),
    }
}

fn type_reference(text: &str) -> TypeReference {
    let (name, traits) = text.split_once(" with ").unwrap_or((text, ""));
    let (definition, kind) = match (name.strip_suffix(":*"), name.split_once('#')) {
        (Some(definition), _) => (definition, TypeKind::Wildcard),
        (None, Some((definition, relation))) => (definition, TypeKind::Userset(relation.to_owned())),
        (None, None) => (name, TypeKind::Object),
    };
    let caveat = traits.split(" and ").find(|one| !one.is_empty() && *one != "expiration");
    let expires = traits.ends_with("expiration");
    TypeReference { caveat: caveat.map(str::to_owned), expires, ..TypeReference::plain(definition, kind) }
}

/// `document:a#viewer@user:b[small]`, with `[expired]` for a row that has.
fn row(text: &str) -> Row {
    let (text, expired) = text.strip_suffix("[expired]").map_or((text, false), |text| (text, true));
    let (resource, rest) = text.split_once('#').unwrap();
    let (relation, rest) = rest.split_once('@').unwrap();
    let (subject_text, caveat) = rest.split_once('[').unwrap_or((rest, ""));
    let caveat = caveat.strip_suffix(']').map(str::to_owned);
    let expiration = expired.then_some(Expiration::Past);
    Row { caveat, context: Context::new(), expiration, ..Row::plain(object(resource), relation, subject(subject_text)) }
}

pub(crate) fn object(text: &str) -> Object {
    let (definition, id) = text.split_once(':').unwrap();
    Object::new(definition, id)
}

pub(crate) fn subject(text: &str) -> Subject {
    let (whole, relation) = text.split_once('#').map_or((text, None), |(whole, relation)| (whole, Some(relation.to_owned())));
    Subject { object: object(whole), relation }
}

pub(crate) fn name(text: &str) -> Expression {
    Expression::Name(text.to_owned())
}

pub(crate) fn arrow(relation: &str, kind: ArrowKind, target: &str) -> Expression {
    Expression::Arrow(relation.to_owned(), kind, target.to_owned())
}

pub(crate) fn without(base: Expression, removed: Expression) -> Expression {
    Expression::Exclusion(Box::new(base), Box::new(removed))
}

/// `document:a#view@user:b`.
pub(crate) fn check(text: &str) -> Asked {
    let (resource, permission, who) = parts(text);
    Asked::Check { resource: object(resource), permission: permission.to_owned(), subject: subject(who) }
}

/// `document#view@user:b`.
pub(crate) fn resources(text: &str) -> Asked {
    let (definition, permission, who) = parts(text);
    Asked::LookupResources { definition: definition.to_owned(), permission: permission.to_owned(), subject: subject(who) }
}

/// `document:a#view@user` or `document:a#view@group#member`.
pub(crate) fn subjects(text: &str) -> Asked {
    let (resource, permission, kind) = parts(text);
    let (definition, relation) =
        kind.split_once('#').map_or((kind, None), |(definition, relation)| (definition, Some(relation.to_owned())));
    let (permission, definition) = (permission.to_owned(), definition.to_owned());
    Asked::LookupSubjects { resource: object(resource), permission, definition, relation }
}

fn parts(text: &str) -> (&str, &str, &str) {
    let (resource, rest) = text.split_once('#').unwrap();
    let (permission, rest) = rest.split_once('@').unwrap();
    (resource, permission, rest)
}
