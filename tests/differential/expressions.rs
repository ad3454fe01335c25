//! Random permission expressions over the names that are there.

use super::generate::{PERMISSIONS, RELATIONS, Shape, Sketch};
use super::random::Random;
use super::system::{ArrowKind, Expression};

/// What the expression of one permission may name.
pub(crate) struct Names<'a> {
    pub(crate) sketch: &'a Sketch,
    /// How many of the sketch's permissions come before this one.
    pub(crate) before: usize,
    pub(crate) shape: Shape,
    pub(crate) with_self: bool,
}

impl Names<'_> {
    pub(crate) fn expression(&self, random: &mut Random, depth: usize) -> Expression {
        let lone = self.operand(random, 0);
        if depth == 0 { lone } else { self.operation(random, depth) }
    }

    fn operation(&self, random: &mut Random, depth: usize) -> Expression {
        if depth == 0 {
            let forward = if self.shape == Shape::Cyclic { self.sketch.permissions.len() - self.before } else { 0 };
            return self.operand(random, forward);
        }
        let operands = |random: &mut Random| {
            let count = random.between(2, 3);
            (0..count)
                .map(|_| {
                    let depth = random.below(depth);
                    self.operation(random, depth)
                })
                .collect::<Vec<_>>()
        };
        let expression = match random.below(3) {
            0 => Expression::Union(operands(random)),
            1 => Expression::Intersection(operands(random)),
            _ => {
                let (base, removed) = (random.below(depth), random.below(depth));
                Expression::Exclusion(Box::new(self.operation(random, base)), Box::new(self.operation(random, removed)))
            }
        };
        if random.chance(15) { Expression::Group(Box::new(expression)) } else { expression }
    }

    /// A single operand; `forward` counts the permissions from this one on that it may name too.
    fn operand(&self, random: &mut Random, forward: usize) -> Expression {
        let walkable: Vec<&str> = self.sketch.relations.iter().filter(|(_, public)| !public).map(|(name, _)| *name).collect();
        let choice = random.below(100);
        if choice < 4 {
            return Expression::Nil;
        }
        if choice < 12 && self.with_self {
            return Expression::Myself;
        }
        if choice < 42 && !walkable.is_empty() {
            let kind = *random.pick(&[ArrowKind::Plain, ArrowKind::Plain, ArrowKind::Any, ArrowKind::All, ArrowKind::All]);
            let target = if random.chance(50) { random.pick(&PERMISSIONS) } else { random.pick(&RELATIONS) };
            return Expression::Arrow((*random.pick(&walkable)).to_owned(), kind, (*target).to_owned());
        }
        let mut names: Vec<&str> = self.sketch.relations.iter().map(|(name, _)| *name).collect();
        names.extend(self.sketch.permissions.iter().take(self.before + forward));
        // What may be public makes the interesting sets.
        names.extend(self.sketch.relations.iter().filter(|(_, public)| *public).map(|(name, _)| *name));
        Expression::Name((*random.pick(&names)).to_owned())
    }
}
