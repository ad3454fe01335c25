//! Schemas of several files: `expected.txt` holds `ok` and the names in order, or `error <code>`.

use std::path::Path;

use peppercorn::schema::{ast::Item, compile_with};

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
