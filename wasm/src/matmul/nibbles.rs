//! Tiles of four-bit weights (Q40, Q41) times inputs in eight signed bits.
//!
//!     Q40: Σ_blocks d_o · (s · Σ q_o x − 8 t)     Q41: Σ_blocks d_o · s · Σ q_o x + m_o · t
//!
//! t = s · Σ x. Integer sums per block are exact; blocks are added in f32.

use super::{Kernel, Sums, lift};
use crate::activations::RECORD;
use crate::matrix::Kind;
use crate::simd::*;

/// The kernel of Q41, which has minima, and of Q40.
pub struct Nibbles<const MINIMA: bool>;

impl<const MINIMA: bool> Kernel for Nibbles<MINIMA> {
    const ROWS: usize = 4;

    #[inline(always)]
    unsafe fn sums<const R: usize>(
        tile: *const u8,
        rows: [*const u8; R],
        blocks: usize,
    ) -> Sums<R> {
        let kind = if MINIMA { Kind::Q41 } else { Kind::Q40 };
        let zero = i32x4_splat(0);
        let mut totals: Sums<R> = [[zero; 2]; R];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of each row is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * kind.record_bytes());
                let x = rows.map(|row| row.add(block * RECORD));
                let mut sums: Sums<R> = [[zero; 2]; R];
                for half in 0..2 {
                    let q = x.map(|x| v128_load(x.add(16 * half).cast()));
                    let from = record.add(kind.head_bytes() + 64 * half);
                    columns::<R, 0>(&mut sums, from, q);
                    columns::<R, 1>(&mut sums, from, q);
                    columns::<R, 2>(&mut sums, from, q);
                    columns::<R, 3>(&mut sums, from, q);
                }
                for half in 0..2 {
                    let d = small_halves(i32x4_load_extend_i16x4(record.add(8 * half).cast()));
                    let m = if MINIMA {
                        small_halves(i32x4_load_extend_i16x4(record.add(16 + 8 * half).cast()))
                    } else {
                        f32x4_mul(d, f32x4_splat(-8.0))
                    };
                    for r in 0..R {
                        let s = v128_load32_splat(x[r].add(32).cast());
                        let t = v128_load32_splat(x[r].add(36).cast());
                        let sum = f32x4_mul(f32x4_convert_i32x4(sums[r][half]), s);
                        totals[r][half] = fma(d, sum, fma(m, t, totals[r][half]));
                    }
                }
            }
        }
        totals.map(lift)
    }
}

/// Four columns: lane `I` of the inputs.
///
/// # Safety
/// `from` holds sixteen columns of eight rows.
#[inline(always)]
unsafe fn columns<const R: usize, const I: usize>(
    sums: &mut Sums<R>,
    from: *const u8,
    q: [v128; R],
) {
    // SAFETY: columns 4 I to 4 I + 3 are among the sixteen.
    let pairs = unsafe { v128_load(from.add(16 * I).cast()) };
    let low = v128_and(pairs, u8x16_splat(15));
    let high = v128_and(u16x8_shr(pairs, 4), u8x16_splat(15));
    for r in 0..R {
        let q = spread::<I>(q[r]);
        sums[r] = [dot(q, low, sums[r][0]), dot(q, high, sums[r][1])];
    }
}
