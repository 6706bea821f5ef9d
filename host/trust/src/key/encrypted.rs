//! Private keys at rest: PKCS#8 under a passphrase (RFC 5958, 3; RFC 8018).

use std::fmt;

use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfo, PrivateKeyInfo, SecretDocument};
use zeroize::Zeroizing;

use super::KeyError;

/// The shortest passphrase that a key is encrypted with, characters. What makes a
/// passphrase good is its makers' business; an empty one is an accident.
const LEAST_CHARS: usize = 8;

/// What guessing one passphrase costs: 16 MiB of memory, five times over, which OWASP
/// holds equal to 128 MiB once. It is 2^14 so that OpenSSL, which gives scrypt at most
/// 32 MiB, reads the file as well.
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 5;
/// Bytes of the key for AES-256.
const KEY_BYTES: usize = 32;

/// What opens an encrypted key's file. Wiped from memory when it is dropped; shows
/// nothing of itself.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Any text, as whoever typed or stored it wrote it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A text to encrypt with: not one so short that it was an accident.
    ///
    /// # Errors
    /// [`KeyError::ShortPassphrase`].
    pub fn chosen(text: impl Into<String>) -> Result<Self, KeyError> {
        let passphrase = Self::new(text);
        match passphrase.0.chars().count() {
            found if found < LEAST_CHARS => {
                Err(KeyError::ShortPassphrase { found, least: LEAST_CHARS })
            }
            _ => Ok(passphrase),
        }
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl Eq for Passphrase {}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Encrypts a PKCS#8 document.
pub(super) fn seal(plain: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, KeyError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    for random in [&mut salt, &mut iv] {
        aws_lc_rs::rand::fill(random).map_err(|_| KeyError::Randomness)?;
    }
    let sealed = || -> Option<Vec<u8>> {
        let cost = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P, KEY_BYTES).ok()?;
        let parameters = pbes2::Parameters::scrypt_aes256cbc(cost, &salt, &iv).ok()?;
        let sealed = PrivateKeyInfo::try_from(plain)
            .ok()?
            .encrypt_with_params(parameters, passphrase.0.as_bytes())
            .ok()?;
        Some(sealed.as_bytes().to_vec())
    };
    // Only what was generated here is encrypted, with parameters that are valid.
    sealed().ok_or(KeyError::Randomness)
}

/// An encrypted document, of a kind that can be decrypted here.
pub(super) fn parse(der: &[u8]) -> Result<EncryptedPrivateKeyInfo<'_>, &'static str> {
    let sealed = EncryptedPrivateKeyInfo::try_from(der)
        .map_err(|_| "its encrypted PKCS#8 is of an unknown form")?;
    match sealed.encryption_algorithm.pbes2() {
        Some(_) => Ok(sealed),
        None => Err("it is encrypted in the old way of PKCS#5 1.5; encrypt it again with PBES2"),
    }
}

/// The document, if the passphrase opens it.
pub(super) fn open(
    sealed: &EncryptedPrivateKeyInfo<'_>,
    passphrase: &Passphrase,
) -> Option<SecretDocument> {
    sealed.decrypt(passphrase.0.as_bytes()).ok()
}
