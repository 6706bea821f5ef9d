//! Validity, row by row; nothing is stored until the first null.

use crate::{Array, Bitmap, BitmapBuilder};

#[derive(Debug, Clone, Default)]
pub(crate) struct ValidityBuilder {
    len: usize,
    // None until the first null.
    bits: Option<BitmapBuilder>,
}

impl ValidityBuilder {
    #[inline]
    pub(crate) fn push(&mut self, valid: bool) {
        if let Some(bits) = &mut self.bits {
            bits.push(valid);
        } else if !valid {
            let mut bits = BitmapBuilder::new();
            bits.push_run(true, self.len);
            bits.push(false);
            self.bits = Some(bits);
        }
        self.len += 1;
    }

    pub(crate) fn push_run(&mut self, valid: bool, count: usize) {
        if let Some(bits) = &mut self.bits {
            bits.push_run(valid, count);
            self.len += count;
        } else if valid {
            self.len += count;
        } else {
            (0..count).for_each(|_| self.push(false));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn apply(self, array: Array) -> Array {
        let bits = self.bits.map(BitmapBuilder::finish);
        array.with_validity(bits.as_ref().map(Bitmap::bits))
    }
}
