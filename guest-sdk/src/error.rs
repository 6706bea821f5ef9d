//! Why a module gives up.

use std::fmt;

/// Why a module gives up. The text is for the person who wrote the binding: say
/// what was found, what was expected and what to do, in lower case and without a
/// full stop. The host withholds it where the module read labelled columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The settings do not say what they must.
    Settings(String),
    /// The fields are not ones that this module can work on.
    Fields(String),
    /// The rows hold something that this module cannot go on from.
    Data(String),
}

/// What a module's functions give back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The settings do not say what they must.
    pub fn settings(text: impl Into<String>) -> Self {
        Self::Settings(text.into())
    }

    /// The fields are not ones that this module can work on.
    pub fn fields(text: impl Into<String>) -> Self {
        Self::Fields(text.into())
    }

    /// The rows hold something that this module cannot go on from.
    pub fn data(text: impl Into<String>) -> Self {
        Self::Data(text.into())
    }

    /// The text, whatever it is about.
    pub fn text(&self) -> &str {
        match self {
            Self::Settings(text) | Self::Fields(text) | Self::Data(text) => text,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Error {}
