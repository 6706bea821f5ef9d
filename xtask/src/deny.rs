//! What the workspace may be built of: `deny.toml`.

use crate::shell::step;
use crate::tool::Tool;

const DENY: Tool = Tool { name: "deny", version: "0.20.2" };

/// Holds the lock file to it. Advisories are left out: their database needs a network.
pub(crate) fn check() -> anyhow::Result<()> {
    let checks = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    step("dependencies", DENY.command()?.args(checks))
}
