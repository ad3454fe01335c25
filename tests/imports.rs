//! Schemas of several files: `expected.txt` holds `ok` and the names in order, or `error <code>`.

use std::path::Path;

use peppercorn::schema::{ast::Item, compile, compile_with, compose};

use crate::corpus::{Failures, project, read};

fn result(folder: &Path) -> Vec<String> {
    let mut load = |path: &str| std::fs::read_to_string(folder.join(path)).ok();
    let compiled = compile_with(&read(&folder.join("root.zed")), Some(&mut load));
    if compiled.schema.is_none() {
        let first = compiled.diagnostics.first().map_or("nothing", |problem| problem.code.as_str());
        return vec![format!("error {first}")];
    }
    let names = compiled.sources.iter().flat_map(|source| &source.file.items).filter_map(|item| match item {
        Item::Definition(definition) => Some(definition.name.text.clone()),
        Item::Caveat(caveat) => Some(caveat.name.text.clone()),
        Item::Partial(_) | Item::Import(_) => None,
    });
    std::iter::once("ok".to_owned()).chain(names).collect()
}

#[test]
fn corpus() {
    let mut failures = Failures::default();
    let mut folders: Vec<_> =
        std::fs::read_dir(project().join("tests/corpus/imports")).unwrap().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders {
        let expected: Vec<_> = read(&folder.join("expected.txt")).lines().map(str::to_owned).collect();
        failures.compare(&folder, &expected, &result(&folder));
    }
    failures.none(12);
}

/// The names of what a schema holds, in order, and the hash of what it means.
fn meaning(schema: &peppercorn::schema::Schema) -> (Vec<String>, Vec<String>, u64) {
    let names = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
    (names(&mut schema.definition_names()), names(&mut schema.caveat_names()), schema.hash())
}

#[test]
fn files_in_one_text_mean_the_same() {
    let mut joined = 0;
    for entry in std::fs::read_dir(project().join("tests/corpus/imports")).unwrap().flatten() {
        let folder = entry.path();
        let mut load = |path: &str| std::fs::read_to_string(folder.join(path)).ok();
        let Some(schema) = compile_with(&read(&folder.join("root.zed")), Some(&mut load)).schema else { continue };
        // There, `self` is a keyword in one file and a name in the other.
        if folder.ends_with("flags-are-per-file") {
            assert_eq!(compose(&schema), None);
            continue;
        }
        let text = compose(&schema).unwrap_or_else(|| panic!("{}", folder.display()));
        assert_eq!(meaning(&compile(&text).unwrap()), meaning(&schema), "{text}");
        joined += 1;
    }
    assert!(joined >= 6, "only {joined}");
}

#[test]
fn directives_are_left_out_wherever_they_stand() {
    let mut load = |path: &str| (path == "a.zed").then(|| "use expiration // e\n/* u */ definition user {}".to_owned());
    let text = "// import \"no.zed\"\nuse import; use self /* s */\n/* first */ import /* x */ \"a.zed\"\ncaveat use_it(\n\timport int) { import == 1 }";
    let with = compile_with(text, Some(&mut load));
    assert!(with.schema.is_none(), "`import` is reserved: {:?}", with.diagnostics);
    let text = text.replace("import int", "used int").replace("{ import == 1 }", "{ used == 1 }");
    let compiled = compile_with(&text, Some(&mut load));
    let schema = compiled.schema.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    assert_eq!(
        compose(&schema).unwrap(),
        "use expiration\nuse self\n\n// e\n/* u */ definition user {}\n\n// import \"no.zed\"\n  /* s */\n/* first */ \ncaveat use_it(\n\tused int) { used == 1 }\n"
    );
}

#[test]
fn a_chain_of_files_is_bounded() {
    let mut load = |path: &str| {
        let number: usize = path.trim_end_matches(".zed").parse().ok()?;
        Some(format!("use import\nimport \"{}.zed\"\n", number + 1))
    };
    let compiled = compile_with("use import\nimport \"0.zed\"\n", Some(&mut load));
    assert!(compiled.schema.is_none());
    assert!(compiled.diagnostics.iter().any(|problem| problem.message.contains("nested deeper")), "{:?}", compiled.diagnostics);
}
