// Copies the first entries of one sequence to another, within one layer's buffer.
// Dispatch: (length, 1, 1), one workgroup per position.
struct Params { entry: u32, spare0: u32, spare1: u32, spare2: u32 } // numbers per entry
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // row 0: to, from
@group(0) @binding(0) var<storage, read_write> entries: array<f32>; // [slots, capacity, entry]
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> table: Table;
override LANES: u32 = 64;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let slots = table.rows[0];
  let to = (u32(slots.x) * table.capacity + group.x) * params.entry;
  let source = (u32(slots.y) * table.capacity + group.x) * params.entry;
  for (var i = local.x; i < params.entry; i += LANES) { entries[to + i] = entries[source + i]; }
}
