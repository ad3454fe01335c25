//! The new enemy, of the Zanzibar paper's section 2.2: whoever lost a permission never sees what was added after that.
//!
//! One writer lets Alice into folders and takes her out again; another adds documents to the folders she was taken out of. Readers
//! hold the tokens of any of these writes and ask, at any moment in between, whether she may view a document.

use peppercorn::{Peppercorn, Timestamp};
use serde_json::{Value, json};

use super::run::call;
use crate::differential::random::Random;

const SCHEMA: &str = "definition user {}
definition folder {
    relation viewer: user
    permission view = viewer
}
definition document {
    relation parent: folder
    permission view = parent->view
}";
const FOLDERS: usize = 12;

/// For each folder, whether Alice may view it, and whether its document is in it.
type State = [(bool, bool); FOLDERS];

struct World {
    engine: Peppercorn,
    now: Timestamp,
    /// Every state there was, by the token of the write that made it.
    history: Vec<(String, State)>,
}

impl World {
    fn write(&mut self, operation: &str, relationship: &Value, change: impl FnOnce(&mut State)) {
        let request = json!({"updates": [{"operation": operation, "relationship": relationship}]});
        let (texts, _) = call(&mut self.engine, self.now, "WriteRelationships", &request).unwrap();
        let answer: Value = serde_json::from_str(&texts[0]).unwrap();
        let mut state = self.history.last().map_or([(false, false); FOLDERS], |(_, state)| *state);
        change(&mut state);
        self.history.push((answer["writtenAt"]["token"].as_str().unwrap().to_owned(), state));
    }

    fn viewer(&mut self, folder: usize, may: bool) {
        let relationship = json!({
            "resource": {"objectType": "folder", "objectId": format!("f{folder}")},
            "relation": "viewer",
            "subject": {"object": {"objectType": "user", "objectId": "alice"}},
        });
        let operation = if may { "OPERATION_TOUCH" } else { "OPERATION_DELETE" };
        self.write(operation, &relationship, |state| state[folder].0 = may);
    }

    fn document(&mut self, folder: usize) {
        let relationship = json!({
            "resource": {"objectType": "document", "objectId": format!("d{folder}")},
            "relation": "parent",
            "subject": {"object": {"objectType": "folder", "objectId": format!("f{folder}")}},
        });
        self.write("OPERATION_TOUCH", &relationship, |state| state[folder].1 = true);
    }

    /// Asks with the token of a write; gives the place in the history that was answered from, and whether Alice may view it.
    fn ask(&mut self, level: &str, write: usize, folder: usize) -> (usize, bool) {
        let request = json!({
            "consistency": {level: {"token": self.history[write].0}},
            "resource": {"objectType": "document", "objectId": format!("d{folder}")},
            "permission": "view",
            "subject": {"object": {"objectType": "user", "objectId": "alice"}},
        });
        let (texts, _) = call(&mut self.engine, self.now, "CheckPermission", &request).unwrap();
        let answer: Value = serde_json::from_str(&texts[0]).unwrap();
        let at = self.history.iter().position(|(token, _)| answer["checkedAt"]["token"] == json!(token)).unwrap();
        (at, answer["permissionship"] == json!("PERMISSIONSHIP_HAS_PERMISSION"))
    }
}

/// A step of the first writer: a folder, and whether Alice is let in or taken out.
fn programme(random: &mut Random) -> Vec<(usize, bool)> {
    let mut steps = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    for folder in random.sample((0..FOLDERS).collect(), FOLDERS) {
        steps.push((folder, true));
        waiting.push(folder);
        while !waiting.is_empty() && random.chance(50) {
            steps.push((waiting.swap_remove(random.below(waiting.len())), false));
        }
    }
    steps.extend(waiting.into_iter().map(|folder| (folder, false)));
    steps
}

#[test]
fn no_answer_is_older_than_its_token() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let engine = Peppercorn::new(SCHEMA, "").unwrap();
        let mut world = World { engine, now: Timestamp::parse("2026-01-01T00:00:00Z").unwrap(), history: Vec::new() };
        let mut steps = programme(&mut random).into_iter();
        // The folders that Alice was taken out of, which the second writer has heard of, and the documents' writes.
        let (mut closed, mut added) = (Vec::new(), Vec::new());
        let mut done = false;
        while !done || !closed.is_empty() {
            match random.below(6) {
                0 => match steps.next() {
                    Some((folder, may)) => {
                        world.viewer(folder, may);
                        if !may {
                            closed.push(folder);
                        }
                    }
                    None => done = true,
                },
                1 if !closed.is_empty() => {
                    let folder = closed.swap_remove(random.below(closed.len()));
                    world.document(folder);
                    added.push((folder, world.history.len() - 1));
                }
                2 | 3 if !added.is_empty() => {
                    let (folder, write) = *random.pick(&added);
                    let level = *random.pick(&["atLeastAsFresh", "atExactSnapshot"]);
                    assert!(!world.ask(level, write, folder).1, "seed {seed}: Alice sees document {folder}, {level}");
                }
                _ if !world.history.is_empty() => {
                    let (folder, write) = (random.below(FOLDERS), random.below(world.history.len()));
                    let newest = world.history.len() - 1;
                    for (level, least) in [("atLeastAsFresh", newest), ("atExactSnapshot", write)] {
                        let (at, may) = world.ask(level, write, folder);
                        let (viewer, document) = world.history[at].1[folder];
                        assert!(at >= write && at == least, "seed {seed}: {level} {write} was answered at {at}");
                        assert_eq!(may, viewer && document, "seed {seed}: {level} {write}, document {folder}");
                    }
                }
                _ => {}
            }
        }
        assert_eq!(added.len(), FOLDERS, "every document was added");
    }
}
