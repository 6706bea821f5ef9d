//! What one file of cases says otherwise than another.

use std::fmt;

use crate::{Case, Cases};

/// What one file of cases says otherwise than the one before it: names of cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Those that are new.
    pub added: Vec<String>,
    /// Those that have the name of a former one and are another.
    pub changed: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
}

impl Cases {
    /// What these say otherwise than former ones.
    pub fn changes_since(&self, former: &Cases) -> Changes {
        let mut changes = Changes::default();
        for case in self.as_slice() {
            match former.named(&case.name) {
                None => changes.added.push(case.name.clone()),
                Some(former) if former != case => changes.changed.push(case.name.clone()),
                Some(_) => {}
            }
        }
        let gone = former.as_slice().iter().filter(|case| self.named(&case.name).is_none());
        changes.removed.extend(gone.map(|case| case.name.clone()));
        changes
    }

    fn named(&self, name: &str) -> Option<&Case> {
        self.as_slice().iter().find(|case| case.name == name)
    }
}

impl Changes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, removed } = self;
        write!(f, "{} added, {} changed, {} removed", added.len(), changed.len(), removed.len())
    }
}
