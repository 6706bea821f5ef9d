//! The host services, natively.

use std::cell::RefCell;
use std::collections::BTreeMap;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::service::Level;
use crate::{Error, Result};

thread_local! {
    static KEYS: RefCell<BTreeMap<String, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
    static LOG: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

/// Gives the modules that this thread tests a key to hash under.
pub fn set_key(name: &str, key: &[u8]) {
    KEYS.with_borrow_mut(|keys| keys.insert(name.to_owned(), key.to_vec()));
}

/// What modules have logged on this thread since the last call.
pub fn logged() -> Vec<(Level, String)> {
    LOG.with_borrow_mut(std::mem::take)
}

pub(crate) fn hash(key: &str, offsets: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
    let secret = KEYS.with_borrow(|keys| keys.get(key).cloned());
    let secret = secret.ok_or_else(|| Error::settings(format!("no key {key:?}")))?;
    let malformed = || Error::data("offsets do not describe the bytes");
    let mut hashes = Vec::new();
    for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
        let value = bytes.get(*start as usize..*end as usize).ok_or_else(malformed)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(|_| malformed())?;
        mac.update(value);
        hashes.extend_from_slice(&mac.finalize().into_bytes());
    }
    Ok(hashes)
}

pub(crate) fn log(level: Level, message: &str) {
    LOG.with_borrow_mut(|log| log.push((level, message.to_owned())));
}
