//! Names and addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest name of a host, in bytes (RFC 1035, 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// The longest part of a name of a host, in bytes (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// The longest part of an address before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// A mail address as people have them: `dot-atom@domain` of RFC 5322, in ASCII, the
/// domain a name of two parts or more. Neither quoted names nor addresses of machines.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
    local.len() <= MAX_LOCAL_BYTES
        && local.split('.').all(atom)
        && domain.contains('.')
        && is_hostname(domain)
}

/// A byte that a mail address may have before its `@` (RFC 5322, 3.2.3).
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
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
