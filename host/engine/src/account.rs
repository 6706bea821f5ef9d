//! What one run may hold in memory, over all its lanes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that many hold together, up to a bound: the memories of all sandboxes that are
/// opened under it, and whatever else is taken from it. Cheap to clone.
///
/// It counts what is asked for, not what the machine has given: pages that were never
/// written count too, and what the process holds besides does not.
#[derive(Debug, Clone)]
pub struct MemoryAccount(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit_bytes: u64,
    held_bytes: AtomicU64,
}

/// Bytes of a [`MemoryAccount`], which go back to it when this is dropped.
#[derive(Debug)]
pub struct Held {
    account: MemoryAccount,
    bytes: u64,
}

impl MemoryAccount {
    /// An account of so many bytes, none of which is held.
    pub fn new(limit_bytes: u64) -> Self {
        Self(Arc::new(Inner { limit_bytes, held_bytes: AtomicU64::new(0) }))
    }

    /// The most that may be held at once, bytes.
    pub fn limit_bytes(&self) -> u64 {
        self.0.limit_bytes
    }

    /// What is held now, bytes.
    pub fn held_bytes(&self) -> u64 {
        self.0.held_bytes.load(Ordering::Relaxed)
    }

    /// So many bytes, or none where they are not left.
    pub fn take(&self, bytes: u64) -> Option<Held> {
        let mut held = Held { account: self.clone(), bytes: 0 };
        held.grow(bytes).then_some(held)
    }
}

impl Held {
    /// Takes so many bytes more, or none where they are not left.
    pub(crate) fn grow(&mut self, bytes: u64) -> bool {
        let Inner { limit_bytes, held_bytes } = &*self.account.0;
        let more = |held: u64| held.checked_add(bytes).filter(|held| held <= limit_bytes);
        let grown = held_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok();
        if grown {
            self.bytes += bytes;
        }
        grown
    }

    /// Holds so many bytes from now on, more or fewer than before; as many as before where
    /// they are not left, which it says.
    pub fn resize(&mut self, bytes: u64) -> bool {
        if let Some(more) = bytes.checked_sub(self.bytes) {
            return self.grow(more);
        }
        self.account.0.held_bytes.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        self.bytes = bytes;
        true
    }

    /// The bound of its account, bytes.
    pub fn limit_bytes(&self) -> u64 {
        self.account.limit_bytes()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.account.0.held_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_goes_back_when_it_is_dropped() {
        let account = MemoryAccount::new(10);
        let first = account.take(6).unwrap();
        assert!(account.take(5).is_none(), "one more than there is");
        let mut second = account.take(4).unwrap();
        assert!(!second.grow(1));
        assert_eq!(account.held_bytes(), 10);
        drop(first);
        assert!(!second.resize(11));
        assert!(second.resize(9) && second.resize(4));
        assert_eq!(account.held_bytes(), 4);
        assert!(second.grow(6) && !second.grow(u64::MAX));
        drop(second);
        assert_eq!(account.held_bytes(), 0);
    }
}
