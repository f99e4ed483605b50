import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { BlockPolicy, RunRecord } from "../../harness/contract/mod.ts";
import { armOf } from "../../harness/arm_request.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { fullDepth } from "../../policies/mod.ts";
import { ITEMS, smallRun } from "./_fixture.ts";
import { tiring } from "./_tiring.ts";

const ARMS = [armOf(fullDepth), armOf(tiring("stream")), armOf(tiring("sequence"))] as const;
const PASSES = ["free", "lockstep"] as const;

function heightsOf(records: readonly RunRecord[], arm: string, pass: string) {
  return records.flatMap((record) =>
    record.arm === arm && record.pass === pass && record.outcome === "ok" && "heights" in record
      ? [record.heights]
      : []
  );
}

Deno.test("a stream's state passes from item to item, a sequence's does not", async () => {
  const records = await smallRun({ arms: ARMS, passes: PASSES });
  for (const pass of PASSES) {
    const stream = heightsOf(records, "tiring_stream", pass);
    let seen = 0;
    for (const heights of stream) {
      heights.forEach((height, i) => {
        if (i > 0) assertEquals(height, Math.max(1, 6 - Math.floor(seen / 8)));
        seen++;
      });
    }
    assertEquals(stream.length, ITEMS);
    assert(seen > 16, `${seen} tokens`);
    const sequence = heightsOf(records, "tiring_sequence", pass);
    assert(sequence.every((heights) => heights.every((height, i) => i >= 8 || height === 6)));
    assertNotEquals(stream, sequence);
  }
});

Deno.test("runPlan() runs a stream that is partly stored again from its first item", async () => {
  const whole = await smallRun({ arms: ARMS, passes: PASSES });
  for (const stopAfter of [1, 3, ITEMS, ITEMS + 2]) {
    const store = memoryStore();
    const part = await smallRun({ arms: ARMS, passes: PASSES, store, stopAfter });
    assertEquals(part.length, 3 * stopAfter);
    assertEquals(await smallRun({ arms: ARMS, passes: PASSES, store }), whole);
  }
});

Deno.test("runPlan() runs nothing again that is stored whole", async () => {
  const store = memoryStore();
  await smallRun({ arms: ARMS, passes: PASSES, store });
  let appended = 0;
  const counting = {
    ...store,
    append(records: readonly RunRecord[]) {
      appended += records.length;
      return store.append(records);
    },
  };
  await smallRun({ arms: ARMS, passes: PASSES, store: counting });
  assertEquals(appended, 0);
});

Deno.test("a sequence that fails leaves nothing in the stream", async () => {
  const starts: number[] = [];
  const failing: BlockPolicy<object, number> = {
    ...tiring("stream"),
    decide: (point, options) => {
      if (point.height === 0 && point.emitted === 1) starts.push(point.state);
      // The second item's third token: by then the state has moved.
      if (point.emitted === 2 && starts.length === 2) throw new Error("once");
      return tiring("stream").decide(point, options);
    },
  };
  const records = await smallRun({ arms: [armOf(fullDepth), armOf(failing)], passes: ["free"] });
  assertEquals(records.filter(({ outcome }) => outcome === "failed").length, 1);
  const [first] = heightsOf(records, "tiring_stream", "free");
  assertEquals(starts.slice(0, 3), [1, first!.length + 1, first!.length + 1]);
});
