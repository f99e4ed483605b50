//! Reductions of logits and states.
//!
//!     p = softmax(z)     margin = p₍₁₎ − p₍₂₎     entropy = ln Σe^z − Σ p z  [nats]
//!
//! Exponentials in f32, summed in f64 over chunks of 64; everything else in f64.
//! Ties go to the lowest index. Reference: harness/signals (1e-5 relative).

use crate::simd::*;

/// The reductions of one vector of logits, in the order in which the host reads them.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Stats {
    /// Index of the largest logit.
    pub token: f64,
    /// Index of the second; −1 when there is none.
    pub second: f64,
    /// Largest probability.
    pub top1: f64,
    /// Largest minus second probability.
    pub margin: f64,
    /// Largest minus second logit; infinite when there is none.
    pub logit_margin: f64,
    /// Entropy in nats.
    pub entropy: f64,
    /// ln Σ e^z.
    pub log_sum: f64,
}

/// Indices of the largest and second largest value, the second only if there is one.
fn top_two(z: &[f32]) -> (usize, Option<usize>) {
    let (mut first, mut second) = (0, None::<usize>);
    let mut bar = f32::NEG_INFINITY; // what a value must exceed to matter
    for (chunk, values) in z.chunks(16).enumerate() {
        if let Ok(values) = <&[f32; 16]>::try_from(values) {
            let part = |i: usize| load4(values[4 * i..4 * i + 4].try_into().expect("four numbers"));
            let most = f32x4_pmax(f32x4_pmax(part(0), part(1)), f32x4_pmax(part(2), part(3)));
            if second.is_some() && max_lane(most) <= bar {
                continue;
            }
        }
        for (i, &value) in values.iter().enumerate() {
            let i = chunk * 16 + i;
            if i == 0 {
                continue;
            }
            if value > z[first] {
                second = Some(first);
                first = i;
            } else if second.is_none_or(|s| value > z[s]) {
                second = Some(i);
            }
        }
        bar = second.map_or(bar, |s| z[s]);
    }
    (first, second)
}

/// Σ e and Σ e · x over the values, where e = eˣ and x = value − shift.
fn moments(z: &[f32], shift: f32) -> (f64, f64) {
    let (mut sum, mut weighted) = (0f64, 0f64);
    for chunk in z.chunks(64) {
        let (mut sums, mut products) = (f32x4_splat(0.0), f32x4_splat(0.0));
        let mut fours = chunk.chunks_exact(4);
        for four in &mut fours {
            let x = load4(four.try_into().expect("four numbers"));
            let x = f32x4_sub(x, f32x4_splat(shift));
            let e = exp(x);
            sums = f32x4_add(sums, e);
            products = fma(e, f32x4_max(x, f32x4_splat(-87.0)), products);
        }
        sum += f64::from(sum_lanes(sums));
        weighted += f64::from(sum_lanes(products));
        for &value in fours.remainder() {
            let x = f64::from(value) - f64::from(shift);
            let e = x.exp();
            sum += e;
            weighted += if e > 0.0 { e * x } else { 0.0 };
        }
    }
    (sum, weighted)
}

/// Reduces logits [n], n ≥ 1.
pub fn reduce(z: &[f32]) -> Stats {
    let (first, second) = top_two(z);
    let largest = z[first];
    let (sum, weighted) = moments(z, largest);
    let gap = second.map(|s| f64::from(largest) - f64::from(z[s]));
    Stats {
        token: first as f64,
        second: second.map_or(-1.0, |s| s as f64),
        top1: 1.0 / sum,
        margin: gap.map_or(1.0, |gap| (1.0 - (-gap).exp()) / sum),
        logit_margin: gap.unwrap_or(f64::INFINITY),
        entropy: (sum.ln() - weighted / sum).max(0.0),
        log_sum: f64::from(largest) + sum.ln(),
    }
}

/// ln Σ e^z.
fn log_sum(z: &[f32]) -> f64 {
    let largest = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    f64::from(largest) + moments(z, largest).0.ln()
}

/// KL(softmax p ‖ softmax q) in nats, clipped at 0.
pub fn kl(p: &[f32], q: &[f32]) -> f64 {
    let (log_p, log_q) = (log_sum(p), log_sum(q));
    let term = |(&p, &q): (&f32, &f32)| {
        let lp = f64::from(p) - log_p;
        lp.exp() * (lp - (f64::from(q) - log_q))
    };
    p.iter().zip(q).map(term).sum::<f64>().max(0.0)
}

/// Cosine of two vectors, each after subtracting its mean if `centred`; 0 when a norm is 0.
pub fn cosine(a: &[f32], b: &[f32], centred: bool) -> f64 {
    let mean = |x: &[f32]| {
        let sum: f64 = x.iter().map(|&v| f64::from(v)).sum();
        if centred { sum / x.len() as f64 } else { 0.0 }
    };
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0f64, 0f64, 0f64);
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (f64::from(x) - mean_a, f64::from(y) - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    let scale = aa.sqrt() * bb.sqrt();
    if scale == 0.0 { 0.0 } else { ab / scale }
}

/// ‖b − a‖ / ‖a‖.
pub fn relative_norm(a: &[f32], b: &[f32]) -> f64 {
    let square = |x: f64| x * x;
    let apart: f64 = a.iter().zip(b).map(|(&x, &y)| square(f64::from(y) - f64::from(x))).sum();
    let norm: f64 = a.iter().map(|&x| square(f64::from(x))).sum();
    apart.sqrt() / norm.sqrt()
}

/// Entropy in nats of softmax(b − a).
pub fn feature_entropy(a: &[f32], b: &[f32]) -> f64 {
    let gaps = || a.iter().zip(b).map(|(&x, &y)| f64::from(y) - f64::from(x));
    let largest = gaps().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weighted) = (0f64, 0f64);
    for gap in gaps() {
        let e = (gap - largest).exp();
        sum += e;
        weighted += if e > 0.0 { e * (gap - largest) } else { 0.0 };
    }
    (sum.ln() - weighted / sum).max(0.0)
}

/// Indices of the k largest values, ascending; lower indices win ties.
pub fn top_k(z: &[f32], k: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..z.len() as u32).collect();
    let value = |i: u32| z[i as usize] + 0.0; // −0 ties with 0
    if k < order.len() {
        order.select_nth_unstable_by(k, |&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
        order.truncate(k);
    }
    order.sort_unstable();
    order
}
