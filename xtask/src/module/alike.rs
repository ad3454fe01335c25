//! An order of functions in which like follows like.
//!
//! Compression looks back some 32 KB: what resembles a function is found only if it stands near. The order is greedy: next is the
//! function of which the greatest part stands in the last [`WINDOW`] bytes already.

use std::collections::{HashMap, VecDeque};

use super::{Function, Module};

/// How many bytes are compared as one.
const PIECE: usize = 6;
/// How far back counts, in bytes of functions.
const WINDOW: usize = 16_000;
/// A piece that more functions have says nothing of likeness.
const COMMON: usize = 200;
/// Added to a function's pieces, so that the smallest, which resemble everything, do not all come first.
const SMALL: usize = 80;

/// The numbers of functions below this are a byte.
const SHORT: usize = 128;

/// Renames the functions so that, ordered by name, those called most often have short numbers and after them like follows like:
/// the place in this order goes before each name. The other module is this one with its functions by how often they are called;
/// it is its rarest that come first, because a module with more imports ([`super::order_beside`]) has no place for some.
pub fn order_by_likeness(module: &mut Module, by_calls: &Module) {
    let often = by_calls
        .functions
        .iter()
        .take(SHORT.saturating_sub(module.imported))
        .enumerate()
        .filter(|(_, function)| !function.name.is_empty());
    let often: HashMap<&str, usize> = often.map(|(rank, function)| (function.name.as_str(), rank)).collect();
    let mut order = order(&module.functions);
    order.sort_by_key(|place| {
        let rank = module.functions.get(*place).and_then(|function| often.get(function.name.as_str()));
        rank.map_or(usize::MAX, |rank| SHORT - rank)
    });
    for (rank, place) in order.into_iter().enumerate() {
        if let Some(function) = module.functions.get_mut(place) {
            function.name = format!("{rank:06} {}", function.name);
        }
    }
}

fn order(functions: &[Function]) -> Vec<usize> {
    let (pieces, holders) = shared_pieces(functions);
    let mut by_name: Vec<usize> = (0..functions.len()).collect();
    by_name.sort_by_key(|place| functions.get(*place).map(|function| &function.name));
    let mut left = by_name;
    let mut order = Vec::with_capacity(functions.len());
    let mut window = Window { counts: vec![0; holders.len()], found: vec![0; functions.len()], last: VecDeque::new(), bytes: 0 };
    while let Some(best) = next(&left, &pieces, &window.found) {
        let place = left.remove(best);
        order.push(place);
        window.take(place, functions, &pieces, &holders);
    }
    order
}

/// The place, among those left, of the function that resembles the window most; of equals, the first by name.
fn next(left: &[usize], pieces: &[Vec<usize>], found: &[usize]) -> Option<usize> {
    let mut best: Option<(usize, usize, usize)> = None;
    for (place, function) in left.iter().enumerate() {
        let found = found.get(*function).copied().unwrap_or_default();
        let of = pieces.get(*function).map_or(0, Vec::len) + SMALL;
        // found / of, compared without division.
        if best.is_none_or(|(_, best_found, best_of)| found * best_of > best_found * of) {
            best = Some((place, found, of));
        }
    }
    best.map(|(place, ..)| place)
}

/// The pieces of each function that others have too, by number, and the functions that have each.
fn shared_pieces(functions: &[Function]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    let mut holders: Vec<Vec<usize>> = Vec::new();
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    for (place, function) in functions.iter().enumerate() {
        let mut own: Vec<usize> = Vec::new();
        for piece in function.body.windows(PIECE) {
            let number = *numbers.entry(piece).or_insert(holders.len());
            if number == holders.len() {
                holders.push(Vec::new());
            }
            let Some(holders) = holders.get_mut(number) else { continue };
            if holders.last() != Some(&place) {
                holders.push(place);
                own.push(number);
            }
        }
        pieces.push(own);
    }
    for holders in &mut holders {
        if holders.len() > COMMON {
            holders.clear();
        }
    }
    (pieces, holders)
}

/// The functions taken last.
struct Window {
    /// How many of them have each piece.
    counts: Vec<usize>,
    /// How many pieces of each function are among theirs.
    found: Vec<usize>,
    last: VecDeque<usize>,
    bytes: usize,
}

impl Window {
    fn take(&mut self, place: usize, functions: &[Function], pieces: &[Vec<usize>], holders: &[Vec<usize>]) {
        let length = |place: usize| functions.get(place).map_or(0, |function| function.body.len());
        let of = |place: usize| pieces.get(place).map_or(&[][..], Vec::as_slice);
        let holders = |piece: usize| holders.get(piece).map_or(&[][..], Vec::as_slice);
        self.bytes += length(place);
        self.last.push_back(place);
        for piece in of(place) {
            let Some(count) = self.counts.get_mut(*piece) else { continue };
            *count += 1;
            if *count == 1 {
                holders(*piece).iter().for_each(|holder| {
                    if let Some(found) = self.found.get_mut(*holder) {
                        *found += 1
                    }
                });
            }
        }
        while self.bytes > WINDOW && self.last.len() > 1 {
            let Some(oldest) = self.last.pop_front() else { break };
            self.bytes -= length(oldest);
            for piece in of(oldest) {
                let Some(count) = self.counts.get_mut(*piece) else { continue };
                *count -= 1;
                if *count == 0 {
                    holders(*piece).iter().for_each(|holder| {
                        if let Some(found) = self.found.get_mut(*holder) {
                            *found -= 1
                        }
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::tests::module;

    #[test]
    fn like_follows_like_whatever_the_names() {
        let (one, other) = ([1, 2, 3, 4, 5, 6, 7, 8, 9], [11, 12, 13, 14, 15, 16, 17, 18, 19]);
        let mut all = module(&[("a", &one), ("b", &other), ("c", &one[1..]), ("d", &other[1..])]);
        let by_calls = module(&[]);
        order_by_likeness(&mut all, &by_calls);
        let mut names: Vec<(&str, u8)> = all.functions.iter().map(|it| (it.name.as_str(), it.body[0])).collect();
        names.sort_unstable();
        assert_eq!(names.iter().map(|(_, first)| first / 10).collect::<Vec<_>>(), [0, 0, 1, 1]);
    }

    #[test]
    fn what_is_called_most_often_has_a_short_number() {
        let names: Vec<String> = (0..200).map(|name| format!("{name:03}")).collect();
        let mut all = module(&names.iter().map(|name| (name.as_str(), &[7_u8][..])).collect::<Vec<_>>());
        let by_calls = module(&names.iter().rev().map(|name| (name.as_str(), &[7_u8][..])).collect::<Vec<_>>());
        order_by_likeness(&mut all, &by_calls);
        let mut ordered: Vec<&str> = all.functions.iter().map(|it| it.name.as_str()).collect();
        ordered.sort_unstable();
        // Of 128 numbers one is an import's.
        assert_eq!([ordered[0], ordered[126], ordered[127]], ["000000 073", "000126 199", "000127 000"]);
    }
}
