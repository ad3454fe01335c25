//! A toolchain that builds for `wasm32-unknown-unknown`.
//!
//! On most machines the current toolchain has the target or rustup adds it. Where rustup cannot reach its server, Debian
//! packages a compiler, its sources and a linker: the standard library is built once from those sources and put where the
//! compiler looks for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian::{self, as_root};
use crate::project::{Project, files_below, write};
use crate::shell::{Problem, capture, run, version};

/// What is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler, its sources, and a linker that knows WebAssembly.
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const DEBIAN_LIBRARIES: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// The toolchain to build the WebAssembly module with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wasm {
    /// The one this program was started with.
    Current,
    /// Debian's packages, known to rustup as `debian`.
    Debian,
}

impl Wasm {
    /// The toolchain that is ready to use, without changing anything.
    pub fn find(project: &Project) -> Option<Self> {
        if debian_asked_for() {
            return debian_ready(project).then_some(Self::Debian);
        }
        if current_has_target(project) {
            return Some(Self::Current);
        }
        debian_ready(project).then_some(Self::Debian)
    }

    /// The toolchain that is ready to use, made ready if need be. `PEPPERCORN_TOOLCHAIN=debian` skips rustup.
    pub fn find_or_install(project: &Project) -> Result<Self, Problem> {
        if let Some(found) = Self::find(project) {
            return Ok(found);
        }
        if !debian_asked_for() {
            println!("set-up: the current Rust toolchain has no {TARGET}");
            if run(project.program("rustup").args(["target", "add", TARGET])).is_ok() && current_has_target(project) {
                return Ok(Self::Current);
            }
            println!("set-up: rustup cannot add it; falling back to Debian's packages");
        }
        install_debian(project)?;
        if debian_ready(project) {
            Ok(Self::Debian)
        } else {
            Err(Problem::new("Debian's Rust was set up but does not build for WebAssembly"))
        }
    }

    /// Makes a command that starts cargo, directly or not, use this toolchain.
    pub fn apply(self, project: &Project, command: &mut Command) {
        match self {
            Self::Current => {}
            Self::Debian => {
                // Another compiler: sharing its output with the usual one would rebuild everything at each change of hands.
                command.env("CARGO_TARGET_DIR", self.target(project));
                command.env("RUSTUP_TOOLCHAIN", "debian");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
            }
        }
    }

    /// Where cargo leaves what this toolchain builds.
    pub fn target(self, project: &Project) -> PathBuf {
        match self {
            Self::Current => project.target(),
            Self::Debian => project.target().join("debian"),
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "the current Rust toolchain",
            Self::Debian => "Debian's Rust (toolchain `debian`)",
        }
    }

    /// The compiler's version line: part of what a build depends on.
    pub fn version(self, project: &Project) -> String {
        let mut command = project.program("rustc");
        self.apply(project, &mut command);
        version(command.arg("--version")).unwrap_or_default()
    }
}

fn debian_asked_for() -> bool {
    std::env::var_os("PEPPERCORN_TOOLCHAIN").is_some_and(|value| value == "debian")
}

fn current_has_target(project: &Project) -> bool {
    version(project.program("rustc").args(["--print", "sysroot"]))
        .is_some_and(|sysroot| holds_std(&PathBuf::from(sysroot).join("lib/rustlib").join(TARGET).join("lib")))
}

fn holds_std(libraries: &Path) -> bool {
    files_below(libraries).is_ok_and(|files| files.iter().any(|file| is_library(file, "libstd-")))
}

fn is_library(file: &Path, prefix: &str) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(prefix) && name.ends_with(".rlib")
}

fn debian_ready(project: &Project) -> bool {
    debian_installed() && debian_std_fits(project) && debian_linked(project)
}

/// Whether there is a std and it is of this very compiler: an upgrade of the package leaves the old one behind.
fn debian_std_fits(project: &Project) -> bool {
    let folder = project.target().join("debian-probe");
    let source = folder.join("probe.rs");
    let mut probe = Command::new("/usr/bin/rustc");
    probe.args(["--target", TARGET, "--crate-type", "lib", "--emit", "metadata", "--out-dir"]).arg(&folder).arg(&source);
    holds_std(Path::new(DEBIAN_LIBRARIES))
        && write(&source, "").is_ok()
        && capture(&mut probe).is_ok_and(|captured| captured.success)
}

fn debian_installed() -> bool {
    [DEBIAN_LINKER, DEBIAN_SOURCES, "/usr/bin/rustc", "/usr/bin/cargo"].iter().all(|path| Path::new(path).exists())
}

fn debian_linked(project: &Project) -> bool {
    capture(project.program("rustup").args(["toolchain", "list"]))
        .is_ok_and(|captured| captured.stdout.lines().any(|line| line.split_whitespace().next() == Some("debian")))
}

fn install_debian(project: &Project) -> Result<(), Problem> {
    if !debian_installed() {
        debian::install(project, &DEBIAN_PACKAGES).map_err(|problem| {
            Problem::new(format!("neither `rustup target add {TARGET}` nor Debian's packages can be had: {problem}"))
        })?;
    }
    if !debian_std_fits(project) {
        build_std(project)?;
    }
    if !debian_linked(project) {
        run(project.program("rustup").args(["toolchain", "link", "debian", "/usr"]))?;
    }
    Ok(())
}

/// Debian ships std as sources only: built once from an empty crate, then copied beside the compiler's own libraries.
fn build_std(project: &Project) -> Result<(), Problem> {
    println!("set-up: building std for {TARGET} (once, about a minute)");
    let target = project.target().join("debian-std");
    let empty = target.join("empty");
    // What was built against an earlier std would not fit this one, and Cargo does not notice.
    for stale in [&target, &project.target().join("debian")] {
        let _ = std::fs::remove_dir_all(stale);
    }
    write(&empty.join("Cargo.toml"), "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n")?;
    write(&empty.join("src/lib.rs"), "")?;
    let mut build = Command::new("/usr/bin/cargo");
    build.args(["build", "--quiet", "--release", "--target", TARGET, "-Z", "build-std=std,panic_abort"]).current_dir(&empty);
    // Not a nightly, though -Z build-std asks for one; the bitcode is for link-time optimisation later.
    let mut flags = project.without_own_paths();
    flags.extend(["-C".to_owned(), "embed-bitcode=yes".to_owned()]);
    build.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    build.env("CARGO_TARGET_DIR", &target).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    run(&mut build)?;
    let built = files_below(&target.join(TARGET).join("release/deps"))?;
    let libraries: Vec<&PathBuf> =
        built.iter().filter(|file| is_library(file, "lib") && !is_library(file, "libempty-")).collect();
    run(as_root(project, "rm")?.args(["-rf", DEBIAN_LIBRARIES]))?;
    run(as_root(project, "mkdir")?.args(["-p", DEBIAN_LIBRARIES]))?;
    println!("set-up: {} libraries into {DEBIAN_LIBRARIES}", libraries.len());
    let mut copy = as_root(project, "cp")?;
    let copied = capture(copy.args(libraries).arg(DEBIAN_LIBRARIES))?;
    if copied.success { Ok(()) } else { Err(Problem::new(format!("std cannot be put into place: {}", copied.last_line()))) }
}
