// The inside of an MLP: gate = f(gate) · up, or without a gate f(up); f is silu,
// x / (1 + e^−x), or the tanh form of gelu.
// Reference: backends/cpu/kernels/activate.ts (1e-5 relative).
// Dispatch: (⌈stride / LANES⌉, rows, 1), one invocation per number.
struct Params { n: u32, stride: u32, spare0: u32, spare1: u32 }
@group(0) @binding(0) var<storage, read> up: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read_write> gate: array<f32>; // [rows, stride]
@group(0) @binding(2) var<uniform> params: Params;
override LANES: u32 = 64;
override GATED: u32 = 1;
override GELU: u32 = 0;

fn activated(v: f32) -> f32 {
  if GELU == 0 { return v / (1.0 + exp(-v)); }
  // tanh(u) = 1 − 2 / (e^2u + 1), which does not overflow to NaN
  let u = 0.7978845608 * (v + 0.044715 * v * v * v);
  return 0.5 * v * (2.0 - 2.0 / (exp(2.0 * u) + 1.0));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if at.x >= params.n { return; }
  let i = at.y * params.stride + at.x;
  if GATED == 1 { gate[i] = activated(gate[i]) * up[i]; } else { gate[i] = activated(up[i]); }
}
