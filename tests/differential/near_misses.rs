//! Systems whose schema is well-formed and perhaps ill-typed: one or two changes to a good one, blind to the rules it kept.

use super::generate::{self, Shape};
use super::random::Random;
use super::system::{Definition, Expression, System, TypeKind};

/// The schema of a generated system with one or two changes.
pub(crate) fn schema(seed: u64, random: &mut Random) -> String {
    let mut system = generate::system(seed, Shape::Cyclic);
    make_names_unique(&mut system);
    for _ in 0..random.between(1, 2) {
        change(&mut system, random);
    }
    system.schema()
}

/// Gives every member a name that no other definition has: SpiceDB remembers whether a relation leads to a wildcard by the
/// relation's name alone, so with names shared its verdict depends on the order in which it happens to look at them.
fn make_names_unique(system: &mut System) {
    for definition in &mut system.definitions {
        for relation in &mut definition.relations {
            relation.name = unique(&relation.name, &definition.name);
            for reference in &mut relation.types {
                if let TypeKind::Userset(member) = &mut reference.kind {
                    *member = unique(member, &reference.definition);
                }
            }
        }
        for permission in &mut definition.permissions {
            permission.name = unique(&permission.name, &definition.name);
            rename(&mut permission.expression, &definition.name);
        }
    }
}

fn unique(member: &str, definition: &str) -> String {
    format!("{member}_of_{definition}")
}

/// Arrow targets stay: what is on their other end plays no part in whether a schema is right.
fn rename(expression: &mut Expression, definition: &str) {
    match expression {
        Expression::Nil | Expression::Myself => {}
        Expression::Name(name) | Expression::Arrow(name, ..) => *name = unique(name, definition),
        Expression::Union(operands) | Expression::Intersection(operands) => {
            for operand in operands {
                rename(operand, definition);
            }
        }
        Expression::Exclusion(base, removed) => {
            rename(base, definition);
            rename(removed, definition);
        }
        Expression::Group(inner) => rename(inner, definition),
    }
}

fn change(system: &mut System, random: &mut Random) {
    let names: Vec<String> = system.definitions.iter().map(|definition| definition.name.clone()).collect();
    let members = |definition: &Definition| definition.members().map(str::to_owned).collect::<Vec<_>>();
    let all: Vec<String> = system.definitions.iter().flat_map(members).collect();
    let other = random.pick(&system.definitions).clone();
    let at = random.below(system.definitions.len());
    let definition = &mut system.definitions[at];
    let own = members(definition);
    if definition.relations.is_empty() || definition.permissions.is_empty() {
        return;
    }
    let at = random.below(definition.relations.len());
    let relation = &mut definition.relations[at];
    let at = random.below(relation.types.len());
    let permissions = definition.permissions.len();
    let permission = &mut definition.permissions[random.below(permissions)];
    match random.below(12) {
        0 | 1 => relation.types[at].kind = TypeKind::Wildcard,
        2 | 3 => {
            let known = if random.chance(80) { members(&other) } else { own };
            if !known.is_empty() {
                relation.types[at].definition = other.name;
                relation.types[at].kind = TypeKind::Userset(random.pick(&known).clone());
            }
        }
        4 => relation.types[at].definition = random.pick(&names).clone(),
        5 => {
            let again = relation.types[at].clone();
            relation.types.push(again);
        }
        6 => relation.types[at].caveat = Some((*random.pick(&["small", "even_days", "unknown"])).to_owned()),
        7 => relation.name = random.pick(&own).clone(),
        8 => permission.name = random.pick(&own).clone(),
        // A permission that is only another one's name, perhaps in a circle.
        9 => permission.expression = Expression::Name(random.pick(&own).clone()),
        _ => {
            let known = if random.chance(80) { own } else { all };
            let new = random.pick(&known).clone();
            replace_a_name(&mut permission.expression, &new, random);
        }
    }
}

/// One operand names something else.
fn replace_a_name(expression: &mut Expression, new: &str, random: &mut Random) {
    match expression {
        Expression::Nil | Expression::Myself => *expression = Expression::Name(new.to_owned()),
        Expression::Name(name) | Expression::Arrow(name, ..) => new.clone_into(name),
        Expression::Union(operands) | Expression::Intersection(operands) => {
            let at = random.below(operands.len());
            replace_a_name(&mut operands[at], new, random);
        }
        Expression::Exclusion(base, removed) => replace_a_name(if random.chance(50) { base } else { removed }, new, random),
        Expression::Group(inner) => replace_a_name(inner, new, random),
    }
}
