//! The same expressions through the `cel` crate, which shares no code with this one: where both give a truth value, it is the
//! same, apart from what is listed in `tests/corpus/cel/peer-differs.txt` (the answers there are SpiceDB's).

use cel::{Context, Program, Value};

use super::evaluate::{files, read};

const DIFFERS: &str = include_str!("../corpus/cel/peer-differs.txt");

/// What the crate gives; nothing where it gives no truth value.
fn answer(source: &str) -> Option<bool> {
    let run = || {
        let program = Program::compile(source).ok()?;
        match program.execute(&Context::default()).ok()? {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    };
    std::panic::catch_unwind(run).ok().flatten()
}

#[test]
fn the_peer_agrees() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut wrong = Vec::new();
    let mut count = 0;
    for (_, text) in files() {
        for line in text.lines().filter(|line| line.starts_with("- | ")) {
            let Some(case) = read(line).filter(|case| matches!(case.answer.as_str(), "true" | "false")) else { continue };
            if DIFFERS.lines().any(|known| known == case.source) {
                continue;
            }
            if let Some(found) = answer(&case.source) {
                count += 1;
                if found.to_string() != case.answer {
                    wrong.push(case.source);
                }
            }
        }
    }
    std::panic::set_hook(hook);
    assert!(wrong.is_empty(), "the peer gives another answer for {} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 100, "only {count} cases were compared");
}
