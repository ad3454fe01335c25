//! Checks, one at a time and in bulk.

use peppercorn::{CheckItem, Environment, Peppercorn, Permissionship};

use crate::data::{DataSet, Question, now, question};
use crate::{Bench, Outcome};

/// Lists of questions of a data set, each by the key of its row.
pub fn single(bench: &mut Bench, set: &str, lists: &[(&str, &str)]) -> Outcome {
    let set = DataSet::read(bench, set)?;
    let engine = set.engine()?;
    for (key, list) in lists {
        measure(bench, key, &engine, &set.questions(list)?)?;
    }
    Ok(())
}

/// Asks the questions one after the other, round after round.
pub fn measure(bench: &mut Bench, key: &str, engine: &Peppercorn, questions: &[Question]) -> Outcome {
    for Question { subject, permission, resource, expect, environment } in questions {
        let found = engine.check(subject, permission, resource, environment)?.permissionship;
        if found != *expect {
            return Err(format!("{subject} {permission} {resource} gives {found:?}, not {expect:?}").into());
        }
    }
    let mut round = questions.iter().cycle();
    let mut wrong = 0_u64;
    bench.criterion.bench_function(key, |bencher| {
        bencher.iter(|| {
            let Some(Question { subject, permission, resource, expect, environment }) = round.next() else { return };
            let found = engine.can(subject, permission, resource, environment);
            wrong += u64::from(found.ok() != Some(*expect == Permissionship::HasPermission));
        });
    });
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} answers of `{key}` were wrong while measuring").into()) }
}

/// A thousand checks in a call.
pub fn bulk(bench: &mut Bench) -> Outcome {
    let set = DataSet::read(bench, "W2")?;
    let engine = set.engine()?;
    let environment = Environment::at(now()?);
    for (key, list) in [("W8.same", "bulkSame"), ("W8.mix", "bulkMix")] {
        let mut requests = Vec::new();
        for request in set.list(list)? {
            requests
                .push(request.as_array().ok_or("a bulk request is no list")?.iter().map(question).collect::<Outcome<Vec<_>>>()?);
        }
        let items: Vec<(&[Question], Vec<CheckItem<'_>>)> =
            requests.iter().map(|request| (request.as_slice(), items(request))).collect();
        let is_right = |(questions, items): &(&[Question], Vec<CheckItem<'_>>)| {
            let answers = engine.check_many(items, &environment);
            let agrees = |(question, answer): (&Question, &Result<peppercorn::Answer, peppercorn::Error>)| {
                answer.as_ref().is_ok_and(|answer| answer.permissionship == question.expect)
            };
            answers.len() == questions.len() && questions.iter().zip(&answers).all(agrees)
        };
        if !items.iter().all(is_right) {
            return Err(format!("answers of `{key}` are wrong").into());
        }
        let mut round = items.iter().cycle();
        bench.criterion.bench_function(key, |bencher| bencher.iter(|| round.next().is_some_and(is_right)));
    }
    Ok(())
}

fn items(questions: &[Question]) -> Vec<CheckItem<'_>> {
    let mut items = Vec::new();
    for Question { subject, permission, resource, .. } in questions {
        items.push(CheckItem { subject, permission, resource, context: None });
    }
    items
}
