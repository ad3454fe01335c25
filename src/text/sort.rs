use std::cmp::Ordering;

/// Sorts; equal items keep the order they had. O(n log n).
///
/// The work is done on places, by code that all types share: a sort of the standard library is thousands of bytes of
/// WebAssembly for each type it is used with.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = order(items.len(), &mut |one, other| match (items.get(one), items.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        (Some(_) | None, _) => Ordering::Equal,
    });
    arrange(items, order);
}

/// Sorts by the bytes of a text of each: by eight bytes at once where these tell them apart, as they do for most ids.
pub fn sort_by_text<T>(items: &mut [T], text: impl for<'t> Fn(&'t T) -> &'t str) {
    let Some(first) = items.first().map(&text) else { return };
    // What all begin with tells none of them apart.
    let mut common = first.len();
    for item in &*items {
        common = first.bytes().zip(text(item).bytes()).take(common).take_while(|(one, other)| one == other).count();
    }
    let key = |(place, item): (u64, &T)| {
        let rest = text(item).as_bytes().get(common..).unwrap_or_default();
        let mut key = 0;
        for byte in 0..8 {
            key = (key << 8) | u64::from(rest.get(byte).copied().unwrap_or_default());
        }
        (key, place)
    };
    let mut keys = sorted((0..).zip(&*items).map(key).collect());
    let of = |key: &(u64, u64)| items.get(place(key)).map(&text).unwrap_or_default();
    for same in keys.chunk_by_mut(|(one, _), (other, _)| one == other) {
        if same.len() > 1 {
            sort_by(same, |one, other| of(one).cmp(of(other)));
        }
    }
    let order = keys.iter().map(place).collect();
    arrange(items, order);
}

/// Sorts by a number of each; equal items keep the order they had.
pub fn sort_by_number<T>(items: &mut [T], number: impl Fn(&T) -> u64) {
    let keys = sorted((0..).zip(&*items).map(|(place, item)| (number(item), place)).collect());
    let order = keys.iter().map(place).collect();
    arrange(items, order);
}

/// Numbers with their places, sorted: the one sort of the standard library that is worth its bytes.
fn sorted(mut keys: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    if !keys.is_sorted() {
        keys.sort_unstable();
    }
    keys
}

fn place((_, place): &(u64, u64)) -> usize {
    usize::try_from(*place).unwrap_or_default()
}

/// Moves each item to the place at which the order has it.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
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
        fn sorts_texts_by_their_bytes(common in "[a-c]{0,10}", rest in prop::collection::vec("[a-b\u{e9}]{0,12}", 0..60)) {
            let mut texts: Vec<String> = rest.into_iter().map(|rest| common.clone() + &rest).collect();
            let mut expected = texts.clone();
            expected.sort();
            sort_by_text(&mut texts, |text| text);
            prop_assert_eq!(texts, expected);
        }

        #[test]
        fn sorts_as_the_standard_library_does(mut items in prop::collection::vec((0..20_u8, any::<u16>()), 0..200)) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by(&mut items, |(one, _), (other, _)| one.cmp(other));
            prop_assert_eq!(&items, &expected);
            items.reverse();
            sort_by_number(&mut items, |(key, number)| u64::from(*key) << 16 | u64::from(*number));
            prop_assert!(items.is_sorted());
            expected.sort();
            sort(&mut items);
            prop_assert_eq!(items, expected);
        }
    }
}
