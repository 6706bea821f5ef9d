//! JSON (RFC 8259), checked and not kept.

/// How deep lists and objects may nest.
const MAX_DEPTH: u32 = 128;

/// One JSON value (RFC 8259), at most 128 lists and objects deep. Names that come twice
/// in an object are let pass, as the standard does.
pub fn is_json(text: &str) -> bool {
    let mut cursor = Cursor(text.as_bytes());
    let whole = cursor.value(0).is_some();
    cursor.blank();
    whole && cursor.0.is_empty()
}

/// What is still to be read.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn blank(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    fn take(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn next_is(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.0.first() == Some(&byte);
        if found {
            self.take();
        }
        found
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(word.as_bytes())?;
        Some(())
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.blank();
        match self.0.first()? {
            b'{' => {
                self.take();
                if self.next_is(b'}') {
                    return Some(());
                }
                loop {
                    self.blank();
                    self.string()?;
                    if !self.next_is(b':') {
                        return None;
                    }
                    self.value(depth + 1)?;
                    if !self.next_is(b',') {
                        return self.next_is(b'}').then_some(());
                    }
                }
            }
            b'[' => {
                self.take();
                if self.next_is(b']') {
                    return Some(());
                }
                loop {
                    self.value(depth + 1)?;
                    if !self.next_is(b',') {
                        return self.next_is(b']').then_some(());
                    }
                }
            }
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        if self.take()? != b'"' {
            return None;
        }
        loop {
            match self.take()? {
                b'"' => return Some(()),
                b'\\' => match self.take()? {
                    b'u' => {
                        for _ in 0..4 {
                            self.take().filter(u8::is_ascii_hexdigit)?;
                        }
                    }
                    escape if b"\"\\/bfnrt".contains(&escape) => {}
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        self.take().filter(u8::is_ascii_digit)?;
        while self.0.first().is_some_and(u8::is_ascii_digit) {
            self.take();
        }
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.0.first() == Some(&b'-') {
            self.take();
        }
        // No zero before another digit.
        if self.0.first() == Some(&b'0') {
            self.take();
        } else {
            self.digits()?;
        }
        if self.0.first() == Some(&b'.') {
            self.take();
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.0.first() {
            self.take();
            if let Some(b'+' | b'-') = self.0.first() {
                self.take();
            }
            self.digits()?;
        }
        Some(())
    }
}
