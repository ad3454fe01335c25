//! Any bytes are a validation file or a list of what is wrong with it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::Timestamp;
use peppercorn::dev::{Status, validate};

fuzz_target!(|bytes: &[u8]| {
    let Some(now) = Timestamp::parse("2026-01-01T00:00:00Z") else {
        return;
    };
    // What follows a line of four hyphens is the schema beside the file.
    let mark = b"\n----\n";
    let (file, schema) = match bytes.windows(mark.len()).position(|window| window == mark) {
        Some(at) => (&bytes[..at], Some(&bytes[at + mark.len()..])),
        None => (bytes, None),
    };
    let report = validate("file.yaml", file, &mut |_| schema.map(<[u8]>::to_vec), now);
    match report.status {
        Status::Passed => assert!(report.failures.is_empty()),
        Status::Failed => assert!(!report.failures.is_empty()),
        Status::Unusable => assert!(!report.diagnostics.is_empty(), "refused without a reason"),
    }
});
