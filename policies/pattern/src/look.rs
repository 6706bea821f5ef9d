//! Places between bytes.

/// What is asked of a place. A word is made of ASCII letters, digits and `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// The text begins.
    Start,
    /// The text ends.
    End,
    /// A line begins, after `\n`.
    StartLF,
    /// A line ends, before `\n`.
    EndLF,
    /// A line begins, after `\r`, `\n` or both.
    StartCRLF,
    /// A line ends, before `\r`, `\n` or both.
    EndCRLF,
    /// A word begins or ends.
    Word,
    /// None does.
    NotWord,
    /// A word begins.
    WordStart,
    /// A word ends.
    WordEnd,
    /// No word is before.
    WordStartHalf,
    /// No word is behind.
    WordEndHalf,
}

impl Look {
    /// Whether it is so between two bytes; none at the ends of the text.
    pub(crate) fn holds(self, before: Option<u8>, after: Option<u8>) -> bool {
        let (word_before, word_after) = (before.is_some_and(is_word), after.is_some_and(is_word));
        match self {
            Self::Start => before.is_none(),
            Self::End => after.is_none(),
            Self::StartLF => matches!(before, None | Some(b'\n')),
            Self::EndLF => matches!(after, None | Some(b'\n')),
            Self::StartCRLF => match before {
                None | Some(b'\n') => true,
                Some(b'\r') => after != Some(b'\n'),
                Some(_) => false,
            },
            Self::EndCRLF => match after {
                None | Some(b'\r') => true,
                Some(b'\n') => before != Some(b'\r'),
                Some(_) => false,
            },
            Self::Word => word_before != word_after,
            Self::NotWord => word_before == word_after,
            Self::WordStart => !word_before && word_after,
            Self::WordEnd => word_before && !word_after,
            Self::WordStartHalf => !word_before,
            Self::WordEndHalf => !word_after,
        }
    }

    /// A byte of which all looks hold that hold of the given one: few stand for all.
    pub(crate) fn representative(byte: u8) -> u8 {
        match byte {
            b'\n' | b'\r' => byte,
            _ if is_word(byte) => b'w',
            _ => b' ',
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
