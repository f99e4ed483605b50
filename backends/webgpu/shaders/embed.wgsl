// Embeddings of tokens into states, or of positions onto them. A token below zero, −1 − i, is place i of the
// tokens that were kept on the device.
// Dispatch: (rows, 1, 1), one workgroup per row. Weights as in matmul.wgsl; tokens
// outside the piece are left to its neighbours.
struct Params {
  outputs: u32, // tokens of this piece
  groups: u32, // of four weights per row
  first: u32, // first token of this piece
  stride: u32, // numbers per state
}
struct Table { count: u32, spare0: u32, spare1: u32, spare2: u32, rows: array<vec4i> } // state, token
@group(0) @binding(0) var<storage, read> weights: array<u32>; // [outputs, groups] in FORMAT
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read> kept: array<u32>; // tokens
@group(0) @binding(3) var<storage, read_write> states: array<vec4f>; // [.., stride / 4]
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> table: Table;
override LANES: u32 = 64;
override FORMAT: u32 = 0; // 0 f32, 1 f16, 2 q8_0, 3 q4_0, 4 q4_1
override ADD: u32 = 0; // 1: learned positions, added

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

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = table.rows[group.x];
  var token = u32(row.y);
  if row.y < 0 { token = kept[-1 - row.y]; }
  if token < params.first || token >= params.first + params.outputs { return; }
  let source = (token - params.first) * params.groups;
  let to = u32(row.x) * params.stride / 4;
  for (var i = local.x; i < params.groups; i += LANES) {
    if ADD == 1 { states[to + i] += four(source + i); } else { states[to + i] = four(source + i); }
  }
}
