//! wasmtime, set up once for all modules.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bailiwick_terms::ModuleDigest;
use wasmtime::component::Component;
use wasmtime::{Config, Enabled, PoolingAllocationConfig};

use crate::limiter::{MAX_INSTANCES, MAX_MEMORIES};
use crate::{CompiledCache, EngineError};

/// How often time limits are looked at, milliseconds: a call ends at most this
/// much after its limit.
pub(crate) const TICK_MS: u64 = 10;
/// The wasm stack of a call, bytes: deep recursion ends here, far from the host's own.
pub(crate) const STACK_BYTES: usize = 1 << 20;
/// Stages and checks that can be open at once in one engine: steps of a plan times
/// lanes. Each has address space kept for it, and no memory until it is opened.
pub const MAX_OPEN: u32 = 1024;
/// The largest memory that any approval can allow, bytes.
const MAX_MEMORY_BYTES: usize = 2 << 30;
/// Memory of a closed instance that is kept for the next, bytes: above what a
/// stage touches at 65,536 rows, below what would be missed.
const KEEP_RESIDENT_BYTES: usize = 8 << 20;

/// wasmtime engines, shared by all modules and cheap to clone.
///
/// Dropping the last clone ends the thread that watches time limits.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    plain: wasmtime::Engine,
    /// Counting fuel changes the code that is generated, so it has an engine of its
    /// own, made when a limit first asks for it.
    metered: OnceLock<wasmtime::Engine>,
    cache: Option<CompiledCache>,
    stop: Arc<AtomicBool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Sets up the sandbox. Modules are compiled whenever they are loaded.
    ///
    /// # Errors
    /// [`EngineError::Setup`] where the machine lacks what it needs, such as
    /// address space for guard pages.
    pub fn new() -> Result<Self, EngineError> {
        Self::set_up(None)
    }

    /// Sets up the sandbox, to take compiled modules from a cache and put them there.
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn with_cache(cache: CompiledCache) -> Result<Self, EngineError> {
        Self::set_up(Some(cache))
    }

    fn set_up(cache: Option<CompiledCache>) -> Result<Self, EngineError> {
        let stop = Arc::new(AtomicBool::new(false));
        let plain = runtime(false, &stop)?;
        Ok(Self(Arc::new(Inner { plain, metered: OnceLock::new(), cache, stop })))
    }

    /// The component of the module of that digest, if it was compiled before and its code
    /// was kept: only what was admitted is compiled.
    pub(crate) fn kept(
        &self,
        runtime: &wasmtime::Engine,
        digest: &ModuleDigest,
    ) -> Option<Component> {
        self.0.cache.as_ref()?.find(runtime, digest)
    }

    /// The component of bytes that were admitted, of that digest, compiled now and kept.
    pub(crate) fn compiled(
        &self,
        runtime: &wasmtime::Engine,
        bytes: &[u8],
        digest: &ModuleDigest,
    ) -> wasmtime::Result<Component> {
        let component = Component::new(runtime, bytes)?;
        if let Some(cache) = &self.0.cache {
            cache.keep(runtime, digest, &component);
        }
        Ok(component)
    }

    pub(crate) fn runtime(&self, fuel: bool) -> Result<&wasmtime::Engine, EngineError> {
        if !fuel {
            return Ok(&self.0.plain);
        }
        if let Some(metered) = self.0.metered.get() {
            return Ok(metered);
        }
        let made = runtime(true, &self.0.stop)?;
        Ok(self.0.metered.get_or_init(|| made))
    }
}

fn config(fuel: bool) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    let instances = MAX_OPEN * 4;
    pool.total_component_instances(MAX_OPEN)
        .total_core_instances(instances)
        .total_memories(MAX_OPEN)
        .total_tables(instances)
        .max_core_instances_per_component(MAX_INSTANCES as u32)
        .max_memories_per_component(MAX_MEMORIES as u32)
        .max_tables_per_component(MAX_MEMORIES as u32)
        .max_memory_size(MAX_MEMORY_BYTES)
        .table_elements(100_000)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        // Only pages that were written are made as they were: without asking the kernel which
        // these are, the first bytes of each memory are, most of which were never touched.
        // Before Linux 6.7 there is no way to ask.
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(64 << 10);

    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // No threads of a guest's own, nothing asynchronous: a third of a call's cost.
        .concurrency_support(false)
        .epoch_interruption(true)
        .consume_fuel(fuel)
        .max_wasm_stack(STACK_BYTES)
        .allocation_strategy(pool)
        .memory_init_cow(true)
        // The same bits on every machine (principle 7).
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        // What a trap says must not depend on the host's environment.
        .wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Disable);
    config
}

fn runtime(fuel: bool, stop: &Arc<AtomicBool>) -> Result<wasmtime::Engine, EngineError> {
    let setup = |reason: String| EngineError::Setup { reason };
    let engine =
        wasmtime::Engine::new(&config(fuel)).map_err(|error| setup(format!("{error:#}")))?;
    let (ticked, stop) = (engine.weak(), Arc::clone(stop));
    std::thread::Builder::new()
        .name("bailiwick-epoch".into())
        .spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(TICK_MS));
                match ticked.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => break,
                }
            }
        })
        .map_err(|error| setup(error.to_string()))?;
    Ok(engine)
}
