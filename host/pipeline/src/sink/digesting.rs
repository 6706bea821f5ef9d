//! A file that knows the digest of what was written to it.

use std::fs::File;
use std::io::{BufWriter, Result, Write};

use sha2::{Digest, Sha256};

/// A file that counts and digests what passes on its way to it. On two gigabytes a
/// second it needs no thread of its own.
pub(super) struct Digesting {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

/// What was written.
pub(super) struct Digested {
    pub(super) bytes: u64,
    /// Hexadecimal.
    pub(super) sha256: String,
    /// The file, which may not be on the disk yet.
    pub(super) file: File,
}

impl Digesting {
    /// Writes to a file, from its beginning.
    pub(super) fn of(file: File) -> Self {
        Self { file: BufWriter::new(file), digest: Sha256::new(), bytes: 0 }
    }

    /// Ends it: all of it is written when this returns.
    pub(super) fn end(self) -> Result<Digested> {
        let file = self.file.into_inner()?;
        let sha256 = hex::encode(self.digest.finalize());
        Ok(Digested { bytes: self.bytes, sha256, file })
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}
