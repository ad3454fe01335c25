//! Cuts a system in which two sides disagree down to what the disagreement needs.
//!
//! Only deletions, tried from large to small and kept while the two sides still differ: rows, definitions, members, allowed
//! types, operands, caveats, expirations, contexts. Deleting can only break cycles and shorten paths, so an acyclic system stays one.

use super::questions::{Asked, Question};
use super::system::{Definition, Expression, Row, System, TypeKind, TypeReference};

/// The smallest system and context found with which `differs` still holds of the question.
pub(crate) fn shrink(
    system: &System,
    question: &Question,
    differs: &mut dyn FnMut(&System, &Question) -> bool,
) -> (System, Question) {
    let (mut best, mut question) = (system.clone(), question.clone());
    loop {
        let before = (size(&best), question.context.len());
        cut_context(&best, &mut question, differs);
        let mut differs = |system: &System| differs(system, &question);
        cut_rows(&mut best, &mut differs);
        for step in [drop_definition, drop_member, drop_type, drop_caveat, drop_expiration, drop_stored, simplify_expression] {
            try_each(&mut best, &question, step, &mut differs);
        }
        if (size(&best), question.context.len()) == before {
            best.break_lines = false;
            return (best, question);
        }
    }
}

fn cut_context(best: &System, question: &mut Question, differs: &mut dyn FnMut(&System, &Question) -> bool) {
    for name in question.context.keys().cloned().collect::<Vec<_>>() {
        let mut fewer = question.clone();
        fewer.context.remove(&name);
        if differs(best, &fewer) {
            *question = fewer;
        }
    }
}

fn size(system: &System) -> usize {
    system.schema().len() + system.relationships().join("\n").len()
}

/// Blocks of rows, halving.
fn cut_rows(best: &mut System, differs: &mut dyn FnMut(&System) -> bool) {
    let mut block = best.rows.len().max(1);
    loop {
        let mut at = 0;
        while at < best.rows.len() {
            let mut candidate = best.clone();
            candidate.rows.drain(at..(at + block).min(best.rows.len()));
            if differs(&candidate) { *best = candidate } else { at += block }
        }
        if block == 1 {
            return;
        }
        block /= 2;
    }
}

/// Makes the `number`th change of a kind, or tells that there are not so many.
type Step = fn(&System, usize) -> Option<System>;

fn try_each(best: &mut System, question: &Question, step: Step, differs: &mut dyn FnMut(&System) -> bool) {
    let mut number = 0;
    while let Some(mut candidate) = step(best, number) {
        repair(&mut candidate);
        if askable(&candidate, question) && size(&candidate) < size(best) && differs(&candidate) {
            *best = candidate;
        } else {
            number += 1;
        }
    }
}

fn askable(system: &System, question: &Question) -> bool {
    let kind = |definition: &str, relation: &Option<String>| match relation {
        Some(relation) => system.has_member(definition, relation),
        None => system.definition(definition).is_some(),
    };
    match &question.asked {
        Asked::Check { resource, permission, subject } => {
            system.has_member(&resource.definition, permission) && kind(&subject.object.definition, &subject.relation)
        }
        Asked::LookupResources { definition, permission, subject } => {
            system.has_member(definition, permission) && kind(&subject.object.definition, &subject.relation)
        }
        Asked::LookupSubjects { resource, permission, definition, relation } => {
            system.has_member(&resource.definition, permission) && kind(definition, relation)
        }
        Asked::Expand { resource, permission } => system.has_member(&resource.definition, permission),
    }
}

fn drop_definition(system: &System, number: usize) -> Option<System> {
    let mut smaller = system.clone();
    (number < smaller.definitions.len()).then(|| smaller.definitions.remove(number))?;
    Some(smaller)
}

fn drop_member(system: &System, number: usize) -> Option<System> {
    let mut smaller = system.clone();
    let mut left = number;
    for definition in &mut smaller.definitions {
        let (relations, permissions) = (definition.relations.len(), definition.permissions.len());
        if left < relations {
            definition.relations.remove(left);
            return Some(smaller);
        }
        if left < relations + permissions {
            definition.permissions.remove(left - relations);
            return Some(smaller);
        }
        left -= relations + permissions;
    }
    None
}

fn drop_type(system: &System, number: usize) -> Option<System> {
    let mut smaller = system.clone();
    let relations = smaller.definitions.iter_mut().flat_map(|definition| &mut definition.relations);
    let mut left = number;
    for relation in relations {
        if left < relation.types.len() {
            relation.types.remove(left);
            return Some(smaller);
        }
        left -= relation.types.len();
    }
    None
}

/// Off an allowed type together with its rows.
fn drop_caveat(system: &System, number: usize) -> Option<System> {
    drop_trait(
        system,
        number,
        |reference| reference.caveat = None,
        |row| {
            row.caveat = None;
            row.context.clear();
        },
    )
}

/// Off an allowed type together with its rows.
fn drop_expiration(system: &System, number: usize) -> Option<System> {
    drop_trait(system, number, |reference| reference.expires = false, |row| row.expiration = None)
}

fn drop_trait(system: &System, number: usize, off_type: fn(&mut TypeReference), off_row: fn(&mut Row)) -> Option<System> {
    let mut smaller = system.clone();
    let mut left = number;
    for definition in &mut smaller.definitions {
        for relation in &mut definition.relations {
            let Some(reference) = relation.types.get_mut(left) else {
                left -= relation.types.len();
                continue;
            };
            let with = reference.clone();
            off_type(reference);
            let here = |row: &&mut Row| row.resource.definition == definition.name && row.relation == relation.name;
            smaller.rows.iter_mut().filter(here).filter(|row| with.allows(row)).for_each(off_row);
            let plain = relation.types.remove(left);
            if !relation.types.contains(&plain) {
                relation.types.insert(left, plain);
            }
            return Some(smaller);
        }
    }
    None
}

/// One parameter off a row.
fn drop_stored(system: &System, number: usize) -> Option<System> {
    let mut smaller = system.clone();
    let mut left = number;
    for row in &mut smaller.rows {
        if let Some(name) = row.context.keys().nth(left).cloned() {
            row.context.remove(&name);
            return Some(smaller);
        }
        left -= row.context.len();
    }
    None
}

/// One expression, in place of it something that it contains.
fn simplify_expression(system: &System, number: usize) -> Option<System> {
    let mut smaller = system.clone();
    let permissions = smaller.definitions.iter_mut().flat_map(|definition| &mut definition.permissions);
    let mut left = number;
    for permission in permissions {
        let simpler = simpler(&permission.expression);
        if let Some(expression) = simpler.get(left) {
            permission.expression = expression.clone();
            return Some(smaller);
        }
        left -= simpler.len();
    }
    None
}

/// Every expression that is one step smaller.
fn simpler(expression: &Expression) -> Vec<Expression> {
    let mut found = if *expression == Expression::Nil { Vec::new() } else { vec![Expression::Nil] };
    match expression {
        Expression::Nil | Expression::Myself | Expression::Name(_) | Expression::Arrow(..) => {}
        Expression::Group(inner) => found.push((**inner).clone()),
        Expression::Union(operands) => within(operands, Expression::Union, &mut found),
        Expression::Intersection(operands) => within(operands, Expression::Intersection, &mut found),
        Expression::Exclusion(base, removed) => {
            found.extend([(**base).clone(), (**removed).clone()]);
            found.extend(simpler(base).into_iter().map(|base| Expression::Exclusion(Box::new(base), removed.clone())));
            found.extend(simpler(removed).into_iter().map(|removed| Expression::Exclusion(base.clone(), Box::new(removed))));
        }
    }
    found
}

fn within(operands: &[Expression], make: fn(Vec<Expression>) -> Expression, found: &mut Vec<Expression>) {
    found.extend(operands.iter().cloned());
    for (at, operand) in operands.iter().enumerate() {
        if operands.len() > 2 {
            let mut fewer = operands.to_vec();
            fewer.remove(at);
            found.push(make(fewer));
        }
        for simple in simpler(operand) {
            let mut other = operands.to_vec();
            other[at] = simple;
            found.push(make(other));
        }
    }
}

/// Removes what a deletion left dangling, until nothing does.
fn repair(system: &mut System) {
    loop {
        let before = size(system);
        let known = system.clone();
        for definition in &mut system.definitions {
            for relation in &mut definition.relations {
                relation.types.retain(|reference| match &reference.kind {
                    TypeKind::Userset(member) => known.has_member(&reference.definition, member),
                    TypeKind::Object | TypeKind::Wildcard => known.definition(&reference.definition).is_some(),
                });
            }
            definition.relations.retain(|relation| !relation.types.is_empty());
            let here = known.definition(&definition.name).unwrap();
            for permission in &mut definition.permissions {
                permission.expression.forget_unknown(here);
            }
        }
        system.rows.retain(|row| {
            let definition = known.definition(&row.resource.definition);
            let relation = definition.and_then(|found| found.relations.iter().find(|relation| relation.name == row.relation));
            relation.is_some_and(|found| found.types.iter().any(|reference| reference.allows(row)))
        });
        if size(system) == before {
            return;
        }
    }
}

impl TypeReference {
    fn allows(&self, row: &Row) -> bool {
        let subject = &row.subject;
        let kind = match &self.kind {
            TypeKind::Object => subject.relation.is_none() && subject.object.id != "*",
            TypeKind::Userset(relation) => subject.relation.as_ref() == Some(relation),
            TypeKind::Wildcard => subject.object.id == "*",
        };
        kind && subject.object.definition == self.definition
            && self.caveat == row.caveat
            && self.expires == row.expiration.is_some()
    }
}

impl Expression {
    /// Puts `nil` where a member is named that the definition no longer has.
    fn forget_unknown(&mut self, definition: &Definition) {
        let has = |name: &String| definition.members().any(|member| member == name);
        match self {
            Self::Nil | Self::Myself => {}
            Self::Name(name) | Self::Arrow(name, ..) => {
                if !has(name) {
                    *self = Self::Nil;
                }
            }
            Self::Union(operands) | Self::Intersection(operands) => {
                operands.iter_mut().for_each(|operand| operand.forget_unknown(definition))
            }
            Self::Exclusion(base, removed) => {
                base.forget_unknown(definition);
                removed.forget_unknown(definition);
            }
            Self::Group(inner) => inner.forget_unknown(definition),
        }
    }
}
