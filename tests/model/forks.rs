//! What a fork costs, and that neither side sees the other's writes.

use allocation_counter::measure;
use peppercorn::model::Relationship;
use peppercorn::{Operation, Peppercorn, Timestamp, Update};

const SCHEMA: &str = "definition user {}\ndefinition document {\n  relation viewer: user\n}";
const RELATIONSHIPS: usize = 100_000;
const FORKS: u64 = 1_000;
/// What a thousand forks may take together.
const MAX_BYTES: i64 = 1_000_000;

fn line(number: usize) -> String {
    format!("document:d{}#viewer@user:u{number}", number % 1_000)
}

#[test]
fn a_thousand_forks_take_under_a_megabyte() {
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let text: Vec<String> = (0..RELATIONSHIPS).map(line).collect();
    let mut engine = Peppercorn::new(SCHEMA, &text.join("\n")).unwrap();
    let mut forks = Vec::new();
    let used = measure(|| forks = (1..=FORKS).map(|identity| engine.fork(identity)).collect());
    assert!((1..MAX_BYTES).contains(&used.bytes_current), "{} bytes", used.bytes_current);

    let one = |engine: &mut Peppercorn, line: &str| {
        engine.write(&[Update { operation: Operation::Create, relationship: Relationship::parse(line).unwrap() }], now).unwrap();
    };
    let written = measure(|| {
        for (place, fork) in forks.iter_mut().enumerate() {
            one(fork, &format!("document:own#viewer@user:fork{place}"));
        }
    });
    one(&mut engine, "document:own#viewer@user:parent");
    let environment = peppercorn::Environment::at(now);
    for (place, fork) in forks.iter().enumerate() {
        let can = |subject: &str| fork.can(subject, "viewer", "document:own", &environment).unwrap();
        assert!(can(&format!("user:fork{place}")) && !can("user:parent") && !can(&format!("user:fork{}", place + 1)), "{place}");
    }
    assert!(!engine.can("user:fork0", "viewer", "document:own", &environment).unwrap());
    // A write copies the way to what it changes, never the whole.
    let each = written.bytes_current / i64::try_from(FORKS).unwrap();
    assert!(each < 100_000, "{each} bytes a fork that was written to");
}
