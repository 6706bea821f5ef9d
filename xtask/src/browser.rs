//! The browser that tests look at reports with: found, or installed.

use std::process::{Command, Stdio};

use anyhow::bail;

use crate::shell::step;

/// What it is called, here and there; `host/cli/tests/browser.rs` looks for the same.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's packages: the browser, and letters for it to draw.
const PACKAGES: [&str; 2] = ["chromium", "fonts-dejavu-core"];

/// The browser: the one that `BAILIWICK_BROWSER` names, one on the path, or Debian's, which
/// is installed where this is root.
///
/// # Errors
/// Where there is none, and none can be installed.
pub(crate) fn found() -> anyhow::Result<String> {
    if let Some(named) = std::env::var_os("BAILIWICK_BROWSER") {
        return Ok(named.to_string_lossy().into_owned());
    }
    if let Some(name) = on_path() {
        return Ok(name.to_owned());
    }
    let install = || {
        let words = ["install", "-y", "--no-install-recommends"];
        step("a browser that is not there yet", apt(&words).args(PACKAGES))
    };
    // A first try without `update`: it needs no network where a cache is there.
    let installed = install()
        .or_else(|_| step("lists of packages", &mut apt(&["update"])).and_then(|()| install()));
    match (installed, on_path()) {
        (Ok(()), Some(name)) => Ok(name.to_owned()),
        (installed, _) => {
            let why = installed.err().map_or_else(String::new, |error| format!(" ({error})"));
            bail!(
                "there is no browser to look at reports with, and none could be installed{why}: \
                 run `apt-get install -y {}` as root, or name one in BAILIWICK_BROWSER",
                PACKAGES.join(" ")
            )
        }
    }
}

fn on_path() -> Option<&'static str> {
    NAMES.into_iter().find(|name| {
        let mut asked = Command::new(name);
        asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    })
}

fn apt(words: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
    command
}
