//! A random system from a seed.
//!
//! Only systems that SpiceDB accepts come out: what may be public is decided first, so that no userset and no arrow reaches a
//! wildcard, and a permission that is only another permission's name points backwards.

use super::caveats::CAVEATS;
use super::expressions::Names;
use super::random::Random;
use super::rows::rows;
use super::system::{Definition, Permission, Relation, System, TypeKind, TypeReference};

/// Whether the ground graph (object and member to object and member) may have cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Never, and no path is 40 long: SpiceDB gives up at 50.
    Acyclic,
    /// As it comes, for the oracle only.
    Cyclic,
}

const DEFINITIONS: [&str; 5] = ["user", "group", "team", "folder", "document"];
const IDS: [&str; 4] = ["a", "b", "c", "d"];
// The two lists overlap: the same name can be a relation of one type and a permission of another.
pub(crate) const RELATIONS: [&str; 6] = ["owner", "parent", "member", "viewer", "banned", "linked"];
pub(crate) const PERMISSIONS: [&str; 7] = ["view", "edit", "admin", "share", "member", "viewer", "reach"];
const MOST_PERMISSIONS: usize = 5;

/// Which traits the types of a system may have.
#[derive(Clone, Copy)]
struct Traits {
    caveats: bool,
    expiration: bool,
}

/// The names of a type's members, before there is anything in them.
pub(crate) struct Sketch {
    name: &'static str,
    /// Each with whether it may be public.
    pub(crate) relations: Vec<(&'static str, bool)>,
    pub(crate) permissions: Vec<&'static str>,
}

pub(crate) fn system(seed: u64, shape: Shape) -> System {
    // The shape is part of the seed, so that the two kinds of one seed have nothing in common.
    let mut random = Random::new(seed.wrapping_mul(2).wrapping_add(u64::from(shape == Shape::Cyclic)));
    let sketches = sketches(&mut random);
    let traits = Traits { caveats: random.chance(70), expiration: random.chance(30) };
    let with_self = random.chance(30);
    let mut definitions = Vec::new();
    for sketch in &sketches {
        let relations = sketch.relations.iter().map(|(name, public)| {
            let mut relation = relation(&mut random, &sketches, name, *public, traits);
            if shape == Shape::Acyclic {
                keep_clear_of_lost_traits(&mut relation);
            }
            relation
        });
        let relations = relations.collect();
        let mut permissions = Vec::new();
        for (at, name) in sketch.permissions.iter().enumerate() {
            let depth = random.below(4);
            let expression = Names { sketch, before: at, shape, with_self }.expression(&mut random, depth);
            permissions.push(Permission { name: (*name).to_owned(), expression });
        }
        definitions.push(Definition { name: sketch.name.to_owned(), relations, permissions });
    }
    let ids = *random.pick(&[2, 2, 3, 3, IDS.len()]);
    let ids = IDS.iter().take(ids).map(|id| (*id).to_owned()).collect();
    let mut system = System { ids, definitions, rows: Vec::new(), break_lines: random.chance(20) };
    system.rows = rows(&mut random, &system, shape);
    system
}

fn sketches(random: &mut Random) -> Vec<Sketch> {
    let count = *random.pick(&[2, 3, 3, 4, DEFINITIONS.len()]);
    let mut sketches = Vec::new();
    for name in DEFINITIONS.into_iter().take(count) {
        if name == "user" && random.chance(60) {
            sketches.push(Sketch { name, relations: Vec::new(), permissions: Vec::new() });
            continue;
        }
        let count = random.between(1, 5);
        let relations: Vec<_> =
            random.sample(RELATIONS.to_vec(), count).into_iter().map(|name| (name, random.chance(35))).collect();
        let free: Vec<_> = PERMISSIONS.into_iter().filter(|name| relations.iter().all(|(taken, _)| taken != name)).collect();
        let count = random.between(1, MOST_PERMISSIONS);
        sketches.push(Sketch { name, relations, permissions: random.sample(free, count) });
    }
    sketches
}

fn relation(random: &mut Random, sketches: &[Sketch], name: &str, public: bool, traits: Traits) -> Relation {
    let mut types: Vec<TypeReference> = Vec::new();
    for at in 0..random.between(1, 3) {
        let target = if random.chance(30) { &sketches[0] } else { random.pick(sketches) };
        let closed = target.relations.iter().filter(|(_, public)| !public).map(|(name, _)| *name);
        let usersets: Vec<&str> = closed.chain(target.permissions.iter().copied()).collect();
        let kind = if public && at == 0 {
            TypeKind::Wildcard
        } else if !usersets.is_empty() && random.chance(40) {
            TypeKind::Userset((*random.pick(&usersets)).to_owned())
        } else {
            TypeKind::Object
        };
        let caveat = (traits.caveats && random.chance(50)).then(|| random.pick(&CAVEATS).name.to_owned());
        let expires = traits.expiration && random.chance(35);
        let reference = TypeReference { definition: target.name.to_owned(), kind, caveat, expires };
        if !types.contains(&reference) {
            types.push(reference);
        }
    }
    Relation { name: name.to_owned(), types }
}

/// SpiceDB 1.54 loses caveats and expirations of some relations (see [`super::quirks`]): puts the trait on all their types, which it
/// gets right.
fn keep_clear_of_lost_traits(relation: &mut Relation) {
    // A trait given to a type may make it the same as another, which changes the numbers.
    loop {
        let before = relation.types.clone();
        let caveated = |reference: &TypeReference| reference.caveat.is_some();
        keep_clear(relation, caveated, |reference| _ = reference.caveat.get_or_insert_with(|| CAVEATS[0].name.to_owned()));
        keep_clear(relation, |reference| reference.expires, |reference| reference.expires = true);
        let mut seen = Vec::new();
        relation.types.retain(|reference| {
            let new = !seen.contains(reference);
            seen.push(reference.clone());
            new
        });
        if relation.types == before {
            return;
        }
    }
}

/// SpiceDB decides once for a relation and a subject whether a trait of rows matters at all, and compares two numbers for that: how
/// many allowed types of the subject's definition are without it, and how many of them (with or without) the subject's own rows can
/// be of. The first wrongly counts usersets of other relations, so the two can be equal although a type has the trait.
fn keep_clear(relation: &mut Relation, has: fn(&TypeReference) -> bool, give: fn(&mut TypeReference)) {
    let types = relation.types.clone();
    for reference in &types {
        let same: Vec<_> = types.iter().filter(|other| other.definition == reference.definition).collect();
        let plain = same.iter().filter(|other| !has(other)).count();
        let wildcards = same.iter().filter(|other| other.kind == TypeKind::Wildcard).count();
        let of_kind = |kind: &TypeKind| same.iter().filter(|other| other.kind == *kind).count();
        // A subject with a relation that is not among the types is matched by the wildcards alone.
        let loses = (wildcards > 0 && plain == wildcards)
            || same.iter().any(|other| other.kind != TypeKind::Wildcard && plain == wildcards + of_kind(&other.kind));
        if plain < same.len() && loses {
            relation.types.iter_mut().filter(|other| other.definition == reference.definition).for_each(give);
        }
    }
}
