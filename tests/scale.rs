//! How the work of a question grows: counted in steps, by finding the least budget that answers it, and never in seconds.

use std::fmt::Write as _;

use peppercorn::engine::{self, Conditions, Facts, Goal, Query, QueryError, SubjectKind, Window};
use peppercorn::model::{Context, Node, Relationship, Symbol, Timestamp};
use peppercorn::plan::Plan;
use peppercorn::schema::compile;
use peppercorn::store::{Dictionary, Operation, Snapshot, Update};

/// A schema and relationships, below the API: there the budgets are constants.
struct World {
    plan: Plan,
    store: Snapshot,
}

/// Enough for anything here.
const PLENTY: u64 = 1 << 32;

impl World {
    fn new(schema: &str, relationships: &str) -> Self {
        let mut dictionary = Dictionary::new();
        let plan = Plan::new(&compile(schema).map_err(|problems| problems[0].message.clone()).unwrap(), &mut dictionary).unwrap();
        let mut store = Snapshot::new(dictionary);
        let lines = relationships.lines().filter(|line| !line.is_empty());
        let touch = |line| Update { operation: Operation::Touch, relationship: Relationship::parse(line).unwrap() };
        store = store.load(&lines.map(touch).collect::<Vec<_>>()).unwrap();
        Self { plan, store }
    }

    fn symbol(&self, text: &str) -> Symbol {
        self.store.dictionary().symbol(text).unwrap_or_else(|| panic!("nothing is called {text}"))
    }

    fn ask<T>(&self, budget: u64, ask: impl FnOnce(Facts<'_>) -> T) -> T {
        let context = Context::new();
        let conditions = Conditions::new(&self.plan, Timestamp::parse("2026-01-01T00:00:00Z").unwrap(), &context, PLENTY);
        ask(Facts { plan: &self.plan, snapshot: &self.store, conditions: &conditions, budget })
    }

    fn goal(&self, resource: &str, permission: &str) -> Goal {
        let (object_type, id) = resource.split_once(':').unwrap();
        let member = self.plan.find_named(self.symbol(object_type), permission).unwrap();
        Goal { member, id: self.symbol(id) }
    }

    fn user(&self, id: &str) -> Node {
        Node { relation: Symbol::NONE, object_type: self.symbol("user"), id: self.symbol(id) }
    }

    /// The steps and what the answer is: whether the subject has it or may have it.
    fn check(&self, subject: &str, permission: &str, resource: &str) -> (u64, bool) {
        let (subject, goal) = (self.user(subject), self.goal(resource, permission));
        least(|budget| {
            self.ask(budget, |facts| engine::check(&Query { facts, subject }, goal).map(|worth| worth != engine::Worth::NO))
        })
    }

    /// The steps and how many there are.
    fn resources(&self, subject: &str, permission: &str, resource: &str) -> (u64, usize) {
        let (subject, member) = (self.user(subject), self.goal(resource, permission).member);
        least(|budget| {
            let found =
                self.ask(budget, |facts| engine::lookup_resources(&Query { facts, subject }, member, "", Window::default()));
            found.map(|(found, _)| found.len())
        })
    }

    /// The steps and how many there are by name.
    fn subjects(&self, permission: &str, resource: &str) -> (u64, usize) {
        let kind = SubjectKind { object_type: self.symbol("user"), relation: Symbol::NONE };
        let goal = self.goal(resource, permission);
        least(|budget| self.ask(budget, |facts| engine::lookup_subjects(&facts, goal, kind)).map(|found| found.named.len()))
    }
}

/// The least budget that is enough, and the answer.
fn least<T>(ask: impl Fn(u64) -> Result<T, QueryError>) -> (u64, T) {
    let answer = |budget| match ask(budget) {
        Ok(found) => Some(found),
        Err(QueryError::BudgetExceeded(_)) => None,
        Err(other) => panic!("{other}"),
    };
    let (mut short, mut enough) = (0, 1);
    while answer(enough).is_none() {
        (short, enough) = (enough, enough * 2);
        assert!(enough < PLENTY, "no budget is enough");
    }
    while enough - short > 1 + enough / 64 {
        let middle = short.midpoint(enough);
        if answer(middle).is_some() { enough = middle } else { short = middle }
    }
    (enough, answer(enough).unwrap())
}

/// Twice the size takes about twice the steps, and a piece of it at most so many.
fn grows_linearly<T>(name: &str, size: u64, each: u64, ask: impl Fn(u64) -> (u64, T)) -> (T, T) {
    let ((one, small), (two, large)) = (ask(size), ask(2 * size));
    assert!(two <= one * 9 / 4, "{name}: {one} steps for {size}, {two} for twice that");
    assert!(two <= 2 * size * each, "{name}: {two} steps for {}", 2 * size);
    (small, large)
}

/// The size of the part that matters stays, so does the work.
fn stays<T: PartialEq + std::fmt::Debug>(name: &str, size: u64, ask: impl Fn(u64) -> (u64, T)) -> T {
    let ((one, small), (two, large)) = (ask(size), ask(2 * size));
    assert_eq!((one, &small), (two, &large), "{name}");
    assert!(one <= 200, "{name}: {one} steps");
    small
}

const FOLDERS: &str = "
caveat open(day int) { day != 7 }
definition user {}
definition folder {
    relation parent: folder | folder with open
    relation viewer: user
    relation banned: user
    permission view = viewer + parent->view
    permission view_all = viewer + parent.all(view_all)
    permission allowed = viewer + (parent->allowed - banned)
}";

fn chain(len: u64, trait_of: &str) -> World {
    let mut rows = "folder:f0#viewer@user:alice\nfolder:none#viewer@user:bob\n".to_owned();
    for number in 1..len {
        writeln!(rows, "folder:f{number}#parent@folder:f{}{trait_of}", number - 1).unwrap();
    }
    World::new(FOLDERS, &rows)
}

fn ring(len: u64) -> World {
    let mut rows = "folder:f0#viewer@user:alice\nfolder:none#viewer@user:bob\n".to_owned();
    for number in 0..len {
        writeln!(rows, "folder:f{number}#parent@folder:f{}", (number + 1) % len).unwrap();
    }
    World::new(FOLDERS, &rows)
}

#[test]
fn chains_ten_thousand_deep() {
    for permission in ["view", "view_all"] {
        let last = |len: u64| format!("folder:f{}", len - 1);
        let found = grows_linearly("check", 5_000, 40, |len| chain(len, "").check("alice", permission, &last(len)));
        assert_eq!(found, (true, true));
        let found = grows_linearly("refusal", 5_000, 40, |len| chain(len, "").check("bob", permission, &last(len)));
        assert_eq!(found, (false, false));
        let found = grows_linearly("resources", 5_000, 40, |len| chain(len, "").resources("alice", permission, &last(len)));
        assert_eq!(found, (5_000, 10_000));
        let found = grows_linearly("subjects", 5_000, 40, |len| chain(len, "").subjects(permission, &last(len)));
        assert_eq!(found, (1, 1));
        let found = grows_linearly("conditions", 5_000, 80, |len| chain(len, "[open]").check("alice", permission, &last(len)));
        assert_eq!(found, (true, true));
    }
}

#[test]
fn circles_of_ten_thousand() {
    for permission in ["view", "view_all"] {
        let found = grows_linearly("check", 5_000, 40, |len| ring(len).check("alice", permission, "folder:f1"));
        assert_eq!(found, (true, true));
        let found = grows_linearly("refusal", 5_000, 80, |len| ring(len).check("bob", permission, "folder:f1"));
        assert_eq!(found, (false, false));
        let found = grows_linearly("resources", 5_000, 80, |len| ring(len).resources("alice", permission, "folder:f1"));
        assert_eq!(found, (5_000, 10_000));
        let found = grows_linearly("subjects", 5_000, 40, |len| ring(len).subjects(permission, "folder:f1"));
        assert_eq!(found, (1, 1));
    }
}

#[test]
fn exclusions_all_the_way_down() {
    let last = |len: u64| format!("folder:f{}", len - 1);
    let found = grows_linearly("check", 2_500, 60, |len| chain(len, "").check("alice", "allowed", &last(len)));
    assert_eq!(found, (true, true));
    let found = grows_linearly("resources", 2_500, 60, |len| chain(len, "").resources("alice", "allowed", &last(len)));
    assert_eq!(found, (2_500, 5_000));
    let found = grows_linearly("subjects", 2_500, 60, |len| chain(len, "").subjects("allowed", &last(len)));
    assert_eq!(found, (1, 1));
    let found = grows_linearly("subjects of a circle", 2_500, 60, |len| ring(len).subjects("allowed", "folder:f1"));
    assert_eq!(found, (1, 1));
}

#[test]
fn groups_of_a_hundred_thousand() {
    const GROUPS: &str = "
definition user {}
definition group {
    relation member: user | group#member
}
definition document {
    relation viewer: user | group#member
    relation banned: user
    permission view = viewer
    permission allowed = viewer - banned
}";
    let world = |len: u64| {
        let mut rows =
            "document:d#viewer@group:g#member\ndocument:d#banned@user:u7\ndocument:other#viewer@user:nobody\n".to_owned();
        for number in 0..len {
            writeln!(rows, "group:g#member@user:u{number}").unwrap();
        }
        World::new(GROUPS, &rows)
    };
    let (small, large) = (world(50_000), world(100_000));
    let world = |len: u64| if len == 50_000 { &small } else { &large };
    for permission in ["view", "allowed"] {
        assert!(stays("check", 50_000, |len| world(len).check("u9", permission, "document:d")));
        assert!(!stays("refusal", 50_000, |len| world(len).check("nobody", permission, "document:d")));
        assert_eq!(stays("resources", 50_000, |len| world(len).resources("u9", permission, "document:d")), 1);
        let banned = usize::from(permission == "allowed");
        let found = grows_linearly("subjects", 50_000, 8, |len| world(len).subjects(permission, "document:d"));
        assert_eq!(found, (50_000 - banned, 100_000 - banned));
    }
}

/// Each permission asks both of the next level, twice over: without a memory, the work doubles at each.
#[test]
fn unions_and_intersections_of_two_hundred_definitions() {
    let world = |levels: u64| {
        let (mut schema, mut rows) = ("definition user {}\n".to_owned(), String::new());
        for level in 0..levels {
            let next = level + 1;
            let (one, two) = if level % 2 == 0 { ("+", "&") } else { ("&", "+") };
            writeln!(schema, "definition level{level} {{").unwrap();
            writeln!(schema, "relation next: level{next}\nrelation direct: user").unwrap();
            writeln!(schema, "permission first = (next->first {one} next->second) {one} (next->second {one} next->first)")
                .unwrap();
            writeln!(schema, "permission second = (next->second {two} next->first) {two} (next->first {two} next->second)\n}}")
                .unwrap();
            for (from, to) in [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] {
                writeln!(rows, "level{level}:{from}#next@level{next}:{to}").unwrap();
            }
        }
        writeln!(
            schema,
            "definition level{levels} {{\nrelation direct: user\npermission first = direct\npermission second = direct\n}}"
        )
        .unwrap();
        writeln!(rows, "level{levels}:a#direct@user:alice\nlevel{levels}:b#direct@user:alice\nlevel0:a#direct@user:bob").unwrap();
        World::new(&schema, &rows)
    };
    for permission in ["first", "second"] {
        let found = grows_linearly("check", 100, 400, |levels| world(levels).check("alice", permission, "level0:a"));
        assert_eq!(found, (true, true));
        let found = grows_linearly("refusal", 100, 400, |levels| world(levels).check("bob", permission, "level0:a"));
        assert_eq!(found, (false, false));
        let found = grows_linearly("resources", 100, 800, |levels| world(levels).resources("alice", permission, "level0:a"));
        assert_eq!(found, (2, 2));
        let found = grows_linearly("subjects", 100, 800, |levels| world(levels).subjects(permission, "level0:a"));
        assert_eq!(found, (1, 1));
    }
}
