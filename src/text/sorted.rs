/// Puts a text where it belongs in a sorted list, unless it is there. For short lists: a general sort is thousands of
/// bytes of code for each type it is used with.
pub fn insert_sorted<'a>(list: &mut Vec<&'a str>, text: &'a str) {
    if let Err(place) = list.binary_search(&text) {
        list.insert(place, text);
    }
}
