//! How large a file is, as it is and as it travels.

use std::path::{Path, PathBuf};

use crate::project::{Project, files_below};
use crate::shell::{Problem, capture};

/// The largest gzip size of the module, in bytes: people weigh a package before they try it.
pub const LARGEST_GZIP: u64 = 300 * 1000;

/// One file's sizes in bytes.
pub struct Sizes {
    /// The file.
    pub file: PathBuf,
    /// On disk.
    pub raw: u64,
    /// gzip, best compression.
    pub gzip: u64,
    /// brotli, best compression.
    pub brotli: u64,
}

/// Node has both compressors built in.
const SCRIPT: &str = "
const { readFileSync } = require('node:fs');
const { gzipSync, brotliCompressSync } = require('node:zlib');
for (const file of process.argv.slice(1)) {
  const bytes = readFileSync(file);
  console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length);
}";

/// The sizes of every WebAssembly module below a folder.
pub fn of_modules(project: &Project, folder: &Path) -> Result<Vec<Sizes>, Problem> {
    let modules: Vec<PathBuf> =
        files_below(folder)?.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm")).collect();
    let measured = capture(project.program("node").args(["-e", SCRIPT, "--"]).args(&modules))?;
    if !measured.success {
        return Err(Problem::new(format!("sizes cannot be measured: {}", measured.last_line())));
    }
    let mut all = Vec::new();
    for (file, line) in modules.into_iter().zip(measured.stdout.lines()) {
        let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap_or(u64::MAX));
        let mut next = || numbers.next().unwrap_or(u64::MAX);
        all.push(Sizes { file, raw: next(), gzip: next(), brotli: next() });
    }
    Ok(all)
}

/// Prints a table.
pub fn print(project: &Project, all: &[Sizes]) {
    println!("\n{:<24} {:>10} {:>10} {:>10}", "module", "raw", "gzip", "brotli");
    for sizes in all {
        let file = sizes.file.strip_prefix(project.root()).unwrap_or(&sizes.file);
        println!(
            "{:<24} {:>10} {:>10} {:>10}",
            file.display(),
            kilobytes(sizes.raw),
            kilobytes(sizes.gzip),
            kilobytes(sizes.brotli)
        );
    }
}

/// Refuses a module that has grown past the limit.
pub fn check(all: &[Sizes]) -> Result<(), Problem> {
    match all.iter().find(|sizes| sizes.gzip > LARGEST_GZIP) {
        None => Ok(()),
        Some(sizes) => Err(Problem::new(format!(
            "{} is {} after gzip, more than the {} allowed",
            sizes.file.display(),
            kilobytes(sizes.gzip),
            kilobytes(LARGEST_GZIP)
        ))),
    }
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(gzip: u64) -> Sizes {
        Sizes { file: PathBuf::from("pkg/engine.wasm"), raw: gzip * 3, gzip, brotli: gzip }
    }

    #[test]
    fn the_limit_itself_is_allowed_and_a_byte_more_is_not() {
        assert!(check(&[module(LARGEST_GZIP)]).is_ok());
        let problem = check(&[module(1), module(LARGEST_GZIP + 1)]).expect_err("too large");
        assert!(problem.to_string().starts_with("pkg/engine.wasm is 300.0 KB after gzip"), "{problem}");
    }
}
