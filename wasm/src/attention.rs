//! Grouped-query attention of one row and one key/value head.
//!
//!     out_h = Σ_t softmax_t(q_h · k_t / sqrt(head size)) v_t     h in the group of the head
//!
//! t runs over the visible positions in ascending order; absent ones take no
//! part. Heads of a group share the loads of keys and values. f32 sums, four
//! lanes over the head's dimensions, positions one by one; softmax in f32 with
//! its total in f64. `out` aliases nothing.
//! Reference: backends/cpu/kernels/attention.ts (1e-5 of the largest value).

use crate::simd::*;

/// Vectors of a head's dimensions that are mixed at once.
const VECTORS: usize = 2;

/// Keys and values of one head, `stride` numbers from position to position.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    /// From the head's first key on.
    pub keys: &'a [f32],
    /// From the head's first value on.
    pub values: &'a [f32],
    /// Distance of positions.
    pub stride: usize,
    /// Visible positions, ascending, at least one.
    pub visible: &'a [u32],
    /// Head size rounded up to 4; what lies behind the head size is zero.
    pub size: usize,
    /// 1 / sqrt(head size).
    pub scale: f32,
}

/// Attends with consecutive heads: `q` and `out` are [heads, size].
pub fn attend(out: &mut [f32], q: &[f32], entries: Entries, scores: &mut Vec<f32>) {
    let Entries { keys, values, stride, visible, size, .. } = entries;
    let last = visible.last().copied().unwrap_or(0) as usize;
    assert!(
        !visible.is_empty()
            && size.is_multiple_of(4)
            && q.len().is_multiple_of(size)
            && out.len() >= q.len()
    );
    assert!(visible.is_sorted() && last * stride + size <= keys.len().min(values.len()));
    let padded = visible.len().div_ceil(4) * 4;
    scores.resize(3 * padded, 0.0);
    let heads = q.len() / size;
    let mut head = 0;
    while head < heads {
        let count = (heads - head).min(3);
        let range = head * size..(head + count) * size;
        let (out, q) = (&mut out[range.clone()], &q[range]);
        // SAFETY: the assertions above bound every visible position and all heads.
        unsafe {
            match count {
                1 => some::<1>(out, q, entries, scores),
                2 => some::<2>(out, q, entries, scores),
                _ => some::<3>(out, q, entries, scores),
            }
        }
        head += count;
    }
}

/// `G` heads at once.
///
/// # Safety
/// `q` and `out` hold `G` heads, `scores` three rows of the padded count, and the
/// last visible position lies in the entries.
#[inline(always)]
unsafe fn some<const G: usize>(out: &mut [f32], q: &[f32], entries: Entries, scores: &mut [f32]) {
    let count = entries.visible.len();
    let padded = count.div_ceil(4) * 4;
    let scores = &mut scores[..G * padded];
    // SAFETY: the caller's promise.
    let largest = unsafe { score::<G>(scores, q, entries) };
    let mut totals = [0f64; G];
    for (g, row) in scores.chunks_exact_mut(padded).enumerate() {
        totals[g] = exponentials(row, count, largest[g]);
    }
    // SAFETY: the caller's promise.
    unsafe { mix::<G>(out, scores, entries, totals) }
}

/// Writes scaled scores [G, padded] and returns the largest of each head.
///
/// # Safety
/// As for `some`.
#[inline(always)]
unsafe fn score<const G: usize>(scores: &mut [f32], q: &[f32], entries: Entries) -> [f32; G] {
    let Entries { keys, stride, visible, size, scale, .. } = entries;
    let padded = scores.len() / G;
    let mut largest = [f32x4_splat(f32::NEG_INFINITY); G];
    for block in 0..padded / 4 {
        // SAFETY: positions are visible ones; the block's tail repeats the last.
        unsafe {
            let rows: [*const f32; 4] = core::array::from_fn(|i| {
                let t = visible[(4 * block + i).min(visible.len() - 1)] as usize;
                keys.as_ptr().add(t * stride)
            });
            let mut sums = [[f32x4_splat(0.0); 4]; G];
            for c in (0..size).step_by(4) {
                let k = rows.map(|row| v128_load(row.add(c).cast()));
                for g in 0..G {
                    let part = v128_load(q.as_ptr().add(g * size + c).cast());
                    for i in 0..4 {
                        sums[g][i] = fma(k[i], part, sums[g][i]);
                    }
                }
            }
            for g in 0..G {
                let four = f32x4_mul(lane_sums(sums[g]), f32x4_splat(scale));
                largest[g] = f32x4_pmax(largest[g], four);
                v128_store(scores.as_mut_ptr().add(g * padded + 4 * block).cast(), four);
            }
        }
    }
    largest.map(max_lane)
}

/// The sums of four vectors' lanes, in one vector.
#[inline(always)]
fn lane_sums([a, b, c, d]: [v128; 4]) -> v128 {
    let ab = f32x4_add(i32x4_shuffle::<0, 4, 2, 6>(a, b), i32x4_shuffle::<1, 5, 3, 7>(a, b));
    let cd = f32x4_add(i32x4_shuffle::<0, 4, 2, 6>(c, d), i32x4_shuffle::<1, 5, 3, 7>(c, d));
    f32x4_add(i32x4_shuffle::<0, 1, 4, 5>(ab, cd), i32x4_shuffle::<2, 3, 6, 7>(ab, cd))
}

/// Replaces the scores by e^(score − largest) and sums the first `count`, in f32
/// over 64 at a time. What lies behind them counts as e^−87.
#[inline(always)]
fn exponentials(row: &mut [f32], count: usize, largest: f32) -> f64 {
    row[count..].fill(f32::NEG_INFINITY);
    let mut total = 0f64;
    for chunk in row.chunks_mut(64) {
        let mut sums = f32x4_splat(0.0);
        for four in chunk.chunks_exact_mut(4) {
            let four: &mut [f32; 4] = four.try_into().expect("four numbers");
            let e = exp(f32x4_sub(load4(four), f32x4_splat(largest)));
            sums = f32x4_add(sums, e);
            store4(four, e);
        }
        total += f64::from(sum_lanes(sums));
    }
    total
}

/// Writes the weighted values of `G` heads.
///
/// # Safety
/// As for `some`.
#[inline(always)]
unsafe fn mix<const G: usize>(
    out: &mut [f32],
    weights: &[f32],
    entries: Entries,
    totals: [f64; G],
) {
    let Entries { values, stride, visible, size, .. } = entries;
    let padded = weights.len() / G;
    let inverse = totals.map(|total| f32x4_splat((1.0 / total) as f32));
    let mut c = 0;
    while c < size {
        let wide = size - c >= 4 * VECTORS;
        // SAFETY: columns c to c + 15 (or + 3) of visible positions lie in the entries.
        unsafe {
            let from = values.as_ptr().add(c);
            if wide {
                let mut sums = [[f32x4_splat(0.0); VECTORS]; G];
                for (j, &t) in visible.iter().enumerate() {
                    let v = from.add(t as usize * stride);
                    let v: [v128; VECTORS] =
                        core::array::from_fn(|i| v128_load(v.add(4 * i).cast()));
                    for g in 0..G {
                        let w = v128_load32_splat(weights.as_ptr().add(g * padded + j).cast());
                        for i in 0..VECTORS {
                            sums[g][i] = fma(v[i], w, sums[g][i]);
                        }
                    }
                }
                for g in 0..G {
                    let to = out.as_mut_ptr().add(g * size + c);
                    for i in 0..VECTORS {
                        v128_store(to.add(4 * i).cast(), f32x4_mul(sums[g][i], inverse[g]));
                    }
                }
            } else {
                let mut sums = [f32x4_splat(0.0); G];
                for (j, &t) in visible.iter().enumerate() {
                    let v = v128_load(from.add(t as usize * stride).cast());
                    for g in 0..G {
                        let w = v128_load32_splat(weights.as_ptr().add(g * padded + j).cast());
                        sums[g] = fma(v, w, sums[g]);
                    }
                }
                for g in 0..G {
                    let to = out.as_mut_ptr().add(g * size + c);
                    v128_store(to.cast(), f32x4_mul(sums[g], inverse[g]));
                }
            }
        }
        c += if wide { 4 * VECTORS } else { 4 };
    }
}
