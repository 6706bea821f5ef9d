//! Memory, tables and instances of one store.

use bailiwick_terms::Limits;
use wasmtime::ResourceLimiter;

use crate::{Fault, Held, LimitKind};

/// Core instances of one component: a Rust guest has three, an adapted one a few more, a
/// Python engine with stubs for what it is not given 38.
pub(crate) const MAX_INSTANCES: usize = 64;
/// Memories of one component, and tables: mostly one, and one of each for an adapter.
pub(crate) const MAX_MEMORIES: usize = 16;

/// Grants growth up to the limits, and remembers which one stopped it.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_limit: u64,
    memory: u64,
    /// Its share of what the run may hold, where that is bounded.
    run: Option<Held>,
    table_limit: u64,
    tables: u64,
    exceeded: Option<(LimitKind, u64)>,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, run: Option<Held>) -> Self {
        Self {
            memory_limit: limits.memory_bytes,
            memory: 0,
            run,
            table_limit: limits.table_elements,
            tables: 0,
            exceeded: None,
        }
    }

    /// Forgets what an earlier call was refused: a module may live with that, and
    /// then fail for another reason.
    pub(crate) fn rearm(&mut self) {
        self.exceeded = None;
    }

    /// The limit that was gone past since [`Limiter::rearm`], if any.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.exceeded.map(|(limit, allowed)| Fault::LimitExceeded { limit, allowed })
    }

    fn grow(total: u64, current: usize, desired: usize) -> u64 {
        total.saturating_sub(current as u64).saturating_add(desired as u64)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = Self::grow(self.memory, current, desired);
        if total > self.memory_limit {
            self.exceeded = Some((LimitKind::MemoryBytes, self.memory_limit));
            return Ok(false);
        }
        if let Some(run) = &mut self.run
            && !run.grow(total.saturating_sub(self.memory))
        {
            // It ends here: what a module made of a refusal would depend on what others
            // hold, and be another output on another machine.
            self.exceeded = Some((LimitKind::RunMemory, run.limit_bytes()));
            return Err(wasmtime::Error::msg("the run's memory is used up"));
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = Self::grow(self.tables, current, desired);
        if total > self.table_limit {
            self.exceeded = Some((LimitKind::TableElements, self.table_limit));
            return Ok(false);
        }
        self.tables = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        MAX_INSTANCES
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES
    }

    fn tables(&self) -> usize {
        MAX_MEMORIES
    }
}
