//! Panics without their messages.
//!
//! In WebAssembly nobody hears what a panic says: the module ends with a trap, whatever the message. The standard library is
//! compiled already and still makes it; a caller of these functions need not prepare what they do not read.

use std::collections::BTreeSet;

use super::{Module, Segment};

/// Nothing but `unreachable`, the trap that a panic ends in.
pub(super) const TRAP: &[u8] = b"\0\0\x0b";

/// What only makes a message of a panic and never returns, up to what follows the name.
const PANICS: [&str; 12] = [
    "<std::panicking::",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::panic_already",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::index::slice_",
    "core::str::slice_error_fail",
    "std::panicking::begin_panic",
];

/// Makes a trap of every function that would say why the module ends, and nothing of where in the sources that was.
pub fn without_messages(module: &mut Module) {
    clear_places(&mut module.data);
    for function in &mut module.functions {
        let name = without_hashes(&function.name);
        if PANICS.iter().any(|panic| name.starts_with(panic)) || name.ends_with("::assert_failed") {
            function.body = TRAP.to_vec();
        }
    }
}

/// Fills with zeros, which wasm-opt leaves out, each `core::panic::Location`, and the names of files that they hold.
fn clear_places(data: &mut [Segment]) {
    let mut cleared = BTreeSet::new();
    for segment in &*data {
        for (place, bytes) in segment.bytes.windows(LOCATION).enumerate().filter(|(place, _)| (segment.address + place) % 4 == 0)
        {
            let mut words =
                bytes.chunks_exact(4).map(|word| word.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)));
            let mut word = || words.next().unwrap_or(0);
            let (name, length, line, column) = (word(), word(), word(), word());
            if (1..LARGEST).contains(&line) && (1..LARGEST).contains(&column) && is_file(&*data, name, length) {
                cleared.extend([(segment.address + place, LOCATION), (name, length)]);
            }
        }
    }
    for (address, length) in cleared {
        for segment in &mut *data {
            let within = address.checked_sub(segment.address).and_then(|start| segment.bytes.get_mut(start..start + length));
            within.into_iter().for_each(|bytes| bytes.fill(0));
        }
    }
}

/// A name's address and its length, a line and a column, in four bytes each.
const LOCATION: usize = 16;
/// No line or column is as large.
const LARGEST: usize = 100_000;

/// Whether a name of a file of Rust is there.
fn is_file(data: &[Segment], address: usize, length: usize) -> bool {
    let text = |segment: &Segment| {
        let start = address.checked_sub(segment.address)?;
        let bytes = segment.bytes.get(start..start.checked_add(length)?)?;
        str::from_utf8(bytes).ok().map(|text| text.trim_end_matches('\0').ends_with(".rs") && text.contains('/'))
    };
    data.iter().any(|segment| text(segment) == Some(true))
}

/// `core[c5930c85a12de822]::panicking::panic` as `core::panicking::panic`.
pub(super) fn without_hashes(name: &str) -> String {
    name.split('[')
        .enumerate()
        .map(|(place, part)| if place == 0 { part } else { part.split_once(']').map_or("", |it| it.1) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::tests::module;

    #[test]
    fn only_panics_become_traps() {
        let body: &[u8] = b"\0\x01\x0b";
        let mut all = module(&[
            ("core[c5930c85a12de822]::panicking::panic_fmt", body),
            ("<alloc[3ca5]::vec::Vec<_, _>>::remove::assert_failed", body),
            ("core::option::unwrap_failed::h0123456789abcdef", body),
            ("std[a5]::panicking::panic_count::is_zero_slow_path", body),
            ("peppercorn::core::panicking::f", body),
        ]);
        without_messages(&mut all);
        assert_eq!(all.functions.iter().map(|it| it.body == TRAP).collect::<Vec<_>>(), [true, true, true, false, false]);
    }

    #[test]
    fn places_in_sources_are_cleared_and_nothing_beside_them() {
        let words = |words: [u32; 4]| words.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>();
        let texts = b"kept.src/one/two.rs/kept".to_vec();
        let location = words([1029, 14, 12, 5]);
        // Not of a file, at no line, and two that lie outside.
        let others = [words([1024, 4, 12, 5]), words([1029, 14, 0, 5]), words([1029, 40, 1, 1]), words([9, 14, 1, 1])].concat();
        let mut all = module(&[]);
        all.data =
            vec![Segment { address: 1024, bytes: texts }, Segment { address: 2048, bytes: [location, others.clone()].concat() }];
        without_messages(&mut all);
        assert_eq!(all.data[0].bytes, b"kept.\0\0\0\0\0\0\0\0\0\0\0\0\0\0/kept");
        assert_eq!(all.data[1].bytes, [vec![0; 16], others].concat());
    }
}
