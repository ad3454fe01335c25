//! Set-up: idempotent, prints each thing it does, skips what is there, installs nothing outside this repository but the
//! Rust target (by rustup, or as Debian packages where rustup cannot reach its server) and, to try pages in, Debian's Chromium where
//! there is no browser.

use crate::project::Project;
use crate::shell::Problem;

mod chromium;
mod debian;
mod dependencies;
mod tools;
mod wasm;

pub use chromium::chromium;
pub use dependencies::{node_dependencies, node_version, packaging_dependencies, spicedb_installed};
pub use tools::{Tool, installed};
pub use wasm::{TARGET, Wasm};

/// Everything the build needs: Node with the development dependencies, the WebAssembly target, the two tools.
pub fn for_build(project: &Project) -> Result<Wasm, Problem> {
    node_dependencies(project)?;
    let wasm = Wasm::find_or_install(project)?;
    tools::install(project, &Tool::wasm_bindgen(project)?)?;
    tools::install(project, &Tool::wasm_pack())?;
    Ok(wasm)
}

/// One tool from crates.io, into `target/tools`.
pub fn tool(project: &Project, tool: &Tool) -> Result<(), Problem> {
    tools::install(project, tool)
}
