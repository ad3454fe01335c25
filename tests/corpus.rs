//! Finds and reads the files of `tests/corpus`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The folder of the project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder of the corpus with that extension, sorted.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    files_in(&project().join("tests/corpus").join(folder), extension)
}

/// The files of any folder with that extension, sorted; none where there is no such folder.
pub fn files_in(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|found| found == extension));
    found.sort();
    found
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Gathers what failed over many files, so that one run shows all of it.
#[derive(Default)]
pub struct Failures {
    files: usize,
    seen: Vec<PathBuf>,
    report: String,
}

impl Failures {
    pub fn add(&mut self, path: &Path, what: String) {
        self.count(path);
        writeln!(self.report, "{}: {what}", path.display()).unwrap();
    }

    pub fn compare(&mut self, path: &Path, expected: &[String], found: &[String]) {
        self.count(path);
        if expected != found {
            writeln!(self.report, "{}:\n  expected {expected:#?}\n  found {found:#?}", path.display()).unwrap();
        }
    }

    pub fn count(&mut self, path: &Path) {
        if self.seen.last().is_none_or(|last| last != path) {
            self.seen.push(path.to_owned());
            self.files += 1;
        }
    }

    /// Fails with everything gathered, and where fewer files were looked at than there should be: a folder that is empty or
    /// misspelt must not pass.
    pub fn none(self, at_least: usize) {
        assert!(self.report.is_empty(), "\n{}", self.report);
        assert!(self.files >= at_least, "only {} files were looked at, not {at_least}", self.files);
    }
}
