//! Cargo-installed tools: used where they are in the right version, else built into `target/tools`.

use crate::project::Project;
use crate::shell::{Problem, run, version};

/// A program from crates.io.
pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether another version found on PATH will do.
    any_version: bool,
    /// Whether its own lock file builds.
    locked: bool,
}

impl Tool {
    /// Has to be of the very version of the library: the two speak a private format to each other.
    pub fn wasm_bindgen(project: &Project) -> Result<Self, Problem> {
        Ok(Self {
            package: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: project.locked_version("wasm-bindgen")?,
            any_version: false,
            locked: false,
        })
    }

    /// Checks licences, bans, sources and advisories.
    pub fn cargo_deny() -> Self {
        Self { package: "cargo-deny", program: "cargo-deny", version: "0.20.2".to_owned(), any_version: true, locked: true }
    }

    /// Drives libFuzzer.
    pub fn cargo_fuzz() -> Self {
        Self { package: "cargo-fuzz", program: "cargo-fuzz", version: "0.13.2".to_owned(), any_version: true, locked: true }
    }

    /// The program's name.
    pub fn program(&self) -> &'static str {
        self.program
    }
}

/// The version that would be used: of the right one in `target/tools`, or on PATH.
pub fn installed(project: &Project, tool: &Tool) -> Option<String> {
    // cargo-fuzz and cargo-deny answer `--version` without cargo in front.
    let line = version(project.program(tool.program).arg("--version"))?;
    let found = line.split_whitespace().last()?.to_owned();
    (tool.any_version || found == tool.version).then_some(found)
}

/// Makes sure that the tool is there, building it if need be.
pub fn install(project: &Project, tool: &Tool) -> Result<(), Problem> {
    if installed(project, tool).is_some() {
        return Ok(());
    }
    println!("set-up: {} {} is built into target/tools (once, a few minutes)", tool.package, tool.version);
    let mut command = project.cargo();
    command.args(["install", "--quiet", "--force", "--root"]).arg(project.tools());
    command.args([tool.package, "--version", &tool.version]);
    if tool.locked {
        command.arg("--locked");
    }
    run(&mut command)
        .map_err(|_| Problem::new(format!("{} {} could not be installed from crates.io", tool.package, tool.version)))?;
    match installed(project, tool) {
        Some(_) => Ok(()),
        None => Err(Problem::new(format!("{} was installed but does not answer with version {}", tool.program, tool.version))),
    }
}
