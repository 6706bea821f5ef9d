//! Sizes on the command line.

/// A number of bytes, as `4096`, `64KiB`, `512MiB` or `2GiB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("", 0)];
    let stated = units.into_iter().find_map(|(unit, bits)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(1 << bits)
    });
    stated.ok_or_else(|| "state bytes, or KiB, MiB or GiB, such as 512MiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("4096"), Ok(4096));
        assert_eq!(bytes("64KiB"), Ok(65_536));
        assert_eq!(bytes("2 GiB"), Ok(2 << 30));
        for none in ["", "MiB", "1.5GiB", "512MB", "-1", "99999999999999GiB"] {
            assert!(bytes(none).is_err(), "{none}");
        }
    }
}
