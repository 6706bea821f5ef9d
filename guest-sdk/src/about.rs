//! What a module says of itself.

/// How many columns one opened module works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One: a binding to several columns opens the module once for each.
    Column,
    /// All the columns of the binding together.
    Columns,
}

/// What a module says of itself: make it with [`about!`](crate::about).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The module's name, without its domain: lower-case letters, digits and `-`,
    /// beginning with a letter, at most 64 bytes.
    pub name: &'static str,
    /// Its version, such as `1.2.0`.
    pub version: &'static str,
    /// One sentence: what it does.
    pub summary: &'static str,
    /// How many columns it works on at a time.
    pub scope: Scope,
}

/// Says what a module is: `about!(scope, summary)`, its name and version being the
/// package's, or `about!(name, scope, summary)`.
///
/// ```
/// use bailiwick_guest::{About, Scope, about};
///
/// const ABOUT: About = about!("upper", Scope::Column, "Writes text in capitals.");
/// assert_eq!(ABOUT.name, "upper");
/// ```
#[macro_export]
macro_rules! about {
    ($scope:expr, $summary:expr $(,)?) => {
        $crate::about!(env!("CARGO_PKG_NAME"), $scope, $summary)
    };
    ($name:expr, $scope:expr, $summary:expr $(,)?) => {
        $crate::About {
            name: $name,
            version: env!("CARGO_PKG_VERSION"),
            summary: $summary,
            scope: $scope,
        }
    };
}
