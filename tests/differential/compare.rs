//! Asks two sides the same questions about many systems; shrinks and reports where they differ.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::generate::{self, Shape};
use super::oracle::{Answer, Value};
use super::questions;
use super::shrink::shrink;
use super::system::{Question, System};

/// The answers in the order of the questions, or the message with which the side refuses the system.
pub(crate) type Answers = Result<Vec<Answer>, String>;

pub(crate) struct Side<'a> {
    pub(crate) name: &'static str,
    pub(crate) ask: &'a mut dyn FnMut(&System, &[Question]) -> Answers,
}

/// Differences printed in full; the rest are only counted.
const SHOWN: usize = 3;

/// One system in which the sides differ.
struct Difference {
    seed: u64,
    shape: Shape,
    question: Question,
}

/// Compares over all the seeds, says how much was compared, and panics with what differs.
pub(crate) fn compare(title: &str, cases: &[(u64, Shape)], subjects: usize, right: &mut Side<'_>, tested: &mut Side<'_>) {
    let (mut asked, mut counts, mut differences) = (0, BTreeMap::<&str, usize>::new(), Vec::new());
    for &(seed, shape) in cases {
        let system = generate::system(seed, shape);
        let questions = questions::questions(&system, seed, subjects);
        let (wanted, found) = ((right.ask)(&system, &questions), (tested.ask)(&system, &questions));
        asked += questions.len();
        if let Ok(wanted) = &wanted {
            for answer in wanted {
                *counts.entry(kind(answer)).or_default() += 1;
            }
        }
        if let Some(question) = first_difference(&questions, &wanted, &found) {
            differences.push(Difference { seed, shape, question });
        }
    }
    let counts: Vec<_> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    super::say(&format!(
        "{title}: {} systems, {asked} questions ({}), {} systems differ",
        cases.len(),
        counts.join(", "),
        differences.len()
    ));
    let shown: String = differences.iter().take(SHOWN).map(|difference| report(difference, right, tested)).collect();
    assert!(differences.is_empty(), "{title}: {} systems differ\n{shown}", differences.len());
}

fn kind(answer: &Answer) -> &'static str {
    match answer {
        Answer::Value(Value::No) => "no",
        Answer::Value(Value::Conditional) => "conditional",
        Answer::Value(Value::Has) => "has",
        Answer::CycleThroughExclusion => "cycle through exclusion",
        Answer::Failed(message) if gives_up(message) => "too deep for SpiceDB",
        Answer::Failed(_) => "failed",
    }
}

/// SpiceDB's answer when a path is longer than 50, or never ends: it says nothing about what the right answer is.
fn gives_up(message: &str) -> bool {
    message.contains("max depth") || message.contains("maximum depth")
}

fn agree(wanted: &Answer, found: &Answer) -> bool {
    wanted == found || matches!(wanted, Answer::Failed(message) if gives_up(message))
}

/// A question answered differently; any question where only one side refuses the system.
fn first_difference(questions: &[Question], wanted: &Answers, found: &Answers) -> Option<Question> {
    match (wanted, found) {
        (Ok(wanted), Ok(found)) => {
            let mut all = questions.iter().zip(wanted.iter().zip(found));
            all.find(|(_, (wanted, found))| !agree(wanted, found)).map(|(question, _)| question.clone())
        }
        (Err(_), Err(_)) => panic!("both sides refuse a generated system: {wanted:?}, {found:?}"),
        _ => questions.first().cloned(),
    }
}

fn report(difference: &Difference, right: &mut Side<'_>, tested: &mut Side<'_>) -> String {
    let Difference { seed, shape, question } = difference;
    let one = std::slice::from_ref(question);
    let mut both = |system: &System| ((right.ask)(system, one), (tested.ask)(system, one));
    let system = generate::system(*seed, *shape);
    let (wanted, found) = both(&system);
    let refusal = wanted.is_err() || found.is_err();
    let mut differs = |system: &System| match both(system) {
        (Ok(wanted), Ok(found)) => !refusal && !agree(&wanted[0], &found[0]),
        (Err(_), Err(_)) => false,
        _ => refusal,
    };
    let small = if differs(&system) { shrink(&system, question, &mut differs) } else { system.clone() };
    let (wanted, found) = both(&small);
    let mut text = String::new();
    writeln!(text, "\n# seed {seed}, {shape:?}: {question}").unwrap();
    if wanted == found {
        let all = "both sides answer alike when asked this alone; they differ on the whole list of the seed's questions";
        writeln!(text, "# {all}").unwrap();
    }
    writeln!(text, "#   {}: {wanted:?}\n#   {}: {found:?}", right.name, tested.name).unwrap();
    let expected = match wanted.as_deref() {
        Ok([Answer::Value(value)]) => *value,
        _ => Value::No,
    };
    text + &small.validation_file(question, expected)
}

#[cfg(test)]
mod tests {
    use super::super::oracle::Oracle;
    use super::super::system::Expression;
    use super::*;

    /// An oracle that forgets what an exclusion removes, against the real one: found, and cut to a handful of rows.
    #[test]
    fn a_planted_error_is_found_and_shrunk() {
        let mut right = |system: &System, questions: &[Question]| Ok(Oracle::new(system).answers(questions));
        let mut wrong = |system: &System, questions: &[Question]| {
            let mut system = system.clone();
            for permission in system.definitions.iter_mut().flat_map(|definition| &mut definition.permissions) {
                if let Expression::Exclusion(base, _) = &permission.expression {
                    permission.expression = (**base).clone();
                }
            }
            Ok(Oracle::new(&system).answers(questions))
        };
        let mut found = None;
        for seed in 0..50 {
            let system = generate::system(seed, Shape::Acyclic);
            let questions = questions::questions(&system, seed, 6);
            let (wanted, other) = (right(&system, &questions), wrong(&system, &questions));
            found = found.or(first_difference(&questions, &wanted, &other).map(|question| (seed, question)));
        }
        let (seed, question) = found.expect("50 systems hold an exclusion that matters");
        let difference = Difference { seed, shape: Shape::Acyclic, question };
        let mut right = Side { name: "right", ask: &mut right };
        let mut wrong = Side { name: "wrong", ask: &mut wrong };
        let text = report(&difference, &mut right, &mut wrong);
        let rows = text.lines().filter(|line| line.contains('@') && !line.starts_with('#') && !line.contains('"')).count();
        assert!(rows <= 3 && text.lines().count() < 30, "{text}");
    }
}
