// Keys and values of rows into their caches, keys rotated; queries rotated in place.
// Reference: backends/cpu/kernels/rope.ts, backends/cpu/blocks.ts (1e-6 relative).
// Dispatch: (rows, 1, 1), one workgroup per row. An entry is keys [width], values
// [width] and a number that is 1 where the entry is there.
struct Params {
  queryHeads: u32,
  heads: u32, // of keys and values
  size: u32, // dimensions per head
  pairs: u32, // of them turned together
  step: u32, // from pair to pair: 2 adjacent, 1 halves
  apart: u32, // between the two of a pair
  queryStride: u32, // numbers per row of q
  stride: u32, // numbers per row of k and of v
}
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read> turns: array<f32>; // [positions, 2, pairs] cosines, sines
@group(0) @binding(1) var<storage, read> k: array<f32>; // [rows, stride]
@group(0) @binding(2) var<storage, read> v: array<f32>; // [rows, stride]
@group(0) @binding(3) var<storage, read_write> q: array<f32>; // [rows, queryStride]
@group(0) @binding(4) var<storage, read_write> entries: array<f32>; // [slots, capacity, 2 · width + 1]
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> table: Table;
override LANES: u32 = 64;
override QUERY: u32 = 1; // 1: queries are turned too

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = table.rows[group.x];
  let position = u32(row.z);
  let width = params.heads * params.size;
  let entry = (u32(row.y) * table.capacity + position) * (2 * width + 1);
  let turn = position * 2 * params.pairs;
  let source = group.x * params.stride;
  for (var i = local.x; i < width; i += LANES) {
    let d = i % params.size;
    if d >= 2 * params.pairs { entries[entry + i] = k[source + i]; } // not turned
    entries[entry + width + i] = v[source + i];
  }
  for (var i = local.x; i < params.heads * params.pairs; i += LANES) {
    let pair = i % params.pairs;
    let at = i / params.pairs * params.size + pair * params.step;
    let c = turns[turn + pair];
    let s = turns[turn + params.pairs + pair];
    let a = k[source + at];
    let b = k[source + at + params.apart];
    entries[entry + at] = a * c - b * s;
    entries[entry + at + params.apart] = a * s + b * c;
  }
  if local.x == 0 { entries[entry + 2 * width] = 1.0; }
  if QUERY == 0 { return; }
  for (var i = local.x; i < params.queryHeads * params.pairs; i += LANES) {
    let pair = i % params.pairs;
    let at = group.x * params.queryStride + i / params.pairs * params.size + pair * params.step;
    let c = turns[turn + pair];
    let s = turns[turn + params.pairs + pair];
    let a = q[at];
    let b = q[at + params.apart];
    q[at] = a * c - b * s;
    q[at + params.apart] = a * s + b * c;
  }
}
