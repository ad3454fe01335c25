//! Panics without their messages.
//!
//! In WebAssembly nobody hears what a panic says: the module ends with a trap, whatever the message. The standard library is
//! compiled already and still makes it; a caller of these functions need not prepare what they do not read.

use super::Module;

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

/// Makes a trap of every function that would say why the module ends.
pub fn without_messages(module: &mut Module) {
    for function in &mut module.functions {
        let name = without_hashes(&function.name);
        if PANICS.iter().any(|panic| name.starts_with(panic)) || name.ends_with("::assert_failed") {
            function.body = TRAP.to_vec();
        }
    }
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
}
