import { assertEquals } from "@std/assert";
import { MAX_PENDING } from "../decode/kv_fill/recompute.ts";
import type { PolicyMemory } from "../decode/policy_memory.ts";
import { WaitingPositions } from "./waiting_positions.ts";

/** Waiting positions and what was told. */
function listening(): { readonly waiting: WaitingPositions; readonly told: string[] } {
  const told: string[] = [];
  const memory = {
    recomputed: (position: number, predicted: number) => told.push(`${position}:${predicted}`),
  } as unknown as PolicyMemory;
  return { waiting: new WaitingPositions(memory), told };
}

Deno.test("WaitingPositions.readOut() tells of each position once, when a deep one follows", () => {
  const { waiting, told } = listening();
  const after = [false, true, true, false, true, false, false].map((leftEarly, position) => {
    waiting.readOut({ position, finalToken: 10 + position, leftEarly });
    return told.length;
  });
  assertEquals(told, ["1:11", "2:12", "4:14"]);
  assertEquals(after, [0, 0, 0, 2, 2, 3, 3]);
});

Deno.test("WaitingPositions.readOut() takes all to the top when too many wait", () => {
  const { waiting, told } = listening();
  for (let position = 0; position < MAX_PENDING; position++) {
    waiting.readOut({ position, finalToken: 0, leftEarly: true });
  }
  assertEquals(told, []);
  waiting.readOut({ position: MAX_PENDING, finalToken: 0, leftEarly: true });
  assertEquals(told, Array.from({ length: MAX_PENDING + 1 }, (_, i) => `${i}:0`));
  waiting.readOut({ position: MAX_PENDING + 1, finalToken: 0, leftEarly: true });
  assertEquals(told.length, MAX_PENDING + 1);
});
