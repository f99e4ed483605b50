// RMS normalization, y = x · w / sqrt(mean(x²) + epsilon), row by row; with LAYER, layer
// normalization, y = (x − mean) · w / sqrt(variance + epsilon) + bias.
// Reference: backends/cpu/kernels/rms_norm.ts, layer_norm.ts (1e-5 relative).
// Dispatch: (rows, 1, 1), one workgroup per row. Any n. y must not alias x.
struct Params {
  n: u32,
  epsilon: f32,
  source: u32, // numbers per row of x
  to: u32, // numbers per row of y
}
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state first
@group(0) @binding(0) var<storage, read> x: array<f32>; // states [.., source], or [rows, source]
@group(0) @binding(1) var<storage, read> w: array<f32>; // [n]
@group(0) @binding(2) var<storage, read> bias: array<f32>; // [n], read with LAYER
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [rows, to]
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override GATHER: u32 = 1; // 1: row i of x is the state of the table's row i
override LAYER: u32 = 0;
var<workgroup> partial: array<f32, LANES>;

fn summed(lane: u32, value: f32) -> f32 {
  workgroupBarrier();
  partial[lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if lane < half { partial[lane] += partial[lane + half]; }
    workgroupBarrier();
  }
  return partial[0];
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  var row = group.x;
  if GATHER == 1 { row = u32(table.rows[group.x].x); }
  let source = row * params.source;
  let to = group.x * params.to;
  var mean = 0.0;
  if LAYER == 1 {
    var total = 0.0;
    for (var i = local.x; i < params.n; i += LANES) { total += x[source + i]; }
    mean = summed(local.x, total) / f32(params.n);
  }
  var squares = 0.0;
  for (var i = local.x; i < params.n; i += LANES) {
    let each = x[source + i] - mean;
    squares += each * each;
  }
  let scale = 1.0 / sqrt(summed(local.x, squares) / f32(params.n) + params.epsilon);
  for (var i = local.x; i < params.n; i += LANES) {
    var value = (x[source + i] - mean) * scale * w[i];
    if LAYER == 1 { value += bias[i]; }
    y[to + i] = value;
  }
}
