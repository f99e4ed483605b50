//! Tiles of signed bytes (Q8) times inputs in seven unsigned bits.
//!
//!     Σ_blocks d_o · (s · Σ q_o u + t · Σ q_o)
//!
//! Integer sums per block are exact; blocks are added in f32.

use super::{Kernel, Sums, lift};
use crate::activations::RECORD;
use crate::matrix::Kind;
use crate::simd::*;

/// The kernel of Q8.
pub struct Bytes;

impl Kernel for Bytes {
    const ROWS: usize = 4;

    #[inline(always)]
    unsafe fn sums<const R: usize>(
        tile: *const u8,
        rows: [*const u8; R],
        blocks: usize,
    ) -> Sums<R> {
        let zero = i32x4_splat(0);
        let mut totals: Sums<R> = [[zero; 2]; R];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of each row is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * Kind::Q8.record_bytes());
                let x = rows.map(|row| row.add(block * RECORD));
                let mut sums: Sums<R> = [[zero; 2]; R];
                for half in 0..2 {
                    let u = x.map(|x| v128_load(x.add(16 * half).cast()));
                    let from = record.add(32 + 128 * half);
                    columns::<R, 0>(&mut sums, from, u);
                    columns::<R, 1>(&mut sums, from, u);
                    columns::<R, 2>(&mut sums, from, u);
                    columns::<R, 3>(&mut sums, from, u);
                }
                for half in 0..2 {
                    let d = small_halves(i32x4_load_extend_i16x4(record.add(8 * half).cast()));
                    let q = i32x4_load_extend_i16x4(record.add(16 + 8 * half).cast());
                    let q = f32x4_convert_i32x4(q);
                    for r in 0..R {
                        let s = v128_load32_splat(x[r].add(32).cast());
                        let t = v128_load32_splat(x[r].add(36).cast());
                        let sum = f32x4_mul(f32x4_convert_i32x4(sums[r][half]), s);
                        totals[r][half] = fma(d, fma(q, t, sum), totals[r][half]);
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
    u: [v128; R],
) {
    // SAFETY: columns 4 I to 4 I + 3 are among the sixteen.
    let (low, high) =
        unsafe { (v128_load(from.add(32 * I).cast()), v128_load(from.add(32 * I + 16).cast())) };
    for r in 0..R {
        let u = spread::<I>(u[r]);
        sums[r] = [dot(low, u, sums[r][0]), dot(high, u, sums[r][1])];
    }
}
