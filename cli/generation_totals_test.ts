import { assertEquals } from "@std/assert";
import { totals } from "./generation_totals.ts";

const round = (drafted: number, accepted: number) =>
  ({ draft: "plan", drafted, accepted, emitted: accepted + 1 }) as const;

Deno.test("totals() tells early exits, or what drafts came to", () => {
  const made = [{ blocksRun: 12, exitHeight: 12 }, { blocksRun: 6, exitHeight: 6 }];
  const context = { layerCount: 12, decodeMs: 3, ended: "limit" };
  assertEquals(
    totals(made, context),
    "2 tokens · 9.00 of 12 blocks per token · 50.0 % left early · 3.00 ms/token after the first · ended: limit",
  );
  const line = totals(made, { ...context, rounds: [round(4, 3), round(4, 1)] });
  assertEquals(line.split(" · ")[2], "3.00 tokens per round, 50.0 % of 8 drafts accepted");
  assertEquals(
    totals(made, { ...context, rounds: [round(0, 0)] }).split(" · ")[2],
    "1.00 tokens per round, nothing drafted",
  );
});
