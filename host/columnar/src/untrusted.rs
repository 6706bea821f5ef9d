//! The one door for what a module gave back.

/// A value that a module gave back and that nobody has checked yet.
///
/// Whoever holds one can pass it on and nothing else: only the checks of this
/// crate look inside. So no array, schema or bitmap is made of unchecked bytes.
///
/// ```compile_fail
/// use bailiwick_columnar::{Untrusted, WireBatch};
///
/// fn peek(batch: Untrusted<WireBatch>) -> u32 {
///     batch.0.rows // private: lift it
/// }
/// ```
#[derive(Debug)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Marks what came from a module.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}
