//! Skipping work whose inputs have not changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::project::{files_below, write};
use crate::shell::Problem;

/// What a piece of work was made from: compared, never decoded.
pub struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    /// The stamp of these inputs (files, folders, and settings as text), kept in `file`.
    pub fn of(file: PathBuf, inputs: &[PathBuf], settings: &[&str]) -> Result<Self, Problem> {
        let mut hasher = DefaultHasher::new();
        settings.hash(&mut hasher);
        for input in inputs {
            let files = if input.is_dir() { files_below(input)? } else { vec![input.clone()] };
            for path in files {
                path.hash(&mut hasher);
                std::fs::read(&path).unwrap_or_default().hash(&mut hasher);
            }
        }
        Ok(Self { file, value: format!("{:016x}\n", hasher.finish()) })
    }

    /// Whether the work was done for exactly these inputs and its outputs are still there.
    pub fn holds(&self, outputs: &[&Path]) -> bool {
        outputs.iter().all(|output| output.exists()) && std::fs::read_to_string(&self.file).is_ok_and(|value| value == self.value)
    }

    /// Says that the work is about to be done again, so that a failure halfway is not taken for success.
    pub fn clear(&self) {
        // A stamp that is not there is as good as a removed one.
        let _ = std::fs::remove_file(&self.file);
    }

    /// Says that the work is done.
    pub fn keep(&self) -> Result<(), Problem> {
        write(&self.file, &self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_until_an_input_a_setting_or_an_output_changes() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let (input, output) = (folder.join("in/a"), folder.join("out"));
        write(&input, "one").expect("written");
        write(&output, "made").expect("written");
        let stamp = |setting: &str| Stamp::of(folder.join("stamp"), &[folder.join("in")], &[setting]).expect("read");
        assert!(!stamp("x").holds(&[&output]));
        stamp("x").keep().expect("written");
        assert!(stamp("x").holds(&[&output]));
        assert!(!stamp("y").holds(&[&output]));
        assert!(!stamp("x").holds(&[&folder.join("missing")]));
        write(&input, "two").expect("written");
        assert!(!stamp("x").holds(&[&output]));
        write(&input, "one").expect("written");
        assert!(stamp("x").holds(&[&output]));
        stamp("x").clear();
        assert!(!stamp("x").holds(&[&output]));
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
