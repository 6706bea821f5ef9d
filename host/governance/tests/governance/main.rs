//! Governance as its users see it: documents in, a plan or refusals out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bindings;
mod catalog;
mod contract;
mod dependence;
mod explanation;
mod faults;
mod floor;
mod framework;
mod hostile_text;
mod mesh;
mod obligation;
mod plan;
mod quality;
mod quarantine;
mod references;
mod refusal;
mod row_filter;
mod schemas;
mod threshold;
mod upstream;
