//! The engine over time against a naive model of it: every state it ever had, whole.
//!
//! Long lists of requests to the v1 API, at random: writes, deletes, schemas, reads, checks, watches and forks, under retention by
//! count and by time, with a clock that jumps and goes back. Every answer or error must be the model's. `MODEL_SEEDS=100..200` runs
//! other lists, `MODEL_LENGTH` longer ones.

mod actions;
mod forks;
mod history;
mod new_enemy;
mod rows;
mod run;
mod schema;
mod tokens;
mod watch;

use std::ops::Range;

use serde_json::Value;

use self::actions::{generate, shrink};
use self::run::run;

const SEEDS: Range<u64> = 0..150;
const LENGTH: usize = 150;

/// What the lists must meet among the answers, so that none of it goes untested unseen.
const ANSWERS: [&str; 26] = [
    "PERMISSIONSHIP_HAS_PERMISSION",
    "PERMISSIONSHIP_NO_PERMISSION",
    "PERMISSIONSHIP_CONDITIONAL_PERMISSION",
    "DELETION_PROGRESS_COMPLETE",
    "DELETION_PROGRESS_PARTIAL",
    "\"isCheckpoint\":true",
    "\"schemaUpdated\":true",
    "\"operation\":\"OPERATION_DELETE\"",
    "\"fullRevisionMetadata\":[{",
    "reason: SchemaParseError",
    "status: InvalidArgument, reason: SchemaTypeError",
    "status: FailedPrecondition, reason: SchemaTypeError",
    "reason: UnknownDefinition",
    "reason: UnknownRelationOrPermission",
    "reason: InvalidSubjectType",
    "reason: CannotUpdatePermission",
    "reason: AttemptToRecreateRelationship",
    "reason: UpdatesOnSameRelationship",
    "reason: WriteOrDeletePreconditionFailure",
    "reason: TooManyRelationshipsForTransactionalDelete",
    "reason: ExceedsMaximumAllowableLimit",
    "reason: InvalidFilter",
    "reason: InvalidCursor",
    "reason: InvalidToken",
    "reason: ForeignToken",
    "reason: RevisionExpired",
];

fn chosen() -> (Range<u64>, usize) {
    let seeds = std::env::var("MODEL_SEEDS").ok();
    let seeds =
        seeds.as_deref().and_then(|text| text.split_once("..")).map(|(from, to)| from.parse().unwrap()..to.parse().unwrap());
    let length = std::env::var("MODEL_LENGTH").ok().map(|text| text.parse().unwrap());
    (seeds.unwrap_or(SEEDS), length.unwrap_or(LENGTH))
}

/// The list as JSON, an action a line.
fn show(actions: &[Value]) -> String {
    let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

#[test]
fn every_answer_is_the_models() {
    let (seeds, length) = chosen();
    let mut unmet = ANSWERS.to_vec();
    for seed in seeds {
        let actions = generate(seed, length);
        let problem = match run(&actions) {
            Ok(transcript) => {
                unmet.retain(|answer| !transcript.iter().any(|text| text.contains(answer)));
                continue;
            }
            Err(problem) => problem,
        };
        let least = shrink(actions, &|actions| run(actions).is_err());
        let problem = run(&least).err().unwrap_or(problem);
        panic!("seed {seed}: {problem}\n{}", show(&least));
    }
    assert!(unmet.is_empty(), "no list met {unmet:?}");
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    for seed in 0..10 {
        let actions = generate(seed, 300);
        assert_eq!(run(&actions).unwrap(), run(&actions).unwrap(), "seed {seed}");
    }
}
