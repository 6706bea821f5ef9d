//! What makes an entry ours: a MAC over its name and its code, with a key that only
//! the folder's owner can read.

use std::io;

use aws_lc_rs::rand;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::folder::{Folder, Unusable};

/// The key's file in the folder.
pub(super) const KEY_FILE: &str = "key";
/// The length of the key, bytes: as long as the hash (RFC 2104, section 3).
const KEY_BYTES: usize = 32;
/// The length of a MAC, which an entry begins with, bytes.
const MAC_BYTES: usize = 32;

/// The key that entries are authenticated with.
pub(super) struct SealingKey(Hmac<Sha256>);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey")
    }
}

/// Code that was sealed with this key under the name that was asked for.
pub(super) struct Authentic<'a>(&'a [u8]);

impl<'a> Authentic<'a> {
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl SealingKey {
    /// The key in the folder, made there if there is none. One that is damaged is
    /// replaced: its entries are then worth nothing, and replaced too.
    pub(super) fn of(folder: &Folder) -> Result<Self, Unusable> {
        let read = || folder.read_private(KEY_FILE, KEY_BYTES as u64);
        match read() {
            Ok(key) if key.len() == KEY_BYTES => return Ok(Self::from(&key)?),
            Err(error @ Unusable::Unsafe(_)) => return Err(error),
            Err(Unusable::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(_) => folder.remove(KEY_FILE)?,
            Err(Unusable::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                folder.remove(KEY_FILE)?;
            }
            Err(error) => return Err(error),
        }
        match folder.create(KEY_FILE, &random::<KEY_BYTES>()?) {
            // Another process made one at the same time: that is the one for all.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(Self::from(&read()?)?),
        }
    }

    fn from(key: &[u8]) -> io::Result<Self> {
        // HMAC takes a key of any length (RFC 2104, section 2).
        Ok(Self(Hmac::new_from_slice(key).map_err(io::Error::other)?))
    }

    /// The entry of that name: its MAC, then the code.
    pub(super) fn seal(&self, name: &str, code: &[u8]) -> Vec<u8> {
        let mac = self.mac(name, code).finalize().into_bytes();
        [mac.as_slice(), code].concat()
    }

    /// The code of the entry of that name, if this key sealed it under that name.
    pub(super) fn unseal<'a>(&self, name: &str, entry: &'a [u8]) -> Option<Authentic<'a>> {
        let (mac, code) = entry.split_at_checked(MAC_BYTES)?;
        // In constant time.
        self.mac(name, code).verify_slice(mac).ok()?;
        Some(Authentic(code))
    }

    fn mac(&self, name: &str, code: &[u8]) -> Hmac<Sha256> {
        // The length keeps a name from running into the code.
        let length = (name.len() as u64).to_le_bytes();
        self.0.clone().chain_update(length).chain_update(name).chain_update(code)
    }
}

/// Bytes that nobody can guess.
pub(super) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| io::Error::other("there is no randomness"))?;
    Ok(bytes)
}
