//! The lock files: committed, current, and free of registry addresses.

use crate::project::Project;
use crate::shell::{Problem, capture};

/// crates.io under the name that every Cargo.lock uses for it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Ours, and those of the packages that stand apart.
const CARGO: [&str; 3] = ["Cargo.lock", "benches/native/Cargo.lock", "benches/peers/simple-zanzibar/Cargo.lock"];
const NPM: [&str; 3] = ["tests/package-lock.json", "tests/packaging/package-lock.json", "benches/peers/package-lock.json"];

/// Refuses a lock file that is missing, out of date, or that sends others to somebody's mirror.
pub fn check(project: &Project) -> Result<(), Problem> {
    for file in CARGO {
        let lock = project.read(file)?;
        for line in lock.lines() {
            if let Some(source) = line.strip_prefix("source = ").filter(|source| source.trim_matches('"') != CRATES_IO) {
                return Err(Problem::new(format!("{file} takes a package from {source}")));
            }
        }
    }
    for file in NPM {
        if project.read(file)?.contains("\"resolved\"") {
            return Err(Problem::new(format!("{file} holds registry addresses (npm's omit-lockfile-registry-resolved)")));
        }
    }
    let metadata = capture(project.cargo().args(["metadata", "--locked", "--format-version=1", "--no-deps"]))?;
    if metadata.success { Ok(()) } else { Err(Problem::new(format!("Cargo.lock is out of date: {}", metadata.last_line()))) }
}
