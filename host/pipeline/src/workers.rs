//! The threads that decode and encode columns, and end steps.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bailiwick_terms::ProductName;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::PipelineError;

/// The threads of one run that decode and encode columns. Its source and its sinks
/// share them: they are as many as were asked for, however many files are open.
///
/// What is computed here never depends on how many they are.
#[derive(Debug, Clone)]
pub(crate) struct Workers(Arc<ThreadPool>);

/// A panic on one of the threads: a defect of bailiwick or of a library of it.
#[derive(Debug, thiserror::Error)]
#[error("its rows met a defect of bailiwick: please report it with what was printed above")]
pub(crate) struct Panicked;

impl Workers {
    /// Starts so many threads.
    pub(crate) fn start(threads: NonZeroUsize) -> Result<Self, PipelineError> {
        ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .thread_name(|index| format!("columns-{index}"))
            .build()
            .map(|pool| Self(Arc::new(pool)))
            .map_err(|error| PipelineError::Threads {
                threads: threads.get(),
                reason: error.to_string(),
            })
    }

    /// Does work that rayon's parallel iterators spread over the threads, and waits for
    /// it. A panic in it is an error here, and the threads live on.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Panicked> {
        // What was borrowed by work that panicked is not used again: its file is given up.
        catch_unwind(AssertUnwindSafe(|| self.0.install(work))).map_err(|_| Panicked)
    }

    /// Does work on each of several things, spread over the threads, and gives what came
    /// of them in their order; of several errors the first in that order.
    pub(crate) fn each<T: Send, U: Send>(
        &self,
        product: &ProductName,
        things: impl IntoParallelIterator<Item = T> + Send,
        work: impl Fn(T) -> Result<U, PipelineError> + Sync + Send,
    ) -> Result<Vec<U>, PipelineError> {
        let done = self.run(|| things.into_par_iter().map(work).collect::<Vec<_>>());
        let done = done.map_err(|panicked| PipelineError::Accounting {
            product: product.clone(),
            detail: panicked.to_string(),
        })?;
        done.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_on_a_thread_is_an_error_and_work_goes_on() {
        let workers = Workers::start(NonZeroUsize::new(2).unwrap()).unwrap();
        let panicking = || (0..100).into_par_iter().for_each(|at| assert_ne!(at, 70));
        workers.run(panicking).unwrap_err();
        let sum = workers.run(|| (0..100).into_par_iter().sum::<u32>()).unwrap();
        assert_eq!(sum, 4950);
    }
}
