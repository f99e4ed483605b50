import { assert, assertEquals, assertThrows } from "@std/assert";
import type { KvFill } from "../../harness/contract/mod.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { scoutRows } from "../../harness/decode/scout.ts";
import { oracleHeights } from "../../harness/numerics/oracle_height.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { oracle } from "../../policies/depth/oracle.ts";
import { randomExit } from "../../policies/depth/random_exit.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5, 9, 2];
const AGREEMENTS = ["first", "stable"] as const;
const TARGET = (() => {
  const random = createRandom(2);
  return Array.from({ length: 40 }, () => random.int(53));
})();

Deno.test("scoutRows() reads at each height what a full-depth readout there gives", async () => {
  const session = await openToy();
  const slot = session.newSlot();
  const step = session.begin(
    PROMPT.map((token, position) => ({ slot, position, token, phase: "prompt" })),
  );
  const { tokens } = await scoutRows(step, {
    rows: [0, 1, 2, 3, 4, 5, 6],
    read: [2, 6],
    layerCount: 6,
  });
  step.commit();
  session.release(slot);
  const slow: number[][] = [[], []];
  for (let height = 0; height <= 6; height++) {
    const bare = session.newSlot();
    const one = session.begin(
      PROMPT.map((token, position) => ({ slot: bare, position, token, phase: "prompt" })),
    );
    one.run({ from: 0, to: height }, "block");
    for (const [i, row] of [2, 6].entries()) {
      const logits = await one.readLogits({ head: "shared" }, [row]);
      slow[i]!.push(logits.indexOf(Math.max(...logits)));
    }
    one.commit([]);
    session.release(bare);
  }
  assertEquals(tokens, slow);
});

for (const agreement of AGREEMENTS) {
  Deno.test(`oracle(agreement=${agreement}) under recompute writes full depth's tokens`, async () => {
    for (const seed of [1, 2, 3]) {
      const session = await openToy({ seed });
      const full = await decode(session, bind(session, fullDepth, { maxTokens: 45 }), PROMPT);
      const bound = bind(session, oracle, {
        input: { agreement },
        fill: "recompute",
        maxTokens: 45,
      });
      const free = await decode(session, bound, PROMPT);
      assertEquals(free.tokens, full.tokens);
      assert(free.heights.slice(1).some((height) => height < 6));
    }
  });

  Deno.test(`oracle(agreement=${agreement}) under recompute leaves at the oracle heights`, async () => {
    const session = await openToy();
    const bound = bind(session, oracle, { input: { agreement }, fill: "recompute" });
    const batch = await see(session, bound, { prompt: PROMPT, target: TARGET });
    assertEquals(
      await see(session, bound, { prompt: PROMPT, target: TARGET, inOrder: true }),
      batch,
    );
    // Each height's tokens, from full depth on the same text, by fixed readouts of a batch.
    const slot = session.newSlot();
    const text = [...PROMPT, ...TARGET.slice(0, -1)];
    const step = session.begin(
      text.map((token, position) => ({ slot, position, token, phase: "prompt" })),
    );
    const heights = [0, 1, 2, 3, 4, 5, 6];
    const lens: number[][] = TARGET.map(() => []);
    for (const height of heights) {
      const rows = TARGET.map((_, i) => PROMPT.length - 1 + i);
      const { tokens } = await step.readToken({ head: "shared" }, rows);
      tokens.forEach((token, i) => lens[i]!.push(token));
      if (height < 6) step.run(height, "block");
    }
    step.commit();
    session.release(slot);
    const wanted = lens.map((tokens) => oracleHeights(tokens, heights)[agreement]);
    assertEquals(batch.heights.slice(1), wanted.slice(1));
    assertEquals(batch.heights[0], 6); // the prompt's last row is full depth
    assertEquals(batch.tokens, lens.map((tokens) => tokens[6]!));
    assert(new Set(wanted).size > 2);
  });
}

Deno.test("oracle goes in order where the fill leaves another history than full depth's", async () => {
  const session = await openToy();
  const seen = new Set<string>();
  for (const fill of ["project", "hole", "recompute"] as const) {
    const bound = bind(session, oracle, { fill, maxTokens: 40 });
    const free = await decode(session, bound, PROMPT);
    const forced = await see(session, bound, { prompt: PROMPT, target: free.tokens });
    assertEquals(forced.heights, free.heights, fill);
    assertEquals(forced.tokens, free.tokens, fill);
    seen.add(free.heights.join());
  }
  assertEquals(seen.size, 3);
});

Deno.test("oracle is refused the fill that leaves entries out", async () => {
  const session = await openToy();
  assertThrows(
    () => bind(session, oracle, { fill: "none" }),
    RangeError,
    "it runs every token at full depth first",
  );
});

Deno.test("scouting is not counted: the ledger is that of the exits alone", async () => {
  const session = await openToy();
  for (const fill of ["project", "hole", "recompute"] as readonly KvFill[]) {
    const metered = new MeteredSession(session);
    const bound = bind(metered, oracle, { input: { minExit: 2 }, fill, maxTokens: 30 });
    const free = await decode(metered, bound, PROMPT);
    const oracleLedger = metered.ledger.total();
    // The same heights, chosen without looking: a policy that reads them from a table.
    const first = PROMPT.length - 1;
    const told = {
      ...randomExit,
      plan: ({ position }: { readonly position: number }) =>
        Array.from({ length: free.heights[position - first]! }, (_, block) => ({
          block,
          part: "block" as const,
        })),
    };
    metered.ledger.reset();
    const again = await decode(metered, bind(metered, told, { fill, maxTokens: 30 }), PROMPT);
    assertEquals(again, free, fill);
    assertEquals(metered.ledger.total(), oracleLedger, fill);
  }
});
