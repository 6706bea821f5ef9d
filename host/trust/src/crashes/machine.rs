//! A folder on a machine that can stop: what a process sees of it, and what of that a
//! power cut may leave.
//!
//! The model promises what POSIX does and no more. A file's bytes are durable once the
//! file was synced, a name or its removal once its folder was; what was not may be lost,
//! kept, or kept in part, each on its own and whatever came later.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::journal::Step;

/// All that is below a folder: files with their bytes, folders with none.
pub(super) type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

#[derive(Debug, Clone, Copy)]
enum Entry {
    Folder,
    /// By its place in `Machine::files`, whatever its name is.
    File(usize),
}

#[derive(Debug, Clone)]
struct File {
    bytes: Vec<u8>,
    synced: bool,
}

/// A change of names in one folder, which survives whole or not at all.
#[derive(Debug, Clone)]
struct Change {
    folder: PathBuf,
    added: Option<(PathBuf, Entry)>,
    removed: Option<PathBuf>,
}

type Entries = BTreeMap<PathBuf, Entry>;

#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    files: Vec<File>,
    durable: Entries,
    /// Changes of names that are not durable, in their order.
    pending: Vec<Change>,
}

impl Machine {
    /// With what is in a folder, all of it durable.
    pub(super) fn holding(folder: &Path) -> Self {
        let mut machine = Self::default();
        for (path, bytes) in tree(folder) {
            let entry = bytes.map_or(Entry::Folder, |bytes| machine.new_file(bytes, true));
            machine.durable.insert(path, entry);
        }
        machine
    }

    /// Takes steps that were noted in `folder`.
    pub(super) fn take(&mut self, steps: &[Step], folder: &Path) {
        for step in steps {
            self.step(step, |path| path.strip_prefix(folder).ok().map(Path::to_owned));
        }
    }

    fn step(&mut self, step: &Step, within: impl Fn(&Path) -> Option<PathBuf>) {
        match step {
            Step::MakeFolder(path) => {
                let Some(path) = within(path) else { return };
                self.know_above(&path);
                self.change(Some((path, Entry::Folder)), None);
            }
            Step::Write { file, bytes } => {
                let Some(path) = within(file) else { return };
                self.know_above(&path);
                let file = self.new_file(bytes.clone(), false);
                self.change(Some((path, file)), None);
            }
            Step::SyncFile(file) => {
                let file = within(file).and_then(|path| self.seen().get(&path).copied());
                if let Some(Entry::File(file)) = file {
                    self.files[file].synced = true;
                }
            }
            Step::Rename { from, to } => {
                let (Some(from), Some(to)) = (within(from), within(to)) else { return };
                let entry = self.seen()[&from];
                self.change(Some((to, entry)), Some(from));
            }
            Step::Remove(path) => {
                let Some(path) = within(path) else { return };
                self.change(None, Some(path));
            }
            Step::SyncFolder(folder) => {
                let Some(folder) = within(folder) else { return };
                let (synced, pending) =
                    self.pending.drain(..).partition(|change| change.folder == folder);
                self.pending = pending;
                let synced: Vec<Change> = synced;
                synced.iter().for_each(|change| change.apply(&mut self.durable));
            }
        }
    }

    /// A folder that was made on the way and not noted, such as a temporary one.
    fn know_above(&mut self, path: &Path) {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        if let Some(above) = above.filter(|above| !self.seen().contains_key(*above)) {
            self.know_above(above);
            self.change(Some((above.to_owned(), Entry::Folder)), None);
        }
    }

    fn new_file(&mut self, bytes: Vec<u8>, synced: bool) -> Entry {
        self.files.push(File { bytes, synced });
        Entry::File(self.files.len() - 1)
    }

    fn change(&mut self, added: Option<(PathBuf, Entry)>, removed: Option<PathBuf>) {
        let path = added.as_ref().map(|(path, _)| path).or(removed.as_ref()).unwrap();
        let folder = path.parent().unwrap().to_owned();
        self.pending.push(Change { folder, added, removed });
    }

    /// What processes see.
    fn seen(&self) -> Entries {
        self.with(|_| true)
    }

    fn with(&self, survives: impl Fn(usize) -> bool) -> Entries {
        let mut entries = self.durable.clone();
        let survivors = self.pending.iter().enumerate().filter(|(at, _)| survives(*at));
        survivors.for_each(|(_, change)| change.apply(&mut entries));
        entries
    }

    /// What is found after the process was killed: all that it had done.
    pub(super) fn killed(&self) -> Tree {
        self.tree(&self.seen(), 2)
    }

    /// All that can be found after the power was cut.
    pub(super) fn cut(&self) -> BTreeSet<Tree> {
        let mut found = BTreeSet::new();
        for survivors in 0..1_u32 << self.pending.len() {
            let entries = self.with(|at| survivors >> at & 1 == 1);
            for halves in 0..=2 {
                found.insert(self.tree(&entries, halves));
            }
        }
        found
    }

    /// `halves`: how much is left of bytes that were not synced.
    fn tree(&self, entries: &Entries, halves: usize) -> Tree {
        let mut tree = Tree::new();
        for (path, entry) in entries {
            // Without its folder, nothing leads to it.
            let above = path.parent().filter(|above| !above.as_os_str().is_empty());
            if above.is_some_and(|above| !tree.contains_key(above)) {
                continue;
            }
            let bytes = match entry {
                Entry::Folder => None,
                Entry::File(file) => {
                    let File { bytes, synced } = &self.files[*file];
                    let left = if *synced { bytes.len() } else { bytes.len() * halves / 2 };
                    Some(bytes[..left].to_vec())
                }
            };
            tree.insert(path.clone(), bytes);
        }
        tree
    }
}

impl Change {
    fn apply(&self, entries: &mut Entries) {
        if let (Some(from), Some((to, Entry::Folder))) = (&self.removed, &self.added) {
            let within: Vec<_> =
                entries.keys().filter(|path| path.starts_with(from)).cloned().collect();
            for path in within {
                if let (Some(entry), Ok(rest)) = (entries.remove(&path), path.strip_prefix(from)) {
                    entries.insert(to.join(rest), entry);
                }
            }
        }
        if let Some(path) = &self.removed {
            entries.remove(path);
        }
        if let Some((path, entry)) = &self.added {
            entries.insert(path.clone(), *entry);
        }
    }
}

/// Reads what is below a folder.
pub(super) fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(folder).unwrap().to_owned();
            if path.is_dir() {
                tree.insert(name, None);
                folders.push(path);
            } else {
                tree.insert(name, Some(fs::read(path).unwrap()));
            }
        }
    }
    tree
}

/// Puts it all into a folder of its own.
pub(super) fn folder(tree: &Tree) -> TempDir {
    let folder = empty();
    for (path, bytes) in tree {
        let path = folder.path().join(path);
        match bytes {
            None => fs::create_dir(path).unwrap(),
            Some(bytes) => fs::write(path, bytes).unwrap(),
        }
    }
    folder
}

/// An empty folder, in memory where there is such a place: what a sync does is the
/// model's to say, and thousands of real ones take their time.
pub(super) fn empty() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
