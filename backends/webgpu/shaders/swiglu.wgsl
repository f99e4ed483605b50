// The gate of a gated MLP, gate = silu(gate) · up, silu(x) = x / (1 + e^−x).
// Reference: backends/cpu/kernels/swiglu.ts (1e-5 relative).
// Dispatch: (⌈stride / LANES⌉, rows, 1), one invocation per number.
struct Params { n: u32, stride: u32, spare0: u32, spare1: u32 }
@group(0) @binding(0) var<storage, read> up: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read_write> gate: array<f32>; // [rows, stride]
@group(0) @binding(2) var<uniform> params: Params;
override LANES: u32 = 64;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if at.x >= params.n { return; }
  let i = at.y * params.stride + at.x;
  let g = gate[i];
  gate[i] = g / (1.0 + exp(-g)) * up[i];
}
