import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { teacherForced } from "../../harness/decode/teacher_forced.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { randomExit } from "../../policies/depth/random_exit.ts";
import { randomSkip } from "../../policies/depth/random_skip.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const CONTROLS: readonly (readonly [PolicyPlugin, OptionInput, OptionInput])[] = [
  [randomSkip as PolicyPlugin, { blocks: 3.5 }, { blocks: 6 }],
  [randomSkip as PolicyPlugin, { rate: 0.5 }, { rate: 0 }],
  [randomExit as PolicyPlugin, { blocks: 3.5 }, { blocks: 6 }],
  [randomExit as PolicyPlugin, { rate: 0.3, minExit: 2 }, { rate: 0 }],
];

for (const [plugin, input, never] of CONTROLS) {
  const name = `${plugin.name} with ${JSON.stringify(input)}`;
  Deno.test(`${name} gives a text what it gives token by token`, async () => {
    const session = await openToy();
    for (const fill of ["project", "hole"] as const) {
      const bound = bind(session, plugin, { input, fill, maxTokens: 30 });
      const free = await decode(session, bound, PROMPT);
      const text = { prompt: PROMPT, target: free.tokens };
      const batch = await see(session, bound, text);
      assertEquals(batch.tokens, free.tokens);
      assertEquals(batch.blocksRun, free.blocksRun);
      assertEquals(await see(session, bound, { ...text, inOrder: true }), batch);
      assert(new Set(free.blocksRun).size > 1);
    }
  });

  Deno.test(`${plugin.name} with ${JSON.stringify(never)} is full depth`, async () => {
    const session = await openToy();
    const full = await decode(session, bind(session, fullDepth), PROMPT);
    assertEquals(await decode(session, bind(session, plugin, { input: never }), PROMPT), full);
  });
}

Deno.test("random_exit reads the same heights under recompute, from exact entries", async () => {
  const session = await openToy();
  const bound = bind(session, randomExit, {
    input: { blocks: 3.5 },
    fill: "recompute",
    maxTokens: 50,
  });
  const free = await decode(session, bound, PROMPT);
  const seen = await see(session, bound, { prompt: PROMPT, target: free.tokens });
  assertEquals(seen.heights, free.heights);
  assertEquals(seen.tokens, free.tokens);
});

Deno.test("random_skip is refused recompute, and none where its sets are not nested", async () => {
  const session = await openToy();
  for (const fill of ["recompute", "none"] as const) {
    const bound = bind(session, randomSkip, { input: { blocks: 3 }, fill });
    await assertRejects(
      () => decode(session, bound, PROMPT),
      RangeError,
      'Cannot cross policy "random_skip"',
    );
  }
});

Deno.test("random controls draw by seed, item and position", async () => {
  const session = await openToy();
  const bound = bind(session, randomSkip, { input: { rate: 0.5 } });
  const blocksOf = async (keys: { seed: number; item: number }) => {
    const blocksRun: number[] = [];
    const slot = session.newSlot();
    await teacherForced(session, {
      bound,
      slot,
      prompt: PROMPT,
      target: PROMPT.concat(PROMPT, PROMPT),
      ...keys,
      predicted: (_index, _logits, row) => blocksRun.push(row.blocksRun),
    });
    session.release(slot);
    return blocksRun;
  };
  const first = await blocksOf({ seed: 1, item: 2 });
  assertEquals(await blocksOf({ seed: 1, item: 2 }), first);
  assertNotEquals(await blocksOf({ seed: 2, item: 2 }), first);
  assertNotEquals(await blocksOf({ seed: 1, item: 3 }), first);
});
