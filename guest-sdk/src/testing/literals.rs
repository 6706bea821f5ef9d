//! Columns out of Rust literals.

use crate::{Array, BinaryBuilder, BoolBuilder, Native, PrimitiveBuilder, Utf8Builder};

/// A Rust type whose values, with or without `Some`, make a column.
pub trait Literals: Sized {
    /// The column of these values.
    fn array(values: impl Iterator<Item = Self>) -> Array;
}

impl Literals for Option<&str> {
    fn array(values: impl Iterator<Item = Self>) -> Array {
        let mut builder = Utf8Builder::with_capacity(0, 0);
        values.for_each(|value| builder.push_option(value));
        builder.finish()
    }
}

impl Literals for Option<String> {
    fn array(values: impl Iterator<Item = Self>) -> Array {
        let mut builder = Utf8Builder::with_capacity(0, 0);
        values.for_each(|value| builder.push_option(value.as_deref()));
        builder.finish()
    }
}

impl Literals for Option<Vec<u8>> {
    fn array(values: impl Iterator<Item = Self>) -> Array {
        let mut builder = BinaryBuilder::with_capacity(0, 0);
        values.for_each(|value| builder.push_option(value.as_deref()));
        builder.finish()
    }
}

impl Literals for Option<bool> {
    fn array(values: impl Iterator<Item = Self>) -> Array {
        let mut builder = BoolBuilder::with_capacity(0);
        values.for_each(|value| builder.push_option(value));
        builder.finish()
    }
}

fn primitives<T: Native>(values: impl Iterator<Item = Option<T>>) -> Array {
    let mut builder = PrimitiveBuilder::with_capacity(0);
    values.for_each(|value| builder.push_option(value));
    builder.finish()
}

macro_rules! optional {
    ($($type:ty),*) => {
        $(
            impl Literals for Option<$type> {
                fn array(values: impl Iterator<Item = Self>) -> Array {
                    primitives(values)
                }
            }
        )*
    };
}

optional!(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);

macro_rules! plain {
    ($($type:ty),*) => {
        $(
            impl Literals for $type {
                fn array(values: impl Iterator<Item = Self>) -> Array {
                    Literals::array(values.map(Some))
                }
            }
        )*
    };
}

plain!(&str, String, Vec<u8>, bool, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);
