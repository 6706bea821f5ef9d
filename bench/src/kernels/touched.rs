//! The bytes that cross into modules and back.

use bailiwick_guest::wire;

use super::{NativeStep, Sandboxed, Work};

/// Every buffer that crosses in one run, and room for a copy of each.
#[derive(Debug)]
pub struct Touched {
    buffers: Vec<Vec<u8>>,
    copies: Vec<Vec<u8>>,
}

impl Touched {
    /// Those of a work that takes these batches.
    ///
    /// # Errors
    /// Where a policy fails.
    pub fn new(
        work: &Work,
        sandboxed: &Sandboxed,
        batches: &[Vec<wire::Batch>],
    ) -> anyhow::Result<Self> {
        let mut native = NativeStep::open_all(work, sandboxed)?;
        let mut buffers = Vec::new();
        for wires in batches {
            for (step, wire) in native.iter_mut().zip(wires) {
                buffers.extend(wire.buffers.iter().cloned());
                buffers.extend(step.buffers(wire.clone())?);
            }
        }
        buffers.retain(|buffer| !buffer.is_empty());
        let copies = buffers.clone();
        Ok(Self { buffers, copies })
    }

    /// Copies all of them.
    ///
    /// # Errors
    /// Never; contestants may.
    pub fn copy(&mut self) -> anyhow::Result<()> {
        for (copy, buffer) in self.copies.iter_mut().zip(&self.buffers) {
            copy.copy_from_slice(std::hint::black_box(buffer));
        }
        std::hint::black_box(&mut self.copies);
        Ok(())
    }
}
