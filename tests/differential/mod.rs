//! The engine against others: a real SpiceDB and a naive oracle, on systems and schema texts made from seeds.
//!
//! `PEPPERCORN_SEEDS=A..B` replaces the seeds of every test here (`cargo xtask differential --seeds A..B` sets it). What differs is
//! shrunk and printed as a validation file, ready to become one under `tests/regressions/`. The parts:
//!
//! - [`generate`] (with [`expressions`] and [`rows`]) makes a system from a seed, [`questions`] what to ask it: checks, lookups in both
//!   directions and expanded trees, each with a context; [`system`] is their data and their text, [`caveats`] what the caveats mean,
//!   [`build`] makes systems by hand;
//! - [`oracle`] evaluates a system naively, with [`kleene`], [`subjects`] and [`expand`]; [`spicedb`] asks the real one; [`engine`] asks
//!   ours; all give [`answers`];
//! - [`compare`] asks the sides and reports; [`shrink`] cuts a system down; [`consistency`] compares a side with itself;
//!   [`schema_texts`] and [`near_misses`] make texts that are almost schemas;
//! - [`quirks`] holds on to what SpiceDB gets wrong; the generator keeps clear of some of it, and [`excuses`] (with [`spicedb_sets`])
//!   sets apart what the oracle explains by making the same mistake.
//!
//! SpiceDB is asked acyclic systems only: on a cycle it answers with its depth error, or does not answer until its deadline.

mod answers;
mod build;
mod caveats;
mod compare;
mod consistency;
mod engine;
mod excuses;
mod expand;
mod expressions;
mod generate;
mod kleene;
mod near_misses;
mod oracle;
mod oracle_tests;
mod questions;
mod quirks;
pub(crate) mod random;
mod rows;
mod schema_texts;
mod shrink;
mod spicedb;
mod spicedb_sets;
mod subjects;
mod system;

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;

use compare::{Side, Sides, compare};
use generate::Shape;
use oracle::Oracle;

/// Says a line that `cargo test` shows for passing tests too.
fn say(line: &str) {
    // Written past `eprintln!`, which the test harness keeps to itself.
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "differential: {line}").unwrap();
}

fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(text) = std::env::var("PEPPERCORN_SEEDS") else {
        return usual;
    };
    let range = text.split_once("..").and_then(|(first, end)| Some(first.trim().parse().ok()?..end.trim().parse().ok()?));
    range.unwrap_or_else(|| panic!("PEPPERCORN_SEEDS is `A..B`, not `{text}`"))
}

fn cases(seeds: Range<u64>, shapes: &[Shape]) -> Vec<(u64, Shape)> {
    seeds.flat_map(|seed| shapes.iter().map(move |shape| (seed, *shape))).collect()
}

fn spicedb_side(worker: usize) -> Option<Side<'static>> {
    let mut process = spicedb::spicedb(worker)?;
    Some(Side { name: "SpiceDB", ask: Box::new(move |system, questions| process.answers(system, questions)) })
}

fn oracle_side() -> Side<'static> {
    Side { name: "oracle", ask: Box::new(|system, questions| Ok(Oracle::new(system).answers(questions))) }
}

fn engine_side() -> Side<'static> {
    Side { name: "engine", ask: Box::new(engine::answers) }
}

/// SpiceDB, the oracle and the engine give the same answers.
#[test]
fn spicedb_agrees() {
    let sides = |worker| Some(vec![spicedb_side(worker)?, oracle_side(), engine_side()]) as Option<Sides>;
    compare("SpiceDB", &cases(seeds(0..500), &[Shape::Acyclic]), &sides, excuses::excuse);
}

/// The engine and the oracle give the same answers, on cycles as well.
#[test]
fn oracle_agrees() {
    let sides = |_| Some(vec![oracle_side(), engine_side()]);
    compare("oracle", &cases(seeds(0..1000), &[Shape::Acyclic, Shape::Cyclic]), &sides, excuses::names);
}

/// The engine's lookups of subjects agree with its checks, and so do the oracle's.
#[test]
fn lookups_agree_with_checks() {
    for mut side in [oracle_side(), engine_side()] {
        let (mut misfits, mut compared) = (Vec::new(), 0);
        for (seed, shape) in cases(seeds(0..100), &[Shape::Acyclic, Shape::Cyclic]) {
            let (more, checks) = consistency::misfits(seed, shape, &mut side);
            misfits.extend(more);
            compared += checks;
        }
        say(&format!("{}: {compared} checks of looked up subjects, {} do not fit", side.name, misfits.len()));
        assert!(
            misfits.is_empty(),
            "{}: {} do not fit\n{}",
            side.name,
            misfits.len(),
            misfits[..misfits.len().min(3)].join("\n")
        );
    }
}

/// What the mutations start from is right as it stands.
#[test]
fn spicedb_accepts_the_written_texts() {
    let Some(mut process) = spicedb::spicedb(0) else {
        return;
    };
    for text in schema_texts::WRITTEN {
        assert_eq!(process.verdict(text), Ok(()), "{text}");
    }
}

/// The engine and SpiceDB accept the same schema texts.
#[test]
fn schema_verdicts_agree() {
    let Some(mut process) = spicedb::spicedb(0) else {
        return;
    };
    let sources = schema_texts::sources();
    let (mut accepted, mut by_name_only, mut differing) = (0, 0, Vec::new());
    let range = seeds(0..400);
    for seed in range.clone() {
        let text = schema_texts::text(seed, &sources);
        let wanted = process.verdict(&text);
        accepted += usize::from(wanted.is_ok());
        let found = engine::verdict(&text);
        if quirks::wildcard_missed(&text, &wanted, &found) {
            by_name_only += 1;
        } else if wanted.is_ok() != found.is_ok() {
            differing.push((seed, text));
        }
    }
    let total = range.count();
    say(&format!(
        "schema texts: {total} compared, SpiceDB accepts {accepted} ({by_name_only} through its wildcard quirk), {} verdicts differ",
        differing.len()
    ));
    let mut report = String::new();
    for (seed, text) in differing.iter().take(5) {
        let small = schema_texts::shrink_text(text, &mut |text| process.verdict(text).is_ok() != engine::verdict(text).is_ok());
        let (wanted, found) = (process.verdict(&small), engine::verdict(&small));
        writeln!(report, "\n# seed {seed}\n#   SpiceDB: {wanted:?}\n#   engine: {found:?}\n{small}").unwrap();
    }
    assert!(differing.is_empty(), "{} of {total} verdicts differ\n{report}", differing.len());
}
