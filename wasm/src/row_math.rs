//! Row operations of a block: normalization, rotary embedding, gate.

use crate::session::Shapes;
use crate::simd::*;

/// The model's normalization with weights and bias `parts`. x: [d], y: at least [d].
pub fn normalize(y: &mut [f32], x: &[f32], parts: &[Vec<f32>], shapes: &Shapes) {
    if shapes.layer_norm {
        layer_norm(y, x, parts, shapes.epsilon);
    } else {
        rms_norm(y, x, &parts[0], shapes.epsilon);
    }
}

/// y = (x − mean) · w / sqrt(variance + epsilon) + bias. Sums in f64.
/// Reference: backends/cpu/kernels/layer_norm.ts (1e-5 of the largest output).
fn layer_norm(y: &mut [f32], x: &[f32], parts: &[Vec<f32>], epsilon: f32) {
    let (w, bias) = (&parts[0], &parts[1]);
    let n = w.len() as f64;
    let x = &x[..w.len()];
    let mean = x.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let variance = x.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
    let scale = 1.0 / (variance + f64::from(epsilon)).sqrt();
    for ((y, x), w) in y.iter_mut().zip(x).zip(w) {
        *y = ((f64::from(*x) - mean) * scale * f64::from(*w)) as f32;
    }
    add(y, bias);
}

/// RMS normalization of one head in place. x, w: [head size]; nothing without w.
/// Reference: backends/cpu/kernels/rms_norm.ts (1e-5 relative).
pub fn norm_head(x: &mut [f32], w: &[f32], epsilon: f32) {
    if w.is_empty() {
        return;
    }
    let square: f32 = x.iter().map(|v| v * v).sum();
    let scale = 1.0 / (square / w.len() as f32 + epsilon).sqrt();
    for (x, w) in x.iter_mut().zip(w) {
        *x *= scale * w;
    }
}

/// y = x · w / sqrt(mean(x²) + epsilon). x, y, w: [n]. Sums in four f32 lanes.
/// Reference: backends/cpu/kernels/rms_norm.ts (1e-5 relative).
pub fn rms_norm(y: &mut [f32], x: &[f32], w: &[f32], epsilon: f32) {
    let n = w.len();
    let (x, y) = (&x[..n], &mut y[..n]);
    let scale = 1.0 / (dot_f32(x, x) / n as f32 + epsilon).sqrt();
    for ((y, x), w) in y.iter_mut().zip(x).zip(w) {
        *y = x * scale * w;
    }
}

/// Rotary embedding of positions below a bound.
pub struct Rope {
    /// Pairs per head.
    pub pairs: usize,
    /// Whether 2i and 2i + 1 form a pair, rather than i and i + pairs.
    pub adjacent: bool,
    /// Per position: `pairs` cosines, then `pairs` sines.
    pub table: Vec<f32>,
}

impl Rope {
    /// Rotates one head in place, [head size] at a position.
    /// Reference: backends/cpu/kernels/rope.ts (1e-6 of the pair's length).
    pub fn rotate(&self, head: &mut [f32], position: usize) {
        let n = self.pairs;
        let row = &self.table[position * 2 * n..(position + 1) * 2 * n];
        let (cos, sin) = row.split_at(n);
        if self.adjacent {
            for ((pair, c), s) in head.chunks_exact_mut(2).zip(cos).zip(sin) {
                let (a, b) = (pair[0], pair[1]);
                pair[0] = a * c - b * s;
                pair[1] = a * s + b * c;
            }
        } else {
            let (left, right) = head[..2 * n].split_at_mut(n);
            for (((a, b), c), s) in left.iter_mut().zip(right).zip(cos).zip(sin) {
                (*a, *b) = (*a * c - *b * s, *a * s + *b * c);
            }
        }
    }
}

/// Twice the square root of 2 / π: gelu(x) = x / (1 + e^−z), z = that · (x + 0.044715 x³).
const GELU: f32 = 1.595_769_1;

/// Four values of silu or gelu, both x / (1 + e^−z).
#[inline(always)]
fn activate4(x: v128, gelu: bool) -> v128 {
    let z = if gelu {
        let cube = f32x4_mul(f32x4_mul(x, x), x);
        f32x4_mul(f32x4_splat(GELU), fma(cube, f32x4_splat(0.044_715), x))
    } else {
        x
    };
    f32x4_div(x, f32x4_add(f32x4_splat(1.0), exp(f32x4_neg(z))))
}

/// One value of silu or gelu.
fn activate(x: f32, gelu: bool) -> f32 {
    let z = if gelu { GELU * (x + 0.044_715 * x * x * x) } else { x };
    x / (1.0 + (-z).exp())
}

/// gate = f(gate) · up over the length n of `gate`.
/// Reference: backends/cpu/kernels/activate.ts (1e-6 relative).
pub fn gated(gate: &mut [f32], up: &[f32], gelu: bool) {
    let up = &up[..gate.len()];
    let mut gates = gate.chunks_exact_mut(4);
    let mut ups = up.chunks_exact(4);
    for (g, u) in (&mut gates).zip(&mut ups) {
        let g: &mut [f32; 4] = g.try_into().expect("four numbers");
        let x = activate4(load4(g), gelu);
        store4(g, f32x4_mul(x, load4(u.try_into().expect("four numbers"))));
    }
    for (g, u) in gates.into_remainder().iter_mut().zip(ups.remainder()) {
        *g = activate(*g, gelu) * u;
    }
}

/// x = f(x). Reference: backends/cpu/kernels/activate.ts (1e-6 relative).
pub fn ungated(x: &mut [f32], gelu: bool) {
    let mut chunks = x.chunks_exact_mut(4);
    for chunk in &mut chunks {
        let chunk: &mut [f32; 4] = chunk.try_into().expect("four numbers");
        store4(chunk, activate4(load4(chunk), gelu));
    }
    for value in chunks.into_remainder() {
        *value = activate(*value, gelu);
    }
}

/// x += y.
pub fn add(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
}
