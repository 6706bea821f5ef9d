//! Test guest `liar`: breaks the contract in the way that its settings name, such as
//! `{"lie": "rows-more"}`; without a lie it is an honest map that adds a column of
//! zeros. It imports nothing.
//!
//! It speaks in terms of what crosses, since the SDK's own types cannot say what it
//! says.

#![cfg(target_arch = "wasm32")]

mod allocator;
mod batch;
mod crash;
mod plan;
mod stage;

struct Liar;

/// The lie in `{"lie": "…"}`.
fn lie_of(settings: &str) -> String {
    settings.split('"').nth(3).unwrap_or("none").to_owned()
}

bailiwick_guest::bindings::module::export_module!(
    Liar with_types_in bailiwick_guest::bindings::module
);
bailiwick_guest::bindings::transform::export_transform!(
    Liar with_types_in bailiwick_guest::bindings::transform
);
