//! What follows the task's name on the command line.

use std::ffi::OsString;

use crate::shell::Problem;

/// The words after the task's name, read once by the task they are for.
pub struct Args {
    words: Vec<OsString>,
}

/// What one task was given: flags that were present, options with their values, and the rest.
pub struct Given {
    flags: Vec<&'static str>,
    options: Vec<(&'static str, String)>,
    /// Words that are neither a flag nor an option, in order.
    pub rest: Vec<String>,
}

impl Args {
    /// Takes the words after the task's name.
    pub fn new(words: impl Iterator<Item = OsString>) -> Self {
        Self { words: words.collect() }
    }

    /// Whether help was asked for.
    pub fn wants_help(&self) -> bool {
        self.words.iter().any(|word| word == "--help" || word == "-h")
    }

    /// Reads the words as these flags and these options (each with one value); words of neither kind are kept
    /// only where the task takes them.
    pub fn read(self, flags: &[&'static str], options: &[&'static str], takes_words: bool) -> Result<Given, Problem> {
        let mut given = Given { flags: Vec::new(), options: Vec::new(), rest: Vec::new() };
        let mut parser = lexopt::Parser::from_args(self.words);
        loop {
            let next = parser.next().map_err(|error| Problem::usage(error.to_string()))?;
            match next {
                None => return Ok(given),
                Some(lexopt::Arg::Long(name)) => {
                    if let Some(flag) = flags.iter().find(|flag| **flag == name) {
                        given.flags.push(flag);
                    } else if let Some(option) = options.iter().find(|option| **option == name) {
                        let option = *option;
                        let value = parser.value().map_err(|error| Problem::usage(error.to_string()))?;
                        given.options.push((option, value.to_string_lossy().into_owned()));
                    } else {
                        return Err(Problem::usage(format!("unknown option `--{name}`")));
                    }
                }
                Some(lexopt::Arg::Short(letter)) => return Err(Problem::usage(format!("unknown option `-{letter}`"))),
                Some(lexopt::Arg::Value(word)) if takes_words => given.rest.push(word.to_string_lossy().into_owned()),
                Some(lexopt::Arg::Value(word)) => {
                    return Err(Problem::usage(format!("unexpected word `{}`", word.to_string_lossy())));
                }
            }
        }
    }
}

impl Given {
    /// Whether the flag was present.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The option's value, the last one given.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }
}
