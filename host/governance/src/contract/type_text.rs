//! Physical types as people write them.

use std::sync::Arc;

use arrow_schema::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field, Fields, TimeUnit,
};

/// What a physical type's text turns out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A type that we know.
    Type(DataType),
    /// A type of some system that we do not know.
    Unknown,
    /// A type that we know, wrongly written: what to write.
    Wrong(String),
}

/// Types within types, at most.
const DEEPEST: usize = 16;

/// Reads a physical type: Arrow's names and the usual ones of SQL.
pub(super) fn parse(text: &str) -> Parsed {
    parse_at(text, 0)
}

fn parse_at(text: &str, depth: usize) -> Parsed {
    if depth > DEEPEST {
        return Parsed::Unknown;
    }
    let Some((name, arguments, suffix)) = split(text) else {
        return Parsed::Unknown;
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let arguments: Vec<&str> = arguments.iter().map(|argument| argument.trim()).collect();
    if let Some(nested) = nested(&name, &arguments, depth) {
        return nested;
    }
    match (name.as_str(), arguments.as_slice()) {
        ("decimal" | "numeric" | "decimal128" | "decimal256", arguments) => decimal(arguments),
        ("timestamp" | "datetime" | "timestamptz", arguments) => {
            timestamp(&name, arguments, suffix)
        }
        ("time", arguments) => match unit(arguments) {
            Some(unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => {
                Parsed::Type(DataType::Time32(unit))
            }
            Some(unit) => Parsed::Type(DataType::Time64(unit)),
            None => Parsed::Wrong("write time(s), time(ms), time(us) or time(ns)".to_owned()),
        },
        ("duration", arguments) => match unit(arguments) {
            Some(unit) => Parsed::Type(DataType::Duration(unit)),
            None => Parsed::Wrong(
                "write duration(s), duration(ms), duration(us) or duration(ns)".to_owned(),
            ),
        },
        ("fixed_binary" | "fixed_size_binary", [size]) => match size.parse() {
            Ok(size) if size > 0 => Parsed::Type(DataType::FixedSizeBinary(size)),
            _ => Parsed::Wrong("write a number of bytes, such as fixed_binary(16)".to_owned()),
        },
        (
            "string" | "text" | "utf8" | "varchar" | "nvarchar" | "char" | "nchar" | "character"
            | "character varying" | "bpchar" | "str",
            [] | [_],
        ) => Parsed::Type(DataType::Utf8),
        ("binary" | "varbinary" | "bytea" | "bytes" | "blob", [] | [_]) => {
            Parsed::Type(DataType::Binary)
        }
        (name, []) => simple(name).map_or(Parsed::Unknown, Parsed::Type),
        _ => Parsed::Unknown,
    }
}

fn simple(name: &str) -> Option<DataType> {
    Some(match name {
        "boolean" | "bool" => DataType::Boolean,
        "int8" | "tinyint" => DataType::Int8,
        "int16" | "smallint" | "int2" => DataType::Int16,
        "int32" | "int" | "integer" | "int4" | "serial" => DataType::Int32,
        "int64" | "bigint" | "long" | "bigserial" => DataType::Int64,
        "uint8" => DataType::UInt8,
        "uint16" => DataType::UInt16,
        "uint32" => DataType::UInt32,
        "uint64" => DataType::UInt64,
        "float16" | "half" => DataType::Float16,
        "float32" | "float" | "float4" | "real" => DataType::Float32,
        "float64" | "double" | "double precision" | "float8" => DataType::Float64,
        "date" | "date32" => DataType::Date32,
        "date64" => DataType::Date64,
        "large_string" | "large_utf8" => DataType::LargeUtf8,
        "large_binary" => DataType::LargeBinary,
        _ => return None,
    })
}

/// Lists and structs; none if the name is of neither.
fn nested(name: &str, arguments: &[&str], depth: usize) -> Option<Parsed> {
    let list: fn(Arc<Field>) -> DataType = match name {
        "list" | "array" => DataType::List,
        "large_list" => DataType::LargeList,
        "struct" => return Some(structure(arguments, depth)),
        _ => return None,
    };
    let [item] = arguments else {
        return Some(Parsed::Unknown);
    };
    Some(match parse_at(item, depth + 1) {
        Parsed::Type(item) => Parsed::Type(list(Arc::new(Field::new("item", item, true)))),
        other => other,
    })
}

fn structure(arguments: &[&str], depth: usize) -> Parsed {
    let mut fields = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let Some((name, part)) = argument.split_once(':') else {
            return Parsed::Unknown;
        };
        match parse_at(part, depth + 1) {
            Parsed::Type(part) => fields.push(Field::new(name.trim(), part, true)),
            other => return other,
        }
    }
    if fields.is_empty() {
        return Parsed::Unknown;
    }
    Parsed::Type(DataType::Struct(Fields::from(fields)))
}

fn decimal(arguments: &[&str]) -> Parsed {
    let wrong = || {
        Parsed::Wrong(format!(
            "write precision and scale, such as decimal(18, 2), the precision at most \
             {DECIMAL256_MAX_PRECISION} and the scale no more than it"
        ))
    };
    let (precision, scale) = match arguments {
        [precision] => (precision.parse::<u8>(), Ok(0)),
        [precision, scale] => (precision.parse::<u8>(), scale.parse::<i8>()),
        _ => return wrong(),
    };
    let (Ok(precision), Ok(scale)) = (precision, scale) else {
        return wrong();
    };
    let within = (1..=DECIMAL256_MAX_PRECISION).contains(&precision);
    if !within || scale < 0 || i16::from(scale) > i16::from(precision) {
        return wrong();
    }
    Parsed::Type(if precision <= DECIMAL128_MAX_PRECISION {
        DataType::Decimal128(precision, scale)
    } else {
        DataType::Decimal256(precision, scale)
    })
}

fn timestamp(name: &str, arguments: &[&str], suffix: &str) -> Parsed {
    let suffix = suffix.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let utc = match (name, suffix.as_str()) {
        ("timestamptz", "") | ("timestamp", "with time zone") => Some("UTC".into()),
        (_, "" | "without time zone") => None,
        _ => return Parsed::Unknown,
    };
    let (units, zone) = match arguments {
        [first, zone] => (std::slice::from_ref(first), Some((*zone).into())),
        units => (units, utc),
    };
    match unit(units) {
        Some(unit) => Parsed::Type(DataType::Timestamp(unit, zone)),
        None => Parsed::Wrong(
            "write timestamp(s), timestamp(ms), timestamp(us) or timestamp(ns), with a time zone \
             as in timestamp(us, UTC)"
                .to_owned(),
        ),
    }
}

/// A unit of time, by name or by the digits of SQL; microseconds if none is stated.
fn unit(arguments: &[&str]) -> Option<TimeUnit> {
    match arguments {
        [] => Some(TimeUnit::Microsecond),
        [unit] => match unit.to_ascii_lowercase().as_str() {
            "s" | "0" => Some(TimeUnit::Second),
            "ms" | "3" => Some(TimeUnit::Millisecond),
            "us" | "6" => Some(TimeUnit::Microsecond),
            "ns" | "9" => Some(TimeUnit::Nanosecond),
            _ => None,
        },
        _ => None,
    }
}

/// Splits `name(arguments) suffix`; brackets may be round, square or angle ones.
/// None if they do not match.
fn split(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let text = text.trim();
    let Some(open) = text.find(['(', '[', '<']) else {
        let words = ["with time zone", "without time zone"];
        let suffix = words.iter().find_map(|words| {
            let start = text.len().checked_sub(words.len())?;
            let (name, suffix) = text.split_at_checked(start)?;
            suffix.eq_ignore_ascii_case(words).then_some((name, Vec::new(), suffix))
        });
        return Some(suffix.unwrap_or((text, Vec::new(), "")));
    };
    let (name, bracketed) = text.split_at_checked(open)?;
    let mut depth = 0_usize;
    let mut start = 1;
    let mut arguments = Vec::new();
    for (i, c) in bracketed.char_indices() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    arguments.push(bracketed.get(start..i)?);
                    return Some((name, arguments, bracketed.get(i + 1..)?));
                }
            }
            ',' if depth == 1 => {
                arguments.push(bracketed.get(start..i)?);
                start = i + 1;
            }
            _ => {}
        }
    }
    None
}
