//! The one door for what a module gave back.

/// A value that a module gave back and that nobody has checked yet: a column, a text, a
/// plan, a figure, a state, whatever.
///
/// Whoever holds one can pass it on, take it apart into parts that are just as untrusted,
/// and have it checked. There is no other way to what is inside: the checks of this crate
/// take columns, schemas, bitmaps and states; every other type has the one check that it
/// declares by [`Validate`]. It costs nothing: the wrapper is gone when compiled.
///
/// ```
/// use bailiwick_columnar::{ColumnarError, GuestText, Untrusted, lift_bitmap};
///
/// fn checked(bitmap: Untrusted<Vec<u8>>) -> Result<usize, ColumnarError> {
///     lift_bitmap(bitmap, 10).map(|bits| bits.len())
/// }
///
/// fn harmless(text: Untrusted<String>) -> GuestText {
///     GuestText::from(text)
/// }
/// ```
///
/// The same without the check does not compile, neither by the field:
///
/// ```compile_fail,E0616
/// use bailiwick_columnar::Untrusted;
///
/// fn unchecked(bitmap: Untrusted<Vec<u8>>) -> usize {
///     bitmap.0.len() // private
/// }
/// ```
///
/// nor by what this crate itself uses:
///
/// ```compile_fail,E0624
/// use bailiwick_columnar::Untrusted;
///
/// fn unchecked(text: Untrusted<String>) -> String {
///     text.into_inner() // of this crate alone
/// }
/// ```
///
/// nor by a pattern:
///
/// ```compile_fail,E0532
/// use bailiwick_columnar::Untrusted;
///
/// fn unchecked(text: Untrusted<String>) -> String {
///     let Untrusted(text) = text; // private
///     text
/// }
/// ```
///
/// nor by a check that its type does not have:
///
/// ```compile_fail,E0599
/// use bailiwick_columnar::Untrusted;
///
/// struct Figure(f64);
///
/// fn unchecked(figure: Untrusted<Figure>) -> f64 {
///     figure.validate(()).0 // `Figure` does not say how it is checked
/// }
/// ```
///
/// nor by printing, copying or dereferencing it:
///
/// ```compile_fail,E0277
/// # use bailiwick_columnar::Untrusted;
/// fn printed(text: Untrusted<String>) -> String {
///     format!("{text:?}")
/// }
/// ```
///
/// ```compile_fail,E0614
/// # use bailiwick_columnar::Untrusted;
/// fn followed(figure: Untrusted<f64>) -> f64 {
///     *figure
/// }
/// ```
///
/// ```compile_fail,E0308
/// # use bailiwick_columnar::Untrusted;
/// fn copied(text: &Untrusted<String>) -> Untrusted<String> {
///     text.clone()
/// }
/// ```
pub struct Untrusted<T>(T);

/// How a value that a module gave is checked. A type has one way.
pub trait Validate: Sized {
    /// What it is held to.
    type Against<'a>;
    /// What comes of it: a type that says what was checked.
    type Valid;
    /// Why it is refused.
    type Error;

    /// Checks it.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    fn validate(self, against: Self::Against<'_>) -> Result<Self::Valid, Self::Error>;
}

impl<T> Untrusted<T> {
    /// Marks what came from a module.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Validate> Untrusted<T> {
    /// What comes of it once its type has checked it.
    ///
    /// # Errors
    /// As its type says.
    pub fn validate(self, against: T::Against<'_>) -> Result<T::Valid, T::Error> {
        self.0.validate(against)
    }
}

impl<T> Untrusted<Option<T>> {
    /// Whether it is there, which is all that is told of it.
    pub fn transpose(self) -> Option<Untrusted<T>> {
        self.0.map(Untrusted)
    }
}

impl<T> Untrusted<Vec<T>> {
    /// How many there are, as the host itself counts them.
    #[expect(clippy::len_without_is_empty, reason = "it is held to bounds, never to none")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them, no more trusted than before.
    pub fn into_items(self) -> impl Iterator<Item = Untrusted<T>> {
        self.0.into_iter().map(Untrusted)
    }
}
