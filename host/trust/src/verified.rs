//! Delegated roles that a client has verified.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::targets::{Delegations, Targets};

/// Delegated roles that were verified, each by the delegations that it was verified with.
/// A client judges by one state at one time (TUF 5.1): what held once holds as long as it
/// lives, and need be read once, however many targets are asked for.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<BTreeMap<String, (Delegations, Arc<Targets>)>>);

impl Verified {
    /// What the role says, if it was verified with these delegations.
    pub(crate) fn get(&self, role: &str, delegations: &Delegations) -> Option<Arc<Targets>> {
        let roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (by, targets) = roles.get(role)?;
        (by == delegations).then(|| Arc::clone(targets))
    }

    /// Remembers what the role says, which was verified with these delegations.
    pub(crate) fn insert(&self, role: &str, delegations: &Delegations, targets: &Arc<Targets>) {
        let entry = (delegations.clone(), Arc::clone(targets));
        let mut roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        roles.insert(role.to_owned(), entry);
    }
}
