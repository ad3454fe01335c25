//! A store against the standard library's maps, whatever is base and whatever is overlay.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Node, Relationship, Symbol, Timestamp};

/// What a row is expected to have.
type Rows = BTreeMap<(Node, Node), Edge>;

fn node(number: usize, is_subject: bool) -> Node {
    let symbol = |place| Symbol::at(place).unwrap();
    let relation = match number % 3 {
        0 if is_subject => Symbol::NONE,
        other => symbol(2 + other),
    };
    Node { relation, object_type: symbol(5 + number % 2), id: symbol(10 + number) }
}

fn edge(step: usize) -> Edge {
    let expiration = Timestamp::from_unix_milliseconds(i64::try_from(step).unwrap());
    step.is_multiple_of(3).then(|| Arc::new(Traits { caveat: None, expiration }))
}

/// Everything a snapshot says of its rows is what is expected.
fn agrees(snapshot: &Snapshot, expected: &Rows) {
    let rows: Vec<_> = snapshot.rows().map(|(resource, subject, edge)| ((resource, subject), edge.clone())).collect();
    let expected_rows: Vec<_> = expected.iter().map(|(ends, edge)| (*ends, edge.clone())).collect();
    let differing =
        rows.iter().filter(|row| !expected_rows.contains(row)).chain(expected_rows.iter().filter(|row| !rows.contains(row)));
    assert_eq!(differing.collect::<Vec<_>>(), Vec::<&((Node, Node), Edge)>::new());
    assert_eq!(rows, expected_rows);
    assert_eq!(snapshot.len(), expected.len());
    let expiring = expected.values().filter(|edge| edge.is_some()).count();
    assert_eq!(snapshot.has_expirations(), expiring > 0);
    for number in 0..NODES {
        let (resource, subject) = (node(number, false), node(number, true));
        let run: Vec<_> = snapshot.subjects(&resource).iter().flat_map(Run::iter).map(|(to, edge)| (to, edge.clone())).collect();
        let of_resource = expected.iter().filter(|((from, _), _)| *from == resource);
        assert_eq!(run, of_resource.map(|((_, to), edge)| (*to, edge.clone())).collect::<Vec<_>>(), "{number}");
        assert_eq!(snapshot.subjects(&resource).map_or(0, |run| run.len()), run.len());
        let from = node(NODES / 2, true);
        if let Some(found) = snapshot.subjects(&resource) {
            assert!(found.iter_from(&from).map(|(to, _)| to).eq(run.iter().map(|(to, _)| *to).filter(|to| *to >= from)));
            assert!(
                found
                    .sets()
                    .into_iter()
                    .flatten()
                    .map(|(to, _)| to)
                    .eq(run.iter().map(|(to, _)| *to).filter(|to| to.relation != Symbol::NONE))
            );
        }
        let of_subject = expected.keys().filter(|(_, to)| *to == subject).map(|(from, _)| *from);
        let mut resources: Vec<_> = of_subject.collect();
        resources.sort();
        assert!(snapshot.resources(&subject).iter().flat_map(Run::iter).map(|(from, _)| from).eq(resources));
        let target = snapshot.target(subject);
        for other in 0..NODES {
            let resource = node(other, false);
            let held = expected.get(&(resource, subject));
            assert_eq!(snapshot.edge(&resource, &subject), held);
            assert_eq!(snapshot.subjects(&resource).and_then(|run| run.get(&subject)), held);
            assert_eq!(snapshot.subjects(&resource).and_then(|run| run.find(&target)), held);
        }
    }
}

const NODES: usize = 24;

fn dictionary() -> Dictionary {
    let mut dictionary = Dictionary::new();
    for number in 0..NODES + 8 {
        dictionary.intern(&format!("name{number}"));
    }
    dictionary
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Any writes over any base, with a base in the making between any two of them, leave a snapshot equal to a map that has the same
    /// writes; and earlier snapshots as they were.
    #[test]
    fn behaves_like_a_map(
        held in prop::collection::btree_set((0..NODES, 0..NODES), 0..60),
        writes in prop::collection::vec(prop::collection::vec((any::<bool>(), 0..NODES, 0..NODES), 1..10), 0..30),
        steps in 0..40_usize,
        folds_every in 1..20_usize,
    ) {
        let mut expected = Rows::new();
        let dictionary = dictionary();
        let mut loader = Loader::new(dictionary.clone());
        let empty = Snapshot::new(dictionary);
        for (step, (from, to)) in held.into_iter().enumerate() {
            let ends = (node(from, false), node(to, true));
            expected.insert(ends, edge(step));
            loader.add(&empty.relationship(&ends.0, &ends.1, &edge(step))).unwrap();
        }
        let mut snapshot = loader.finish(1).unwrap();
        agrees(&snapshot, &expected);
        let mut kept = Vec::new();
        let mut job: Option<fold::Job> = None;
        for (step, batch) in writes.into_iter().enumerate() {
            let mut updates = Vec::new();
            for (adds, from, to) in batch {
                let ends = (node(from, false), node(to, true));
                let operation = if adds { Operation::Touch } else { Operation::Delete };
                updates.push(Update { operation, relationship: empty.relationship(&ends.0, &ends.1, &edge(step)) });
                if adds { expected.insert(ends, edge(step)) } else { expected.remove(&ends) };
            }
            let before = snapshot.clone();
            let (next, changes) = snapshot.commit(&updates).unwrap();
            snapshot = next;
            agrees(&before.replay(&changes), &expected);
            match &mut job {
                Some(job) => job.note(&changes),
                None if step % folds_every == 0 => job = Some(fold::Job::new(&snapshot)),
                None => snapshot.watch_touched(),
            }
            if let Some(mut open) = job.take() {
                if open.work(steps).unwrap() { open.finish(&mut snapshot) } else { job = Some(open) }
            }
            kept.push((snapshot.clone(), expected.clone()));
        }
        for (snapshot, expected) in kept {
            agrees(&snapshot, &expected);
        }
    }
}

#[test]
fn a_relationship_given_twice_is_refused() {
    let mut loader = Loader::new(Dictionary::new());
    let relationship = Relationship::parse("document:readme#viewer@user:alice").unwrap();
    loader.add(&relationship).unwrap();
    loader.add(&relationship).unwrap();
    assert!(loader.finish(1).is_none());
}

/// A base is made anew while rows are written, before half as many are written again.
#[test]
fn folding_keeps_up_with_writes() {
    if layout::layout() != layout::Layout::Usual {
        return;
    }
    let (mut snapshot, mut folding) = (Snapshot::new(dictionary()), Folding::default());
    let (mut largest, mut bases, mut before) = (0, 0, 0);
    for batch in 0..400 {
        let lines: Vec<String> = (0..1_000).map(|row| format!("document:d{batch}x{row}#viewer@user:u{}", row % 100)).collect();
        let update = |line| Update { operation: Operation::Touch, relationship: Relationship::parse(line).unwrap() };
        let (next, changes) = snapshot.commit(&lines.iter().map(|line| update(line)).collect::<Vec<_>>()).unwrap();
        snapshot = next;
        folding.after_commit(&mut snapshot, &changes);
        largest = largest.max(snapshot.overlay.len());
        // What is filled by writes alone has a base soon, and most of its rows there.
        assert!(snapshot.overlay.len() <= 7_000.max(snapshot.base.len() * 3 / 2), "{} above {}", snapshot.overlay.len(), before);
        bases += usize::from(snapshot.base.len() != before);
        before = snapshot.base.len();
    }
    assert_eq!(snapshot.len(), 400_000);
    assert!((3..10).contains(&bases), "{bases} bases");
    assert!(largest < 102_000, "{largest} rows above the base");
}

/// Each kind of node has a number of its own, also where a schema has very many.
#[test]
fn kinds_are_told_apart() {
    let mut kinds = kinds::Kinds::default();
    let symbol = |place| Symbol::at(place).unwrap();
    let node = |number: usize| Node { relation: symbol(number % 200), object_type: symbol(number / 200), id: symbol(7) };
    for number in 0..20_000 {
        assert_eq!(kinds.key(&node(number)), None);
        let key = kinds.intern_key(&node(number));
        assert_eq!((kinds.intern_key(&node(number)), kinds.node(key)), (key, node(number)));
    }
    let (sorted, _) = kinds.sorted();
    let keys: Vec<_> = (0..200)
        .flat_map(|relation| (0..100).map(move |of| relation + of * 200))
        .map(|number| sorted.key(&node(number)))
        .collect();
    assert!(keys.is_sorted_by(|one, other| one < other));
}
