//! Numbers (RFC 8259, section 6), rounded to the nearest float.

use serde::de::Error as _;

use super::{Mistake, Reader, Result};

pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Result<Number> {
        let negative = self.digit_or(b'-');
        let (mut digits, mut exponent, mut any) = (0_u64, 0_i32, false);
        let mut whole = true;
        let leading_zero = self.current() == Some(b'0');
        let start = self.at;
        while let Some(byte @ b'0'..=b'9') = self.current() {
            self.digit(byte, &mut digits)?;
            any = true;
        }
        if !any || (leading_zero && self.at - start > 1) {
            return Err(self.malformed());
        }
        if self.digit_or(b'.') {
            whole = false;
            let start = self.at;
            while let Some(byte @ b'0'..=b'9') = self.current() {
                self.digit(byte, &mut digits)?;
                exponent -= 1;
            }
            if self.at == start {
                return Err(self.malformed());
            }
        }
        if self.digit_or(b'e') || self.digit_or(b'E') {
            whole = false;
            exponent += self.exponent()?;
        }
        Ok(match (whole, negative) {
            (true, false) => Number::Unsigned(digits),
            (true, true) => match 0_i64.checked_sub_unsigned(digits) {
                Some(value) => Number::Signed(value),
                None => return Err(too_long()),
            },
            (false, _) => {
                let value = nearest(digits, exponent)?;
                Number::Float(if negative { -value } else { value })
            }
        })
    }

    fn current(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past the byte if it is next.
    fn digit_or(&mut self, byte: u8) -> bool {
        let is_next = self.current() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn digit(&mut self, byte: u8, digits: &mut u64) -> Result<()> {
        self.at += 1;
        let next = digits.checked_mul(10).and_then(|ten| ten.checked_add(u64::from(byte - b'0')));
        *digits = next.ok_or_else(too_long)?;
        Ok(())
    }

    fn exponent(&mut self) -> Result<i32> {
        let negative = self.digit_or(b'-');
        if !negative {
            self.digit_or(b'+');
        }
        let (mut value, start) = (0_i32, self.at);
        while let Some(byte @ b'0'..=b'9') = self.current() {
            self.at += 1;
            // What saturates is refused as too great.
            value = value.saturating_mul(10).saturating_add(i32::from(byte - b'0'));
        }
        if self.at == start {
            return Err(self.malformed());
        }
        // Half the range leaves room for the digits behind the point.
        Ok(if negative { -value.min(i32::MAX / 2) } else { value.min(i32::MAX / 2) })
    }
}

#[cold]
fn too_long() -> Mistake {
    Mistake::custom("a number has more digits than 64 bits hold")
}

/// The float nearest to `digits` times 10 to the power of `exponent`, ties to even.
/// Slow and small: settings have few numbers, and components carry no tables for them.
fn nearest(digits: u64, exponent: i32) -> Result<f64> {
    // Decimal exponents past which 64 bits of digits are out of range anyway.
    const EXPONENTS: std::ops::RangeInclusive<i32> = -342..=308;
    const BILLION: u32 = 1_000_000_000;
    let beyond = || Mistake::custom("a number is beyond the range of float64");
    if digits == 0 {
        return Ok(0.0);
    }
    if !EXPONENTS.contains(&exponent) {
        return Err(beyond());
    }
    let tens = exponent.unsigned_abs();
    let powers = (0..tens / 9).map(|_| BILLION).chain([10_u32.pow(tens % 9)]);
    // An integer of 32-bit limbs, the lowest first, of which `point` are behind the
    // binary point: enough that 64 bits are left of the digits after all divisions,
    // as 10 to the power of n is below 2 to the power of 4n.
    let point = if exponent < 0 { tens as usize / 8 + 3 } else { 0 };
    let mut limbs = vec![0; point];
    limbs.extend([digits as u32, (digits >> 32) as u32]);
    let mut inexact = false;
    for power in powers {
        if exponent < 0 {
            inexact |= divide(&mut limbs, power) != 0;
        } else {
            multiply(&mut limbs, power);
        }
    }
    // The highest 64 bits, moved up so that the first is set, and whether any bit
    // below them is.
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    let mut highest = limbs.iter().rev().map(|limb| u128::from(*limb));
    let mut limb = || highest.next().unwrap_or_default();
    let three = limb() << 64 | limb() << 32 | limb();
    inexact |= highest.any(|limb| limb != 0);
    let shift = three.leading_zeros();
    let moved = three << shift;
    inexact |= moved as u64 != 0;
    // In the lowest of 64 bits, 11 below a float's last, that makes the cast round as
    // it would with all of them.
    let rounded = ((moved >> 64) as u64 | u64::from(inexact)) as f64;
    let binary = 64 - i64::from(shift) + 32 * (limbs.len() as i64 - 3 - point as i64);
    // Times 2 to that power, by adding to the exponent bits; floats below the normal
    // ones are out of range here.
    let biased = (rounded.to_bits() >> 52) as i64 + binary;
    if !(1..2047).contains(&biased) {
        return Err(beyond());
    }
    let fraction = rounded.to_bits() & ((1 << 52) - 1);
    Ok(f64::from_bits((biased as u64) << 52 | fraction))
}

/// Divides in place; gives the remainder.
fn divide(limbs: &mut [u32], by: u32) -> u32 {
    limbs.iter_mut().rev().fold(0, |rest, limb| {
        let value = u64::from(rest) << 32 | u64::from(*limb);
        *limb = (value / u64::from(by)) as u32;
        (value % u64::from(by)) as u32
    })
}

fn multiply(limbs: &mut Vec<u32>, by: u32) {
    let carry = limbs.iter_mut().fold(0, |carry, limb| {
        let value = u64::from(*limb) * u64::from(by) + carry;
        *limb = value as u32;
        value >> 32
    });
    if carry != 0 {
        limbs.push(carry as u32);
    }
}
