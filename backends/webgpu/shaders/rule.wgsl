// One rule on the reductions of a row: where it holds, and the row has not left before,
// the grids of what runs on become empty and those of what fills become whole.
// Reference: harness/contract/rule.ts; a value within rounding of the bar may decide otherwise.
// Dispatch: (1, 1, 1).
struct Table { entry: u32, height: u32, signal: u32, comparison: u32, value: f32 }
@group(0) @binding(0) var<storage, read> reductions: array<u32>; // [entries, 8], see reduce_logits.wgsl
@group(0) @binding(1) var<storage, read> grids: array<u32>; // [GRIDS, 3] whole
@group(0) @binding(2) var<storage, read_write> args: array<u32>; // [2, GRIDS, 3]: running, filling
@group(0) @binding(3) var<storage, read_write> gate: array<u32>; // whether it left, at which height
@group(0) @binding(4) var<storage, read> table: Table;
override LANES: u32 = 64;
override GRIDS: u32 = 128;
const NONE = 0xffffffffu;
var<workgroup> leaves: u32;

fn value() -> f32 {
  let at = table.entry * 8;
  let sum = bitcast<f32>(reductions[at + 4]);
  let hasSecond = reductions[at + 1] != NONE;
  let gap = bitcast<f32>(reductions[at + 2]) - bitcast<f32>(reductions[at + 3]);
  switch table.signal {
    case 0: { return 1.0 / sum; } // top1
    case 1: { return select(1.0, (1.0 - exp(-gap)) / sum, hasSecond); } // margin
    case 2: { return select(3.4028234e38, gap, hasSecond); } // logitMargin
    case 3: { return max(0.0, log(sum) - bitcast<f32>(reductions[at + 5]) / sum); } // entropy
    default: { return f32(reductions[at]); } // token
  }
}

fn holds(signal: f32) -> bool {
  switch table.comparison {
    case 0: { return signal >= table.value; }
    case 1: { return signal > table.value; }
    case 2: { return signal <= table.value; }
    default: { return signal < table.value; }
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_id) local: vec3u) {
  if local.x == 0 {
    leaves = 0;
    if gate[0] == 0 && holds(value()) {
      leaves = 1;
      gate[0] = 1;
      gate[1] = table.height;
    }
  }
  workgroupBarrier();
  if leaves == 0 { return; }
  for (var i = local.x; i < 3 * GRIDS; i += LANES) {
    args[i] = 0;
    args[3 * GRIDS + i] = grids[i];
  }
}
