//! The work over slices, for the guests that are given Arrow buffers: so that what
//! is compared between them is how rows get into a sandbox and out of it.
//!
//! What a null has for a value is worked on like any other: branches would cost more.

/// The least amount that is left as it is.
pub const MIN: f64 = 0.0;
/// The greatest.
pub const MAX: f64 = 1000.0;

/// What stands for the hidden part of an address.
const HIDDEN: &str = "***";

/// An address with its first character and its domain shown; what is no address is
/// hidden whole. Appended to `out`.
#[inline]
pub fn mask_email(value: &str, out: &mut String) {
    // The last `@`: what is before it may have one in quotes (RFC 5321, 4.1.2).
    let at = value.bytes().rposition(|byte| byte == b'@').unwrap_or_default();
    let (local, domain) = value.split_at(at);
    match local.chars().next() {
        Some(first) => {
            out.push(first);
            out.push_str(HIDDEN);
            out.push_str(domain);
        }
        None => out.push_str(HIDDEN),
    }
}

/// A column of addresses, masked: its offsets and its text.
///
/// # Panics
/// Where `offsets` are none of `text`'s.
pub fn mask_emails(offsets: &[i32], text: &str) -> (Vec<i32>, String) {
    let rows = offsets.len().saturating_sub(1);
    let mut ends = Vec::with_capacity(rows + 1);
    // A value of fewer than four characters gets longer.
    let mut masked = String::with_capacity(text.len() + HIDDEN.len() * rows);
    ends.push(0);
    for bounds in offsets.windows(2) {
        mask_email(&text[bounds[0] as usize..bounds[1] as usize], &mut masked);
        ends.push(masked.len() as i32);
    }
    (ends, masked)
}

/// An amount within the bounds: what is beyond one becomes that bound.
#[inline]
pub fn clamp(value: f64) -> f64 {
    value.clamp(MIN, MAX)
}

/// Whether an amount is out of bounds; what is not a number is.
#[inline]
pub fn outside(value: f64) -> bool {
    !((MIN <= value) & (value <= MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the standard module `mask` does it.
    #[test]
    fn what_is_no_usual_address_is_masked_too() {
        let given = ["a@b", "é@x", "one@two@three", "@x", "@@x", "no address", ""];
        let expected = ["a***@b", "é***@x", "o***@three", "***", "@***@x", "***", "***"];
        let mut offsets = vec![0];
        offsets.extend(given.iter().scan(0, |end, value| {
            *end += value.len() as i32;
            Some(*end)
        }));
        let (offsets, text) = mask_emails(&offsets, &given.concat());
        let masked = offsets.windows(2).map(|ends| &text[ends[0] as usize..ends[1] as usize]);
        assert_eq!(masked.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn bounds_are_within() {
        assert_eq!([-0.5, 0.0, 1000.0, 1000.5].map(clamp), [0.0, 0.0, 1000.0, 1000.0]);
        assert_eq!([-0.5, 0.0, 1000.0, 1000.5].map(outside), [true, false, false, true]);
        assert!(outside(f64::NAN));
    }
}
