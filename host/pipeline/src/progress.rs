//! How far a run is.

/// Told how far a run is, after every batch.
pub trait Progress {
    /// So many rows were read, of so many where that is known.
    fn rows(&self, read: u64, total: Option<u64>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn rows(&self, _read: u64, _total: Option<u64>) {}
}
