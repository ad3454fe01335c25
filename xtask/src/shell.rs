//! Running other programs, and the one error type of the tasks.

use std::ffi::OsStr;
use std::fmt;
use std::process::{Command, Stdio};

/// Why a task could not do its work, in one line.
#[derive(Debug)]
pub struct Problem {
    message: String,
    usage: bool,
}

impl Problem {
    /// Something went wrong while working.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), usage: false }
    }

    /// The command line made no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), usage: true }
    }

    /// Whether the command line was at fault.
    pub fn is_usage(&self) -> bool {
        self.usage
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// What a program printed, and whether it ended well.
pub struct Captured {
    /// Whether the exit status was 0.
    pub success: bool,
    /// Standard output, with invalid UTF-8 replaced.
    pub stdout: String,
    /// Standard error, with invalid UTF-8 replaced.
    pub stderr: String,
}

impl Captured {
    /// Both streams, for a message.
    pub fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The last line that says something, for a one-line reason.
    pub fn last_line(&self) -> String {
        let both = self.both();
        both.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing").to_owned()
    }
}

/// Runs the program with our own streams after printing the command; an exit status but 0 is a problem.
pub fn run(command: &mut Command) -> Result<(), Problem> {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("`{}` failed ({status})", shown(command)))) }
}

/// Runs the program and keeps what it prints; only a program that cannot be started is a problem.
pub fn capture(command: &mut Command) -> Result<Captured, Problem> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    Ok(Captured {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The first line the program prints when asked for its version; `None` when it is not there or fails.
pub fn version(command: &mut Command) -> Option<String> {
    let captured = capture(command).ok()?;
    let line = captured.stdout.lines().next().unwrap_or_default().trim().to_owned();
    (captured.success && !line.is_empty()).then_some(line)
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Problem {
    Problem::new(format!("`{}` cannot be started: {error}", command.get_program().to_string_lossy()))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
