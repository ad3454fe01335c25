//! The lock files: committed, current, and free of registry addresses.

use crate::project::Project;
use crate::shell::{Problem, capture};

/// crates.io under the name that every Cargo.lock uses for it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Refuses a lock file that is missing, out of date, or that sends others to somebody's mirror.
pub fn check(project: &Project) -> Result<(), Problem> {
    let cargo = project.read("Cargo.lock")?;
    for line in cargo.lines() {
        if let Some(source) = line.strip_prefix("source = ").filter(|source| source.trim_matches('"') != CRATES_IO) {
            return Err(Problem::new(format!("Cargo.lock takes a package from {source}")));
        }
    }
    let npm = project.read("tests/package-lock.json")?;
    if npm.contains("\"resolved\"") {
        return Err(Problem::new("tests/package-lock.json holds registry addresses (npm's omit-lockfile-registry-resolved)"));
    }
    let metadata = capture(project.cargo().args(["metadata", "--locked", "--format-version=1", "--no-deps"]))?;
    if metadata.success { Ok(()) } else { Err(Problem::new(format!("Cargo.lock is out of date: {}", metadata.last_line()))) }
}
