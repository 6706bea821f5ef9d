//! A file that many threads read at once.

use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A file from a position on. Reading it moves no position but its own, where clones
/// of a [`File`] share theirs.
#[derive(Clone)]
pub(super) struct FileRange {
    file: Arc<File>,
    bytes: u64,
    at: u64,
}

impl FileRange {
    pub(super) fn of(file: File) -> std::io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), bytes, at: 0 })
    }
}

impl Read for FileRange {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Length for FileRange {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for FileRange {
    type T = BufReader<Self>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(Self { at: start, ..self.clone() }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // The length is what a page says of itself: memory is taken for no more than
        // the file has.
        if start.checked_add(length as u64).is_none_or(|end| end > self.bytes) {
            let reason = format!("{length} bytes at {start} are past its end at {}", self.bytes);
            return Err(ParquetError::EOF(reason));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}
