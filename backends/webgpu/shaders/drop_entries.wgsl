// Fills "hole" and "none": the entries of rows are marked as not there.
// Dispatch: (⌈rows / LANES⌉, 1, 1), one invocation per row.
struct Params { entry: u32, spare0: u32, spare1: u32, spare2: u32 } // numbers per entry
struct Table { count: u32, capacity: u32, spare0: u32, spare1: u32, rows: array<vec4i> } // state, slot, position, last
@group(0) @binding(0) var<storage, read_write> entries: array<f32>; // [slots, capacity, entry]
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> table: Table;
override LANES: u32 = 64;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if at.x >= table.count { return; }
  let row = table.rows[at.x];
  entries[(u32(row.y) * table.capacity + u32(row.z) + 1) * params.entry - 1] = 0.0;
}
