// KL(softmax a ‖ softmax b) in nats, or the cosine of a and b, raw or centred.
// Reference: harness/numerics/logits.ts, harness/signals/logit_cosine.ts (1e-5 relative).
// Dispatch: (1, 1, 1). a and b are rows of `n` logits at any offsets.
struct Table { n: u32, first: u32, second: u32, cell: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> cells: array<f32>;
@group(0) @binding(3) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override KIND: u32 = 0; // 0 KL, 1 cosine, 2 centred cosine
const LOWEST = -3.4028234e38;
var<workgroup> partial: array<vec4f, LANES>;

fn summed(lane: u32, value: vec4f) -> vec4f {
  workgroupBarrier();
  partial[lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if lane < half { partial[lane] += partial[lane + half]; }
    workgroupBarrier();
  }
  return partial[0];
}

fn largest(lane: u32, value: vec4f) -> vec4f {
  workgroupBarrier();
  partial[lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half /= 2) {
    if lane < half { partial[lane] = max(partial[lane], partial[lane + half]); }
    workgroupBarrier();
  }
  return partial[0];
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_id) local: vec3u) {
  let lane = local.x;
  if KIND == 0 {
    var most = vec4f(LOWEST);
    for (var i = lane; i < table.n; i += LANES) {
      most = max(most, vec4f(a[table.first + i], b[table.second + i], LOWEST, LOWEST));
    }
    most = largest(lane, most);
    var totals = vec4f(0);
    for (var i = lane; i < table.n; i += LANES) {
      let shifted = vec2f(a[table.first + i], b[table.second + i]) - most.xy;
      totals += vec4f(exp(shifted), 0.0, 0.0);
    }
    totals = summed(lane, totals);
    let logSums = log(totals.xy);
    var divergence = 0.0;
    for (var i = lane; i < table.n; i += LANES) {
      let logs = vec2f(a[table.first + i], b[table.second + i]) - most.xy - logSums;
      divergence += exp(logs.x) * (logs.x - logs.y);
    }
    let sum = summed(lane, vec4f(divergence, 0.0, 0.0, 0.0)).x;
    if lane == 0 { cells[table.cell] = max(0.0, sum); }
    return;
  }
  var means = vec2f(0);
  if KIND == 2 {
    var totals = vec4f(0);
    for (var i = lane; i < table.n; i += LANES) {
      totals += vec4f(a[table.first + i], b[table.second + i], 0.0, 0.0);
    }
    means = summed(lane, totals).xy / f32(table.n);
  }
  var products = vec4f(0);
  for (var i = lane; i < table.n; i += LANES) {
    let each = vec2f(a[table.first + i], b[table.second + i]) - means;
    products += vec4f(each.x * each.y, each.x * each.x, each.y * each.y, 0.0);
  }
  products = summed(lane, products);
  let scale = sqrt(products.y) * sqrt(products.z);
  if lane == 0 { cells[table.cell] = select(products.x / scale, 0.0, scale == 0.0); }
}
