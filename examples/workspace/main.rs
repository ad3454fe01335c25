//! The example natively: loads it, checks its assertions, and measures checks a second for each permission.
//!
//! `cargo run --release --example workspace`, or `cargo xtask demo` in Node.

#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::time::{Duration, Instant};

use peppercorn::{Environment, Peppercorn, Timestamp};

const SCHEMA: &str = include_str!("workspace.zed");
const FILE: &str = include_str!("workspace.yaml");

/// One question: subject, permission, resource.
type Question = (String, String, String);

fn main() -> Result<(), Box<dyn Error>> {
    let relationships = relationships();
    let started = Instant::now();
    let engine = Peppercorn::new(SCHEMA, &relationships.join("\n"))?;
    let loading = started.elapsed();
    let environment = Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").ok_or("no time")?);
    let ask = |(subject, permission, resource): &Question| -> Result<bool, peppercorn::Error> {
        engine.can(subject, permission, resource, &environment)
    };

    let (granted, refused) = (assertions("assertTrue:"), assertions("assertFalse:"));
    for (question, expected) in
        granted.iter().map(|question| (question, true)).chain(refused.iter().map(|question| (question, false)))
    {
        if ask(question)? != expected {
            return Err(format!("{question:?} should be {expected}").into());
        }
    }
    println!(
        "native: {} relationships loaded in {:.1} ms, {} assertions hold\n",
        relationships.len(),
        loading.as_secs_f64() * 1000.0,
        granted.len() + refused.len()
    );

    println!("{:<12}{:>12}{:>10}{:>10}", "permission", "checks/s", "µs each", "granted");
    let (people, documents) = (ids("user", &relationships), ids("document", &relationships));
    for permission in ["view", "comment", "edit", "manage", "publish"] {
        let questions: Vec<Question> = people
            .iter()
            .flat_map(|person| {
                documents
                    .iter()
                    .map(move |document| (format!("user:{person}"), permission.to_owned(), format!("document:{document}")))
            })
            .collect();
        let (mut asked, mut yes) = (0_u32, 0_u32);
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(900) {
            for question in &questions {
                asked += 1;
                yes += u32::from(ask(question)?);
            }
        }
        let each = started.elapsed().as_secs_f64() / f64::from(asked);
        let share = f64::from(yes) / f64::from(asked) * 100.0;
        println!("{permission:<12}{:>12.0}{:>10.2}{share:>8.0} %", 1.0 / each, each * 1e6);
    }
    Ok(())
}

/// The lines of the `relationships` block. Reads just the layout of this file; the command line reads any validation file.
fn relationships() -> Vec<&'static str> {
    let block = FILE.lines().skip_while(|line| *line != "relationships: |-").take_while(|line| *line != "assertions:");
    block.map(str::trim).filter(|line| line.contains('@') && !line.starts_with("//")).collect()
}

/// The questions of one list of assertions.
fn assertions(list: &str) -> Vec<Question> {
    let lines = FILE.lines().map(str::trim).skip_while(|line| *line != list).skip(1);
    lines
        .take_while(|line| !line.starts_with("assert"))
        .filter_map(|line| {
            let (resource, rest) = line.strip_prefix("- \"")?.strip_suffix('"')?.split_once('#')?;
            let (permission, subject) = rest.split_once('@')?;
            Some((subject.to_owned(), permission.to_owned(), resource.to_owned()))
        })
        .collect()
}

/// Every id of a type that occurs in the relationships, once.
fn ids(of: &str, relationships: &[&'static str]) -> Vec<&'static str> {
    let mut found: Vec<&str> = relationships
        .iter()
        .flat_map(|line| line.split('@'))
        .filter_map(|object| object.strip_prefix(of)?.strip_prefix(':')?.split(['#', '[']).next())
        .filter(|id| *id != "*")
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
