//! The npm package: bundles, types, the modules, licences and manifest, put together in `pkg/`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::build::Module;
use crate::project::{Project, write};
use crate::shell::{Problem, capture};
use crate::stamp::Stamp;

/// Files that go into the package as they are, from where and to where.
const COPIED: &[(&str, &str)] = &[
    ("pkg-template/README.md", "README.md"),
    ("pkg-template/bin/peppercorn.js", "bin/peppercorn.js"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// Puts the package together unless it is already what the sources say.
pub fn assemble(project: &Project, modules: &[Module]) -> Result<(), Problem> {
    let folder = project.path("pkg");
    let mut inputs: Vec<_> = modules.iter().flat_map(|module| [module.wasm.clone(), module.glue.clone()]).collect();
    inputs.extend(
        ["pkg-template", "Cargo.lock", "tests/package-lock.json", "LICENSE-APACHE", "LICENSE-MIT", "xtask/src/package.rs"]
            .map(|input| project.path(input)),
    );
    let version = project.version()?;
    let stamp = Stamp::of(project.path("target/package/assembled"), &inputs, &[&version])?;
    if stamp.holds(&[&folder.join("package.json"), &folder.join("dist/node.cjs")]) {
        println!("build: the package is up to date");
        return Ok(());
    }
    stamp.clear();
    println!("build: the package");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    for (from, to) in COPIED {
        copy(&project.path(from), &folder.join(to))?;
    }
    for entry in std::fs::read_dir(project.path("pkg-template"))? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if [".d.ts", ".d.cts"].iter().any(|ending| name.to_string_lossy().ends_with(ending)) {
            copy(&path, &folder.join(name))?;
        }
    }
    executable(&folder.join("bin/peppercorn.js"))?;
    let manifest = project.read("pkg-template/package.json")?;
    let placeholder = "\"version\": \"0.0.0\"";
    if !manifest.contains(placeholder) {
        return Err(Problem::new(format!("pkg-template/package.json does not hold {placeholder}")));
    }
    write(&folder.join("package.json"), manifest.replace(placeholder, &format!("\"version\": \"{version}\"")))?;
    // The modules too: it marks the engine's, and writes it as JavaScript, and compresses that of the command line.
    let mut bundle = project.program("node");
    bundle.arg(project.path("pkg-template/bundle.mjs")).arg(&folder).arg(&version);
    bundle.args(modules.iter().map(|module| module.wasm.with_extension("")));
    let bundled = capture(&mut bundle)?;
    if !bundled.success {
        return Err(Problem::new(format!("the TypeScript sources cannot be bundled:\n{}", bundled.both())));
    }
    write(&folder.join("THIRD-PARTY.md"), third_party(project)?)?;
    stamp.keep()
}

/// Makes the built package importable by its name in `tests/`, so that its `exports` are what is tested, and what it depends on
/// importable by it.
pub fn link(project: &Project) -> Result<(), Problem> {
    if !project.path("pkg/package.json").is_file() {
        return Err(Problem::new("pkg/ is not there yet: `cargo xtask build` makes it"));
    }
    linked(project, &project.path("pkg"), &project.path("tests/node_modules/peppercorn"))?;
    linked(project, &project.path("tests/node_modules"), &project.path("pkg/node_modules"))
}

fn linked(project: &Project, folder: &Path, link: &Path) -> Result<(), Problem> {
    let same =
        |left: &Path, right: &Path| matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right);
    if same(link, folder) {
        return Ok(());
    }
    let _ = std::fs::remove_file(link);
    let script = "require('node:fs').symlinkSync(process.argv[1], process.argv[2], 'junction')";
    let linked = capture(project.program("node").args(["-e", script, "--"]).arg(folder).arg(link))?;
    if linked.success { Ok(()) } else { Err(Problem::new(format!("{} cannot be made: {}", link.display(), linked.last_line()))) }
}

/// What is compiled into the modules besides our own sources, with licences and where the sources are.
fn third_party(project: &Project) -> Result<String, Problem> {
    let mut tree = project.cargo();
    tree.args([
        "tree",
        "--locked",
        "--package",
        "peppercorn",
        "--features",
        "module-engine,module-dev",
        "--target",
        "wasm32-unknown-unknown",
        "--prefix",
        "none",
    ]);
    tree.args(["--edges", "normal,no-proc-macro", "--no-dedupe", "--format", "{p}, {l}, {r}"]);
    let listed = capture(&mut tree)?;
    if !listed.success {
        return Err(Problem::new(format!("the dependencies cannot be listed: {}", listed.last_line())));
    }
    let ours = "peppercorn ";
    let lines: BTreeSet<&str> = listed.stdout.lines().filter(|line| !line.starts_with(ours)).collect();
    let mut text = String::from(
        "# What engine.wasm, its text in dist, and dev.wasm are built from\n\nBesides Peppercorn's own sources, these packages from crates.io, unchanged, each under its own licence:\n\n",
    );
    lines.iter().for_each(|line| text.push_str(&format!("- {line}\n")));
    Ok(text)
}

fn copy(from: &Path, to: &Path) -> Result<(), Problem> {
    let bytes = std::fs::read(from).map_err(|error| Problem::new(format!("{}: {error}", from.display())))?;
    write(to, bytes)
}

#[cfg(unix)]
fn executable(file: &Path) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn executable(_file: &Path) -> Result<(), Problem> {
    Ok(())
}
