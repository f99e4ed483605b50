// Signals of two states a and b: cosine, relative norm, feature entropy.
// Reference: harness/signals/state.ts (1e-5 relative).
// Dispatch: (rows, 1, 1), one workgroup per pair.
struct Params { n: u32, stride: u32, spare0: u32, spare1: u32 }
struct Table { count: u32, spare0: u32, spare1: u32, spare2: u32, rows: array<vec4i> } // a, b, cell
@group(0) @binding(0) var<storage, read> states: array<f32>; // [.., stride]
@group(0) @binding(1) var<storage, read_write> cells: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override KIND: u32 = 0; // 0 cosine, 1 relative norm, 2 feature entropy
const LOWEST = -3.4028234e38;
var<workgroup> partial: array<vec4f, LANES>;

fn summed(lane: u32, value: vec4f) -> vec4f {
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
  let lane = local.x;
  let row = table.rows[group.x];
  let a = u32(row.x) * params.stride;
  let b = u32(row.y) * params.stride;
  var value = 0.0;
  if KIND == 2 {
    var most = LOWEST;
    for (var i = lane; i < params.n; i += LANES) { most = max(most, states[b + i] - states[a + i]); }
    partial[lane] = vec4f(most);
    workgroupBarrier();
    for (var half = LANES / 2; half > 0; half /= 2) {
      if lane < half { partial[lane] = max(partial[lane], partial[lane + half]); }
      workgroupBarrier();
    }
    most = partial[0].x;
    var sums = vec4f(0);
    for (var i = lane; i < params.n; i += LANES) {
      let shifted = states[b + i] - states[a + i] - most;
      let e = exp(shifted);
      sums += vec4f(e, select(0.0, e * shifted, e > 0.0), 0.0, 0.0);
    }
    sums = summed(lane, sums);
    value = max(0.0, log(sums.x) - sums.y / sums.x);
  } else {
    var sums = vec4f(0);
    for (var i = lane; i < params.n; i += LANES) {
      let x = states[a + i];
      let y = states[b + i];
      sums += vec4f(x * y, x * x, y * y, (y - x) * (y - x));
    }
    sums = summed(lane, sums);
    let scale = sqrt(sums.y) * sqrt(sums.z);
    if KIND == 0 { value = select(sums.x / scale, 0.0, scale == 0.0); }
    else { value = sqrt(sums.w) / sqrt(sums.y); }
  }
  if lane == 0 { cells[u32(row.z)] = value; }
}
