//! The one door for what a module gave back.

/// A value that a module gave back and that nobody has checked yet.
///
/// Whoever holds one can pass it on and nothing else: only the checks of this
/// crate look inside. So no array, schema or bitmap is made of unchecked bytes.
///
/// ```
/// use bailiwick_columnar::{ColumnarError, Untrusted, lift_bitmap};
///
/// fn checked(bitmap: Untrusted<Vec<u8>>) -> Result<usize, ColumnarError> {
///     lift_bitmap(bitmap, 10).map(|bits| bits.len())
/// }
/// ```
///
/// The same without the check does not compile:
///
/// ```compile_fail,E0616
/// use bailiwick_columnar::Untrusted;
///
/// fn unchecked(bitmap: Untrusted<Vec<u8>>) -> usize {
///     bitmap.0.len() // private
/// }
/// ```
///
/// ```compile_fail,E0624
/// use bailiwick_columnar::Untrusted;
///
/// fn unchecked(bitmap: Untrusted<Vec<u8>>) -> usize {
///     bitmap.into_inner().len() // of this crate alone
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
