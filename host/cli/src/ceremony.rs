//! What every ceremony has in common: a change is prepared, signed with the keys at
//! hand, and published, or it waits in a folder for other signers.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bailiwick_pipeline::Mesh;
use bailiwick_trust::{Change, Pending, PublishError, Publisher, Signers, SigningKey};
use jiff::Timestamp;

use crate::statement::print_open;

/// How a ceremony ended.
pub(crate) enum End {
    /// The repository says all of it already.
    Nothing,
    /// It is in force.
    Published,
    /// Domains handed it in: the next refresh puts it in force.
    Submitted,
    /// It lacks signatures, or keys to publish it with.
    Waiting,
}

impl End {
    /// Says how it ended: `done` is what is in force then, a line each.
    pub(crate) fn say(&self, done: &[String]) {
        let says = match self {
            Self::Nothing => "nothing changes: the repository says so already",
            Self::Published => "",
            Self::Submitted => {
                "submitted; in force once the holder of the online key runs `bailiwick refresh`"
            }
            Self::Waiting => return,
        };
        for line in done {
            outln!("{line}");
        }
        if !says.is_empty() {
            outln!("{says}");
        }
    }
}

/// Carries a change as far as the keys go.
pub(crate) fn carry_out(
    mesh: &Mesh,
    publisher: &Publisher,
    change: &Change,
    keys: &[&SigningKey],
) -> anyhow::Result<End> {
    let now = Timestamp::now();
    let mut pending = publisher.prepare(change, now)?;
    if pending.is_empty() {
        return Ok(End::Nothing);
    }
    let folder = waiting_folder(mesh, &pending);
    let waits = folder.exists();
    if waits {
        let there = Pending::open(&folder, Some(publisher.trusted_root()))?;
        if !there.same_change(&pending) {
            bail!(
                "{} holds another change, which is not published: have it signed and commit it, \
                 or remove the folder if it is not wanted any more",
                folder.display()
            );
        }
        pending = there;
    }
    let online = publisher.keyholders()?.timestamp;
    let holds_online = keys.iter().any(|key| online.public_keys().contains(key.public()));
    sign_with(&mut pending, keys, &online)?;
    if pending.is_complete()? {
        let end = if pending.is_of_domains() && !holds_online {
            publisher.submit(&pending)?;
            Some(End::Submitted)
        } else {
            match publisher.publish(&pending, keys, now) {
                Ok(_) => Some(End::Published),
                // Enough signed offline; the online key is elsewhere.
                Err(PublishError::MissingKeys { .. } | PublishError::FormerOnlineKey)
                    if !holds_online =>
                {
                    None
                }
                Err(error) => return Err(error.into()),
            }
        };
        if let Some(end) = end {
            if waits {
                remove(&folder)?;
            }
            return Ok(end);
        }
    }
    if waits {
        pending.update(&folder)?;
    } else {
        pending.save(&folder)?;
    }
    print_open(&pending, &folder)?;
    Ok(End::Waiting)
}

/// Where a change waits for its signers.
pub(crate) fn waiting_folder(mesh: &Mesh, pending: &Pending) -> PathBuf {
    mesh.pending.join(pending.name())
}

/// Signs with those of the keys that sign anything of it. If none of them does, and there
/// are signatures missing, that is an error: they are not the keys that were meant. The
/// online key signs later, when it is published.
pub(crate) fn sign_with(
    pending: &mut Pending,
    keys: &[&SigningKey],
    online: &Signers,
) -> anyhow::Result<()> {
    let mut stranger = None;
    let mut signs = false;
    for key in keys.iter().filter(|key| !online.public_keys().contains(key.public())) {
        match pending.sign(key) {
            Ok(_) => signs = true,
            Err(error @ PublishError::NotASigner { .. }) => stranger = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match stranger {
        Some(error) if !signs && !pending.is_complete()? => Err(error.into()),
        _ => Ok(()),
    }
}

/// Removes the folder of a change that is published. Half of one is never left.
pub(crate) fn remove(folder: &Path) -> anyhow::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let gone = folder.with_file_name(format!(".published-{name}"));
    // What an interrupted removal left.
    let _ = std::fs::remove_dir_all(&gone);
    std::fs::rename(folder, &gone).and_then(|()| std::fs::remove_dir_all(&gone)).with_context(
        || format!("the change is published; its folder {} cannot be removed", folder.display()),
    )
}
