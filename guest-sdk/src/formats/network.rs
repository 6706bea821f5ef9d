//! Names and addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::lanes;
use crate::short_copy::padded;

/// The longest name of a host, in bytes (RFC 1035, 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// The longest part of a name of a host, in bytes (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// The longest part of an address before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// A mail address as people have them: `dot-atom@domain` of RFC 5322, in ASCII, the
/// domain a name of two parts or more. Neither quoted names nor addresses of machines.
pub fn is_email(text: &str) -> bool {
    match padded::<SHORT>(text.as_bytes()) {
        Some(short) => is_short_email(&short, text.len()),
        None => is_any_email(text),
    }
}

/// A text of up to so many bytes is short.
const SHORT: usize = 32;

/// As [`is_any_email`], of all bytes at once: a bit for each, the first one's lowest.
fn is_short_email(text: &[u8; SHORT], len: usize) -> bool {
    let within = |end: usize| ((1_u64 << end) - 1) as u32;
    let marks = lanes::which(text, |byte| byte == b'@');
    let at = marks.trailing_zeros() as usize;
    if marks.count_ones() != 1 || at == 0 || at + 1 >= len {
        return false;
    }
    let of_name = lanes::which(text, is_alphanumeric);
    let dots = lanes::which(text, |byte| byte == b'.');
    let dashes = lanes::which(text, |byte| byte == b'-');
    let in_local = lanes::which(text, is_other_atext) | of_name | dashes;
    let local = within(at);
    let domain = within(len) & !within(at + 1);
    let domain_dots = dots & domain;
    // Where a part of the address begins, and where one ends; beyond the text is none.
    let begins = dots << 1 | 1;
    let ends = dots >> 1 | 1 << (at - 1) | 1 << (len - 1);
    let local_fits = local & !(in_local | dots) == 0 && (begins | ends) & local & !in_local == 0;
    let of_domain = (begins | 1 << (at + 1)) & !within(at + 1) | ends & domain;
    let domain_fits = domain & !(of_name | dashes | dots) == 0
        && domain_dots != 0
        && of_domain & !(of_name & domain) == 0;
    let digits = lanes::which(text, |byte| byte.wrapping_sub(b'0') < 10);
    let last = domain & !within(SHORT - domain_dots.leading_zeros() as usize);
    local_fits && domain_fits && last & !digits != 0
}

#[inline]
fn is_alphanumeric(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10)
}

fn is_any_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
    local.len() <= MAX_LOCAL_BYTES
        && local.split('.').all(atom)
        && domain.contains('.')
        && is_hostname(domain)
}

/// A byte that a mail address may have before its `@` (RFC 5322, 3.2.3).
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || is_other_atext(byte)
}

/// One that is neither a letter, a digit nor `-`: of `!#$%&'*+/=?^_` and "`{|}~".
#[inline]
fn is_other_atext(byte: u8) -> bool {
    let within = |low: u8, high: u8| byte.wrapping_sub(low) <= high - low;
    (byte == b'!')
        | within(b'#', b'\'')
        | within(b'*', b'+')
        | (byte == b'/')
        | (byte == b'=')
        | (byte == b'?')
        | within(b'^', b'`')
        | within(b'{', b'~')
}

/// A name of a host (RFC 1123, 2.1): parts of letters, digits and inner `-`, of which
/// the last is not a number.
pub fn is_hostname(text: &str) -> bool {
    let label = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= MAX_HOST_BYTES
        && text.split('.').all(label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// An IPv4 address of four decimal numbers without leading zeros.
pub fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// An IPv6 address (RFC 4291, 2.2) without zone.
pub fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// An IPv4 or an IPv6 address.
pub fn is_ip(text: &str) -> bool {
    is_ipv4(text) || is_ipv6(text)
}

/// Six pairs of hexadecimal digits, with `:` or with `-` between all of them.
pub fn is_mac_address(text: &str) -> bool {
    let of = |separator: char| {
        let pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
        text.len() == 17 && text.split(separator).all(pair)
    };
    of(':') || of('-')
}

/// A UUID (RFC 9562) of any version, in either case: 8-4-4-4-12 hexadecimal digits.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A URI with a scheme (RFC 3986, 3) and something behind it, of the characters that one
/// may have, each `%` before two hexadecimal digits.
pub fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut first = scheme.bytes();
    let scheme_fits = first.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && first.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let escaped = |rest: &str| {
        rest.split('%').skip(1).all(|behind| {
            behind
                .as_bytes()
                .first_chunk::<2>()
                .is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
        })
    };
    scheme_fits && !rest.is_empty() && rest.bytes().all(allowed) && escaped(rest)
}

#[cfg(test)]
mod tests {
    use super::{is_any_email, is_atext, is_email};

    #[test]
    fn characters_of_names_are_those_of_the_standard() {
        for byte in 0..=255_u8 {
            let other = b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
            assert_eq!(is_atext(byte), byte.is_ascii_alphanumeric() || other, "{byte}");
        }
    }

    #[test]
    fn short_addresses_are_told_as_long_ones_are() {
        let pieces = ["a", "Z9", ".", "-", "@", "@", "7", "!", "{", "é", " ", "b.c", "x@y.org"];
        let (mut seed, mut fit) = (1_usize, 0);
        for length in 0..20_000 {
            let mut text = String::new();
            for _ in 0..length % 9 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
                text.push_str(pieces[(seed >> 33) % pieces.len()]);
            }
            assert_eq!(is_email(&text), is_any_email(&text), "{text:?}");
            fit += usize::from(is_email(&text));
        }
        assert!(fit > 100, "{fit}");
        for text in ["abcdefghijklmnopqrstuvwxyz@12.org", "abcdefghijklmnopqrstuvwxyz@1.org"] {
            assert!(is_email(text));
            assert!(!is_email(&text.replace("org", "123")));
        }
    }
}
