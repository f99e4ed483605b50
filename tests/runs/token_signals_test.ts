import { assert, assertEquals } from "@std/assert";
import type { FreeRecord, LockstepRecord } from "../../harness/contract/mod.ts";
import { armOf } from "../../harness/arm_request.ts";
import { calm, fixedExit, fullDepth } from "../../policies/mod.ts";
import { ITEMS, smallRun } from "./_fixture.ts";

const THRESHOLD = 0.2;
const TOP = 6; // blocks of the model of small runs
const RECORDS = (await smallRun({
  arms: [
    armOf(fullDepth),
    armOf(fixedExit, { options: { exit: 3 } }),
    armOf(calm, { options: { threshold: THRESHOLD } }),
  ],
  passes: ["free", "lockstep"],
})) as readonly (FreeRecord | LockstepRecord)[];

Deno.test("records keep what a policy read of each token when it left", () => {
  const read = RECORDS.filter(({ arm }) => arm.startsWith("calm"));
  assertEquals(read.length, 2 * ITEMS);
  let exits = 0, stays = 0;
  for (const { heights, signals, tokens } of read) {
    const { kinds, values: [margins] } = signals!;
    assertEquals(kinds, ["margin"]);
    assertEquals([signals!.heights.length, margins!.length], [tokens.length, tokens.length]);
    assertEquals([signals!.heights[0], margins![0]], [-1, NaN]); // from the prompt, undecided
    for (let t = 1; t < tokens.length; t++) {
      if (heights[t]! < TOP) {
        exits++;
        assertEquals(signals!.heights[t], heights[t]);
        assert(margins![t]! >= THRESHOLD);
      } else {
        stays++;
        assert(signals!.heights[t]! < TOP && margins![t]! < THRESHOLD);
      }
    }
  }
  assert(exits > 0 && stays > 0, `${exits} exits, ${stays} stays`);
});

Deno.test("records of plans keep no signals", () => {
  for (const record of RECORDS) {
    if (!record.arm.startsWith("calm")) assert(!("signals" in record));
  }
});
