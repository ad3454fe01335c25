//! An order of functions in which they have the numbers that their twins have in another module.
//!
//! Where two modules are built from the same sources, most of what they differ in is the numbers by which functions call each other.

use std::collections::HashMap;

use super::panics::{TRAP, without_hashes};
use super::{Function, Module};

/// Renames the functions so that, ordered by name, each is called by the number that its twin has in the other module, of which
/// the names say the order. Numbers of functions that are only there are given to those that are only here, and to traps.
pub fn order_beside(module: &mut Module, other: &Module) {
    let twins = twins(&module.functions, &other.functions);
    let mut only_here: Vec<usize> = Vec::new();
    let mut slots: Vec<Option<usize>> = vec![None; (other.imported + other.functions.len()).saturating_sub(module.imported)];
    let ranks = ranks(&other.functions);
    for (place, twin) in twins.into_iter().enumerate() {
        let number = twin.and_then(|twin| ranks.get(twin)).and_then(|rank| (other.imported + rank).checked_sub(module.imported));
        match number.and_then(|number| slots.get_mut(number)) {
            Some(slot) => *slot = Some(place),
            None => only_here.push(place),
        }
    }
    let mut left = only_here.into_iter();
    let mut order: Vec<usize> = Vec::new();
    for slot in slots {
        order.push(slot.or_else(|| left.next()).unwrap_or_else(|| module.add(TRAP)));
    }
    order.extend(left);
    for (rank, place) in order.into_iter().enumerate() {
        if let Some(function) = module.functions.get_mut(place) {
            function.name = format!("{rank:06}");
        }
    }
}

/// The place of each function in the order of their names.
fn ranks(functions: &[Function]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..functions.len()).collect();
    order.sort_by_key(|place| functions.get(*place).map(|function| &function.name));
    let mut ranks = vec![0; functions.len()];
    for (rank, place) in order.into_iter().enumerate() {
        if let Some(found) = ranks.get_mut(place) {
            *found = rank;
        }
    }
    ranks
}

/// For each function the other of its name that it has most bytes in common with, each for one.
fn twins(functions: &[Function], others: &[Function]) -> Vec<Option<usize>> {
    let mut named: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, other) in others.iter().enumerate() {
        // Before the name is its rank.
        let name = other.name.split_once(' ').map_or("", |(_, name)| name);
        named.entry(plain(name)).or_default().push(place);
    }
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (place, function) in functions.iter().enumerate() {
        for other in named.get(&plain(&function.name)).into_iter().flatten() {
            pairs.extend(others.get(*other).map(|it| (alike(&function.body, &it.body), place, *other)));
        }
    }
    pairs.sort_by_key(|(alike, place, other)| (usize::MAX - alike, *place, *other));
    let mut twins = vec![None; functions.len()];
    let mut taken = vec![false; others.len()];
    for (_, place, other) in pairs {
        if let (Some(twin @ None), Some(taken @ false)) = (twins.get_mut(place), taken.get_mut(other)) {
            *twin = Some(other);
            *taken = true;
        }
    }
    twins
}

/// How many bytes are the same in the same place, from the beginning or from the end.
fn alike(one: &[u8], other: &[u8]) -> usize {
    let forwards = one.iter().zip(other).filter(|(one, other)| one == other).count();
    let backwards = one.iter().rev().zip(other.iter().rev()).filter(|(one, other)| one == other).count();
    forwards.max(backwards)
}

/// A name without what another build calls otherwise.
fn plain(name: &str) -> String {
    let name = without_hashes(name);
    // `::h0123456789abcdef`, and the number of one of the same name.
    let is_hash = |end: &str| end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = name.rsplit_once("::h").filter(|(_, end)| is_hash(end)).map_or(name.as_str(), |(before, _)| before);
    name.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::order_by_likeness;
    use crate::module::tests::module;

    /// The first bytes of the bodies, in the order of the names.
    fn ordered(module: &Module) -> Vec<u8> {
        let mut all: Vec<_> = module.functions.iter().map(|it| (&it.name, it.body[0])).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, first)| first).collect()
    }

    #[test]
    fn twins_have_the_same_numbers() {
        let mut other = module(&[("a[12]::f", &[10; 9]), ("b", &[20; 9]), ("c", &[30; 9]), ("g::h0123456789abcdef", &[40; 9])]);
        order_by_likeness(&mut other, &module(&[]));
        let order = ordered(&other);
        let mut here = module(&[
            ("g::hfedcba9876543210", &[41; 9]),
            ("new", &[50; 9]),
            ("c", &[31; 9]),
            ("a[34]::f", &[11; 9]),
            ("more", &[60; 9]),
        ]);
        order_beside(&mut here, &other);
        let expected = order.iter().map(|first| if *first == 20 { 50 } else { first + 1 }).chain([60]);
        assert_eq!(ordered(&here), expected.collect::<Vec<_>>());
    }

    #[test]
    fn of_the_same_name_the_likest_is_the_twin_and_traps_stand_for_the_others() {
        let mut other = module(&[("f", &[1, 2, 3, 4]), ("f", &[5, 6, 7, 8]), ("lonely", &[9; 4])]);
        order_by_likeness(&mut other, &module(&[]));
        let order = ordered(&other);
        let mut here = module(&[("f", &[5, 6, 0, 8])]);
        order_beside(&mut here, &other);
        assert_eq!(ordered(&here), order.iter().map(|first| if *first == 5 { 5 } else { 0 }).collect::<Vec<_>>());
        let read = Module::read(&here.bytes()).expect("a module");
        assert_eq!(read.functions.iter().filter(|it| it.body == TRAP).count(), 2);
    }
}
