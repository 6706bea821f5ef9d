//! All outputs of a run become visible together, or none does.
//!
//! A product's folder holds `runs/<run>/` for each committed run and a link
//! `current` to the newest. A run writes into `.staging-<run>`, which nobody
//! reads; committing renames it into `runs/` and then swings the link, both
//! atomic. A run that is killed leaves a staging folder, which the next removes:
//! the lock says that nobody else is writing it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use bailiwick_terms::ProductName;

use crate::PipelineError;
use crate::report::Report;

const LOCK: &str = ".lock";
const STAGING: &str = ".staging-";
/// The link to the newest committed run.
const CURRENT: &str = "current";
/// The folder of committed runs.
const RUNS: &str = "runs";
/// The folder of reports of runs that a quality gate blocked.
const BLOCKED: &str = "blocked";
/// The report's file within a run.
pub(crate) const REPORT: &str = "report.json";
/// The report's file as a page, within a run.
pub(crate) const PAGE: &str = "report.html";
/// The report's file as JUnit XML, within a run.
pub(crate) const JUNIT: &str = "junit.xml";
/// The plan's file within a run.
pub(crate) const PLAN: &str = "plan.json";

/// A product's folder below the output folder of a mesh.
#[derive(Debug, Clone)]
pub(crate) struct ProductFolder(PathBuf);

impl ProductFolder {
    pub(crate) fn new(output: &Path, product: &ProductName) -> Self {
        Self(output.join(product.domain().as_str()).join(product.product().as_str()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The newest committed run, if there is one.
    pub(crate) fn current(&self) -> Option<PathBuf> {
        fs::canonicalize(self.0.join(CURRENT)).ok()
    }

    /// The folders of all runs that were kept, committed or blocked, in no order.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let kept =
            [RUNS, BLOCKED].into_iter().filter_map(|kind| fs::read_dir(self.0.join(kind)).ok());
        kept.flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    }
}

/// The folder that a run writes into until it commits.
pub(crate) struct Staging {
    folder: ProductFolder,
    product: ProductName,
    run: String,
    path: PathBuf,
    // Held for its lock, which ends with it.
    _lock: File,
}

/// What committing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// The run's outputs are new.
    New,
    /// The same run was committed before, with the same bytes.
    Reproduced,
}

impl Staging {
    /// Takes the product's lock, removes what killed runs left, and begins a folder.
    pub(crate) fn begin(
        folder: &ProductFolder,
        product: &ProductName,
        run: &str,
    ) -> Result<Self, PipelineError> {
        let at = folder.path();
        fs::create_dir_all(at).map_err(|error| failed(at, &error))?;
        let lock_path = at.join(LOCK);
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|error| failed(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let directory = at.to_owned();
                return Err(PipelineError::Busy { product: product.clone(), directory });
            }
            Err(TryLockError::Error(error)) => return Err(failed(&lock_path, &error)),
        }
        for entry in fs::read_dir(at).map_err(|error| failed(at, &error))? {
            let entry = entry.map_err(|error| failed(at, &error))?;
            if entry.file_name().to_string_lossy().starts_with(STAGING) {
                let path = entry.path();
                fs::remove_dir_all(&path).map_err(|error| failed(&path, &error))?;
            }
        }
        let path = at.join(format!("{STAGING}{run}"));
        fs::create_dir(&path).map_err(|error| failed(&path, &error))?;
        Ok(Self {
            folder: folder.clone(),
            product: product.clone(),
            run: run.to_owned(),
            path,
            _lock: lock,
        })
    }

    /// Where the run writes its files.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the run, of these files, the product's current one. A run of that id that was
    /// committed before stays as it is, if its files are the same.
    pub(crate) fn commit(
        self,
        report: &Report,
        files: &[Unsynced],
    ) -> Result<(PathBuf, Commit), PipelineError> {
        let runs = self.folder.path().join(RUNS);
        let target = runs.join(&self.run);
        fs::create_dir_all(&runs).map_err(|error| failed(&runs, &error))?;
        let commit = if target.exists() {
            self.compare(report, &target)?;
            Commit::Reproduced
        } else {
            sync(files)?;
            sync_folder(&self.path)?;
            fs::rename(&self.path, &target).map_err(|error| failed(&target, &error))?;
            sync_folder(&runs)?;
            Commit::New
        };
        let link = self.folder.path().join(CURRENT);
        let fresh = self.folder.path().join(format!("{STAGING}{CURRENT}"));
        std::os::unix::fs::symlink(Path::new(RUNS).join(&self.run), &fresh)
            .and_then(|()| fs::rename(&fresh, &link))
            .map_err(|error| failed(&link, &error))?;
        sync_folder(self.folder.path())?;
        Ok((target, commit))
    }

    fn compare(&self, report: &Report, target: &Path) -> Result<(), PipelineError> {
        for written in report.files() {
            let committed = crate::input::sha256_of(&target.join(&written.file));
            if committed.is_none_or(|(digest, _)| digest != written.sha256) {
                return Err(PipelineError::NotReproduced {
                    product: self.product.clone(),
                    run: self.run.clone(),
                    file: written.file.clone(),
                    directory: target.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Keeps the report of a run that delivers nothing, in each of its forms, and nothing
    /// else of it. Gives the path of the first.
    pub(crate) fn block(self, forms: &[(&str, String)]) -> Result<PathBuf, PipelineError> {
        let target = self.folder.path().join(BLOCKED).join(&self.run);
        fs::create_dir_all(&target).map_err(|error| failed(&target, &error))?;
        // The first last: where it is, so are the others.
        for (name, text) in forms.iter().rev() {
            let (path, fresh) = (target.join(name), target.join(format!("{STAGING}{name}")));
            fs::write(&fresh, text)
                .and_then(|()| fs::rename(&fresh, &path))
                .map_err(|error| failed(&path, &error))?;
        }
        Ok(target.join(REPORT))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a commit there is nothing here. Where removing fails, the next run
        // removes it: nobody ever reads a staging folder.
        drop(fs::remove_dir_all(&self.path));
    }
}

/// A file of a run that was written and may not be on the disk yet.
pub(crate) struct Unsynced {
    path: PathBuf,
    file: File,
}

impl Unsynced {
    pub(crate) fn of(path: PathBuf, file: File) -> Self {
        Self { path, file }
    }

    fn sync(&self) -> Result<(), PipelineError> {
        self.file.sync_all().map_err(|error| failed(&self.path, &error))
    }
}

/// Brings files to the disk: all at once, for a file system brings the changes of several to
/// it in the time of one.
fn sync(files: &[Unsynced]) -> Result<(), PipelineError> {
    thread::scope(|scope| {
        let syncing = files.iter().map(|file| {
            let thread = thread::Builder::new().name("sync".into());
            let spawned = thread.spawn_scoped(scope, || file.sync());
            spawned.map_err(|error| failed(&file.path, &error))
        });
        let syncing: Vec<_> = syncing.collect();
        syncing.into_iter().zip(files).try_for_each(|(thread, file)| {
            let panicked = |_| io::Error::other("its thread panicked");
            thread?.join().map_err(panicked).map_err(|error| failed(&file.path, &error))?
        })
    })
}

/// Writes a small file of the run.
pub(crate) fn write_file(folder: &Path, name: &str, text: &str) -> Result<Unsynced, PipelineError> {
    let path = folder.join(name);
    let written = File::create_new(&path).and_then(|mut file| {
        io::Write::write_all(&mut file, text.as_bytes())?;
        Ok(file)
    });
    let file = written.map_err(|error| failed(&path, &error))?;
    Ok(Unsynced::of(path, file))
}

fn sync_folder(path: &Path) -> Result<(), PipelineError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &io::Error) -> PipelineError {
    PipelineError::Output { path: path.to_owned(), reason: error.to_string() }
}
