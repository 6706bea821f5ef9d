//! Values whose plain sums are exact.

/// So many values are summed plainly at most.
pub const PLAIN_VALUES: usize = 64;

/// Whether plain sums of up to [`PLAIN_VALUES`] products, each of so many of these values (one
/// to three), are exact, in whatever order they are made: where the values are whole and so
/// small that no sum has more bits than a float. Most integers are: what an
/// [`ExactSum`](super::ExactSum) of each costs, it then costs once for all of them.
///
/// ```
/// use bailiwick_guest::sum::are_plain;
///
/// assert!(are_plain(&[3.0, -4.0, 8_388_607.0], 2));
/// assert!(!are_plain(&[3.0, -4.0, 8_388_609.0], 2));
/// assert!(!are_plain(&[0.5], 1));
/// assert!(!are_plain(&[f64::NAN], 1));
/// ```
#[inline]
pub fn are_plain(values: &[f64], factors: usize) -> bool {
    // 64 products of up to 2⁴⁶ are at most 2⁵².
    let limit = match factors {
        0 | 1 => f64::from(2_u32.pow(23)) * f64::from(2_u32.pow(23)),
        2 => f64::from(2_u32.pow(23)),
        _ => f64::from(2_u32.pow(15)),
    };
    let is_plain = |value: f64| (value.abs() <= limit) & (value == value.trunc());
    let (chunks, rest) = values.as_chunks::<16>();
    let chunks = chunks.iter().all(|chunk| chunk.iter().fold(true, |all, of| all & is_plain(*of)));
    chunks && rest.iter().all(|value| is_plain(*value))
}

/// So many sums are made beside each other.
const SUMS: usize = 8;

/// The sum of values, in an order of its own: exact where they [`are_plain`].
#[inline]
pub fn plain_sum(values: &[f64]) -> f64 {
    let mut sums = [0.0; SUMS];
    let (chunks, rest) = values.as_chunks::<SUMS>();
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, value)| *sum += value);
    }
    sums.iter().chain(rest).sum()
}

/// The sum of products, in an order of its own: exact where both factors [`are_plain`].
#[inline]
pub fn plain_products(left: &[f64; PLAIN_VALUES], right: &[f64; PLAIN_VALUES]) -> f64 {
    let mut sums = [0.0; SUMS];
    for (left, right) in left.as_chunks::<SUMS>().0.iter().zip(right.as_chunks::<SUMS>().0) {
        for (sum, (left, right)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += left * right;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::super::ExactSum;
    use super::{PLAIN_VALUES, are_plain, plain_products, plain_sum};

    #[test]
    fn plain_sums_of_the_greatest_values_are_the_exact_ones() {
        for factors in 1..=3 {
            let most = 2_f64.powi([46, 23, 15][factors - 1]);
            let values: Vec<f64> =
                (0..PLAIN_VALUES).map(|at| most - (at % 3) as f64 * 5.0).collect();
            assert!(are_plain(&values, factors));
            assert!(!are_plain(&[most + 1.0], factors));
            let mut exact = ExactSum::default();
            let products = values.iter().map(|value| value.powi(factors as i32));
            let plain: f64 = products.clone().sum();
            products.for_each(|product| exact.add(product).unwrap());
            assert_eq!(exact.value().unwrap(), plain);
            assert_eq!(exact.parts().unwrap(), [plain]);
        }
    }

    #[test]
    fn the_order_of_plain_sums_does_not_matter() {
        let values: [f64; PLAIN_VALUES] =
            std::array::from_fn(|at| 8_388_608.0 - (at * at) as f64 * 100.0);
        for length in 0..=PLAIN_VALUES {
            assert_eq!(plain_sum(&values[..length]), values[..length].iter().sum::<f64>());
        }
        let squares = values.iter().map(|value| value * value);
        assert_eq!(plain_products(&values, &values), squares.sum::<f64>());
    }
}
