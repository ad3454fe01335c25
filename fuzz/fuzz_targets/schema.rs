//! Any text is a schema or a list of what is wrong with it; what reads is formatted to the same tree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::schema::{format, lint, read};

#[path = "../../tests/format/tree.rs"]
mod tree;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    // The schema is all that there is to import, a few times: what multiplies is slow, and a test of its own.
    let mut left = 4_usize;
    let mut loader = |_: &str| {
        left = left.checked_sub(1)?;
        Some(text.to_owned())
    };
    lint(text, Some(&mut loader));
    let compiled = lint(text, None);
    assert!(compiled.schema.is_some() || !compiled.diagnostics.is_empty(), "refused without a reason");
    for problem in compiled.diagnostics {
        let range = problem.span.range();
        assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end), "{problem:?} cuts a character");
    }
    let (before, problems) = read(text);
    if !problems.is_empty() {
        return;
    }
    let formatted = format(text).expect("what reads is formatted");
    let (after, problems) = read(&formatted);
    assert!(problems.is_empty(), "{problems:?} in\n{formatted}");
    assert_eq!(tree::outline(&before), tree::outline(&after));
    assert_eq!(tree::comments(text), tree::comments(&formatted));
    assert_eq!(format(&formatted).as_ref(), Ok(&formatted));
});
