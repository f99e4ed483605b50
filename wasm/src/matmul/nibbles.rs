//! Tiles of four-bit weights (Q40, Q41) times inputs in signed bytes.
//!
//!     Q41: Σ_blocks d_o · (s · Σ q_o u + t · Σ q_o) + m_o · v
//!     Q40: Σ_blocks d_o · (s · Σ q_o u + t · Σ q_o − 8 v)
//!
//! Integer sums per block are exact; blocks are added in f32. Where the engine
//! reads bytes as 0..=255 and few rows share the unpacking, the high nibbles are
//! not unpacked at all: with b = low + 16 · high,
//!
//!     Σ high · u = (Σ b · u − Σ low · u) / 16

use super::sums::{Scales, Sums, both, join, lift, shift, splats};
use super::{Kernel, PANEL_ROWS, Task};
use crate::activations::record_bytes;
use crate::matrix::{BLOCK, Kind};
use crate::simd::*;

/// The kernel of Q41, which has minima, and of Q40; `WHOLE` where bytes are unsigned.
pub struct Nibbles<const MINIMA: bool, const WHOLE: bool, const DIGITS: usize>;

/// The kind of matrix.
const fn kind(minima: bool) -> Kind {
    if minima { Kind::Q41 } else { Kind::Q40 }
}

impl<const MINIMA: bool, const WHOLE: bool, const DIGITS: usize> Kernel
    for Nibbles<MINIMA, WHOLE, DIGITS>
{
    const PANELS: bool = true;

    #[inline(always)]
    unsafe fn sums<const R: usize>(task: Task, rows: [*const u8; R]) -> Sums<R> {
        let Task { tile, blocks, bits, .. } = task;
        let zero = i32x4_splat(0);
        let mask = core::hint::black_box(u8x16_splat(15)); // one register, not one constant a use
        let halves = core::hint::black_box(2); // see `super`
        let whole = WHOLE && R <= 2;
        let mut totals: Sums<R> = [[zero; 2]; R];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of each row is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * kind(MINIMA).record_bytes());
                let x = rows.map(|row| row.add(block * record_bytes(DIGITS)));
                if R == 1 && DIGITS == 2 {
                    // The two digits of the only row go together, like two rows.
                    let mut digits: [Sums<2>; 2] = [[[zero; 2]; 2]; 2];
                    for half in 0..halves {
                        let u = [0, BLOCK].map(|at| v128_load(x[0].add(at + 16 * half).cast()));
                        let from = record.add(kind(MINIMA).head_bytes() + 64 * half);
                        columns::<2, 0>(&mut digits, from, u, (mask, whole));
                        columns::<2, 1>(&mut digits, from, u, (mask, whole));
                        columns::<2, 2>(&mut digits, from, u, (mask, whole));
                        columns::<2, 3>(&mut digits, from, u, (mask, whole));
                    }
                    let sums = [join(both(digits), bits); R];
                    let sums = if whole { sums.map(split) } else { sums };
                    add_block::<R, MINIMA>(
                        &mut totals,
                        record,
                        sums,
                        x.map(|x| Scales::of_row::<DIGITS>(x)),
                    );
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
                        let from = record.add(kind(MINIMA).head_bytes() + 64 * half);
                        columns::<R, 0>(&mut parts, from, u, (mask, whole));
                        columns::<R, 1>(&mut parts, from, u, (mask, whole));
                        columns::<R, 2>(&mut parts, from, u, (mask, whole));
                        columns::<R, 3>(&mut parts, from, u, (mask, whole));
                    }
                }
                let sums = both(parts);
                let sums = if whole { sums.map(split) } else { sums };
                let scales = x.map(|x| Scales::of_row::<DIGITS>(x));
                add_block::<R, MINIMA>(&mut totals, record, sums, scales);
            }
        }
        totals.map(lift)
    }

    #[inline(always)]
    unsafe fn panel(task: Task, panel: *const u8) -> Sums<PANEL_ROWS> {
        let Task { tile, blocks, bits, .. } = task;
        let zero = i32x4_splat(0);
        let mask = core::hint::black_box(u8x16_splat(15));
        let columns = core::hint::black_box(BLOCK / 4); // see `super`
        let mut totals: Sums<PANEL_ROWS> = [[zero; 2]; PANEL_ROWS];
        for block in 0..blocks {
            // SAFETY: record `block` of the tile and of the panel is readable, as the caller promises.
            unsafe {
                let record = tile.add(block * kind(MINIMA).record_bytes());
                let x = panel.add(block * PANEL_ROWS * record_bytes(DIGITS));
                let mut sums: Sums<PANEL_ROWS> = [[zero; 2]; PANEL_ROWS];
                for digit in 0..DIGITS {
                    if digit > 0 {
                        shift(&mut sums, bits);
                    }
                    for c in 0..columns {
                        let pairs =
                            v128_load(record.add(kind(MINIMA).head_bytes() + 16 * c).cast());
                        let low = v128_and(pairs, mask);
                        let high = v128_and(u16x8_shr(pairs, 4), mask);
                        let u =
                            splats(v128_load(x.add(PANEL_ROWS * BLOCK * digit + 16 * c).cast()));
                        for r in 0..PANEL_ROWS {
                            sums[r] = [dot(u[r], low, sums[r][0]), dot(u[r], high, sums[r][1])];
                        }
                    }
                }
                add_block::<PANEL_ROWS, MINIMA>(
                    &mut totals,
                    record,
                    sums,
                    Scales::of_panel::<DIGITS>(x),
                );
            }
        }
        totals.map(lift)
    }
}

/// From sums over low nibbles and over whole bytes to those over low and high nibbles.
#[inline(always)]
fn split([low, whole]: [v128; 2]) -> [v128; 2] {
    [low, i32x4_shr(i32x4_sub(whole, low), 4)]
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
    (mask, whole): (v128, bool),
) {
    // SAFETY: columns 4 I to 4 I + 3 are among the sixteen.
    let pairs = unsafe { v128_load(from.add(16 * I).cast()) };
    let low = v128_and(pairs, mask);
    let high = if whole { pairs } else { v128_and(u16x8_shr(pairs, 4), mask) };
    let sums = &mut parts[if R == 1 { I % 2 } else { 0 }];
    for r in 0..R {
        let u = spread::<I>(u[r]);
        sums[r] = [dot(u, low, sums[r][0]), dot(u, high, sums[r][1])];
    }
}

/// Scales a block's integer sums and adds them to the totals.
///
/// # Safety
/// `record` is a record of Q41, or of Q40 without minima.
#[inline(always)]
unsafe fn add_block<const R: usize, const MINIMA: bool>(
    totals: &mut Sums<R>,
    record: *const u8,
    sums: Sums<R>,
    scales: [Scales; R],
) {
    for half in 0..2 {
        // SAFETY: the offsets lie in the record's head, the last one read of Q41 only.
        let load = |at: usize| unsafe { i32x4_load_extend_i16x4(record.add(at).cast()) };
        let d = small_halves(load(8 * half));
        let q = f32x4_convert_i32x4(load(16 + 8 * half));
        let m = if MINIMA { small_halves(load(32 + 8 * half)) } else { f32x4_splat(8.0) };
        for r in 0..R {
            let Scales { s, t, v } = scales[r];
            let sum = f32x4_mul(f32x4_convert_i32x4(sums[r][half]), s);
            let sum = fma(q, t, sum);
            totals[r][half] = if MINIMA {
                fma(d, sum, fma(m, v, totals[r][half]))
            } else {
                fma(d, f32x4_sub(sum, f32x4_mul(m, v)), totals[r][half])
            };
        }
    }
}
