//! Sums of a tile in registers, and what they are multiplied with.

use crate::activations::{LIFT, PANEL_ROWS};
use crate::matrix::BLOCK;
use crate::simd::*;

/// Sums of one tile for `R` rows of inputs: outputs 0–3 and 4–7.
pub type Sums<const R: usize> = [[v128; 2]; R];

/// Undoes the scaling that is left after a product, see `activations::LIFT`.
#[inline(always)]
pub fn lift(sums: [v128; 2]) -> [v128; 2] {
    sums.map(|sum| f32x4_mul(sum, f32x4_splat(LIFT)))
}

/// Adds the integer sums of the two halves of a block.
#[inline(always)]
pub fn both<const R: usize>([a, b]: [Sums<R>; 2]) -> Sums<R> {
    core::array::from_fn(|r| core::array::from_fn(|h| i32x4_add(a[r][h], b[r][h])))
}

/// Moves integer sums up by a digit.
#[inline(always)]
pub fn shift<const R: usize>(sums: &mut Sums<R>, bits: u32) {
    for [low, high] in sums {
        *low = i32x4_shl(*low, bits);
        *high = i32x4_shl(*high, bits);
    }
}

/// One row's sums from those of its two digits.
#[inline(always)]
pub fn join([first, second]: Sums<2>, bits: u32) -> [v128; 2] {
    core::array::from_fn(|h| i32x4_add(i32x4_shl(first[h], bits), second[h]))
}

/// The four lanes of 32 bits, each in all lanes.
#[inline(always)]
pub fn splats(x: v128) -> [v128; PANEL_ROWS] {
    [spread::<0>(x), spread::<1>(x), spread::<2>(x), spread::<3>(x)]
}

/// What turns a block's bytes of one row into numbers, in all lanes.
#[derive(Clone, Copy)]
pub struct Scales {
    /// s.
    pub s: v128,
    /// t.
    pub t: v128,
    /// v.
    pub v: v128,
}

impl Scales {
    /// Of a row's record.
    ///
    /// # Safety
    /// `record` is one.
    #[inline(always)]
    pub unsafe fn of_row<const DIGITS: usize>(record: *const u8) -> Scales {
        // SAFETY: 16 bytes follow the values.
        let [s, t, v, _] = splats(unsafe { v128_load(record.add(DIGITS * BLOCK).cast()) });
        Scales { s, t, v }
    }

    /// Of a panel's record, by row.
    ///
    /// # Safety
    /// `record` is one.
    #[inline(always)]
    pub unsafe fn of_panel<const DIGITS: usize>(record: *const u8) -> [Scales; PANEL_ROWS] {
        let [s, t, v] = core::array::from_fn(|i| {
            let at = DIGITS * PANEL_ROWS * BLOCK + 16 * i;
            // SAFETY: three vectors of the four rows' scales follow the values.
            splats(unsafe { v128_load(record.add(at).cast()) })
        });
        core::array::from_fn(|r| Scales { s: s[r], t: t[r], v: v[r] })
    }
}
