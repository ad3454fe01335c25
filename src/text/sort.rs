use std::cmp::Ordering;

/// Sorts; equal items keep the order they had. O(n log n).
///
/// The work is done on places, by code that all types share: a sort of the standard library is thousands of bytes of
/// WebAssembly for each type it is used with.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = order(items.len(), &mut |one, other| match (items.get(one), items.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        (Some(_) | None, _) => Ordering::Equal,
    });
    // Each circle of places is walked once, every item going where it belongs.
    for first in 0..items.len() {
        let mut place = first;
        while let Some(from) = order.get_mut(place).map(|from| std::mem::replace(from, place)) {
            if from == first || from == place {
                break;
            }
            items.swap(place, from);
            place = from;
        }
    }
}

/// Sorts by the items' own order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// The place of the item that belongs at each place: a merge sort.
fn order(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..len).collect();
    if (1..len).all(|place| compare(place - 1, place).is_le()) {
        return sorted;
    }
    let mut width = 1;
    while width < len {
        let mut merged = Vec::with_capacity(len);
        for both in sorted.chunks(2 * width) {
            let (left, right) = both.split_at_checked(width).unwrap_or((both, &[]));
            let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
            while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
                let next = if compare(**one, **other).is_le() { left.next() } else { right.next() };
                merged.extend(next);
            }
            merged.extend(left);
            merged.extend(right);
        }
        sorted = merged;
        width *= 2;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(mut items in prop::collection::vec((0..20_u8, any::<u16>()), 0..200)) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by(&mut items, |(one, _), (other, _)| one.cmp(other));
            prop_assert_eq!(&items, &expected);
            expected.sort();
            sort(&mut items);
            prop_assert_eq!(items, expected);
        }
    }
}
