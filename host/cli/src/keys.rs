//! The keys that commands sign with, how their files are opened, and signers who are
//! not here.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use bailiwick_trust::{Passphrase, PublicKey, Signers, SigningKey};
use clap::Args;

/// Where automation puts a passphrase that nobody types.
const PASSPHRASE: &str = "BAILIWICK_PASSPHRASE";

/// How encrypted keys are opened.
#[derive(Args)]
pub(crate) struct Unlock {
    /// A file whose first line is the passphrase of the keys. Without it, the variable
    /// BAILIWICK_PASSPHRASE is used if it is set, else the passphrase of each encrypted key
    /// is asked for on the terminal, and not shown
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Unlock {
    /// Reads a private key, and asks for its passphrase if it is encrypted.
    pub(crate) fn load(&self, file: &Path) -> anyhow::Result<SigningKey> {
        let opened: anyhow::Result<SigningKey> = SigningKey::load_with(file, || {
            if let Some(passphrase) = self.stored()? {
                return Ok(Passphrase::new(passphrase));
            }
            Ok(Passphrase::new(ask(file, &format!("passphrase of {}: ", file.display()))?))
        });
        opened.with_context(|| format!("key {}", file.display()))
    }

    /// The passphrase for a key that is to be encrypted, asked for twice.
    pub(crate) fn choose(&self, file: &Path) -> anyhow::Result<Passphrase> {
        if let Some(passphrase) = self.stored()? {
            return Ok(Passphrase::chosen(passphrase)?);
        }
        let chosen = ask(file, &format!("new passphrase for {}: ", file.display()))?;
        let again = ask(file, "the same again: ")?;
        ensure!(chosen == again, "the two passphrases differ; nothing was written, try again");
        Ok(Passphrase::chosen(chosen)?)
    }

    fn stored(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = &self.passphrase_file else {
            return Ok(std::env::var(PASSPHRASE).ok());
        };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the passphrase file {}", file.display()))?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }
}

fn ask(file: &Path, prompt: &str) -> anyhow::Result<String> {
    ensure!(
        std::io::stdin().is_terminal(),
        "{} needs a passphrase and there is no terminal to ask on; name a file that holds it \
         with --passphrase-file, or set {PASSPHRASE}",
        file.display()
    );
    rpassword::prompt_password(prompt).context("cannot ask for the passphrase")
}

/// The keys that a command signs with.
#[derive(Args)]
pub(crate) struct Keys {
    /// A private key to sign with; repeat it for several. A change that lacks signatures waits
    /// in a folder for its other signers: see `bailiwick sign`
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) unlock: Unlock,
}

impl Keys {
    pub(crate) fn load(&self) -> anyhow::Result<Vec<SigningKey>> {
        self.keys.iter().map(|file| self.unlock.load(file)).collect()
    }
}

/// Signers as they are named: by a private key that is here, or by a public one.
pub(crate) struct Holders {
    public: Vec<PublicKey>,
    /// Those whose private keys are here.
    pub(crate) here: Vec<SigningKey>,
}

impl Holders {
    /// Each is a private key's file, a public key of 64 hexadecimal digits, or a file
    /// that begins with one.
    pub(crate) fn read(named: &[String], unlock: &Unlock) -> anyhow::Result<Self> {
        let mut holders = Self { public: Vec::new(), here: Vec::new() };
        for name in named {
            if let Ok(key) = name.parse::<PublicKey>() {
                holders.public.push(key);
                continue;
            }
            let file = Path::new(name);
            let text = std::fs::read_to_string(file).with_context(|| {
                format!(
                    "{name:?} is neither a public key of 64 hexadecimal digits nor a key's file"
                )
            })?;
            let public = text.split_whitespace().next().and_then(|word| word.parse().ok());
            if let Some(key) = public {
                holders.public.push(key);
            } else {
                let key = unlock.load(file)?;
                holders.public.push(key.public().clone());
                holders.here.push(key);
            }
        }
        Ok(holders)
    }

    /// So many of them must sign.
    pub(crate) fn signers(&self, threshold: u32) -> anyhow::Result<Signers> {
        if self.public.is_empty() {
            bail!("no keys are named");
        }
        Ok(Signers::of(threshold, &self.public)?)
    }

    pub(crate) fn count(&self) -> usize {
        self.public.len()
    }
}
