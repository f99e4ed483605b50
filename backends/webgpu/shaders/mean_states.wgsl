// Means of states into rows of a small network's input: all states of the table
// into row 0, or, with EACH, every state into a row of its own.
// Reference: harness/signals/network.ts, backends/cpu/readouts.ts (1e-6 relative).
// Dispatch: (⌈n / LANES⌉, rows, 1), one invocation per feature and row.
struct Params { n: u32, stride: u32, to: u32, spare: u32 } // numbers per state, per row of y
struct Table { count: u32, spare0: u32, spare1: u32, spare2: u32, rows: array<vec4i> } // state
@group(0) @binding(0) var<storage, read> states: array<f32>; // [.., stride]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [rows, to]
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> table: Table;
override LANES: u32 = 64;
override EACH: u32 = 0;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if at.x >= params.n { return; }
  if EACH == 1 {
    y[at.y * params.to + at.x] = states[u32(table.rows[at.y].x) * params.stride + at.x];
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < table.count; i++) {
    sum += states[u32(table.rows[i].x) * params.stride + at.x] / f32(table.count);
  }
  y[at.x] = sum;
}
