//! Tiles of f32 times f32 inputs, and the widening of other kinds to such tiles.
//!
//! Even and odd columns are summed apart in f32, then added.

use super::sums::Sums;
use super::{Kernel, PANEL_ROWS, Task};
use crate::matrix::{BLOCK, Kind, TILE};
use crate::simd::*;

/// The kernel of F32, and of F16 where few rows share the widening.
pub struct Floats<const HALVES: bool>;

impl<const HALVES: bool> Kernel for Floats<HALVES> {
    const PANELS: bool = false;

    #[inline(always)]
    unsafe fn sums<const R: usize>(task: Task, rows: [*const u8; R]) -> Sums<R> {
        let Task { tile, blocks, .. } = task;
        let mut totals: [Sums<R>; 2] = [[[f32x4_splat(0.0); 2]; R]; 2];
        for pair in 0..blocks * BLOCK / 2 {
            for (odd, totals) in totals.iter_mut().enumerate() {
                let column = 2 * pair + odd;
                // SAFETY: `column` lies in the tile's and the rows' blocks, as the caller promises.
                unsafe {
                    let [low, high] = eight::<HALVES>(tile, column);
                    for r in 0..R {
                        let x = v128_load32_splat(rows[r].add(4 * column).cast());
                        totals[r] = [fma(low, x, totals[r][0]), fma(high, x, totals[r][1])];
                    }
                }
            }
        }
        let [even, odd] = totals;
        core::array::from_fn(|r| core::array::from_fn(|h| f32x4_add(even[r][h], odd[r][h])))
    }

    unsafe fn panel(_: Task, _: *const u8) -> Sums<PANEL_ROWS> {
        unreachable!("floats have no panels")
    }
}

/// The eight weights of a column.
///
/// # Safety
/// The tile has the column.
#[inline(always)]
unsafe fn eight<const HALVES: bool>(tile: *const u8, column: usize) -> [v128; 2] {
    core::array::from_fn(|half| {
        // SAFETY: a column is eight numbers long, as the caller promises.
        unsafe {
            if HALVES {
                widen_halves(i32x4_load_extend_i16x4(tile.add(16 * column + 8 * half).cast()))
            } else {
                v128_load(tile.add(32 * column + 16 * half).cast())
            }
        }
    })
}

/// Widens a tile of any kind to f32, column by column: 8 numbers each.
pub fn widen(wide: &mut [f32], tile: &[u8], kind: Kind) {
    let columns = wide.chunks_exact_mut(BLOCK * TILE);
    for (to, record) in columns.zip(tile.chunks_exact(kind.record_bytes())) {
        for half in 0..2 {
            widen_record(to, record, kind, half);
        }
    }
}

/// Transposes four rows of four bytes, so that a column's bytes lie together.
#[inline(always)]
fn transpose(x: v128) -> v128 {
    i8x16_shuffle::<0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15>(x, x)
}

/// The four columns of transposed bytes as f32.
#[inline(always)]
fn columns_of(bytes: v128) -> [v128; 4] {
    let (low, high) = (i16x8_extend_low_i8x16(bytes), i16x8_extend_high_i8x16(bytes));
    [
        f32x4_convert_i32x4(i32x4_extend_low_i16x8(low)),
        f32x4_convert_i32x4(i32x4_extend_high_i16x8(low)),
        f32x4_convert_i32x4(i32x4_extend_low_i16x8(high)),
        f32x4_convert_i32x4(i32x4_extend_high_i16x8(high)),
    ]
}

/// Widens rows 4 · half to 4 · half + 3 of a record.
fn widen_record(to: &mut [f32], record: &[u8], kind: Kind, half: usize) {
    assert!(to.len() == BLOCK * TILE && record.len() == kind.record_bytes());
    // SAFETY: every offset below lies in the record or in `to`, whose sizes were just asserted.
    unsafe {
        let from = record.as_ptr();
        let halves = |at: usize| widen_halves(i32x4_load_extend_i16x4(from.add(at).cast()));
        let mut put = |column: usize, x: v128| {
            v128_store(to.as_mut_ptr().add(column * TILE + 4 * half).cast(), x);
        };
        if kind == Kind::F16 {
            for c in 0..BLOCK {
                put(c, halves(2 * (c * TILE + 4 * half)));
            }
            return;
        }
        let d = halves(8 * half);
        let m = match kind {
            Kind::Q41 => halves(32 + 8 * half),
            Kind::Q40 => f32x4_mul(d, f32x4_splat(-8.0)),
            _ => f32x4_splat(0.0),
        };
        for c in 0..BLOCK / 4 {
            let bytes = if kind == Kind::Q8 {
                v128_load(from.add(32 + 32 * c + 16 * half).cast())
            } else {
                let pairs = v128_load(from.add(kind.head_bytes() + 16 * c).cast());
                v128_and(if half == 0 { pairs } else { u16x8_shr(pairs, 4) }, u8x16_splat(15))
            };
            for (i, q) in columns_of(transpose(bytes)).into_iter().enumerate() {
                put(4 * c + i, fma(d, q, m));
            }
        }
    }
}
