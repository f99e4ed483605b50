// Copies states within their buffer; no state is both read and written.
// Dispatch: (rows, 1, 1), one workgroup per state.
struct Params { stride: u32, spare0: u32, spare1: u32, spare2: u32 }
struct Table { count: u32, spare0: u32, spare1: u32, spare2: u32, rows: array<vec4i> } // to, from
@group(0) @binding(0) var<storage, read_write> states: array<f32>; // [.., stride]
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> table: Table;
override LANES: u32 = 64;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let to = u32(table.rows[group.x].x) * params.stride;
  let source = u32(table.rows[group.x].y) * params.stride;
  for (var i = local.x; i < params.stride; i += LANES) { states[to + i] = states[source + i]; }
}
