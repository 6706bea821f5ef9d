//! Keys that sign, and their public parts.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair};
use pem::Pem;
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::sign::Sign;

use crate::bounds::MAX_KEY_BYTES;
use crate::durable::{self, Readers};

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
         `-----BEGIN PRIVATE KEY-----`",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        detail: &'static str,
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
    /// [`SigningKey::save`] and `openssl genpkey -algorithm ed25519` write it.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let mut text = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_KEY_BYTES).read_to_end(&mut text))
            .map_err(|source| KeyError::Io { action: "read", path: path.to_owned(), source })?;
        let malformed = |detail| KeyError::Malformed { path: path.to_owned(), detail };
        let pem = pem::parse(&text).map_err(|_| malformed("it is not PEM"))?;
        if pem.tag() != "PRIVATE KEY" {
            return Err(malformed("it is PEM of something else"));
        }
        let pair = Ed25519KeyPair::from_pkcs8(pem.contents())
            .map_err(|_| malformed("its PKCS#8 does not hold one"))?;
        Self::from_pair(pair)
    }

    /// Writes the key to a new file as PKCS#8 in PEM, readable by its owner only
    /// (mode 0600). Refuses to overwrite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), KeyError> {
        let path = path.as_ref();
        // Version 1, without the public part: the form that other tools read.
        let document = self.pair.to_pkcs8v1().map_err(|_| KeyError::Randomness)?;
        let text = pem::encode(&Pem::new("PRIVATE KEY", document.as_ref()));
        durable::create(path, text.as_bytes(), Readers::Owner).map_err(|source| {
            if source.kind() == std::io::ErrorKind::AlreadyExists {
                KeyError::Exists(path.to_owned())
            } else {
                KeyError::Io { action: "write", path: path.to_owned(), source }
            }
        })
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

/// The public part of a key: what governance lists, what verifies a signature.
/// Written as 64 hexadecimal digits (RFC 8032, 5.1.5).
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: Key,
    id: Decoded<Hex>,
}

impl PublicKey {
    fn new(key: Key) -> Option<Self> {
        let id = key.key_id().ok()?;
        Some(Self { key, id })
    }

    /// The key's id: SHA-256 of the key's canonical JSON form (TUF 4.2).
    pub fn id(&self) -> String {
        hex::encode(&self.id)
    }

    pub(crate) fn tuf_id(&self) -> &Decoded<Hex> {
        &self.id
    }

    pub(crate) fn tuf_key(&self) -> &Key {
        &self.key
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::Public(text.chars().take(200).collect());
        // The id depends on how the key is written, so there is one way to write it.
        let fits = text.len() == 2 * ED25519_PUBLIC_KEY_LEN
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !fits {
            return Err(malformed());
        }
        text.parse().ok().and_then(Self::new).ok_or_else(malformed)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(public_bytes(&self.key)))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// What a key verifies with, whatever else is written beside it.
pub(crate) fn public_bytes(key: &Key) -> &[u8] {
    match key {
        Key::Rsa { keyval, .. } => &keyval.public,
        Key::Ed25519 { keyval, .. } => &keyval.public,
        Key::Ecdsa { keyval, .. } | Key::EcdsaOld { keyval, .. } => &keyval.public,
    }
}
