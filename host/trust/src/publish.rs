//! The publishing side.

mod central;
mod change;
pub(crate) mod difference;
mod domain;
pub(crate) mod draft;
mod error;
mod history;
mod online;
mod overview;
mod pending;
mod publication;
mod publisher;
mod root;
mod signers;
mod staged;
mod statement;
mod submitted;

pub use change::Change;
pub use difference::Difference;
pub use error::PublishError;
pub use history::{Event, History};
pub use online::Refreshed;
pub use overview::{Overview, RoleState};
pub use pending::{Pending, Signing};
pub use publication::Published;
pub use publisher::Publisher;
pub use signers::{Keyholders, Lifetimes, Signers};
pub use statement::{ChangedDocument, RoleChange, Signatures};
