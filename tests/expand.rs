//! Expanded trees: SpiceDB's, and those of data where SpiceDB ends with its depth error.

use std::fmt::Write as _;

use peppercorn::api::{ExpandContent, ExpandTree, SetOperation};
use peppercorn::engine::{self, Conditions, Facts, Goal, QueryError};
use peppercorn::model::{Relationship, Symbol};
use peppercorn::plan::Plan;
use peppercorn::schema::compile;
use peppercorn::store::{Dictionary, Operation, Snapshot, Update};
use peppercorn::{Environment, Peppercorn, Timestamp};

use crate::corpus::{Failures, files, read};

fn now() -> Environment {
    Environment::at(Timestamp::parse("2026-01-01T00:00:00Z").unwrap())
}

/// A node a line, indented below its parent.
fn show(tree: &ExpandTree) -> String {
    let mut text = String::new();
    let mut waiting = vec![(0, 0)];
    while let Some((place, depth)) = waiting.pop() {
        let node = &tree.nodes[place];
        write!(text, "{:depth$}{}#{} ", "", node.object, node.relation, depth = depth * 2).unwrap();
        match &node.content {
            ExpandContent::Leaf(subjects) => {
                let subjects: Vec<_> = subjects.iter().map(|subject| subject.subject.as_str()).collect();
                writeln!(text, "leaf {}", subjects.join(" ")).unwrap();
            }
            ExpandContent::Intermediate(operation, children) => {
                let operation = match operation {
                    SetOperation::Union => "UNION",
                    SetOperation::Intersection => "INTERSECTION",
                    SetOperation::Exclusion => "EXCLUSION",
                };
                writeln!(text, "{operation}").unwrap();
                assert!(children.iter().all(|child| *child > place), "a node stands before its children");
                waiting.extend(children.iter().rev().map(|child| (*child, depth + 1)));
            }
        }
    }
    text
}

/// The engine of a validation file's literal blocks.
fn engine(yaml: &str) -> Peppercorn {
    let block = |key: &str| {
        let lines = yaml.lines().skip_while(|line| *line != format!("{key}: |-")).skip(1);
        lines.take_while(|line| line.is_empty() || line.starts_with("  ")).collect::<Vec<_>>().join("\n")
    };
    Peppercorn::new(&block("schema"), &block("relationships")).unwrap()
}

#[test]
fn trees_are_spicedb_s() {
    let mut failures = Failures::default();
    for path in files("expand", "yaml") {
        let engine = engine(&read(&path));
        for asked in read(&path.with_extension("trees.txt")).split("== ").skip(1) {
            let (asked, expected) = asked.split_once('\n').unwrap();
            let (resource, permission) = asked.split_once('#').unwrap();
            let found = show(&engine.expand(permission, resource, &now()).unwrap());
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
            failures.compare(&path, &lines(expected), &lines(&found));
        }
    }
    failures.none(3);
}

#[test]
fn names_that_are_not_there_are_errors() {
    let engine = Peppercorn::new("definition user {}\ndefinition group { relation member: user\n}", "").unwrap();
    let code = |permission: &str, resource: &str| engine.expand(permission, resource, &now()).unwrap_err().code();
    assert_eq!(code("member", "team:eng"), "UNKNOWN_DEFINITION");
    assert_eq!(code("owner", "group:eng"), "UNKNOWN_RELATION_OR_PERMISSION");
    for (permission, resource) in [("member", "group:*"), ("member", "group"), ("*", "group:eng"), ("member", "group:eng#member")]
    {
        assert_eq!(code(permission, resource), "INVALID_ARGUMENT", "{permission} {resource}");
    }
}

#[test]
fn caveats_are_carried_and_not_evaluated() {
    let schema = "caveat c(x int) { x == 1 }
        definition user {}
        definition folder { relation owner: user with c\n}
        definition document { relation parent: folder with c\n permission view = parent->owner\n}";
    let relationships = "document:d#parent@folder:f[c:{\"x\":2}]\nfolder:f#owner@user:a[c]";
    let tree = Peppercorn::new(schema, relationships).unwrap().expand("view", "document:d", &now()).unwrap();
    let caveats: Vec<_> =
        tree.nodes.iter().map(|node| node.caveat.as_ref().map(|(name, context)| (name.as_str(), context.is_some()))).collect();
    assert_eq!(caveats, [None, None, Some(("c", true))]);
    let ExpandContent::Leaf(subjects) = &tree.nodes[2].content else { panic!("{tree:?}") };
    assert_eq!(subjects[0].caveat, Some(("c".to_owned(), None)));
}

const FOLDERS: &str = "definition user {}
    definition folder {
        relation parent: folder
        relation owner: user
        permission view = owner + parent->view
        permission twice = view + view
    }";

#[test]
fn a_permission_met_again_inside_itself_is_a_leaf() {
    let engine = Peppercorn::new(FOLDERS, "folder:a#parent@folder:b\nfolder:b#parent@folder:a").unwrap();
    let expected = "folder:a#view UNION
  folder:a#owner leaf 
  folder:a#view UNION
    folder:b#view UNION
      folder:b#owner leaf 
      folder:b#view UNION
        folder:a#view leaf folder:a#view
";
    assert_eq!(show(&engine.expand("view", "folder:a", &now()).unwrap()), expected);
    // Met beside itself, it is there in full.
    let tree = show(&engine.expand("twice", "folder:a", &now()).unwrap());
    assert_eq!(tree.matches("folder:a#owner leaf").count(), 2, "{tree}");
}

/// Asks the engine's own function, whose budget can be chosen.
fn expand(schema: &str, relationships: &str, budget: u64, permission: &str, object: (&str, &str)) -> Result<usize, QueryError> {
    let mut dictionary = Dictionary::new();
    let plan = Plan::new(&compile(schema).unwrap(), &mut dictionary).unwrap();
    let mut store = Snapshot::new(dictionary);
    let rows = relationships.lines().map(|line| Relationship::parse(line).unwrap());
    let rows: Vec<_> = rows.map(|relationship| Update { operation: Operation::Touch, relationship }).collect();
    store = store.load(&rows).unwrap();
    let dictionary = store.dictionary();
    let member = plan.find_named(plan.definition(object.0).unwrap(), permission).unwrap();
    let id = dictionary.symbol(object.1).unwrap_or(Symbol::GHOST);
    let environment = now();
    let conditions = Conditions::new(&plan, environment.now, &environment.context, 0);
    let facts = Facts { plan: &plan, snapshot: &store, conditions: &conditions, budget };
    engine::expand(&facts, Goal { member, id }).map(|nodes| nodes.len())
}

#[test]
fn deep_and_wide_trees_cost_their_size() {
    let deep =
        |length: usize| (0..length).map(|number| format!("folder:f{number}#parent@folder:f{}\n", number + 1)).collect::<String>();
    for length in [1_000, 10_000] {
        // Three nodes and one relationship a folder.
        let budget = 4 * length as u64 + 3;
        assert_eq!(expand(FOLDERS, &deep(length), budget, "view", ("folder", "f0")), Ok(3 * length + 3));
        assert_eq!(
            expand(FOLDERS, &deep(length), budget - 1, "view", ("folder", "f0")),
            Err(QueryError::BudgetExceeded(budget - 1))
        );
    }
    let wide = |length: usize| (0..length).map(|number| format!("folder:f#owner@user:u{number}\n")).collect::<String>();
    assert_eq!(expand(FOLDERS, &wide(100_000), 100_001, "owner", ("folder", "f")), Ok(1));
}

#[test]
fn a_tree_that_doubles_at_each_level_ends_with_the_budget_error() {
    let mut schema = "definition user {}\ndefinition document {\nrelation owner: user\npermission p00 = owner\n".to_owned();
    for level in 1..60 {
        writeln!(schema, "permission p{level:02} = p{:02} + p{:02}", level - 1, level - 1).unwrap();
    }
    let engine = Peppercorn::new(&(schema + "}"), "").unwrap();
    let error = engine.expand("p59", "document:d", &now()).unwrap_err();
    assert_eq!(error.code(), "WORK_BUDGET_EXCEEDED", "{error}");
}
