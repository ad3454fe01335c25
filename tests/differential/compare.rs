//! Asks several sides the same questions about many systems; shrinks and reports where they differ.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::answers::{Answer, Answers};
use super::generate::{self, Shape};
use super::kleene::Value;
use super::questions::{self, Question};
use super::shrink::shrink;
use super::system::System;

type Ask<'a> = dyn FnMut(&System, &[Question]) -> Answers + 'a;

pub(crate) struct Side<'a> {
    pub(crate) name: &'static str,
    pub(crate) ask: Box<Ask<'a>>,
}

/// The first side is right, the others are tested.
pub(crate) type Sides<'a> = Vec<Side<'a>>;

/// Why an answer of the right side that a tested one does not give is not held against the tested one, if so.
pub(crate) type Excuse = fn(&System, &Question, right: &Answer, tested: &Answer) -> Option<&'static str>;

/// How many threads compare, each with sides of its own.
const WORKERS: usize = 2;
/// Differences that each of them prints in full; the rest are only counted.
const SHOWN: usize = 2;

/// A worker says how far it is after each so many systems.
const PROGRESS: usize = 1000;

#[derive(Default)]
struct Tally {
    systems: usize,
    questions: BTreeMap<&'static str, usize>,
    answers: BTreeMap<&'static str, usize>,
    /// Answers set apart, by the reason.
    apart: BTreeMap<&'static str, usize>,
    differing: usize,
    reports: String,
}

/// One question answered differently by a side.
#[derive(Debug)]
struct Difference {
    seed: u64,
    shape: Shape,
    question: Question,
    side: usize,
}

/// Compares over all the cases, says how much was compared, and panics with what differs. The sides are made for each worker by its
/// number; nothing is compared where there are none.
pub(crate) fn compare(
    title: &str,
    cases: &[(u64, Shape)],
    sides: &(dyn Fn(usize) -> Option<Sides<'static>> + Sync),
    excuse: Excuse,
) {
    let work = |worker: usize| {
        let mut sides = sides(worker)?;
        let mut tally = Tally::default();
        for (done, case) in cases.iter().skip(worker).step_by(WORKERS).enumerate() {
            if done > 0 && done % PROGRESS == 0 {
                super::say(&format!("{title}: worker {worker}: {done} systems, {} differ", tally.differing));
            }
            let before = tally.reports.len();
            tally.add(*case, &mut sides, excuse);
            if tally.reports.len() > before {
                // At once too: a long run should not keep it to itself until the end.
                super::say(&tally.reports[before..]);
            }
        }
        Some(tally)
    };
    let tallies: Option<Vec<Tally>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let Some(tallies) = tallies else { return };
    let tally = tallies.into_iter().reduce(Tally::join).unwrap();
    super::say(&format!(
        "{title}: {} systems; {}; answers: {}; set apart: {}; {} systems differ",
        tally.systems,
        listed(&tally.questions),
        listed(&tally.answers),
        listed(&tally.apart),
        tally.differing
    ));
    assert!(tally.differing == 0, "{title}: {} systems differ\n{}", tally.differing, tally.reports);
}

fn listed(counts: &BTreeMap<&str, usize>) -> String {
    let counts: Vec<_> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

fn count(counts: &mut BTreeMap<&'static str, usize>, kind: &'static str, number: usize) {
    *counts.entry(kind).or_default() += number;
}

impl Tally {
    fn add(&mut self, (seed, shape): (u64, Shape), sides: &mut Sides<'_>, excuse: Excuse) {
        let system = generate::system(seed, shape);
        let questions = questions::questions(&system, seed, questions::amounts(shape));
        let answers: Vec<_> = sides.iter_mut().map(|side| (side.ask)(&system, &questions)).collect();
        self.systems += 1;
        questions.iter().for_each(|question| count(&mut self.questions, question.asked.kind(), 1));
        if let Ok(right) = &answers[0] {
            right.iter().for_each(|answer| count(&mut self.answers, answer.kind(), 1));
        }
        let found = first_difference(&questions, &answers, &mut |question, right, tested| {
            let reason = excuse(&system, question, right, tested)?;
            count(&mut self.apart, reason, 1);
            Some(reason)
        });
        if let Some((question, side)) = found {
            self.differing += 1;
            if self.differing <= SHOWN {
                let report = report(&Difference { seed, shape, question, side }, sides, excuse);
                self.reports += &report;
            } else {
                self.reports += &format!("seed {seed} differs as well\n");
            }
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.systems += other.systems;
        self.differing += other.differing;
        self.reports += &other.reports;
        for (all, more) in
            [(&mut self.questions, other.questions), (&mut self.answers, other.answers), (&mut self.apart, other.apart)]
        {
            more.into_iter().for_each(|(kind, number)| count(all, kind, number));
        }
        self
    }
}

/// A question that a side answers differently from the first side, and the side; any question where only one refuses the system.
fn first_difference(
    questions: &[Question],
    answers: &[Answers],
    excuse: &mut dyn FnMut(&Question, &Answer, &Answer) -> Option<&'static str>,
) -> Option<(Question, usize)> {
    for (side, tested) in answers.iter().enumerate().skip(1) {
        match (&answers[0], tested) {
            (Ok(right), Ok(tested)) => {
                for (question, (right, tested)) in questions.iter().zip(right.iter().zip(tested)) {
                    if right != tested && !right.gave_up() && excuse(question, right, tested).is_none() {
                        return Some((question.clone(), side));
                    }
                }
            }
            (Err(right), Err(tested)) => panic!("both sides refuse a generated system: {right:?}, {tested:?}"),
            _ => return questions.first().map(|question| (question.clone(), side)),
        }
    }
    None
}

fn differ(system: &System, question: &Question, right: &Answer, tested: &Answer, excuse: Excuse) -> bool {
    right != tested && !right.gave_up() && excuse(system, question, right, tested).is_none()
}

fn report(difference: &Difference, sides: &mut Sides<'_>, excuse: Excuse) -> String {
    let Difference { seed, shape, question, side } = difference;
    let mut both = |system: &System, question: &Question| {
        let one = std::slice::from_ref(question);
        ((sides[0].ask)(system, one), (sides[*side].ask)(system, one))
    };
    let system = generate::system(*seed, *shape);
    let (right, tested) = both(&system, question);
    let refusal = right.is_err() || tested.is_err();
    let mut differs = |system: &System, question: &Question| match both(system, question) {
        (Ok(right), Ok(tested)) => !refusal && differ(system, question, &right[0], &tested[0], excuse),
        (Err(_), Err(_)) => false,
        _ => refusal,
    };
    let alone = differs(&system, question);
    let (small, question) = if alone { shrink(&system, question, &mut differs) } else { (system, question.clone()) };
    let (right, tested) = both(&small, &question);
    let mut text = String::new();
    writeln!(text, "\n# seed {seed}, {shape:?}: {question}").unwrap();
    if !alone {
        let all = "both sides answer alike when asked this alone; they differ on the whole list of the seed's questions";
        writeln!(text, "# {all}").unwrap();
    }
    writeln!(text, "#   {}: {right:?}\n#   {}: {tested:?}", sides[0].name, sides[*side].name).unwrap();
    let list = match right.as_deref() {
        Ok([Answer::Check(verdict)]) if verdict.value == Value::Has => "assertTrue",
        Ok([Answer::Check(verdict)]) if verdict.value == Value::Conditional => "assertCaveated",
        _ => "assertFalse",
    };
    text + &small.validation_file(&question, list)
}

#[cfg(test)]
mod tests {
    use super::super::answers::Node;
    use super::super::kleene::{Names, Verdict};
    use super::super::oracle::Oracle;
    use super::super::system::Expression;
    use super::*;

    /// Changes a system before the wrong side sees it, or its answers.
    type Plant = (&'static str, fn(&mut System), fn(&mut Question), fn(&mut Answer));

    fn forget_exclusions(system: &mut System) {
        for permission in system.definitions.iter_mut().flat_map(|definition| &mut definition.permissions) {
            if let Expression::Exclusion(base, _) = &permission.expression {
                permission.expression = (**base).clone();
            }
        }
    }

    fn forget_names(answer: &mut Answer) {
        if let Answer::Check(Verdict { missing, .. }) = answer {
            *missing = Names::default();
        }
    }

    fn lose_a_resource(answer: &mut Answer) {
        if let Answer::Resources(found) = answer {
            found.pop_last();
        }
    }

    fn forget_who_is_excluded(answer: &mut Answer) {
        if let Answer::Subjects(found) = answer
            && let Some(wildcard) = &mut found.wildcard
        {
            wildcard.excluded.clear();
        }
    }

    fn empty_a_leaf(answer: &mut Answer) {
        if let Answer::Tree(tree) = answer
            && let Node::Leaf(subjects) = &mut tree.node
        {
            subjects.clear();
        }
    }

    const PLANTS: [Plant; 8] = [
        ("exclusions", forget_exclusions, |_| {}, |_| {}),
        ("expiration", |system| system.rows.iter_mut().for_each(|row| row.expiration = None), |_| {}, |_| {}),
        ("stored contexts", |system| system.rows.iter_mut().for_each(|row| row.context.clear()), |_| {}, |_| {}),
        ("request contexts", |_| {}, |question| question.context.clear(), |_| {}),
        ("missing names", |_| {}, |_| {}, forget_names),
        ("resources", |_| {}, |_| {}, lose_a_resource),
        ("excluded subjects", |_| {}, |_| {}, forget_who_is_excluded),
        ("trees", |_| {}, |_| {}, empty_a_leaf),
    ];

    /// An oracle that makes a mistake, against the real one: found, and cut to a handful of rows.
    #[test]
    fn planted_errors_are_found_and_shrunk() {
        for (what, change_system, change_question, change_answer) in PLANTS {
            let right = |system: &System, questions: &[Question]| Ok(Oracle::new(system).answers(questions));
            let wrong = |system: &System, questions: &[Question]| {
                let (mut system, mut questions) = (system.clone(), questions.to_vec());
                change_system(&mut system);
                questions.iter_mut().for_each(change_question);
                let mut answers = Oracle::new(&system).answers(&questions);
                answers.iter_mut().for_each(change_answer);
                Ok(answers)
            };
            let mut sides = vec![Side { name: "right", ask: Box::new(right) }, Side { name: "wrong", ask: Box::new(wrong) }];
            let mut tally = Tally::default();
            for seed in 0.. {
                tally.add((seed, Shape::Acyclic), &mut sides, |_, _, _, _| None);
                if tally.differing == SHOWN {
                    break;
                }
                assert!(seed < 150, "150 systems have not enough of {what}");
            }
            let text = tally.reports;
            let is_row = |line: &&str| line.contains('@') && !line.starts_with('#') && !line.contains('\'');
            let rows = text.lines().filter(is_row).count();
            assert!(rows <= 4 * SHOWN && text.lines().count() < 40 * SHOWN, "{what}: {text}");
        }
    }
}
