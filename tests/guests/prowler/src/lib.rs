//! Test guest `prowler`: looks up what it may not, in the way that its settings name, such
//! as `{"lie": "find-unplanned"}`; without a lie it is an honest map that tells, of each
//! row, whether table `airlines` has its code.
//!
//! It speaks in terms of what crosses, since the SDK's own types cannot say what it says.

#![cfg(target_arch = "wasm32")]

mod keys;
mod plan;
mod prowl;

struct Prowler;

/// The lie in `{"lie": "…"}`.
fn lie_of(settings: &str) -> String {
    settings.split('"').nth(3).unwrap_or("none").to_owned()
}

bailiwick_guest::bindings::module::export_module!(
    Prowler with_types_in bailiwick_guest::bindings::module
);
bailiwick_guest::bindings::transform::export_transform!(
    Prowler with_types_in bailiwick_guest::bindings::transform
);
