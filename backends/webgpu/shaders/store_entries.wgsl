// Keys and values of rows into their caches, keys rotated; queries rotated in place.
// With HEADS, each head is first divided by its root mean square and scaled.
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
  epsilon: f32, // of the norms of heads
  spare0: u32,
  spare1: u32,
  spare2: u32,
}
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read> turns: array<f32>; // [positions, 2, pairs] cosines, sines
@group(0) @binding(1) var<storage, read> k: array<f32>; // [rows, stride]
@group(0) @binding(2) var<storage, read> v: array<f32>; // [rows, stride]
@group(0) @binding(3) var<storage, read> keyNorm: array<f32>; // [size], read with HEADS
@group(0) @binding(4) var<storage, read> queryNorm: array<f32>; // [size], read with HEADS
@group(0) @binding(5) var<storage, read_write> q: array<f32>; // [rows, queryStride]
@group(0) @binding(6) var<storage, read_write> entries: array<f32>; // [slots, capacity, 2 · width + 1]
@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(8) var<storage, read> table: Table;
override LANES: u32 = 64;
override QUERY: u32 = 1; // 1: queries are turned too
override HEADS: u32 = 0; // key heads and query heads that are normalized
var<workgroup> scales: array<f32, HEADS + 1>; // of key heads, then of query heads

fn inverse(sum: f32) -> f32 {
  return 1.0 / sqrt(sum / f32(params.size) + params.epsilon);
}

fn keyAt(source: u32, i: u32) -> f32 {
  let value = k[source + i];
  if HEADS == 0 { return value; }
  return value * scales[i / params.size] * keyNorm[i % params.size];
}

fn queryAt(source: u32, i: u32) -> f32 {
  let value = q[source + i];
  if HEADS == 0 { return value; }
  return value * scales[params.heads + i / params.size] * queryNorm[i % params.size];
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = table.rows[group.x];
  let position = u32(row.z);
  let width = params.heads * params.size;
  let entry = (u32(row.y) * table.capacity + position) * (2 * width + 1);
  let turn = position * 2 * params.pairs;
  let source = group.x * params.stride;
  let query = group.x * params.queryStride;
  for (var h = local.x; h < HEADS; h += LANES) {
    var sum = 0.0;
    for (var d = 0u; d < params.size; d++) {
      if h < params.heads {
        let value = k[source + h * params.size + d];
        sum += value * value;
      } else {
        let value = q[query + (h - params.heads) * params.size + d];
        sum += value * value;
      }
    }
    scales[h] = inverse(sum);
  }
  workgroupBarrier();
  for (var i = local.x; i < width; i += LANES) {
    let d = i % params.size;
    if d >= 2 * params.pairs { entries[entry + i] = keyAt(source, i); } // not turned
    entries[entry + width + i] = v[source + i];
  }
  for (var i = local.x; i < params.heads * params.pairs; i += LANES) {
    let pair = i % params.pairs;
    let at = i / params.pairs * params.size + pair * params.step;
    let c = turns[turn + pair];
    let s = turns[turn + params.pairs + pair];
    let a = keyAt(source, at);
    let b = keyAt(source, at + params.apart);
    entries[entry + at] = a * c - b * s;
    entries[entry + at + params.apart] = a * s + b * c;
  }
  if local.x == 0 { entries[entry + 2 * width] = 1.0; }
  if QUERY == 0 { return; }
  for (var i = local.x; i < params.queryHeads * params.size; i += LANES) {
    if HEADS > 0 && i % params.size >= 2 * params.pairs { q[query + i] = queryAt(query, i); }
  }
  for (var i = local.x; i < params.queryHeads * params.pairs; i += LANES) {
    let pair = i % params.pairs;
    let at = i / params.pairs * params.size + pair * params.step;
    let c = turns[turn + pair];
    let s = turns[turn + params.pairs + pair];
    let a = queryAt(query, at);
    let b = queryAt(query, at + params.apart);
    q[query + at] = a * c - b * s;
    q[query + at + params.apart] = a * s + b * c;
  }
}
