//! Compiled code, kept for the next process.
//!
//! Compiling a module takes tens of milliseconds; taking up what was compiled before
//! takes less than one. But wasmtime runs compiled code as it is: whoever writes it
//! is in no sandbox. So an entry is used only if this host wrote it: it is
//! authenticated with a key that never leaves the folder, which is its owner's alone.
//! Nothing that a domain publishes ever gets there uncompiled or unchecked: a module
//! is admitted by its own bytes before it is compiled, and an entry that authenticates
//! says that the very bytes of its digest were. What they export and import is looked at
//! each time; how much work they make for the compiler, before the entry is made.
//!
//! The cache is no state that anything depends on. An entry that is missing, damaged
//! or not ours is compiled anew and replaced, and a folder that cannot be written
//! costs time, not a run. Removing the folder is always safe.

mod error;
mod folder;
mod seal;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bailiwick_terms::ModuleDigest;
use wasmtime::component::Component;

pub use self::error::CacheError;
use self::folder::{Folder, Unusable};
use self::seal::{Authentic, SealingKey};

/// What a cache may hold unless its owner says otherwise, bytes: 1 GiB, some
/// thousands of modules in Rust, or some twenty with a Python engine inside each.
pub const DEFAULT_CACHE_BYTES: u64 = 1 << 30;

/// A buffer that is kept for the next entry, bytes: twice the largest of the standard modules'.
const MAX_BUFFER_BYTES: usize = 2 << 20;

/// A folder of compiled code, which only this user's processes write. Cheap to clone.
///
/// Processes can share it: an entry is there as a whole or not at all.
#[derive(Debug, Clone)]
pub struct CompiledCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// None where the folder is of no use: then everything is compiled.
    kept: Option<Kept>,
    usage: Mutex<CacheUsage>,
}

#[derive(Debug)]
struct Kept {
    folder: Folder,
    key: SealingKey,
    max_bytes: u64,
    /// What entries were read into, for the next: one for each thread that loads modules.
    /// Memory that is touched for the first time costs more than what is done with it.
    buffers: Mutex<Vec<Vec<u8>>>,
}

/// What a cache was good for so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheUsage {
    /// Modules that were taken from it.
    pub found: u64,
    /// Modules that were compiled, since they were not in it or not usable.
    pub compiled: u64,
    /// Why the folder, or the last entry that could not be written, is not kept;
    /// none: all is well.
    pub trouble: Option<String>,
}

impl CompiledCache {
    /// Opens the cache in a folder of its own, which is made if it is not there, for
    /// its owner alone. Above `max_bytes`, the entries that were written longest ago
    /// are removed.
    ///
    /// A folder that cannot be made, read or written is no error: modules are then
    /// compiled each time, and [`CompiledCache::usage`] says why.
    ///
    /// # Errors
    /// [`CacheError`] where another user could read the key or put code into the
    /// folder. Nothing was read from it then.
    pub fn open(folder: &Path, max_bytes: u64) -> Result<Self, CacheError> {
        let opened = Folder::open(folder).and_then(|folder| {
            let key = SealingKey::of(&folder)?;
            Ok(Kept { folder, key, max_bytes, buffers: Mutex::default() })
        });
        let mut usage = CacheUsage::default();
        let kept = match opened {
            Ok(kept) => Some(kept),
            Err(Unusable::Unsafe(error)) => return Err(error),
            Err(Unusable::Io(error)) => {
                usage.trouble = Some(trouble(folder, &error));
                None
            }
        };
        Ok(Self(Arc::new(Inner { kept, usage: Mutex::new(usage) })))
    }

    /// What it was good for so far, and what it is in trouble with.
    pub fn usage(&self) -> CacheUsage {
        self.0.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The component of the module of that digest, as it was compiled for `engine` before.
    pub(crate) fn find(
        &self,
        engine: &wasmtime::Engine,
        digest: &ModuleDigest,
    ) -> Option<Component> {
        let kept = self.0.kept.as_ref()?;
        let component = kept.find(engine, &entry_name(engine, digest))?;
        self.note(|usage| usage.found += 1);
        Some(component)
    }

    /// Keeps the component of the module of that digest, which `engine` compiled.
    pub(crate) fn keep(
        &self,
        engine: &wasmtime::Engine,
        digest: &ModuleDigest,
        component: &Component,
    ) {
        self.note(|usage| usage.compiled += 1);
        if let Some(kept) = &self.0.kept
            && let Err(reason) = kept.keep(&entry_name(engine, digest), component)
        {
            self.note(|usage| usage.trouble = Some(reason));
        }
    }

    fn note(&self, change: impl FnOnce(&mut CacheUsage)) {
        change(&mut self.0.usage.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Kept {
    fn find(&self, engine: &wasmtime::Engine, name: &str) -> Option<Component> {
        let mut entry = self.buffers().pop().unwrap_or_default();
        self.folder.read(name, self.max_bytes, &mut entry).ok()?;
        let code = self.key.unseal(name, &entry)?;
        // An engine that would not take it has another name for it, so that this is
        // an entry: still, what wasmtime refuses is compiled anew.
        let component = deserialized(engine, code).ok()?;
        if entry.capacity() <= MAX_BUFFER_BYTES {
            self.buffers().push(entry);
        }
        Some(component)
    }

    fn buffers(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, name: &str, component: &Component) -> Result<(), String> {
        let code = component.serialize().map_err(|error| error.to_string())?;
        let entry = self.key.seal(name, &code);
        let (found, limit) = (entry.len() as u64, self.max_bytes);
        if found > limit {
            let folder = self.folder.path().display();
            return Err(format!(
                "an entry of {found} bytes is more than the {limit} that {folder} may hold"
            ));
        }
        self.folder
            .replace(name, &entry)
            .and_then(|()| self.folder.prune(limit))
            .map_err(|error| trouble(self.folder.path(), &error))
    }
}

fn deserialized(engine: &wasmtime::Engine, code: Authentic<'_>) -> wasmtime::Result<Component> {
    // SAFETY: these must be bytes that `Component::serialize` gave, unchanged.
    // `Authentic` is made by `SealingKey::unseal` alone, which holds the bytes and the
    // entry's name against a MAC whose key only this user's processes can read, and
    // the one place that seals is `Kept::keep`, which seals what `serialize` gave. The
    // bytes were read into memory of ours before they were verified, so that nobody
    // changes them between the two, and `deserialize` copies them. The name binds them
    // to the module, to this version and to the engine's settings; that the engine's
    // settings fit, wasmtime checks again.
    unsafe { Component::deserialize(engine, code.bytes()) }
}

/// What an entry is called: the module, our version, and a hash of all that decides
/// which code the engine generates: wasmtime's version, its settings, the processor.
///
/// The hash tells engines apart and protects nothing; that another build may hash
/// otherwise only costs a compilation.
fn entry_name(engine: &wasmtime::Engine, module: &ModuleDigest) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    format!("{module}-{}-{:016x}", env!("CARGO_PKG_VERSION"), settings.finish())
}

fn trouble(folder: &Path, error: &std::io::Error) -> String {
    format!("compiled code cannot be kept in {}: {error}", folder.display())
}
