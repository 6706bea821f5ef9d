//! What rows take of the memory that a run may hold.

use arrow_array::{Array, ArrayRef, RecordBatch};
use bailiwick_engine::{Held, MemoryAccount};
use bailiwick_terms::ProductName;

use crate::PipelineError;

/// Bytes of the rows of a batch, however much of its buffers others share.
pub(crate) fn bytes_of(batch: &RecordBatch) -> u64 {
    let bytes = |column: &ArrayRef| {
        let data = column.to_data();
        data.get_slice_memory_size().unwrap_or_else(|_| data.get_array_memory_size())
    };
    batch.columns().iter().map(bytes).sum::<usize>() as u64
}

/// The memory of a product's run, where it is bounded. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct RunMemory {
    product: ProductName,
    account: Option<MemoryAccount>,
}

/// Bytes of a run's memory that somebody holds, if they are counted.
#[derive(Debug, Default)]
pub(crate) struct HeldRows(Option<Held>);

impl RunMemory {
    /// So many bytes at most, or as many as there are.
    pub(crate) fn of(product: &ProductName, limit_bytes: Option<u64>) -> Self {
        Self { product: product.clone(), account: limit_bytes.map(MemoryAccount::new) }
    }

    /// The account that others take from too.
    pub(crate) fn account(&self) -> Option<&MemoryAccount> {
        self.account.as_ref()
    }

    /// Holds nothing yet.
    pub(crate) fn nothing(&self) -> HeldRows {
        HeldRows(self.account.as_ref().and_then(|account| account.take(0)))
    }

    /// Holds as many bytes as that says from now on, where they are counted.
    pub(crate) fn hold(
        &self,
        held: &mut HeldRows,
        bytes: impl FnOnce() -> u64,
    ) -> Result<(), PipelineError> {
        let Some(own) = &mut held.0 else { return Ok(()) };
        if own.resize(bytes()) {
            return Ok(());
        }
        let (product, limit_bytes) = (self.product.clone(), own.limit_bytes());
        Err(PipelineError::Memory { product, limit_bytes })
    }
}
