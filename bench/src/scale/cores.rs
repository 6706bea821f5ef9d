//! Cores that a process is kept to.

use std::thread;

use anyhow::{Context, anyhow, ensure};
use core_affinity::CoreId;

/// Cores of this machine that this process may use.
#[derive(Debug, Clone)]
pub struct Cores {
    all: Vec<CoreId>,
    /// How many of them are meant, from the first on.
    count: usize,
}

impl Cores {
    /// All of them.
    ///
    /// # Errors
    /// Where the system does not say which they are.
    pub fn all() -> anyhow::Result<Self> {
        let all = core_affinity::get_core_ids().context("the machine does not list its cores")?;
        ensure!(!all.is_empty(), "the machine lists no core");
        let count = all.len();
        Ok(Self { all, count })
    }

    /// The first of them alone.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { count: 1, ..self.clone() }
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Does work on a thread that, with every process which it starts, is kept to these
    /// cores: to one of them, or to none in particular.
    pub(super) fn confined<T: Send>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send,
    ) -> anyhow::Result<T> {
        let only = self.all.first().filter(|_| self.count == 1).copied();
        let confined = || {
            let kept = only.is_none_or(core_affinity::set_for_current);
            ensure!(kept, "a process cannot be kept to one core here");
            work()
        };
        thread::scope(|scope| scope.spawn(confined).join())
            .map_err(|_| anyhow!("the thread of a run panicked"))?
    }
}
