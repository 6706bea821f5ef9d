//! Format-preserving encryption: FF1 with AES (NIST SP 800-38G), for modules that never see
//! the key.

use std::collections::BTreeMap;

use aes::{Aes128, Aes192, Aes256};
use bailiwick_columnar::{GuestText, Untrusted, Validate};
use bailiwick_terms::PartName;
use fpe::ff1::{FF1, FlexibleNumeralString, InvalidRadix, NumeralStringError};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, LinkerInstance, Lower};
use zeroize::Zeroizing;

use super::{in_time, scope_of};
use crate::sandbox::HostState;

/// The fewest values that there must be of a value's length (SP 800-38G Rev. 1, section 5.1):
/// with fewer, all can be tried.
const MIN_DOMAIN: u64 = 1_000_000;
/// The most numerals of a value: what a value costs grows with the square of them.
const MAX_NUMERALS: usize = 256;
/// The longest tweak, bytes: it is enciphered with every value.
const MAX_TWEAK_BYTES: usize = 256;
/// The most characters of an alphabet (SP 800-38G, section 4).
const MAX_RADIX: u32 = 1 << 16;
/// What is hashed first where a key to encrypt under is derived.
const SCOPED: &[u8] = b"bailiwick: the encryption key of a join scope\0";
/// Numerals that are encrypted between two looks at the time: about a millisecond's work.
const ENCRYPTED_AT_A_TIME: usize = 2_048;
/// As how many numerals a short value counts, for its ten rounds take as long.
const LEAST_WORK: usize = 32;

/// A key of AES (FIPS 197): 128, 192 or 256 bits.
#[derive(Clone)]
enum CipherKey {
    Aes128(Zeroizing<[u8; 16]>),
    Aes192(Zeroizing<[u8; 24]>),
    Aes256(Zeroizing<[u8; 32]>),
}

/// FF1 under a key, for numerals of one radix.
enum Cipher {
    Aes128(FF1<Aes128>),
    Aes192(FF1<Aes192>),
    Aes256(FF1<Aes256>),
}

impl CipherKey {
    /// None of another length.
    fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Self::Aes128(Zeroizing::new(key.try_into().ok()?)),
            24 => Self::Aes192(Zeroizing::new(key.try_into().ok()?)),
            32 => Self::Aes256(Zeroizing::new(key.try_into().ok()?)),
            _ => return None,
        })
    }

    fn cipher(&self, radix: u32) -> Result<Cipher, InvalidRadix> {
        Ok(match self {
            Self::Aes128(key) => Cipher::Aes128(FF1::new(key.as_slice(), radix)?),
            Self::Aes192(key) => Cipher::Aes192(FF1::new(key.as_slice(), radix)?),
            Self::Aes256(key) => Cipher::Aes256(FF1::new(key.as_slice(), radix)?),
        })
    }
}

impl Cipher {
    fn encrypt(&self, tweak: &[u8], value: &[u16]) -> Result<Vec<u16>, NumeralStringError> {
        let value = FlexibleNumeralString::from(value.to_vec());
        Ok(match self {
            Self::Aes128(cipher) => cipher.encrypt(tweak, &value)?,
            Self::Aes192(cipher) => cipher.encrypt(tweak, &value)?,
            Self::Aes256(cipher) => cipher.encrypt(tweak, &value)?,
        }
        .into())
    }
}

/// The keys to encrypt under, by name, and those derived for join scopes.
#[derive(Clone, Default)]
pub(super) struct CipherKeys {
    keys: BTreeMap<PartName, CipherKey>,
    derived: BTreeMap<PartName, BTreeMap<&'static str, CipherKey>>,
}

impl CipherKeys {
    /// Adds a key, if its length is one of AES.
    pub(super) fn insert(&mut self, name: PartName, key: &[u8]) {
        if let Some(key) = CipherKey::new(key) {
            self.keys.insert(name, key);
        }
    }

    /// Derives the key of a scope, for whose it is.
    pub(super) fn derive(
        &mut self,
        name: &PartName,
        mac: &Hmac<Sha256>,
        (scope, whose): (&'static str, &str),
    ) {
        let mut mac = mac.clone();
        for part in [SCOPED, scope.as_bytes(), b"\0", whose.as_bytes()] {
            mac.update(part);
        }
        if let Some(key) = CipherKey::new(&mac.finalize().into_bytes()) {
            self.derived.entry(name.clone()).or_default().insert(scope, key);
        }
    }

    /// Keeps those that are granted.
    pub(super) fn retain(&mut self, granted: impl Fn(&PartName) -> bool) {
        self.keys.retain(|name, _| granted(name));
        self.derived.retain(|name, _| granted(name));
    }

    fn get(&self, name: &str) -> Option<&CipherKey> {
        match scope_of(name) {
            (name, None) => self.keys.get(&name.parse().ok()?),
            (name, Some(scope)) => self.derived.get(&name.parse().ok()?)?.get(scope),
        }
    }
}

#[derive(Debug, ComponentType, Lower)]
#[component(variant)]
enum EncryptionError {
    #[component(name = "no-such-key")]
    NoSuchKey(String),
    #[component(name = "malformed")]
    Malformed(String),
    #[component(name = "too-short")]
    TooShort(String),
}

/// What a module asks to have encrypted.
struct EncryptionRequest {
    key: String,
    radix: u32,
    tweak: Vec<u8>,
    offsets: Vec<u32>,
    numerals: Vec<u16>,
}

/// Values to encrypt, and what to do it with.
struct Encrypting {
    cipher: Cipher,
    tweak: Vec<u8>,
    /// At least one, rising, the last the number of numerals.
    offsets: Vec<u32>,
    /// Each less than the radix.
    numerals: Vec<u16>,
}

impl Validate for EncryptionRequest {
    type Against<'a> = &'a HostState;
    type Valid = Encrypting;
    type Error = EncryptionError;

    fn validate(self, state: &HostState) -> Result<Encrypting, EncryptionError> {
        let Self { key, radix, tweak, offsets, numerals } = self;
        let malformed = |why: &str| Err(EncryptionError::Malformed(why.to_owned()));
        let Some(found) = state.keys.ciphers.get(&key) else {
            let key = GuestText::new(&key);
            return Err(EncryptionError::NoSuchKey(format!(
                "there is no key \"{key}\" to encrypt under: its approval must name it, the run \
                 must have it, and it must have 16, 24 or 32 bytes"
            )));
        };
        if !(2..=MAX_RADIX).contains(&radix) {
            return malformed("the radix must be from 2 to 65,536");
        }
        if tweak.len() > MAX_TWEAK_BYTES {
            return malformed("the tweak must have at most 256 bytes");
        }
        if offsets.first() != Some(&0)
            || !offsets.is_sorted()
            || offsets.last().is_none_or(|last| *last as usize != numerals.len())
        {
            return malformed("offsets must begin with 0, not fall, and end with the numerals");
        }
        if numerals.len() as u64 * 2 > state.room_bytes {
            return malformed("there are more numerals than its memory has room for");
        }
        if numerals.iter().any(|numeral| u32::from(*numeral) >= radix) {
            return malformed("each numeral must be less than the radix");
        }
        let least = least_numerals(radix);
        for (from, to) in offsets.iter().zip(offsets.get(1..).unwrap_or_default()) {
            let count = (to - from) as usize;
            if count > MAX_NUMERALS {
                return malformed("a value must have at most 256 numerals");
            }
            if count < least {
                return Err(EncryptionError::TooShort(format!(
                    "a value has {count} numerals of radix {radix}, at least {least} are needed"
                )));
            }
        }
        let Ok(cipher) = found.cipher(radix) else { return malformed("there is no such radix") };
        Ok(Encrypting { cipher, tweak, offsets, numerals })
    }
}

/// The fewest numerals of which there are [`MIN_DOMAIN`] values; two at least, for FF1 halves
/// them (SP 800-38G, section 5).
fn least_numerals(radix: u32) -> usize {
    let (mut count, mut values) = (0, 1_u64);
    while values < MIN_DOMAIN {
        values = values.saturating_mul(radix.into());
        count += 1;
    }
    count.max(2)
}

fn encrypt(
    state: &HostState,
    request: Untrusted<EncryptionRequest>,
) -> wasmtime::Result<Result<Vec<u16>, EncryptionError>> {
    let Encrypting { cipher, tweak, offsets, numerals } = match request.validate(state) {
        Ok(encrypting) => encrypting,
        Err(error) => return Ok(Err(error)),
    };
    let mut unseen = 0;
    let mut encrypted = Vec::with_capacity(numerals.len());
    for (from, to) in offsets.iter().zip(offsets.get(1..).unwrap_or_default()) {
        let value = numerals.get(*from as usize..*to as usize).unwrap_or_default();
        match cipher.encrypt(&tweak, value) {
            Ok(value) => encrypted.extend_from_slice(&value),
            Err(error) => return Ok(Err(EncryptionError::Malformed(error.to_string()))),
        }
        unseen += value.len().max(LEAST_WORK);
        if unseen >= ENCRYPTED_AT_A_TIME {
            unseen = 0;
            in_time(state)?;
        }
    }
    in_time(state)?;
    Ok(Ok(encrypted))
}

/// Adds the service to what a module may call.
pub(super) fn link(instance: &mut LinkerInstance<'_, HostState>) -> wasmtime::Result<()> {
    instance.func_wrap(
        "encrypt",
        |store: StoreContextMut<'_, HostState>,
         (key, radix, tweak, offsets, numerals): (String, u32, Vec<u8>, Vec<u32>, Vec<u16>)| {
            let request =
                Untrusted::new(EncryptionRequest { key, radix, tweak, offsets, numerals });
            Ok((encrypt(store.data(), request)?,))
        },
    )
}
