//! Lists, objects and enums, member by member.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{Mistake, Reader, Result};

pub(super) struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
    index: usize,
}

impl<'a, 'de> Items<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>) -> Self {
        Self { reader, first: true, index: 0 }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.reader.advance(&mut self.first, b']')? {
            return Ok(None);
        }
        let index = self.index;
        self.index += 1;
        let item = seed.deserialize(&mut *self.reader);
        item.map(Some).map_err(|mistake| mistake.within(&format!("[{index}]")))
    }
}

pub(super) struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
    key: String,
}

impl<'a, 'de> Members<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>) -> Self {
        Self { reader, first: true, key: String::new() }
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if !self.reader.advance(&mut self.first, b'}')? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(self.reader.malformed());
        }
        self.key = self.reader.string()?;
        let key = serde::de::value::StrDeserializer::<Mistake>::new(&self.key);
        let key = seed.deserialize(key)?;
        self.reader.expect(b':')?;
        Ok(Some(key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(&mut *self.reader).map_err(|mistake| mistake.within(&self.key))
    }
}

pub(super) struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// Whether it is an object that holds something, or a name alone.
    holds: bool,
}

impl<'a, 'de> Variant<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>, holds: bool) -> Self {
        Self { reader, holds }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        let name = seed.deserialize(&mut *self.reader)?;
        if self.holds {
            self.reader.expect(b':')?;
        }
        Ok((name, self))
    }
}

impl<'de> Variant<'_, 'de> {
    fn held(&self) -> Result<()> {
        if self.holds { Ok(()) } else { Err(Mistake::custom("expected an object with one member")) }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<()> {
        if self.holds { serde::Deserialize::deserialize(self.reader) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.held()?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value> {
        self.held()?;
        self.reader.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.held()?;
        self.reader.deserialize_any(visitor)
    }
}
