//! Numbers that carry a checksum.

/// Lengths of IBANs by country, from the registry of SWIFT: two letters, then the
/// number of characters.
const IBAN_LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22\
    DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26\
    IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23\
    PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22\
    VG24XK20YE30";

/// An IBAN (ISO 13616) without spaces, in capitals: a country that has them, its length,
/// and the checksum (ISO 7064, MOD 97-10).
pub fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [a, b, c, d, rest @ ..] = bytes else { return false };
    let known =
        IBAN_LENGTHS.as_bytes().as_chunks::<4>().0.iter().any(|[first, second, tens, ones]| {
            let length = usize::from(tens - b'0') * 10 + usize::from(ones - b'0');
            (first, second) == (a, b) && length == bytes.len()
        });
    if !known || !c.is_ascii_digit() || !d.is_ascii_digit() {
        return false;
    }
    let mut remainder = 0_u32;
    for byte in rest.iter().chain([a, b, c, d]) {
        remainder = match byte {
            b'0'..=b'9' => remainder * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => remainder * 100 + u32::from(byte - b'A') + 10,
            _ => return false,
        } % 97;
    }
    remainder == 1
}

/// Two digits or more, of which the last is the check digit of the others by Luhn's
/// formula (ISO/IEC 7812-1, annex B).
pub fn is_luhn(text: &str) -> bool {
    if text.len() < 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let digits = text.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The number of a payment card: 13 to 19 digits that begin with 2 to 6, as those of
/// payment schemes do, and fit [`is_luhn`]; alone, or with a space or a `-` between groups.
pub fn is_card_number(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let grouped = !text.contains("  ")
        && !text.contains("--")
        && !text.contains(" -")
        && !text.contains("- ");
    let at_ends = text.starts_with(|c: char| ('2'..='6').contains(&c))
        && text.ends_with(|c: char| c.is_ascii_digit());
    grouped && at_ends && (13..=19).contains(&plain.len()) && is_luhn(&plain)
}
