// Tokens of the k largest of n logits, ascending; lower indices win ties.
// Reference: harness/numerics/top_k.ts (exact).
// Dispatch: (1, 1, 1). The k-th largest value is found bit by bit on keys that order
// like the values; then each lane writes the kept places of its stretch.
struct Table {
  k: u32,
  n: u32,
  start: u32, // offset of the row in z
  first: u32, // where ids go
  within: u32, // offset of the ids that the places stand for, with SUBSET
}
@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read_write> ids: array<u32>;
@group(0) @binding(2) var<storage, read> table: Table;
override LANES: u32 = 64; // a power of two
override SUBSET: u32 = 0; // 1: place i stands for token ids[within + i]
var<workgroup> counts: array<vec2u, LANES>;

fn key(place: u32) -> u32 {
  let bits = bitcast<u32>(z[table.start + place] + 0.0); // −0 is 0
  return select(bits | 0x80000000u, ~bits, (bits >> 31) == 1);
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_id) local: vec3u) {
  let lane = local.x;
  // The largest threshold that at least k keys reach.
  var threshold = 0u;
  for (var bit = 32u; bit > 0; bit--) {
    let candidate = threshold | (1u << (bit - 1));
    var reached = 0u;
    for (var i = lane; i < table.n; i += LANES) {
      if key(i) >= candidate { reached++; }
    }
    workgroupBarrier();
    counts[lane] = vec2u(reached, 0);
    workgroupBarrier();
    for (var half = LANES / 2; half > 0; half /= 2) {
      if lane < half { counts[lane] += counts[lane + half]; }
      workgroupBarrier();
    }
    if counts[0].x >= table.k { threshold = candidate; }
  }
  // Places above it are all kept, of those at it the first ones.
  let stretch = (table.n + LANES - 1) / LANES;
  let start = min(lane * stretch, table.n);
  let end = min(start + stretch, table.n);
  var own = vec2u(0);
  for (var i = start; i < end; i++) {
    let each = key(i);
    if each > threshold { own.x++; } else if each == threshold { own.y++; }
  }
  workgroupBarrier();
  counts[lane] = own;
  workgroupBarrier();
  var before = vec2u(0);
  var all = vec2u(0);
  for (var i = 0u; i < LANES; i++) {
    if i < lane { before += counts[i]; }
    all += counts[i];
  }
  let ties = table.k - all.x; // how many at the threshold are kept
  var above = before.x;
  var tied = before.y;
  for (var i = start; i < end; i++) {
    let each = key(i);
    let kept = each > threshold || (each == threshold && tied < ties);
    if kept {
      let to = table.first + above + min(tied, ties);
      if SUBSET == 1 { ids[to] = ids[table.within + i]; } else { ids[to] = i; }
    }
    if each > threshold { above++; } else if each == threshold { tied++; }
  }
}
