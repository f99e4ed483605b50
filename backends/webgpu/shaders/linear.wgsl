// y = W x + b, or y += W x, of a small trained network.
// Reference: harness/signals/network.ts (1e-5 relative).
// Dispatch: (outputs, rows, 1), one workgroup per output and row. y must not alias x.
struct Params { inputs: u32, outputs: u32, source: u32, to: u32 } // numbers per row of x, of y
@group(0) @binding(0) var<storage, read> weight: array<f32>; // [outputs, inputs]
@group(0) @binding(1) var<storage, read> bias: array<f32>; // [outputs], unused with ADD
@group(0) @binding(2) var<storage, read> x: array<f32>; // [rows, source]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [rows, to]
@group(0) @binding(4) var<uniform> params: Params;
override LANES: u32 = 64; // a power of two
override ADD: u32 = 0;
var<workgroup> partial: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let start = group.x * params.inputs;
  let source = group.y * params.source;
  var sum = 0.0;
  for (var i = local.x; i < params.inputs; i += LANES) { sum += weight[start + i] * x[source + i]; }
  partial[local.x] = sum;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { partial[local.x] += partial[local.x + half]; }
    workgroupBarrier();
  }
  if local.x > 0 { return; }
  let to = group.y * params.to + group.x;
  if ADD == 1 { y[to] += partial[0]; } else { y[to] = partial[0] + bias[group.x]; }
}
