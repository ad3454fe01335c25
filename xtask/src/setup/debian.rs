//! Debian's packages, where there is no other way to something.

use std::process::Command;

use crate::project::Project;
use crate::shell::{Problem, capture, run, version};

/// Installs packages.
pub fn install(project: &Project, packages: &[&str]) -> Result<(), Problem> {
    if version(project.program("apt-get").arg("--version")).is_none() {
        return Err(Problem::new("there is no apt-get on this system"));
    }
    let names = packages.join(" ");
    println!("set-up: installing {names}");
    let mut update = as_root(project, "apt-get")?;
    // An update that fails in part may still know the packages.
    if let Err(problem) = run(update.args(["update", "--quiet"])) {
        println!("set-up: {problem}");
    }
    let mut install = as_root(project, "apt-get")?;
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    run(&mut install).map_err(|_| Problem::new(format!("apt-get could not install {names}")))
}

/// The program as root: directly, or through sudo where that asks for nothing.
pub fn as_root(project: &Project, program: &str) -> Result<Command, Problem> {
    let root = version(project.program("id").arg("-u")).is_some_and(|user| user == "0");
    let mut command = if root {
        project.program(program)
    } else {
        if !capture(project.program("sudo").args(["-n", "true"])).is_ok_and(|captured| captured.success) {
            return Err(Problem::new("Debian's packages need root, and sudo asks for a password"));
        }
        let mut sudo = project.program("sudo");
        sudo.args(["-n", program]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
