import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { KvFill, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { calm } from "../../policies/depth/calm.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { skipDecode } from "../../policies/depth/skip_decode.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";
import { randomPlans } from "./_policies.ts";

const PROMPT = [3, 1, 4, 1, 5, 9, 2];
const FILLS: readonly KvFill[] = ["project", "recompute", "hole", "copy", "none"];

/** Policies with the fills that have a meaning for them. */
const CROSSINGS: readonly (readonly [PolicyPlugin, OptionInput, readonly KvFill[]])[] = [
  [fullDepth, {}, FILLS],
  [fixedExit as PolicyPlugin, { exit: 3 }, FILLS],
  [fixedExit as PolicyPlugin, { exit: 3, prompt: true }, FILLS],
  [layerList as PolicyPlugin, { skip: [5] }, FILLS],
  [layerList as PolicyPlugin, { skip: [2, 3] }, ["project", "hole", "copy", "none"]],
  [layerList as PolicyPlugin, { skip: [0] }, ["project", "hole", "none"]],
  [layerList as PolicyPlugin, { skipAttention: [0] }, ["project", "hole", "none"]],
  [unifiedLayerSkipping as PolicyPlugin, { ratio: 2 }, ["project", "hole", "copy", "none"]],
  [
    skipDecode as PolicyPlugin,
    { scheduleLength: 6, maxActive: 5, minActive: 2 },
    ["project", "hole", "copy", "none"],
  ],
  [
    skipDecode as PolicyPlugin,
    { scheduleLength: 6, maxActive: 5, minActive: 2, keep: "bottom" },
    FILLS,
  ],
  [calm as PolicyPlugin, { threshold: 0.2 }, ["project", "recompute", "hole", "copy"]],
  [randomPlans, {}, ["project", "hole"]],
];

for (const [plugin, input, meaningful] of CROSSINGS) {
  const text = `${plugin.name} with ${JSON.stringify(input)}`;
  Deno.test(`${text} decodes under ${meaningful.join(", ")} and is refused the rest`, async () => {
    const session = await openToy();
    for (const fill of FILLS) {
      const run = async () => {
        const bound = bind(session, plugin, { input, fill, maxTokens: 30 });
        return { bound, free: await decode(session, bound, PROMPT) };
      };
      if (!meaningful.includes(fill)) {
        await assertRejects(run, RangeError, "Cannot ", fill);
        continue;
      }
      const { bound, free } = await run();
      const forced = { prompt: PROMPT, target: free.tokens };
      const batch = await see(session, bound, forced);
      assertEquals(batch.tokens, free.tokens, fill);
      assertEquals(batch.heights, free.heights, fill);
      assertEquals(await see(session, bound, { ...forced, inOrder: true }), batch, fill);
    }
  });
}

Deno.test("a fill that is refused at once says why and what to use", async () => {
  const session = await openToy();
  const crossed = (input: OptionInput, fill: KvFill) => () =>
    bind(session, layerList, { input, fill });
  assertThrows(
    crossed({ skip: [2] }, "recompute"),
    RangeError,
    'Cannot cross policy "layer_list" with KV fill "recompute": only exits can be recomputed',
  );
  assertThrows(
    crossed({ skip: [0] }, "copy"),
    RangeError,
    'with KV fill "copy": it skips a block before any has run, so there is no entry to copy',
  );
});

Deno.test("the fill none is refused where a later token would read what it lacks", async () => {
  const session = await openToy();
  await assertRejects(
    () => decode(session, bind(session, randomPlans, { fill: "none" }), PROMPT),
    RangeError,
    "runs after a token that skipped it and left no entry there: use project or hole",
  );
});

Deno.test("recompute keeps a fixed exit's prompt pending until it is needed, and never is", async () => {
  const session = await openToy();
  const input = { exit: 3, prompt: true };
  const none = bind(session, fixedExit, { input, fill: "none", maxTokens: 40 });
  const exact = bind(session, fixedExit, { input, fill: "recompute", maxTokens: 40 });
  const free = await decode(session, none, PROMPT);
  assertEquals(await decode(session, exact, PROMPT), free);
  assert(free.heights.every((height) => height === 3));
});
