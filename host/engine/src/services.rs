//! Host services: what a module may call, if its approval says so.

mod encryption;
mod lookup;

use std::collections::BTreeMap;
use std::fmt;

use bailiwick_columnar::{GuestText, Untrusted, Validate};
use bailiwick_terms::{PartName, ProductName, Services};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use wasmtime::component::{ComponentType, Lift, Linker, Lower};
use wasmtime::{StoreContextMut, Trap};

use self::encryption::CipherKeys;
use crate::{EngineError, interface_name, sandbox::HostState};

/// The shortest key, bytes: below 128 bits a key can be searched for.
pub const MIN_KEY_BYTES: usize = 16;
/// The size of a hash (FIPS 180-4, section 1), bytes.
const HASH_BYTES: usize = 32;
/// What is hashed first where a key is derived: no value that a module gives begins so by
/// accident.
const SCOPED: &[u8] = b"bailiwick: the key of a join scope\0";
/// Bytes that are hashed between two looks at the time: about a millisecond's work.
const HASHED_AT_A_TIME: usize = 256 << 10;

/// The keys of `pseudonym` and `encryption`, by name. A key never enters a module, and is
/// never printed.
///
/// A module asks for `name` or for `name@scope`. The scope says how far hashes under it
/// can be joined, and goes into the key: `name@domain`, `name@product` and `name@run` are
/// keys of their own for each domain, product and run, which [`Keyring::scoped`] derives,
/// for each service others. `name` and `name@global` are the key itself.
#[derive(Clone, Default)]
pub struct Keyring {
    keys: BTreeMap<PartName, Hmac<Sha256>>,
    /// By scope, for what this keyring is scoped to.
    derived: BTreeMap<PartName, BTreeMap<&'static str, Hmac<Sha256>>>,
    /// The same to encrypt under.
    ciphers: CipherKeys,
}

/// A key that is too short to protect anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "key {name} has {found} bytes, at least {MIN_KEY_BYTES} are needed; make one from a random source"
)]
pub struct KeyError {
    /// The key's name.
    pub name: PartName,
    /// Its length, bytes.
    pub found: usize,
}

impl Keyring {
    /// Adds a key.
    ///
    /// # Errors
    /// [`KeyError`] below [`MIN_KEY_BYTES`].
    pub fn insert(&mut self, name: PartName, key: &[u8]) -> Result<(), KeyError> {
        let short = || KeyError { name: name.clone(), found: key.len() };
        if key.len() < MIN_KEY_BYTES {
            return Err(short());
        }
        // HMAC takes a key of any length (RFC 2104, section 2).
        let mac = Hmac::new_from_slice(key).map_err(|_| short())?;
        self.ciphers.insert(name.clone(), key);
        self.keys.insert(name, mac);
        Ok(())
    }

    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &PartName> {
        self.keys.keys()
    }

    /// The same keys, with those that are derived of them for a product, its domain and a
    /// run: HMAC-SHA-256 under the key of what the scope is called and whose it is. The run
    /// is named by what determines it, so a run that is repeated has the same key.
    pub fn scoped(&self, product: &ProductName, run: &str) -> Self {
        let scopes = [
            ("domain", product.domain().to_string()),
            ("product", product.to_string()),
            ("run", run.to_owned()),
        ];
        let of = |mac: &Hmac<Sha256>| {
            let derived = scopes.iter().filter_map(|(scope, whose)| {
                let mut mac = mac.clone();
                // No scope's name is part of another's, and none has a zero byte.
                for part in [SCOPED, scope.as_bytes(), b"\0", whose.as_bytes()] {
                    mac.update(part);
                }
                Some((*scope, Hmac::new_from_slice(&mac.finalize().into_bytes()).ok()?))
            });
            derived.collect()
        };
        let derived = self.keys.iter().map(|(name, mac)| (name.clone(), of(mac))).collect();
        let mut ciphers = self.ciphers.clone();
        for (name, mac) in &self.keys {
            for (scope, whose) in &scopes {
                ciphers.derive(name, mac, (*scope, whose.as_str()));
            }
        }
        Self { keys: self.keys.clone(), derived, ciphers }
    }

    /// The keys that an approval grants, and no others.
    pub(crate) fn granted(&self, services: &Services) -> Keyring {
        let mut granted = self.clone();
        granted.keys.retain(|name, _| services.pseudonym.contains(name));
        granted.derived.retain(|name, _| services.pseudonym.contains(name));
        granted.ciphers.retain(|name| services.encryption.contains(name));
        granted
    }

    fn get(&self, name: &str) -> Option<&Hmac<Sha256>> {
        match scope_of(name) {
            (name, None) => self.keys.get(&name.parse().ok()?),
            (name, Some(scope)) => self.derived.get(&name.parse().ok()?)?.get(scope),
        }
    }
}

/// The name of a key and its scope; none for the key itself.
fn scope_of(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        None => (name, None),
        Some((name, "global")) => (name, None),
        Some((name, scope)) => (name, Some(scope)),
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}

/// One line that a module logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How urgent.
    pub level: LogLevel,
    /// The words, harmless.
    pub text: GuestText,
}

impl LogLine {
    /// What it counts against [`Limits::log_bytes`](bailiwick_terms::Limits::log_bytes),
    /// bytes: its text, and a little besides, so that empty lines are bounded too.
    pub fn cost(&self) -> u64 {
        const BESIDES: u64 = 16;
        self.text.as_str().len() as u64 + BESIDES
    }
}

/// How urgent a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
pub enum LogLevel {
    /// For the module's author.
    #[component(name = "debug")]
    Debug,
    /// Good to know.
    #[component(name = "info")]
    Info,
    /// Someone should look.
    #[component(name = "warn")]
    Warn,
}

#[derive(Debug, ComponentType, Lower)]
#[component(variant)]
enum PseudonymError {
    #[component(name = "no-such-key")]
    NoSuchKey(String),
    #[component(name = "malformed")]
    Malformed(String),
}

/// What a module asks to have hashed.
struct HashRequest {
    key: String,
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

/// Values to hash, and the key to do it with.
struct Hashing {
    mac: Hmac<Sha256>,
    /// At least one, rising, the last within the bytes.
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

impl Validate for HashRequest {
    type Against<'a> = &'a HostState;
    type Valid = Hashing;
    type Error = PseudonymError;

    fn validate(self, state: &HostState) -> Result<Hashing, PseudonymError> {
        let Self { key, offsets, bytes } = self;
        let Some(mac) = state.keys.get(&key) else {
            let key = GuestText::new(&key);
            return Err(PseudonymError::NoSuchKey(format!(
                "there is no key \"{key}\": its approval must name it, and the run must have it"
            )));
        };
        let malformed = |why: &str| Err(PseudonymError::Malformed(why.to_owned()));
        if offsets.first() != Some(&0) {
            return malformed("offsets must begin with 0");
        }
        let hashes_bytes = (offsets.len() as u64 - 1).saturating_mul(HASH_BYTES as u64);
        if hashes_bytes > state.room_bytes {
            return malformed("there are more values than its memory has room for hashes");
        }
        if !offsets.is_sorted() || offsets.last().is_some_and(|last| *last as usize > bytes.len()) {
            return malformed("offsets must not fall nor leave the bytes");
        }
        Ok(Hashing { mac: mac.clone(), offsets, bytes })
    }
}

fn hash(
    state: &HostState,
    request: Untrusted<HashRequest>,
) -> wasmtime::Result<Result<Vec<u8>, PseudonymError>> {
    let Hashing { mac, offsets, bytes } = match request.validate(state) {
        Ok(hashing) => hashing,
        Err(error) => return Ok(Err(error)),
    };
    let mut unseen = 0;
    let mut hashes = Vec::with_capacity((offsets.len() - 1) * HASH_BYTES);
    for (from, to) in offsets.iter().zip(offsets.get(1..).unwrap_or_default()) {
        let value = bytes.get(*from as usize..*to as usize).unwrap_or_default();
        let mut mac = mac.clone();
        // The host's own work is not interrupted as the module's is.
        for piece in value.chunks(HASHED_AT_A_TIME) {
            mac.update(piece);
            if piece.len() == HASHED_AT_A_TIME {
                in_time(state)?;
            }
            unseen += piece.len();
        }
        hashes.extend_from_slice(&mac.finalize().into_bytes());
        // Even a value of no bytes takes two blocks of 64 bytes (FIPS 180-4, section 1).
        unseen += 128;
        if unseen >= HASHED_AT_A_TIME {
            unseen = 0;
            in_time(state)?;
        }
    }
    in_time(state)?;
    Ok(Ok(hashes))
}

/// Ends a call that is past its time as the module's own code would be ended.
fn in_time(state: &HostState) -> wasmtime::Result<()> {
    if state.late() { Err(Trap::Interrupt.into()) } else { Ok(()) }
}

/// A linker with exactly the services granted.
pub(crate) fn linker(
    engine: &wasmtime::Engine,
    services: &Services,
) -> Result<Linker<HostState>, EngineError> {
    let setup = |error: wasmtime::Error| EngineError::Setup { reason: error.to_string() };
    let mut linker = Linker::new(engine);
    if !services.pseudonym.is_empty() {
        let mut instance = linker.instance(&interface_name("pseudonym")).map_err(setup)?;
        instance
            .func_wrap(
                "hash",
                |store: StoreContextMut<'_, HostState>,
                 (key, offsets, bytes): (String, Vec<u32>, Vec<u8>)| {
                    let request = Untrusted::new(HashRequest { key, offsets, bytes });
                    Ok((hash(store.data(), request)?,))
                },
            )
            .map_err(setup)?;
    }
    if !services.encryption.is_empty() {
        let mut instance = linker.instance(&interface_name("encryption")).map_err(setup)?;
        encryption::link(&mut instance).map_err(setup)?;
    }
    if services.lookup {
        let mut instance = linker.instance(&interface_name("lookup")).map_err(setup)?;
        lookup::link(&mut instance).map_err(setup)?;
    }
    if services.log {
        let mut instance = linker.instance(&interface_name("log")).map_err(setup)?;
        instance
            .func_wrap(
                "write",
                |mut store: StoreContextMut<'_, HostState>, (level, text): (LogLevel, String)| {
                    store.data_mut().log(level, Untrusted::new(text));
                    Ok(())
                },
            )
            .map_err(setup)?;
    }
    Ok(linker)
}
