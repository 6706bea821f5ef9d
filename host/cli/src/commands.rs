//! One module a command.

pub(crate) mod approve;
pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod commit;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod key;
pub(crate) mod new;
pub(crate) mod onboard;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod prove;
pub(crate) mod refresh;
pub(crate) mod renew;
pub(crate) mod repo;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod revoke;
pub(crate) mod rotate;
pub(crate) mod run;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod suggest;
pub(crate) mod test;
