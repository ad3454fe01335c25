//! What runs in Node: the type tests, the tests of the built package, and those of the packed one.

use crate::project::{Project, files_below};
use crate::shell::{Problem, run};
use crate::{package, setup};

/// Checks the sources of the package against its contract, and the contract against the type tests.
pub fn types(project: &Project) -> Result<(), Problem> {
    setup::node_dependencies(project)?;
    package::link(project)?;
    for folder in ["pkg-template", "tests/types", "tests/types/frameworks"] {
        let mut tsc = project.program("node");
        tsc.arg(project.path("tests/node_modules/typescript/bin/tsc")).arg("--project").arg(project.path(folder));
        run(&mut tsc)?;
    }
    Ok(())
}

/// Runs the JavaScript tests against `pkg/`.
pub fn tests(project: &Project) -> Result<(), Problem> {
    package::link(project)?;
    let mut node = project.program("node");
    node.args(["--test", "--test-reporter=spec"]);
    // Of itself Node leaves a core unused, which on two of them is half of all.
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    node.arg(format!("--test-concurrency={cores}"));
    let files = files_below(&project.path("tests/node"))?;
    node.args(files.into_iter().filter(|file| file.to_string_lossy().ends_with(".test.mjs")));
    run(&mut node)
}

/// Packs `pkg/`, installs it elsewhere, and tries it in every runtime and bundler.
pub fn packaging(project: &Project) -> Result<(), Problem> {
    setup::packaging_dependencies(project)?;
    // Without a browser the tests of pages are skipped by name, and all others still run.
    if let Err(problem) = setup::chromium(project) {
        println!("set-up: {problem}");
    }
    let mut node = project.program("node");
    node.args(["--test", "--test-reporter=spec"]).arg(project.path("tests/packaging/packaging.test.mjs"));
    run(&mut node)
}
