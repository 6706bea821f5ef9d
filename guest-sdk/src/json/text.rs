//! Strings (RFC 8259, section 7).

use super::{Reader, Result};

impl Reader<'_> {
    pub(super) fn string(&mut self) -> Result<String> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let plain = rest.bytes().position(special).ok_or_else(|| self.malformed())?;
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain + 1;
            match rest.as_bytes().get(plain) {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escaped()?),
                _ => return Err(self.malformed()),
            }
        }
    }

    fn escaped(&mut self) -> Result<char> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.code_unit()?;
                let code = match unit {
                    0xd800..0xdc00 => {
                        self.word("\\u")?;
                        let low = self.code_unit()?;
                        if !(0xdc00..0xe000).contains(&low) {
                            return Err(self.malformed());
                        }
                        0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                    }
                    unit => unit,
                };
                char::from_u32(code).ok_or_else(|| self.malformed())?
            }
            _ => return Err(self.malformed()),
        })
    }

    /// Four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        self.at += 4;
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let value = digits.and_then(|digits| {
            digits.iter().try_fold(0, |value, byte| Some(value << 4 | digit(byte)?))
        });
        value.ok_or_else(|| self.malformed())
    }
}
