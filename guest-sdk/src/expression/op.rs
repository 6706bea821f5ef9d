//! What a step can do.

use serde::Deserialize;

/// How values are held. Dates are days, timestamps are what their unit counts: integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Integer,
    Float,
    Decimal,
    Text,
}

impl Kind {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "integer" => Self::Integer,
            "float" => Self::Float,
            "decimal" => Self::Decimal,
            "text" => Self::Text,
            _ => return None,
        })
    }
}

/// What a step does. `of` are the steps that it is made of, `integer` and `text` what
/// else it needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Op {
    /// The column number `integer`.
    Column,
    /// Whether the column number `integer` is null.
    Absent,
    /// No value, of the kind `text`.
    Null,
    /// A literal.
    Bool,
    Integer,
    Float,
    Decimal,
    Text,
    /// The same value.
    Same,

    Eq,
    Lt,
    /// The first equals one of the others, which are literals.
    In,
    And,
    Or,
    Not,
    IsNull,

    Add,
    Sub,
    Mul,
    Div,
    Rem,
    /// The greatest integer not above the quotient; the divisor is a literal.
    FloorDiv,
    Neg,
    Abs,
    /// To `integer` digits behind the point.
    Round,
    Ceil,
    Floor,

    /// Of a decimal whose scale is `integer`.
    ToFloat,
    /// With the scale `integer`.
    ToDecimal,
    /// A decimal's scale changes by `integer`.
    Rescale,
    /// No more than `integer` digits.
    Fits,
    /// Of a decimal whose scale is `integer`.
    ToInteger,
    /// Of a decimal whose scale is `integer`.
    ToText,
    DateToText,
    /// Of a timestamp that counts `integer` a second.
    TimeToText,
    ParseBool,
    ParseInteger,
    ParseFloat,
    /// With the scale `integer`.
    ParseDecimal,
    ParseDate,
    /// As a timestamp that counts `integer` a second.
    ParseTime,

    Concat,
    Lower,
    Upper,
    /// In characters.
    Length,
    /// The second is the place of the first character, from 1, the third how many.
    Substring,
    /// Spaces, at the end `text`.
    Trim,
    /// The pattern is `text`.
    Like,

    /// The part `text` of a date, or of a timestamp that counts `integer` a second.
    Part,
    /// The beginning of the part `text`.
    Beginning,

    /// Pairs of a condition and a value, and the value otherwise.
    Case,
    /// The first that is not null.
    Coalesce,
}
