//! Writing, loading and saving.

use criterion::BatchSize;
use peppercorn::model::Relationship;
use peppercorn::{Environment, Operation, Peppercorn, Update};

use crate::checks::measure;
use crate::data::{DataSet, now};
use crate::{Bench, Outcome};

/// One and a thousand relationships a write, with a snapshot held.
pub fn writes(bench: &mut Bench) -> Outcome {
    let set = DataSet::read(bench, "W1")?;
    let time = now()?;
    for (key, size) in [("W9.single", 1_u32), ("W9.batch", 1000)] {
        let mut engine = set.engine()?;
        let before = engine.snapshot();
        let mut next = 0_u32;
        let mut failed = None;
        bench.criterion.bench_function(key, |bencher| {
            bencher.iter_batched(
                || {
                    let start = next;
                    next += size;
                    (start..next).map(fresh).collect::<Vec<String>>()
                },
                |lines| match updates(&lines).and_then(|updates| Ok(engine.write(&updates, time)?)) {
                    Ok(_) => {}
                    Err(error) => failed = Some(error),
                },
                BatchSize::PerIteration,
            );
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let environment = Environment::at(time);
        for number in (0..next).step_by(97) {
            let (subject, resource) = (format!("user:u{}", number % 1000), format!("document:fresh{number}"));
            let told =
                (engine.can(&subject, "view", &resource, &environment)?, before.can(&subject, "view", &resource, &environment)?);
            if told != (true, false) {
                return Err(format!("{resource} was written and snapshot and engine say {told:?}").into());
            }
        }
    }
    Ok(())
}

fn fresh(number: u32) -> String {
    format!("document:fresh{number}#viewer@user:u{}", number % 1000)
}

fn updates(lines: &[String]) -> Outcome<Vec<Update<'_>>> {
    let mut all = Vec::new();
    for line in lines {
        let relationship = Relationship::parse(line).map_err(|problem| problem.message)?;
        all.push(Update { operation: Operation::Touch, relationship });
    }
    Ok(all)
}

/// From text and from saved bytes.
pub fn loading(bench: &mut Bench, set: &str, key: &str) -> Outcome {
    let set = DataSet::read(bench, set)?;
    let engine = set.engine()?;
    let saved = engine.save();
    measure(bench, &format!("{key}.text.check"), &engine, &set.questions("allow")?)?;
    let again = Peppercorn::load(&saved)?;
    measure(bench, &format!("{key}.saved.check"), &again, &set.questions("allow")?)?;
    let mut group = bench.criterion.benchmark_group(key);
    group.sample_size(10);
    group.bench_function("text", |bencher| bencher.iter_with_large_drop(|| Peppercorn::new(&set.schema, &set.relationships)));
    group.bench_function("saved", |bencher| bencher.iter_with_large_drop(|| Peppercorn::load(&saved)));
    group.bench_function("save", |bencher| bencher.iter_with_large_drop(|| engine.save()));
    group.finish();
    Ok(())
}
