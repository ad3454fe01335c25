//! Any bytes are a saved engine or refused, with a right checksum as well, and an engine that was loaded comes back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::text::hash::sum;
use peppercorn::{Environment, Peppercorn, Timestamp};

/// Where the length of the whole stands.
const LENGTH: std::ops::Range<usize> = 9..17;

fuzz_target!(|bytes: &[u8]| {
    let _ = Peppercorn::load(bytes);
    // Few inputs would get past the checksum by themselves.
    let mut repaired = bytes.to_vec();
    let length = bytes.len() as u64;
    if let Some(place) = repaired.get_mut(LENGTH) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    if let Some((before, checksum)) = repaired.split_last_chunk_mut::<8>() {
        *checksum = sum(before).to_le_bytes();
    }
    let (Ok(engine), Some(now)) = (Peppercorn::load(&repaired), Timestamp::parse("2026-01-01T00:00:00Z")) else {
        return;
    };
    let saved = engine.save();
    let Ok(loaded) = Peppercorn::load(&saved) else { panic!("a saved engine does not load") };
    assert_eq!(loaded.save(), saved);
    assert_eq!(loaded.snapshot().relationships(), engine.snapshot().relationships());
    let environment = Environment::at(now);
    let _ = engine.check("user:u1", "see", "doc:a", &environment);
});
