//! The steps of durable writes, noted, or refused from one on.

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;

/// One step, as `durable::disk` is about to take it.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    MakeFolder(PathBuf),
    /// A new file, whole.
    Write {
        file: PathBuf,
        bytes: Vec<u8>,
    },
    SyncFile(PathBuf),
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    SyncFolder(PathBuf),
}

#[derive(Default)]
struct Journal {
    steps: Vec<Step>,
    /// From this step on, the disk does nothing any more.
    fails_at: Option<usize>,
}

thread_local! {
    static JOURNAL: RefCell<Option<Journal>> = const { RefCell::new(None) };
}

/// Called before a step is taken.
pub(crate) fn note(step: Step) -> io::Result<()> {
    JOURNAL.with_borrow_mut(|journal| {
        let Some(Journal { steps, fails_at }) = journal else { return Ok(()) };
        if fails_at.is_some_and(|failing| steps.len() >= failing) {
            return Err(io::Error::other("the disk is gone"));
        }
        steps.push(step);
        Ok(())
    })
}

/// What is done, and the steps of it on this thread.
pub(super) fn noted<T>(act: impl FnOnce() -> T) -> (T, Vec<Step>) {
    with(Journal::default(), act)
}

/// What is done on a disk that fails after so many steps.
pub(super) fn failing_after<T>(steps: usize, act: impl FnOnce() -> T) -> T {
    with(Journal { steps: Vec::new(), fails_at: Some(steps) }, act).0
}

fn with<T>(journal: Journal, act: impl FnOnce() -> T) -> (T, Vec<Step>) {
    JOURNAL.set(Some(journal));
    let done = act();
    let journal = JOURNAL.take().unwrap_or_default();
    (done, journal.steps)
}
