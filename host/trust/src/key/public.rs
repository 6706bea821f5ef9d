//! The public part of a key.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::ED25519_PUBLIC_KEY_LEN;
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;

use super::KeyError;

/// The public part of a key: what governance lists, what verifies a signature.
/// Written as 64 hexadecimal digits (RFC 8032, 5.1.5).
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: Key,
    id: Decoded<Hex>,
}

impl PublicKey {
    pub(crate) fn new(key: Key) -> Option<Self> {
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
