//! Panics without their messages.
//!
//! In WebAssembly nobody hears what a panic says: the module ends with a trap, whatever the message. The standard library is
//! compiled already and still makes it; a caller of these functions need not prepare what they do not read.

use super::Module;

/// Nothing but `unreachable`, the trap that a panic ends in.
const TRAP: &[u8] = b"\0\0\x0b";

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

/// What shows a value to programmers.
const DEBUG: [&str; 2] = ["<core::fmt::Formatter>::debug_", "<core::fmt::builders::"];

/// Makes a trap of every function that would say why the module ends.
pub fn without_messages(module: &mut Module) {
    trap(module, |name| PANICS.iter().any(|panic| name.starts_with(panic)) || name.ends_with("::assert_failed"));
}

/// Makes a trap of every function that shows a value to programmers. Only for a module in which nothing but the message of a panic
/// does: of the engine, a test of the architecture holds the code to that.
pub fn without_debug(module: &mut Module) {
    trap(module, |name| DEBUG.iter().any(|debug| name.starts_with(debug)) || name.contains(" as core::fmt::Debug>::fmt"));
}

fn trap(module: &mut Module, is_needless: impl Fn(&str) -> bool) {
    for function in &mut module.functions {
        if is_needless(&without_hashes(&function.name)) {
            function.body = TRAP.to_vec();
        }
    }
}

/// `core[c5930c85a12de822]::panicking::panic` as `core::panicking::panic`.
fn without_hashes(name: &str) -> String {
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
    fn only_what_shows_a_value_to_programmers_is_debug() {
        let body: &[u8] = b"\0\x01\x0b";
        let mut all = module(&[
            ("<core[c5930c85a12de822]::fmt::builders::DebugStruct>::field", body),
            ("<u32 as core[c5930c85a12de822]::fmt::Debug>::fmt", body),
            ("<u32 as core[c5930c85a12de822]::fmt::Display>::fmt", body),
            ("<core[c5930c85a12de822]::fmt::Formatter>::pad", body),
        ]);
        without_debug(&mut all);
        assert_eq!(all.functions.iter().map(|it| it.body == TRAP).collect::<Vec<_>>(), [true, true, false, false]);
    }
}
