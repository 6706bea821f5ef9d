//! Reads settings out of JSON text (RFC 8259).
//!
//! A reader of our own, because a component would be a fifth larger with a general
//! one, most of it for words about floats that nobody reads. What a person does read
//! is where in the settings the mistake is: `operations[2].to: expected …`.

mod nested;
mod number;
mod text;

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Expected, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use crate::Error;
use nested::{Items, Members, Variant};

/// How deep lists and objects may nest: far from the end of a module's stack.
const MAX_DEPTH: u32 = 128;

/// Reads a value of that type.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> crate::Result<T> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader);
    let value = value.and_then(|value| match reader.peek() {
        None => Ok(value),
        Some(_) => Err(Mistake::custom("there is something behind the settings")),
    });
    value.map_err(|mistake| Error::Settings(mistake.to_string()))
}

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Mistake {
    path: String,
    text: String,
}

impl Mistake {
    #[cold]
    fn within(mut self, step: &str) -> Self {
        let point = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = [step, point, &self.path].concat();
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&self.path)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for Mistake {}

impl serde::de::Error for Mistake {
    #[cold]
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self { path: String::new(), text: text.to_string() }
    }

    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(_) => "a bool",
            Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a number",
            Unexpected::Float(_) => "a number with a fraction or an exponent",
            Unexpected::Char(_) | Unexpected::Str(_) => "a text",
            Unexpected::Unit | Unexpected::Option => "null",
            Unexpected::Seq | Unexpected::Bytes(_) => "a list",
            _ => "an object",
        };
        Self::custom(format_args!("expected {expected}, found {found}"))
    }

    #[cold]
    fn invalid_value(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found a value out of range"))
    }
}

type Result<T> = std::result::Result<T, Mistake>;

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u32,
}

impl<'de> Reader<'de> {
    /// The next byte that is no white space, without going past it.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let skipped = rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
        self.at += skipped;
        rest.get(skipped).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.malformed())
    }

    #[cold]
    fn malformed(&self) -> Mistake {
        Mistake::custom(format_args!("the settings are no JSON at byte {}", self.at))
    }

    /// The error that something else than expected comes next.
    #[cold]
    fn unexpected(&mut self, expected: &dyn Expected) -> Mistake {
        let found = match self.peek() {
            Some(b'"') => Unexpected::Str(""),
            Some(b'n') => Unexpected::Unit,
            Some(b't' | b'f') => Unexpected::Bool(true),
            Some(b'-' | b'0'..=b'9') => Unexpected::Signed(0),
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            _ => return self.malformed(),
        };
        Mistake::invalid_type(found, expected)
    }

    fn word(&mut self, word: &str) -> Result<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.malformed());
        }
        self.at += word.len();
        Ok(())
    }

    fn enter(&mut self) -> Result<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Mistake::custom(format_args!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn leave(&mut self, end: u8) -> Result<()> {
        self.depth -= 1;
        self.expect(end)
    }

    /// Goes on to the next member of a list or object; false at its end.
    fn advance(&mut self, first: &mut bool, end: u8) -> Result<bool> {
        let next = self.peek();
        if std::mem::take(first) {
            return Ok(next != Some(end));
        }
        match next {
            Some(b',') => {
                self.at += 1;
                // No comma before the end.
                if self.peek() == Some(end) { Err(self.malformed()) } else { Ok(true) }
            }
            Some(byte) if byte == end => Ok(false),
            _ => Err(self.malformed()),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'-' | b'0'..=b'9') => self.deserialize_f64(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'{') => self.deserialize_map(visitor),
            _ => Err(self.malformed()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let is_object = match self.peek() {
            Some(b'{') => true,
            Some(b'"') => false,
            _ => return Err(Mistake::custom("expected a text or an object with one member")),
        };
        if !is_object {
            return visitor.visit_enum(Variant::new(self, false));
        }
        self.enter()?;
        let value = visitor.visit_enum(Variant::new(self, true))?;
        self.leave(b'}')?;
        Ok(value)
    }

    // The next ones know what comes, so that the code for a text does not hold that
    // for lists and objects as well.

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'"') => visitor.visit_string(self.string()?),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                number::Number::Unsigned(value) => visitor.visit_u64(value),
                number::Number::Signed(value) => visitor.visit_i64(value),
                number::Number::Float(value) => visitor.visit_f64(value),
            },
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.peek() != Some(b'[') {
            return Err(self.unexpected(&visitor));
        }
        self.enter()?;
        let value = visitor.visit_seq(Items::new(self))?;
        self.leave(b']')?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.peek() != Some(b'{') {
            return Err(self.unexpected(&visitor));
        }
        self.enter()?;
        let value = visitor.visit_map(Members::new(self))?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i128 u128 bytes byte_buf unit_struct tuple tuple_struct ignored_any
    }
}
