// y = x · Wᵀ, plus a bias, for one row, or four rows at a time.
// Reference: backends/cpu/kernels/matmul.ts (1e-5 of the largest value).
// Dispatch: (min(outputs, ACROSS), ⌈outputs / ACROSS⌉, ⌈rows / ROWS⌉), one workgroup
// per output of the piece and ROWS rows. x must not alias y. f32 sums, strided over
// the lanes, then a tree: a row's result does not depend on the rows beside it.
// Weights lie in groups of four along a row, rows padded with zeros to 32 columns;
// x is padded likewise. q4_0, q4_1: low nibbles are columns 0–15 of a block of 32.
struct Params {
  outputs: u32, // of this piece
  groups: u32, // of four weights per row
  first: u32, // first output of this piece in y
  stride: u32, // numbers per row of y; unused where added to states
}
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read> weights: array<u32>; // [outputs, groups] in FORMAT
@group(0) @binding(1) var<storage, read> scales: array<u32>; // per block of 32: f16, or a pair
@group(0) @binding(2) var<storage, read> bias: array<f32>; // of all outputs, read with BIAS
@group(0) @binding(3) var<storage, read> x: array<vec4f>; // [rows, groups]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [rows, stride], or states [.., stride]
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override FORMAT: u32 = 0; // 0 f32, 1 f16, 2 q8_0, 3 q4_0, 4 q4_1
override ROWS: u32 = 1; // 1 or 4
override ADD: u32 = 0; // 1: adds to the state of each row
override BIAS: u32 = 0; // 1: bias is added
override ACROSS: u32 = 32768; // outputs per line of workgroups
var<workgroup> partial: array<vec4f, LANES>;

fn scale(block: u32) -> f32 {
  return unpack2x16float(scales[block / 2])[block % 2];
}

fn nibbles(group: u32) -> vec4f {
  let word = weights[group / 8 * 4 + group % 4] >> (group % 8 / 4 * 4);
  return vec4f(vec4u(word, word >> 8, word >> 16, word >> 24) & vec4u(15));
}

fn four(group: u32) -> vec4f {
  switch FORMAT {
    case 0: {
      let at = 4 * group;
      return bitcast<vec4f>(vec4u(weights[at], weights[at + 1], weights[at + 2], weights[at + 3]));
    }
    case 1: {
      return vec4f(unpack2x16float(weights[2 * group]), unpack2x16float(weights[2 * group + 1]));
    }
    case 2: {
      let word = weights[group];
      let bytes = bitcast<vec4i>(vec4u(word << 24, word << 16, word << 8, word)) >> vec4u(24);
      return vec4f(bytes) * scale(group / 8);
    }
    case 3: {
      return (nibbles(group) - 8.0) * scale(group / 8);
    }
    default: {
      let pair = unpack2x16float(scales[group / 8]);
      return nibbles(group) * pair.x + pair.y;
    }
  }
}

fn write(row: u32, output: u32, product: f32) {
  if row >= table.count { return; }
  var sum = product;
  if BIAS == 1 { sum += bias[params.first + output]; }
  if ADD == 1 {
    let at = u32(table.rows[row].x) * params.stride + params.first + output;
    y[at] += sum;
  } else {
    y[row * params.stride + params.first + output] = sum;
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let output = group.y * ACROSS + group.x;
  if output >= params.outputs { return; } // the same for the whole workgroup
  let row = group.z * ROWS;
  let start = output * params.groups;
  let at = row * params.groups;
  var sums = vec4f(0);
  for (var i = local.x; i < params.groups; i += LANES) {
    let w = four(start + i);
    sums.x += dot(w, x[at + i]);
    if ROWS == 4 {
      sums.y += dot(w, x[at + params.groups + i]);
      sums.z += dot(w, x[at + 2 * params.groups + i]);
      sums.w += dot(w, x[at + 3 * params.groups + i]);
    }
  }
  partial[local.x] = sums;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if local.x < half { partial[local.x] += partial[local.x + half]; }
    workgroupBarrier();
  }
  if local.x == 0 {
    write(row, output, partial[0].x);
    if ROWS == 4 {
      write(row + 1, output, partial[0].y);
      write(row + 2, output, partial[0].z);
      write(row + 3, output, partial[0].w);
    }
  }
}
