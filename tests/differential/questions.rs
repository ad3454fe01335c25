//! The questions worth asking a system.

use std::collections::BTreeSet;

use super::random::Random;
use super::system::{GHOST, Object, Question, Subject, System};

/// Some subjects (a third of them objects with relationships, a third usersets with relationships, the rest any, ghosts among
/// them), each asked of every object and member.
pub(crate) fn questions(system: &System, seed: u64, subjects: usize) -> Vec<Question> {
    let mut random = Random::new(seed ^ 0x51);
    let (mut objects, mut usersets) = (BTreeSet::new(), BTreeSet::new());
    for row in system.rows.iter().filter(|row| row.subject.object.id != "*") {
        if row.subject.relation.is_none() { &mut objects } else { &mut usersets }.insert(row.subject.clone());
    }
    let plain = |object: Object| Subject { object, relation: None };
    let mut rest: BTreeSet<_> = system.objects().into_iter().map(plain).collect();
    rest.extend(system.nodes().into_iter().map(|(object, member)| Subject { object, relation: Some(member) }));
    let ghosts: Vec<_> =
        rest.iter().filter(|subject| subject.object.id == GHOST && subject.relation.is_none()).cloned().collect();

    let mut chosen: BTreeSet<_> = random.sample(objects.into_iter().collect(), subjects / 3).into_iter().collect();
    chosen.extend(random.sample(usersets.into_iter().collect(), subjects / 3));
    chosen.extend(random.sample(ghosts, 1));
    let rest: Vec<_> = rest.into_iter().filter(|subject| !chosen.contains(subject)).collect();
    let missing = subjects.saturating_sub(chosen.len());
    chosen.extend(random.sample(rest, missing));

    let nodes = system.nodes();
    let of = |subject: &Subject| {
        let question = |(resource, permission): &(Object, String)| Question {
            resource: resource.clone(),
            permission: permission.clone(),
            subject: subject.clone(),
        };
        nodes.iter().map(question).collect::<Vec<_>>()
    };
    chosen.iter().flat_map(of).collect()
}
