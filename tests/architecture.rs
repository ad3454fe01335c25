//! The layers of `docs/architecture.md`: what a folder of `src` may use is what stands left of it.

use std::path::{Path, PathBuf};

use crate::corpus::{project, read};

const LAYERS: [&[&str]; 9] =
    [&["text"], &["model"], &["caveat"], &["schema"], &["store"], &["plan"], &["engine"], &["api"], &["dev", "wasm"]];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// Code without its tests and documentation, which may look anywhere.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn arrows_point_left() {
    let source = project().join("src");
    let mut wrong = Vec::new();
    for path in sources(&source) {
        let relative = path.strip_prefix(&source).unwrap();
        let Some(own) = relative.iter().next().and_then(|folder| layer(&folder.to_string_lossy())) else {
            assert_eq!(relative, Path::new("lib.rs"), "a folder that is no layer");
            continue;
        };
        for line in code(&read(&path)) {
            for used in line.split("crate::").skip(1) {
                let name = used.split(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap();
                if layer(name).is_some_and(|used| used > own) {
                    wrong.push(format!("{}: {}", relative.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_reports_know_serde_and_only_the_store_knows_maps() {
    let source = project().join("src");
    let mut wrong = Vec::new();
    for path in sources(&source) {
        let relative = path.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        for line in code(&read(&path)) {
            let serialization = line.contains("serde") && relative != "wasm/report.rs";
            let maps = (line.contains("im::") || line.contains("imbl"))
                && line.split_whitespace().any(|word| word.starts_with("im::") || word.contains("imbl"))
                && !relative.starts_with("store/");
            if serialization || maps {
                wrong.push(format!("{relative}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
