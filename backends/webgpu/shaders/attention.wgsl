// Grouped-query attention of one row and head over the entries that are there,
// with a running softmax over tiles of LANES positions.
// Reference: backends/cpu/kernels/attention.ts (1e-5 of the largest value).
// Dispatch: (heads, rows, 1), one workgroup each. Tiles start at position 0, so a
// row's result does not depend on the rows beside it. out must not alias q.
struct Params {
  heads: u32,
  group: u32, // query heads per key head
  width: u32, // of keys: key heads · SIZE
  queryStride: u32, // numbers per row of q
  stride: u32, // numbers per row of out
  scale: f32, // 1 / sqrt(SIZE)
  spare0: u32,
  spare1: u32,
}
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read> q: array<f32>; // [rows, queryStride], rotated
@group(0) @binding(1) var<storage, read> entries: array<f32>; // [slots, capacity, 2 · width + 1]
@group(0) @binding(2) var<storage, read_write> out: array<f32>; // [rows, stride]
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override SIZE: u32 = 64; // dimensions per head
const LOWEST = -3.0e38;
var<workgroup> weights: array<f32, LANES>;
var<workgroup> partial: array<f32, LANES>;
var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = table.rows[group.y];
  let entry = 2 * params.width + 1;
  let first = u32(row.y) * table.capacity * entry;
  let head = group.x / params.group * SIZE;
  let query = group.y * params.queryStride + group.x * SIZE;
  let count = u32(row.z) + 1;
  for (var d = local.x; d < SIZE; d += LANES) { sums[d] = 0.0; }
  var largest = LOWEST;
  var total = 0.0;
  for (var start = 0u; start < count; start += LANES) {
    let t = start + local.x;
    var score = LOWEST;
    let at = first + t * entry;
    if t < count && entries[at + 2 * params.width] != 0.0 {
      score = 0.0;
      for (var d = 0u; d < SIZE; d++) { score += q[query + d] * entries[at + head + d]; }
      score *= params.scale;
    }
    partial[local.x] = score;
    workgroupBarrier();
    for (var half = LANES / 2; half > 0; half /= 2) {
      if local.x < half { partial[local.x] = max(partial[local.x], partial[local.x + half]); }
      workgroupBarrier();
    }
    let most = max(largest, partial[0]);
    workgroupBarrier();
    let weight = select(0.0, exp(score - most), score > LOWEST);
    weights[local.x] = weight;
    partial[local.x] = weight;
    workgroupBarrier();
    for (var half = LANES / 2; half > 0; half /= 2) {
      if local.x < half { partial[local.x] += partial[local.x + half]; }
      workgroupBarrier();
    }
    let shrink = exp(largest - most);
    total = total * shrink + partial[0];
    let size = min(LANES, count - start);
    for (var d = local.x; d < SIZE; d += LANES) {
      var sum = sums[d] * shrink;
      var value = first + start * entry + params.width + head + d;
      for (var i = 0u; i < size; i++) {
        // An entry that is not there may hold anything, so it is not even multiplied by 0.
        if weights[i] != 0.0 { sum += weights[i] * entries[value]; }
        value += entry;
      }
      sums[d] = sum;
    }
    largest = most;
    workgroupBarrier();
  }
  let to = group.y * params.stride + group.x * SIZE;
  for (var d = local.x; d < SIZE; d += LANES) { out[to + d] = sums[d] / total; }
}
