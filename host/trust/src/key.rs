//! Keys that sign, their files, and their public parts.

mod encrypted;
mod public;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use pem::Pem;
use tough::sign::Sign;
use zeroize::Zeroizing;

pub use encrypted::Passphrase;
pub use public::PublicKey;
pub(crate) use public::public_bytes;

use crate::bounds::MAX_KEY_BYTES;
use crate::durable::{self, Readers};

/// What PEM calls a private key (RFC 7468, 10 and 11).
const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// What was wrong with a key or its file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system's source of randomness failed.
    #[error("cannot generate a key: the system's randomness failed; try again")]
    Randomness,
    /// A key would have been overwritten.
    #[error(
        "{} already exists and a key is never overwritten; choose another file or move this one away",
        .0.display()
    )]
    Exists(PathBuf),
    /// The file could not be read or written.
    #[error("cannot {action} the key file {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error(
        "{} is not an Ed25519 private key: {detail}; expected PKCS#8 in PEM, \
         `-----BEGIN PRIVATE KEY-----` or `-----BEGIN ENCRYPTED PRIVATE KEY-----`",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        detail: &'static str,
    },
    /// The file is encrypted and no passphrase was given.
    #[error("the key file {} is encrypted; give its passphrase", .0.display())]
    NoPassphrase(PathBuf),
    /// The passphrase given does not open the file.
    #[error(
        "the passphrase does not open the key file {}; give the one that it was made with",
        .0.display()
    )]
    WrongPassphrase(PathBuf),
    /// The passphrase is too short to keep anything.
    #[error("a passphrase of {found} characters is too short; choose one of at least {least}")]
    ShortPassphrase {
        /// How many characters it has.
        found: usize,
        /// How many it needs.
        least: usize,
    },
    /// The text is not a public key.
    #[error(
        "{0:?} is not a public key: expected the 64 hexadecimal digits of an Ed25519 public key"
    )]
    Public(String),
}

/// An Ed25519 key (RFC 8032) that signs metadata. Shows its id, never itself.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// A new key, from the system's randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_pair(Ed25519KeyPair::generate().map_err(|_| KeyError::Randomness)?)
    }

    /// Reads a key from PKCS#8 (RFC 5208, or RFC 5958) in PEM (RFC 7468), as
    /// [`SigningKey::save`] and `openssl genpkey -algorithm ed25519` write it. One that
    /// is encrypted is [`KeyError::NoPassphrase`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Self::load_with(path, || Err(KeyError::NoPassphrase(path.to_owned())))
    }

    /// Reads a key as [`SigningKey::load`] does, or one that [`SigningKey::save_encrypted`]
    /// or `openssl pkcs8 -topk8` encrypted (RFC 8018). Only for such a file is the
    /// passphrase asked for.
    pub fn load_with<E: From<KeyError>>(
        path: impl AsRef<Path>,
        passphrase: impl FnOnce() -> Result<Passphrase, E>,
    ) -> Result<Self, E> {
        let path = path.as_ref();
        let mut text = Zeroizing::new(Vec::new());
        File::open(path)
            .and_then(|file| file.take(MAX_KEY_BYTES).read_to_end(&mut text))
            .map_err(|source| KeyError::Io { action: "read", path: path.to_owned(), source })?;
        let malformed = |detail| KeyError::Malformed { path: path.to_owned(), detail };
        let pem = pem::parse(&*text).map_err(|_| malformed("it is not PEM"))?;
        let tag = pem.tag().to_owned();
        let contents = Zeroizing::new(pem.into_contents());
        let pair = match tag.as_str() {
            PLAIN => Ed25519KeyPair::from_pkcs8(&contents)
                .map_err(|_| malformed("its PKCS#8 does not hold one"))?,
            ENCRYPTED => {
                let sealed = encrypted::parse(&contents).map_err(malformed)?;
                // Padding finds a wrong passphrase, but not each: the rest are no key.
                encrypted::open(&sealed, &passphrase()?)
                    .and_then(|plain| Ed25519KeyPair::from_pkcs8(plain.as_bytes()).ok())
                    .ok_or_else(|| KeyError::WrongPassphrase(path.to_owned()))?
            }
            _ => return Err(malformed("it is PEM of something else").into()),
        };
        Ok(Self::from_pair(pair)?)
    }

    /// Writes the key to a new file as PKCS#8 in PEM, readable by its owner only
    /// (mode 0600). Refuses to overwrite. Whoever can read the file can sign: see
    /// [`SigningKey::save_encrypted`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), KeyError> {
        write(path.as_ref(), PLAIN, self.document()?.to_vec())
    }

    /// Writes the key as [`SigningKey::save`] does, encrypted under a passphrase:
    /// PBES2 (RFC 8018, 6.2) with scrypt (RFC 7914) and AES-256-CBC.
    pub fn save_encrypted(
        &self,
        path: impl AsRef<Path>,
        passphrase: &Passphrase,
    ) -> Result<(), KeyError> {
        let sealed = encrypted::seal(&self.document()?, passphrase)?;
        write(path.as_ref(), ENCRYPTED, sealed)
    }

    /// Version 1 of PKCS#8, without the public part: the form that other tools read.
    fn document(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let document = self.pair.to_pkcs8v1().map_err(|_| KeyError::Randomness)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The public part.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    fn from_pair(pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let public = PublicKey::new(pair.tuf_key())
            .ok_or_else(|| KeyError::Public(hex::encode(pair.public_key())))?;
        Ok(Self { pair, public })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

fn write(path: &Path, tag: &str, contents: Vec<u8>) -> Result<(), KeyError> {
    let text = Zeroizing::new(pem::encode(&Pem::new(tag, contents)));
    durable::create(path, text.as_bytes(), Readers::Owner).map_err(|source| {
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            KeyError::Exists(path.to_owned())
        } else {
            KeyError::Io { action: "write", path: path.to_owned(), source }
        }
    })
}
