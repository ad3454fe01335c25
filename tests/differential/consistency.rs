//! A side against itself: who is found by a lookup of subjects, is excluded from it or is not named at all has in a check what the
//! lookup says.

use std::collections::BTreeSet;

use super::answers::Answer;
use super::compare::Side;
use super::generate::{self, Shape};
use super::questions::{self, Asked, Question};
use super::system::{Object, Subject, System};

/// An id that nothing names.
const STRANGER: &str = "stranger";

/// What does not fit in the answers to a seed's questions, and how many checks were compared.
pub(crate) fn misfits(seed: u64, shape: Shape, side: &mut Side<'_>) -> (Vec<String>, usize) {
    let system = generate::system(seed, shape);
    let mut questions = questions::questions(&system, seed, questions::amounts(shape));
    questions.retain(|question| matches!(question.asked, Asked::LookupSubjects { .. }));
    let answers = (side.ask)(&system, &questions).unwrap();
    let (mut misfits, mut compared) = (Vec::new(), 0);
    for (question, answer) in questions.iter().zip(answers) {
        let Answer::Subjects(found) = answer else { continue };
        let (ids, checks): (Vec<_>, Vec<_>) = checks(&system, question).into_iter().unzip();
        let checked = (side.ask)(&stranger(&system), &checks).unwrap();
        compared += checks.len();
        for (id, (check, answer)) in ids.iter().zip(checks.iter().zip(checked)) {
            let fits = matches!(answer, Answer::Check(verdict) if verdict.value == found.verdict(id).value);
            if !fits {
                let (schema, rows) = (system.schema(), system.relationships().join("\n"));
                misfits
                    .push(format!("# seed {seed}, {shape:?}: {question}: {found:?}\n# {check}: {answer:?}\n{schema}\n{rows}\n"));
            }
        }
    }
    (misfits, compared)
}

/// A check of each subject that there is, and of one that there is not, with its id.
fn checks(system: &System, lookup: &Question) -> Vec<(String, Question)> {
    let Asked::LookupSubjects { resource, permission, definition, relation } = &lookup.asked else { return Vec::new() };
    let ids: BTreeSet<&str> = system.ids.iter().map(String::as_str).chain([STRANGER]).collect();
    let check = |id: &str| {
        let subject = Subject { object: Object::new(definition, id), relation: relation.clone() };
        let asked = Asked::Check { resource: resource.clone(), permission: permission.clone(), subject };
        (id.to_owned(), Question { asked, context: lookup.context.clone() })
    };
    ids.into_iter().map(check).collect()
}

/// The same system, which knows the stranger.
fn stranger(system: &System) -> System {
    let mut known = system.clone();
    known.ids.push(STRANGER.to_owned());
    known
}
