//! `bailiwick sign`: adds a signature to a pending change.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use bailiwick_trust::{Pending, Publisher};
use clap::Args;

use crate::keys::Keys;
use crate::mesh::MeshFile;
use crate::statement::{print_change, print_documents, print_next, print_signatures, short};

/// Show a pending change, and sign it
///
/// A change that lacks signatures waits in a folder, which holds all that is needed to judge
/// it: carry it, or a copy, to a signer's machine and back. What is shown is computed from
/// the very bytes that are signed, and what they stand on is verified from the root of trust
/// that this machine has. Without --key it is only shown.
#[derive(Args)]
pub(crate) struct Sign {
    /// The folder of the pending change
    #[arg(value_name = "PENDING")]
    folder: PathBuf,

    /// Another copy of the folder, signed by others, whose signatures are taken over
    #[arg(long = "with", value_name = "COPY")]
    copies: Vec<PathBuf>,

    /// The root of trust; unless stated, the one that the mesh file names
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,

    /// Sign only if this is the digest that is shown, of the one role or of one of them
    #[arg(long, value_name = "SHA256")]
    digest: Option<String>,

    /// Sign without asking
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Sign {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let root = self.mesh.trusted_root(self.root.as_ref())?;
        let mut pending = Pending::open(&self.folder, root.as_deref())?;
        for copy in &self.copies {
            pending.take(&Pending::open(copy, root.as_deref())?);
        }
        // Where the repository is at hand, nobody signs what can never be published.
        if let (Some(root), Ok(mesh)) = (&root, self.mesh.read())
            && let Ok(repository) = mesh.repository_folder()
            && repository.exists()
        {
            Publisher::continuing(repository, root).check_current(&pending)?;
        }
        print_change(&pending)?;
        print_documents(&pending)?;
        if let Some(digest) = &self.digest {
            let digests: Vec<_> = pending.changes()?.into_iter().map(|c| c.digest).collect();
            ensure!(
                digests.contains(digest),
                "no role of {} has digest {digest}: it is not the change that you reviewed",
                self.folder.display()
            );
        }
        let keys = self.keys.load()?;
        // A key that signs nothing here is said before anything is asked.
        let mut signed = Vec::new();
        for key in &keys {
            let signing = pending.sign(key)?;
            let id = key.public().id();
            let roles = signing.roles.join(", ");
            signed.push(if signing.added {
                format!("signed {roles} with key {}", short(&id))
            } else {
                format!("key {} had signed {roles} before", short(&id))
            });
        }
        if !keys.is_empty() && !self.yes && !confirmed()? {
            bail!("nothing was signed");
        }
        if !keys.is_empty() || !self.copies.is_empty() {
            pending.update(&self.folder)?;
        }
        for line in signed {
            outln!("{line}");
        }
        print_signatures(&pending)?;
        print_next(&pending, &self.folder)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn confirmed() -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    ensure!(
        stdin.is_terminal(),
        "there is no terminal to ask on whether to sign this; give --yes if it is what you reviewed"
    );
    out!("sign this? [yes/no] ");
    std::io::stdout().flush().context("cannot ask")?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).context("cannot read the answer")?;
    Ok(answer.trim() == "yes")
}
