// Fill "copy": the entries that rows have in one layer, into another layer.
// Reference: backends/cpu/engine.ts (exact).
// Dispatch: (rows, 1, 1), one workgroup per row. The layers differ.
struct Params { entry: u32, spare0: u32, spare1: u32, spare2: u32 } // numbers per entry
struct Table { count: u32, capacity: u32, other: u32, spare: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read> source: array<f32>; // [slots, other, entry]
@group(0) @binding(1) var<storage, read_write> entries: array<f32>; // [slots, capacity, entry]
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> table: Table;
override LANES: u32 = 64;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = table.rows[group.x];
  let to = (u32(row.y) * table.capacity + u32(row.z)) * params.entry;
  let at = (u32(row.y) * table.other + u32(row.z)) * params.entry;
  for (var i = local.x; i < params.entry; i += LANES) { entries[to + i] = source[at + i]; }
}
