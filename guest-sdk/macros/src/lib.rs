//! `#[derive(Settings)]`: the JSON Schema of a module's settings.
//!
//! The macro writes code that puts the schema together out of literals; what
//! serde's attributes say of names, tags and defaults is followed, and what it
//! cannot follow is a compile error that says what to do.

mod attributes;
mod case;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `bailiwick_guest::Settings` for a struct or an enum without generics.
#[proc_macro_derive(Settings, attributes(settings, serde))]
pub fn derive_settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
