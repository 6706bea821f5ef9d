//! How much a document holds once its aliases are followed.
//!
//! YAML lets a short text stand for any amount of values: a list of a thousand, named
//! once and referred to a thousand times, is a million. The library bounds how often
//! references are followed, not what lies behind them.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// What a byte of text may stand for at most: values, and bytes of text in them. One
/// written out without aliases has at most 3.
const MOST_PER_BYTE: usize = 4;
/// What any document may hold.
const ALWAYS: usize = 1_024;

/// Refuses a text that stands for far more than itself.
pub(super) fn check(text: &str) -> Result<(), serde_norway::Error> {
    let left = Cell::new(text.len().saturating_mul(MOST_PER_BYTE).saturating_add(ALWAYS));
    Counted(&left).deserialize(serde_norway::Deserializer::from_str(text))
}

/// Goes through a value, and keeps nothing but what may still come.
#[derive(Clone, Copy)]
struct Counted<'a>(&'a Cell<usize>);

impl Counted<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes.saturating_add(1));
        self.0.set(left.ok_or_else(|| {
            E::custom("its aliases stand for far more than its text: write them out")
        })?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i64<E: Error>(self, _value: i64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i128<E: Error>(self, _value: i128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u64<E: Error>(self, _value: u64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u128<E: Error>(self, _value: u128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_f64<E: Error>(self, _value: f64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.take(value.len())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.take(0)?;
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.take(0)?;
        while members.next_entry_seed(self, self)?.is_some() {}
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let ((), value) = tagged.variant_seed(self)?;
        value.newtype_variant_seed(self)
    }
}
