//! The publishing side.

mod central;
mod change;
mod domain;
mod error;
mod publisher;
mod signers;
mod staged;

pub use change::Change;
pub use error::PublishError;
pub use publisher::Publisher;
pub use signers::{Keyholders, Lifetimes, Signers};
