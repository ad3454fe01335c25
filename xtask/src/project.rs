//! Where things are, and how the programs the tasks use are called.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::Problem;

/// This repository.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The repository this program was compiled in.
    pub fn here() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: own.parent().unwrap_or(own).to_path_buf() }
    }

    /// A path below the root.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The root itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The root of the tools the set-up installs: never anything global.
    pub fn tools(&self) -> PathBuf {
        self.path("target/tools")
    }

    /// A program, started in the root, that finds the installed tools first.
    pub fn program(&self, name: &str) -> Command {
        let own = self.tools().join("bin");
        let old = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(own.clone()).chain(std::env::split_paths(&old)))
            .unwrap_or_else(|_| OsString::from(&old));
        // Rust looks a program up on our own PATH, not on the one the child is given.
        let local = own.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let mut command = if local.is_file() { Command::new(local) } else { Command::new(name) };
        command.current_dir(&self.root).env("PATH", path);
        command
    }

    /// Cargo, with the toolchain this program was started with.
    pub fn cargo(&self) -> Command {
        self.program("cargo")
    }

    /// npm; on Windows it is a script with another name.
    pub fn npm(&self) -> Command {
        self.program(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    /// Where Cargo puts what it builds.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |folder| self.root.join(folder))
    }

    /// Compiler flags that keep this machine's folders out of what is built: the same sources give the same bytes anywhere.
    pub fn without_own_paths(&self) -> Vec<String> {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let cargo = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
        let mut flags = vec![format!("--remap-path-prefix={}=peppercorn", self.root.display())];
        flags.extend(cargo.map(|cargo| format!("--remap-path-prefix={}=cargo", cargo.display())));
        flags
    }

    /// The version in Cargo.toml.
    pub fn version(&self) -> Result<String, Problem> {
        let manifest = self.read("Cargo.toml")?;
        quoted_after(&manifest, "\nversion = ").ok_or_else(|| Problem::new("Cargo.toml holds no version"))
    }

    /// The version of a package in Cargo.lock, the first of that name.
    pub fn locked_version(&self, package: &str) -> Result<String, Problem> {
        let lock = self.read("Cargo.lock").map_err(|_| Problem::new("Cargo.lock is missing; it belongs in the repository"))?;
        quoted_after(&lock, &format!("\nname = \"{package}\"\nversion = "))
            .ok_or_else(|| Problem::new(format!("Cargo.lock holds no `{package}`")))
    }

    /// A text file below the root.
    pub fn read(&self, relative: &str) -> Result<String, Problem> {
        read(&self.path(relative))
    }
}

/// A text file; the problem names it.
pub fn read(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| Problem::new(format!("{}: {error}", path.display())))
}

/// Writes a file, with the folders above it; the problem names it.
pub fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), Problem> {
    let named = |error: std::io::Error| Problem::new(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(named)?;
    }
    std::fs::write(path, text).map_err(named)
}

/// Every file below a folder, in the order of their paths; none when it is not there.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn quoted_after(text: &str, start: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    rest.split('"').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_one_after_its_name() {
        let lock = "\n[[package]]\nname = \"js-sys\"\nversion = \"0.3.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.9\"\n";
        let after = |name: &str| quoted_after(lock, &format!("\nname = \"{name}\"\nversion = "));
        assert_eq!(after("wasm-bindgen").as_deref(), Some("0.2.9"));
        assert_eq!(after("wasm"), None);
    }
}
