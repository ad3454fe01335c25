//! A browser for the tests of pages.

use std::path::Path;

use super::debian;
use crate::project::Project;
use crate::shell::Problem;

/// Where browsers are looked for, after `PEPPERCORN_CHROMIUM`: the same places as in `tests/packaging/chromium.mjs`.
const PLACES: [&str; 5] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/// Makes sure that there is a browser: one that is there, or Debian's.
pub fn chromium(project: &Project) -> Result<(), Problem> {
    if std::env::var_os("PEPPERCORN_CHROMIUM").is_some() || PLACES.iter().any(|place| Path::new(place).exists()) {
        return Ok(());
    }
    debian::install(project, &["chromium"]).map_err(|problem| {
        Problem::new(format!(
            "{problem}: pages are not tried in a browser (install Chromium, or name one in PEPPERCORN_CHROMIUM)"
        ))
    })
}
