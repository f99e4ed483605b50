// What the host needs of one row of logits z: the two largest, and with e = exp(z − z₍₁₎)
// the sums of e and of e · (z − z₍₁₎). Ties go to the lowest index.
// Reference: harness/signals/readout.ts (1e-5 relative, token exact).
// Dispatch: (rows, 1, 1), one workgroup per row, in two passes over it.
struct Params { stride: u32, spare0: u32, spare1: u32, spare2: u32 } // numbers per row
struct Table { count: u32, n: u32, first: u32, spare: u32, rows: array<vec4i> } // state, entry
@group(0) @binding(0) var<storage, read> z: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read> ids: array<u32>; // with SUBSET: token of each place
@group(0) @binding(2) var<storage, read_write> reductions: array<u32>; // [entries, 8]
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override SUBSET: u32 = 0; // 1: place i stands for token ids[first + i]
const NONE = 0xffffffffu;
const LOWEST = -3.4028234e38;
var<workgroup> tops: array<vec4u, LANES>; // first and second index, bits of their values
var<workgroup> partial: array<vec2f, LANES>;

fn beats(value: f32, index: u32, rival: f32, other: u32) -> bool {
  return value > rival || (value == rival && index < other);
}

fn merged(a: vec4u, b: vec4u) -> vec4u {
  let a1 = bitcast<f32>(a.z);
  let b1 = bitcast<f32>(b.z);
  if beats(b1, b.x, a1, a.x) {
    let b2 = bitcast<f32>(b.w);
    if beats(b2, b.y, a1, a.x) { return b; }
    return vec4u(b.x, a.x, b.z, a.z);
  }
  let a2 = bitcast<f32>(a.w);
  if beats(b1, b.x, a2, a.y) { return vec4u(a.x, b.x, a.z, b.z); }
  return a;
}

fn token(place: u32) -> u32 {
  if SUBSET == 1 && place != NONE { return ids[table.first + place]; }
  return place;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let at = group.x * params.stride;
  var top = vec4u(NONE, NONE, bitcast<u32>(LOWEST), bitcast<u32>(LOWEST));
  for (var i = local.x; i < table.n; i += LANES) {
    top = merged(top, vec4u(i, NONE, bitcast<u32>(z[at + i]), bitcast<u32>(LOWEST)));
  }
  tops[local.x] = top;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { tops[local.x] = merged(tops[local.x], tops[local.x + half]); }
    workgroupBarrier();
  }
  let largest = bitcast<f32>(tops[0].z);
  var sums = vec2f(0);
  for (var i = local.x; i < table.n; i += LANES) {
    let shifted = z[at + i] - largest;
    let e = exp(shifted);
    sums += vec2f(e, select(0.0, e * shifted, e > 0.0));
  }
  partial[local.x] = sums;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { partial[local.x] += partial[local.x + half]; }
    workgroupBarrier();
  }
  if local.x > 0 { return; }
  let to = u32(table.rows[group.x].y) * 8;
  reductions[to] = token(tops[0].x);
  reductions[to + 1] = token(tops[0].y);
  reductions[to + 2] = tops[0].z;
  reductions[to + 3] = tops[0].w;
  reductions[to + 4] = bitcast<u32>(partial[0].x);
  reductions[to + 5] = bitcast<u32>(partial[0].y);
}
