//! Small trained networks: probes, and what exit heads do before their unembedding.
//!
//! Reference: harness/signals/network.ts (1e-5 relative).

use crate::reduce;
use crate::simd::dot_f32;

/// Element-wise functions.
#[derive(Clone, Copy)]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// x / (1 + e^−x).
    Silu,
    /// The tanh approximation.
    Gelu,
    /// 1 / (1 + e^−x).
    Sigmoid,
    /// e^x / Σ e^x.
    Softmax,
}

/// One step, applied in order to a vector.
pub enum Step {
    /// y = W x + b; W [outputs, inputs].
    Linear {
        /// W.
        weight: Vec<f32>,
        /// b, [outputs].
        bias: Vec<f32>,
    },
    /// y = x · w / sqrt(mean(x²) + epsilon).
    RmsNorm {
        /// w.
        weight: Vec<f32>,
        /// Epsilon.
        epsilon: f64,
    },
    /// An element-wise function.
    Activation(Activation),
    /// y = x + up (down x); down [rank, inputs], up [inputs, rank].
    ResidualLowRank {
        /// down.
        down: Vec<f32>,
        /// up.
        up: Vec<f32>,
        /// Inner width.
        rank: usize,
    },
}

impl Step {
    /// Bytes of its weights.
    pub fn bytes(&self) -> usize {
        4 * match self {
            Step::Linear { weight, bias } => weight.len() + bias.len(),
            Step::RmsNorm { weight, .. } => weight.len(),
            Step::Activation(_) => 0,
            Step::ResidualLowRank { down, up, .. } => down.len() + up.len(),
        }
    }
}

/// y += W x.
fn add_product(y: &mut [f32], weight: &[f32], x: &[f32]) {
    for (y, row) in y.iter_mut().zip(weight.chunks_exact(x.len())) {
        *y += dot_f32(row, x);
    }
}

/// Applies an element-wise function in f64.
fn activate(x: &mut [f32], activation: Activation) {
    if let Activation::Softmax = activation {
        let log_sum = reduce::reduce(x).log_sum;
        x.iter_mut().for_each(|v| *v = (f64::from(*v) - log_sum).exp() as f32);
        return;
    }
    for value in x {
        let v = f64::from(*value);
        *value = match activation {
            Activation::Relu => v.max(0.0),
            Activation::Silu => v / (1.0 + (-v).exp()),
            Activation::Gelu => {
                0.5 * v * (1.0 + (0.797_884_560_802_865_4 * (v + 0.044_715 * v * v * v)).tanh())
            }
            _ => 1.0 / (1.0 + (-v).exp()),
        } as f32;
    }
}

/// Runs the steps on `x`.
pub fn run(steps: &[Step], mut x: Vec<f32>) -> Vec<f32> {
    for step in steps {
        match step {
            Step::Linear { weight, bias } => {
                let mut y = bias.clone();
                add_product(&mut y, weight, &x);
                x = y;
            }
            Step::RmsNorm { weight, epsilon } => {
                let square: f64 = x.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
                let scale = 1.0 / (square / x.len() as f64 + epsilon).sqrt();
                for (v, w) in x.iter_mut().zip(weight) {
                    *v = (f64::from(*v) * scale * f64::from(*w)) as f32;
                }
            }
            Step::Activation(activation) => activate(&mut x, *activation),
            Step::ResidualLowRank { down, up, rank } => {
                let mut inner = vec![0.0; *rank];
                add_product(&mut inner, down, &x);
                add_product(&mut x, up, &inner);
            }
        }
    }
    x
}
