//! How many different keys there are, about: HyperLogLog (P. Flajolet and others,
//! "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", 2007),
//! with hashes of 64 bits, and so without corrections for large numbers, and with the
//! estimator of O. Ertl ("New cardinality estimation algorithms for HyperLogLog
//! sketches", 2017), which needs no tables.

use std::hash::Hasher;

use bailiwick_guest::keys::KeyHasher;
use bailiwick_guest::{Error, Result};

/// Bits of a hash that name its register.
const INDEX_BITS: u32 = 14;

/// Number of registers, a byte each.
const REGISTERS: usize = 1 << INDEX_BITS;

/// The most that a register holds: leading zeros of the other bits, and one.
const MOST: usize = 64 - INDEX_BITS as usize + 1;

/// For each register, one more than the most leading zeros of the hashes that fell to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registers(Vec<u8>);

impl Registers {
    pub(crate) fn new() -> Self {
        Self(vec![0; REGISTERS])
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// An error where they are not registers.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() != REGISTERS || bytes.iter().any(|value| usize::from(*value) > MOST) {
            return Err(Error::data("the state to merge is not one of this check"));
        }
        Ok(Self(bytes.to_vec()))
    }

    pub(crate) fn add(&mut self, key: &[u8]) {
        let hash = hash(key);
        let zeros = (hash << INDEX_BITS | 1 << (INDEX_BITS - 1)).leading_zeros();
        if let Some(register) = self.0.get_mut((hash >> (64 - INDEX_BITS)) as usize) {
            *register = (*register).max(zeros as u8 + 1);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own = (*own).max(*other));
    }

    /// About how many different keys were added.
    pub(crate) fn estimate(&self) -> f64 {
        let registers = REGISTERS as f64;
        let mut histogram = [0_u32; MOST + 1];
        for value in &self.0 {
            if let Some(count) = histogram.get_mut(usize::from(*value)) {
                *count += 1;
            }
        }
        let [empty, between @ .., full] = &histogram;
        let mut sum = registers * tau(1.0 - f64::from(*full) / registers);
        for count in between.iter().rev() {
            sum = 0.5 * (sum + f64::from(*count));
        }
        sum += registers * sigma(f64::from(*empty) / registers);
        registers * registers / (2.0 * std::f64::consts::LN_2 * sum)
    }
}

/// Ertl, algorithm 6: what empty registers weigh.
fn sigma(share: f64) -> f64 {
    if share == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut weight, mut sum) = (share, 1.0, share);
    loop {
        power *= power;
        let before = sum;
        sum += power * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}

/// Ertl, algorithm 6: what full registers weigh.
fn tau(share: f64) -> f64 {
    if share == 0.0 || share == 1.0 {
        return 0.0;
    }
    let (mut root, mut weight, mut sum) = (share, 1.0, 1.0 - share);
    loop {
        root = root.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - root) * (1.0 - root) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}

/// Every bit of the hash depends on every bit of the key, as the finaliser of
/// MurmurHash3 has it.
fn hash(key: &[u8]) -> u64 {
    let mut hasher = KeyHasher::default();
    hasher.write(key);
    let mut hash = hasher.finish();
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}
