import { assert, assertEquals } from "@std/assert";
import type { KvFill, PolicyPlugin } from "../../harness/contract/mod.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { calm } from "../../policies/depth/calm.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { bind, decode, openToy, see, type Seen } from "./_fixture.ts";
import { cosineExit, marginExit, randomActions, randomPlans } from "./_policies.ts";

function text(seed: number, length: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, () => random.int(53));
}

const PROMPT = text(1, 7);
const TARGET = text(2, 30);

const CASES: readonly (readonly [string, PolicyPlugin, readonly KvFill[]])[] = [
  ["random exits", randomActions(["run", "run", "run", "exit"]), [
    "project",
    "hole",
    "recompute",
  ]],
  ["random skips", randomActions(["run", "skip"]), ["project", "hole"]],
  ["random parts", randomActions(["run", "attention", "mlp", "skip"]), ["project", "hole"]],
  ["random repeats", randomActions(["run", "repeat", "skip"]), ["project", "hole"]],
  ["random plans", randomPlans, ["project", "hole"]],
  ["margin exits", marginExit(0.2), ["project", "hole", "copy", "recompute"]],
  ["cosine exits, block", cosineExit(0.5, "previous_block"), ["project", "recompute"]],
  ["cosine exits, check", cosineExit(0.5, "previous_check"), ["project", "recompute"]],
];

for (const [name, plugin, fills] of CASES) {
  for (const fill of fills) {
    Deno.test(`a teacher-forced batch equals one row after the other: ${name}, ${fill}`, async () => {
      const session = await openToy();
      const bound = bind(session, plugin, { fill });
      const batch = await see(session, bound, { prompt: PROMPT, target: TARGET });
      const inOrder = await see(session, bound, { prompt: PROMPT, target: TARGET, inOrder: true });
      assertEquals(batch.heights, inOrder.heights);
      assertEquals(batch.blocksRun, inOrder.blocksRun);
      batch.logits.forEach((row, i) => assertEquals(row, inOrder.logits[i]));
      assert(batch.blocksRun.slice(1).some((blocks) => blocks !== 6), "the policy never acted");
    });
  }
}

Deno.test("generate() meets the exits that teacher forcing of its own text meets", async () => {
  const session = await openToy();
  for (const fill of ["project", "hole", "recompute"] as const) {
    const bound = bind(session, marginExit(0.25), { fill, maxTokens: 40 });
    const free = await decode(session, bound, PROMPT);
    const seen = await see(session, bound, { prompt: PROMPT, target: free.tokens });
    assertEquals(seen.heights, free.heights);
    assertEquals(seen.tokens, free.tokens);
    assert(free.heights.some((height) => height < 6) && free.heights.slice(1).includes(6));
  }
});

Deno.test("fills differ from each other where tokens exit and others go on", async () => {
  const session = await openToy();
  const plugin = randomActions(["run", "run", "run", "exit"]);
  const seen: Seen[] = [];
  for (const fill of ["project", "hole", "recompute"] as const) {
    seen.push(
      await see(session, bind(session, plugin, { fill }), { prompt: PROMPT, target: TARGET }),
    );
  }
  const last = (i: number) => seen[i]!.logits.map((row) => row.join()).join();
  assert(last(0) !== last(1) && last(1) !== last(2) && last(0) !== last(2));
});

Deno.test("recompute reads out full-depth rows as full depth does", async () => {
  const session = await openToy();
  const full = await see(session, bind(session, fixedExit, { input: { exit: 6 } }), {
    prompt: PROMPT,
    target: TARGET,
  });
  const bound = bind(session, randomActions([...Array(9).fill("run"), "exit"]), {
    fill: "recompute",
  });
  const seen = await see(session, bound, { prompt: PROMPT, target: TARGET, inOrder: true });
  let compared = 0;
  seen.heights.forEach((height, i) => {
    if (height < 6) return;
    compared++;
    assertEquals(seen.logits[i], full.logits[i]);
  });
  assert(compared > 3 && compared < TARGET.length);
});

Deno.test("settings that never act give full depth's tokens", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fixedExit, { input: { exit: 6 } }), PROMPT);
  for (
    const [plugin, input] of [
      [calm, { threshold: 1 }],
      [calm, { threshold: 1, decay: 4 }],
      [calm, { threshold: 1, measure: "state" }],
      [unifiedLayerSkipping, { ratio: 1 }],
    ] as const
  ) {
    const other = await decode(session, bind(session, plugin as PolicyPlugin, { input }), PROMPT);
    assertEquals(other, full);
  }
});
