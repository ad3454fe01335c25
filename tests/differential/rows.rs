//! Random relationships that a schema allows.

use std::collections::{BTreeMap, BTreeSet};

use super::caveats;
use super::generate::Shape;
use super::random::Random;
use super::system::{ArrowKind, Definition, Expiration, Expression, GHOST, Object, Row, Subject, System, TypeKind};

/// Levels of objects, each on top of the ones below, bound the longest path of an acyclic system: with a type's permissions and
/// a relation on each it is at most 5 * (5 + 1).
const LEVELS: usize = 5;

pub(crate) fn rows(random: &mut Random, system: &System, shape: Shape) -> Vec<Row> {
    let objects = system.objects();
    let levels: BTreeMap<&Object, usize> = objects.iter().map(|object| (object, random.below(LEVELS))).collect();
    let kept: Vec<&Object> = objects.iter().filter(|object| object.id != GHOST).collect();
    let mut written = BTreeSet::new();
    let mut rows = Vec::new();
    let most = random.between(5, 50);
    for _ in 0..4 * most {
        let resource = *random.pick(&kept);
        let definition = system.definition(&resource.definition).unwrap();
        if definition.relations.is_empty() || rows.len() == most {
            continue;
        }
        let relation = random.pick(&definition.relations);
        let reference = random.pick(&relation.types);
        let same: Vec<&&Object> = kept.iter().filter(|object| object.definition == reference.definition).collect();
        let mut object = (**random.pick(&same)).clone();
        let userset = match &reference.kind {
            TypeKind::Userset(relation) => Some(relation.clone()),
            TypeKind::Object | TypeKind::Wildcard => None,
        };
        // Only a userset and the left side of an arrow are walked on from, so only there does the order matter.
        let walked = userset.is_some() || walks(definition, &relation.name);
        if reference.kind == TypeKind::Wildcard {
            object.id = "*".to_owned();
        } else if shape == Shape::Acyclic && walked && levels[&object] >= levels[resource] {
            continue;
        }
        let subject = Subject { object, relation: userset };
        let mut row = Row::plain(resource.clone(), &relation.name, subject);
        if let Some(caveat) = &reference.caveat {
            row.caveat = Some(caveat.clone());
            row.context = caveats::stored(random, caveat);
        }
        row.expiration = reference.expires.then(|| *random.pick(&[Expiration::Past, Expiration::Future, Expiration::Future]));
        if shape == Shape::Acyclic && confuses_spicedb(definition, &row, &rows) {
            continue;
        }
        if written.insert((row.resource.clone(), row.relation.clone(), row.subject.clone())) {
            rows.push(row);
        }
    }
    rows
}

/// Under an `.all` arrow SpiceDB 1.54 gives a caveat on the way from one resource to an object to the other resources as well that
/// lead to this object, when it evaluates them together (see [`super::quirks`]).
fn confuses_spicedb(definition: &Definition, row: &Row, rows: &[Row]) -> bool {
    let mut all = |operand: &Expression| matches!(operand, Expression::Arrow(left, ArrowKind::All, _) if *left == row.relation);
    let shared = |other: &&Row| {
        other.resource.definition == row.resource.definition
            && other.relation == row.relation
            && other.subject.object == row.subject.object
    };
    definition.permissions.iter().any(|permission| permission.expression.any(&mut all))
        && rows.iter().filter(shared).any(|other| other.caveat.is_some() || row.caveat.is_some())
}

/// Whether the relation stands on the left of an arrow.
fn walks(definition: &Definition, relation: &str) -> bool {
    let mut walks = |operand: &Expression| matches!(operand, Expression::Arrow(left, ..) if left == relation);
    definition.permissions.iter().any(|permission| permission.expression.any(&mut walks))
}
