//! How large a file is, as it is and as it travels.

use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::shell::{Problem, capture};

/// The largest gzip sizes of the modules, in bytes: people weigh a package before they try it. Of the development tools the limit
/// shows growth that nobody meant.
const LARGEST_GZIP: [(&str, u64); 2] = [("engine.wasm", 300 * 1000), ("dev.wasm", 260 * 1000)];

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

/// The sizes of WebAssembly modules.
pub fn of_modules(project: &Project, modules: &[&Path]) -> Result<Vec<Sizes>, Problem> {
    let measured = capture(project.program("node").args(["-e", SCRIPT, "--"]).args(modules))?;
    if !measured.success {
        return Err(Problem::new(format!("sizes cannot be measured: {}", measured.last_line())));
    }
    let mut all = Vec::new();
    for (file, line) in modules.iter().zip(measured.stdout.lines()) {
        let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap_or(u64::MAX));
        let mut next = || numbers.next().unwrap_or(u64::MAX);
        all.push(Sizes { file: file.to_path_buf(), raw: next(), gzip: next(), brotli: next() });
    }
    Ok(all)
}

/// Prints a table.
pub fn print(project: &Project, all: &[Sizes]) {
    println!("\n{:<34} {:>10} {:>10} {:>10}", "module", "raw", "gzip", "brotli");
    for sizes in all {
        let file = sizes.file.strip_prefix(project.root()).unwrap_or(&sizes.file);
        println!(
            "{:<34} {:>10} {:>10} {:>10}",
            file.display(),
            kilobytes(sizes.raw),
            kilobytes(sizes.gzip),
            kilobytes(sizes.brotli)
        );
    }
}

/// Refuses a module that has grown past its limit, and one that is not there.
pub fn check(all: &[Sizes]) -> Result<(), Problem> {
    for (name, limit) in LARGEST_GZIP {
        let Some(sizes) = all.iter().find(|sizes| sizes.file.ends_with(name)) else {
            return Err(Problem::new(format!("there is no {name}")));
        };
        if sizes.gzip > limit {
            let (file, found) = (sizes.file.display(), kilobytes(sizes.gzip));
            return Err(Problem::new(format!("{file} is {found} after gzip, more than the {} allowed", kilobytes(limit))));
        }
    }
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, gzip: u64) -> Sizes {
        Sizes { file: PathBuf::from("pkg").join(name), raw: gzip * 3, gzip, brotli: gzip }
    }

    #[test]
    fn the_limit_itself_is_allowed_and_a_byte_more_is_not() {
        let exact = || LARGEST_GZIP.map(|(name, limit)| module(name, limit));
        assert!(check(&exact()).is_ok());
        for place in 0..LARGEST_GZIP.len() {
            let mut all = exact();
            all[place].gzip += 1;
            let problem = check(&all).expect_err("too large").to_string();
            assert!(problem.starts_with(&all[place].file.display().to_string()), "{problem}");
        }
    }

    #[test]
    fn every_module_must_be_there() {
        assert!(check(&[module("engine.wasm", 1)]).is_err());
    }
}
