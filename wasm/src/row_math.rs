//! Row operations of a block: RMS normalization, rotary embedding, gate.

use crate::simd::*;

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

/// gate = gate / (1 + e^−gate) · up over the length n of `gate`.
/// Reference: backends/cpu/kernels/swiglu.ts (1e-6 relative).
pub fn swiglu(gate: &mut [f32], up: &[f32]) {
    let one = f32x4_splat(1.0);
    let up = &up[..gate.len()];
    let mut gates = gate.chunks_exact_mut(4);
    let mut ups = up.chunks_exact(4);
    for (g, u) in (&mut gates).zip(&mut ups) {
        let g: &mut [f32; 4] = g.try_into().expect("four numbers");
        let x = load4(g);
        let silu = f32x4_div(x, f32x4_add(one, exp(f32x4_neg(x))));
        store4(g, f32x4_mul(silu, load4(u.try_into().expect("four numbers"))));
    }
    for (g, u) in gates.into_remainder().iter_mut().zip(ups.remainder()) {
        *g = *g / (1.0 + (-*g).exp()) * u;
    }
}

/// x += y.
pub fn add(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
}
