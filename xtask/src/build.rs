//! `cargo xtask build`: the WebAssembly modules, and the npm package around them.

use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::module::{Module as Binary, order_beside, order_by_likeness, without_messages, without_multivalue};
use crate::project::Project;
use crate::setup::{self, TARGET, Wasm};
use crate::shell::{Problem, capture};
use crate::stamp::Stamp;
use crate::{package, shell, sizes};

/// Shown by `cargo xtask build --help`.
pub const HELP: &str = "
cargo xtask build [--check-size]

Leaves the npm package in pkg/ and prints the sizes of its modules. What is unchanged is not built again.

  --check-size  fail when a module is larger than allowed after gzip
";

/// What wasm-opt may use: what every supported runtime has. `--all-features` writes modules that Node refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// What wasm-opt does. Functions with one caller stay functions: compressed, code of a kind that stands together is smaller.
/// Nothing is at an address below 1,024, the far end of the stack, so that small additions to addresses go into the instructions.
const PASSES: [&str; 5] = ["-Oz", "--converge", "--one-caller-inline-max-function-size=10", "--low-memory-unused", "--debuginfo"];

/// What wasm-opt does with functions that have the names of their order; a long constant that comes again is kept in a variable.
const LAST_PASSES: [&str; 5] =
    ["--const-hoisting", "--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// The task.
pub fn run_task(project: &Project, check_size: bool) -> Result<(), Problem> {
    let toolchain = setup::for_build(project)?;
    let engine = module(project, toolchain, "engine", None)?;
    let dev = module(project, toolchain, "dev", Some(&engine))?;
    let modules = [engine, dev];
    package::assemble(project, &modules)?;
    package::link(project)?;
    let all = sizes::of_modules(project, &modules.each_ref().map(|module| module.wasm.as_path()))?;
    sizes::print(project, &all);
    if check_size { sizes::check(&all) } else { Ok(()) }
}

/// The task, from the command line.
pub fn run(project: &Project, args: Args) -> Result<(), Problem> {
    let given = args.read(&["check-size"], &[], false)?;
    run_task(project, given.has("check-size"))
}

/// A module and the JavaScript that wasm-bindgen writes for it.
pub struct Module {
    /// The module after wasm-opt.
    pub wasm: PathBuf,
    /// wasm-bindgen's JavaScript, an ES module.
    pub glue: PathBuf,
    /// The module with names that say the order of its functions, and what they are called.
    named: PathBuf,
}

/// What the feature `module-<name>` exports; its functions as far as possible with the numbers they have in the other.
fn module(project: &Project, toolchain: Wasm, name: &'static str, beside: Option<&Module>) -> Result<Module, Problem> {
    let folder = project.path("target/package").join(name);
    let raw = folder.join(format!("{name}_bg.wasm"));
    let module = Module {
        wasm: folder.join(format!("{name}.wasm")),
        glue: folder.join(format!("{name}.js")),
        named: folder.join("named.wasm"),
    };
    let inputs: Vec<PathBuf> =
        ["src", "Cargo.toml", "Cargo.lock", "xtask/src/build.rs", "xtask/src/module"].map(|input| project.path(input)).into();
    let stamp = Stamp::of(folder.join("stamp"), &inputs, &[&toolchain.version(project)])?;
    if stamp.holds(&[&module.wasm, &module.glue, &module.named]) {
        println!("build: {name}.wasm is up to date");
        return Ok(module);
    }
    stamp.clear();
    println!("build: {name}.wasm, with {}", toolchain.name());
    let mut pack = project.program("wasm-pack");
    pack.args([
        "--log-level",
        "error",
        "build",
        "--mode",
        "no-install",
        "--no-opt",
        "--no-pack",
        "--no-typescript",
        "--no-gitignore",
    ]);
    pack.args(["--target", "web", "--profile", "wasm", "--out-name", name, "--out-dir"]).arg(&folder);
    pack.args(["--", "--no-default-features", "--features", &format!("module-{name}")]);
    pack.env("CARGO_ENCODED_RUSTFLAGS", project.without_own_paths().join("\x1f"));
    toolchain.apply(project, &mut pack);
    shell::run(&mut pack)?;
    println!("build: wasm-bindgen, wasm-opt");
    // wasm-pack has no say in how exports give several values, so they are bound once more.
    let compiled = toolchain.target(project).join(TARGET).join("wasm/peppercorn.wasm");
    rewrite(&compiled, &module.named, without_multivalue)?;
    let mut bind = project.program("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]).args([&folder, &module.named]);
    shell::run(&mut bind)?;
    rewrite(&raw, &module.named, without_messages)?;
    wasm_opt(project, &module.named, &module.named, &PASSES)?;
    match beside {
        None => {
            let ordered = folder.join("by-calls.wasm");
            wasm_opt(project, &module.named, &ordered, &["--reorder-functions", "--debuginfo"])?;
            let by_calls = Binary::read(&std::fs::read(&ordered)?)?;
            rewrite(&module.named, &module.named, |module| order_by_likeness(module, &by_calls))?;
        }
        Some(other) => {
            let other = Binary::read(&std::fs::read(&other.named)?)?;
            rewrite(&module.named, &module.named, |module| order_beside(module, &other))?;
        }
    }
    wasm_opt(project, &module.named, &module.wasm, &LAST_PASSES)?;
    stamp.keep()?;
    Ok(module)
}

/// Changes a module ourselves.
fn rewrite(from: &Path, to: &Path, change: impl FnOnce(&mut Binary)) -> Result<(), Problem> {
    let mut module = Binary::read(&std::fs::read(from)?)?;
    change(&mut module);
    Ok(std::fs::write(to, module.bytes())?)
}

fn wasm_opt(project: &Project, from: &Path, to: &Path, passes: &[&str]) -> Result<(), Problem> {
    let mut optimise = project.program("node");
    optimise
        .arg(project.path("tests/node_modules/binaryen/bin/wasm-opt"))
        .arg(from)
        .arg("-o")
        .arg(to)
        .args(passes)
        .args(FEATURES);
    let optimised = capture(&mut optimise)?;
    if !optimised.success {
        return Err(Problem::new(format!("wasm-opt failed: {}", optimised.last_line())));
    }
    Ok(())
}
