use super::Listed;

/// The candidate nearest to `name`, where one is near enough to be a slip of the keyboard: at most a third of the
/// name's length in edits, at least one. Ties go to the first in order.
///
/// ```
/// assert_eq!(peppercorn::text::nearest("viewr", ["owner", "viewer"]), Some("viewer"));
/// assert_eq!(peppercorn::text::nearest("zebra", ["owner", "viewer"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = edits(name, candidate);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The Levenshtein distance, in one row of the usual table.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().listed();
    let mut row: Vec<usize> = (0..=right.len()).listed();
    for (above, left_char) in left.chars().enumerate() {
        let mut diagonal = above;
        let mut previous = above + 1;
        for (cell, right_char) in row.iter_mut().skip(1).zip(&right) {
            let substituted = diagonal + usize::from(left_char != *right_char);
            diagonal = *cell;
            previous = substituted.min(previous + 1).min(*cell + 1);
            *cell = previous;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
