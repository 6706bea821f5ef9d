//! One module a command.

pub(crate) mod approve;
pub(crate) mod build;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod key;
pub(crate) mod new;
pub(crate) mod onboard;
pub(crate) mod plan;
pub(crate) mod prove;
pub(crate) mod publish;
pub(crate) mod revoke;
pub(crate) mod run;
pub(crate) mod status;
