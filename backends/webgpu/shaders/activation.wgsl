// Element-wise functions of a small trained network, in place; softmax over a row.
// Reference: harness/signals/network.ts (1e-5 relative).
// Dispatch: (rows, 1, 1), one workgroup per row.
struct Params { n: u32, stride: u32, spare0: u32, spare1: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [rows, stride]
@group(0) @binding(1) var<uniform> params: Params;
override LANES: u32 = 64; // a power of two
override KIND: u32 = 0; // 0 relu, 1 silu, 2 gelu (tanh), 3 sigmoid, 4 softmax
const LOWEST = -3.4028234e38;
var<workgroup> partial: array<f32, LANES>;

fn activated(v: f32) -> f32 {
  switch KIND {
    case 0: { return max(0.0, v); }
    case 1: { return v / (1.0 + exp(-v)); }
    case 2: {
      // tanh(u) = 1 − 2 / (e^2u + 1), which does not overflow to NaN
      let u = 0.7978845608 * (v + 0.044715 * v * v * v);
      return 0.5 * v * (2.0 - 2.0 / (exp(2.0 * u) + 1.0));
    }
    default: { return 1.0 / (1.0 + exp(-v)); }
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let at = group.x * params.stride;
  if KIND < 4 {
    for (var i = local.x; i < params.n; i += LANES) { x[at + i] = activated(x[at + i]); }
    return;
  }
  var most = LOWEST;
  for (var i = local.x; i < params.n; i += LANES) { most = max(most, x[at + i]); }
  partial[local.x] = most;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { partial[local.x] = max(partial[local.x], partial[local.x + half]); }
    workgroupBarrier();
  }
  most = partial[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var i = local.x; i < params.n; i += LANES) {
    let e = exp(x[at + i] - most);
    x[at + i] = e;
    sum += e;
  }
  partial[local.x] = sum;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { partial[local.x] += partial[local.x + half]; }
    workgroupBarrier();
  }
  for (var i = local.x; i < params.n; i += LANES) { x[at + i] /= partial[0]; }
}
