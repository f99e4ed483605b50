//! Tiles of signed bytes (Q8) times inputs in bytes of the engine's range.
//!
//!     Σ_blocks d_o · (s · Σ q_o u + t · Σ q_o)
//!
//! Integer sums per block are exact; blocks are added in f32.

use super::sums::{Scales, Sums, both, join, lift, shift, splats};
use super::{Kernel, PANEL_ROWS, Task};
use crate::activations::record_bytes;
use crate::matrix::{BLOCK, Kind};
use crate::simd::*;

/// The kernel of Q8.
pub struct Bytes<const DIGITS: usize>;

impl<const DIGITS: usize> Kernel for Bytes<DIGITS> {
    const PANELS: bool = true;

    #[inline(always)]
    unsafe fn sums<const R: usize>(task: Task, rows: [*const u8; R]) -> Sums<R> {
        let Task { tile, blocks, bits, .. } = task;
        let zero = i32x4_splat(0);
        let halves = core::hint::black_box(2); // see `super`
        let mut totals: Sums<R> = [[zero; 2]; R];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of each row is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * Kind::Q8.record_bytes());
                let x = rows.map(|row| row.add(block * record_bytes(DIGITS)));
                if R == 1 && DIGITS == 2 {
                    // The two digits of the only row go together, like two rows.
                    let mut digits: [Sums<2>; 2] = [[[zero; 2]; 2]; 2];
                    for half in 0..halves {
                        let u = [0, BLOCK].map(|at| v128_load(x[0].add(at + 16 * half).cast()));
                        let from = record.add(32 + 128 * half);
                        columns::<2, 0>(&mut digits, from, u);
                        columns::<2, 1>(&mut digits, from, u);
                        columns::<2, 2>(&mut digits, from, u);
                        columns::<2, 3>(&mut digits, from, u);
                    }
                    let sums = [join(both(digits), bits); R];
                    add_block(&mut totals, record, sums, x.map(|x| Scales::of_row::<DIGITS>(x)));
                    continue;
                }
                let mut parts: [Sums<R>; 2] = [[[zero; 2]; R]; 2];
                for digit in 0..DIGITS {
                    if digit > 0 {
                        shift(&mut parts[0], bits);
                        shift(&mut parts[1], bits);
                    }
                    for half in 0..halves {
                        let u = x.map(|x| v128_load(x.add(BLOCK * digit + 16 * half).cast()));
                        let from = record.add(32 + 128 * half);
                        columns::<R, 0>(&mut parts, from, u);
                        columns::<R, 1>(&mut parts, from, u);
                        columns::<R, 2>(&mut parts, from, u);
                        columns::<R, 3>(&mut parts, from, u);
                    }
                }
                let scales = x.map(|x| Scales::of_row::<DIGITS>(x));
                add_block(&mut totals, record, both(parts), scales);
            }
        }
        totals.map(lift)
    }

    #[inline(always)]
    unsafe fn panel(task: Task, panel: *const u8) -> Sums<PANEL_ROWS> {
        let Task { tile, blocks, bits, .. } = task;
        let zero = i32x4_splat(0);
        let columns = core::hint::black_box(BLOCK / 4); // see `super`
        let mut totals: Sums<PANEL_ROWS> = [[zero; 2]; PANEL_ROWS];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of the panel is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * Kind::Q8.record_bytes());
                let x = panel.add(block * PANEL_ROWS * record_bytes(DIGITS));
                let mut sums: Sums<PANEL_ROWS> = [[zero; 2]; PANEL_ROWS];
                for digit in 0..DIGITS {
                    if digit > 0 {
                        shift(&mut sums, bits);
                    }
                    for c in 0..columns {
                        let low = v128_load(record.add(32 + 32 * c).cast());
                        let high = v128_load(record.add(48 + 32 * c).cast());
                        let u =
                            splats(v128_load(x.add(PANEL_ROWS * BLOCK * digit + 16 * c).cast()));
                        for r in 0..PANEL_ROWS {
                            sums[r] = [dot(low, u[r], sums[r][0]), dot(high, u[r], sums[r][1])];
                        }
                    }
                }
                add_block(&mut totals, record, sums, Scales::of_panel::<DIGITS>(x));
            }
        }
        totals.map(lift)
    }
}

/// Four columns: lane `I` of the inputs. Even and odd ones make chains apart where
/// one row alone would make a long one.
///
/// # Safety
/// `from` holds sixteen columns of eight rows.
#[inline(always)]
unsafe fn columns<const R: usize, const I: usize>(
    parts: &mut [Sums<R>; 2],
    from: *const u8,
    u: [v128; R],
) {
    // SAFETY: columns 4 I to 4 I + 3 are among the sixteen.
    let (low, high) =
        unsafe { (v128_load(from.add(32 * I).cast()), v128_load(from.add(32 * I + 16).cast())) };
    let sums = &mut parts[if R == 1 { I % 2 } else { 0 }];
    for r in 0..R {
        let u = spread::<I>(u[r]);
        sums[r] = [dot(low, u, sums[r][0]), dot(high, u, sums[r][1])];
    }
}

/// Scales a block's integer sums and adds them to the totals.
///
/// # Safety
/// `record` is a record of Q8.
#[inline(always)]
unsafe fn add_block<const R: usize>(
    totals: &mut Sums<R>,
    record: *const u8,
    sums: Sums<R>,
    scales: [Scales; R],
) {
    for half in 0..2 {
        // SAFETY: both offsets lie in the record's 32 bytes of scales and sums.
        let (d, q) = unsafe {
            (
                i32x4_load_extend_i16x4(record.add(8 * half).cast()),
                i32x4_load_extend_i16x4(record.add(16 + 8 * half).cast()),
            )
        };
        let (d, q) = (small_halves(d), f32x4_convert_i32x4(q));
        for r in 0..R {
            let Scales { s, t, .. } = scales[r];
            let sum = f32x4_mul(f32x4_convert_i32x4(sums[r][half]), s);
            totals[r][half] = fma(d, fma(q, t, sum), totals[r][half]);
        }
    }
}
