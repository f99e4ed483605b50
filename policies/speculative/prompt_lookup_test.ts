import { assertEquals } from "@std/assert";
import { findContinuation, promptLookup } from "./prompt_lookup.ts";

const find = (tokens: readonly number[], ngram: number, match: "latest" | "earliest" = "latest") =>
  findContinuation(tokens, { ngram, shortest: 1, match });

Deno.test("findContinuation() prefers long matches, then the latest or the earliest", () => {
  const text = [1, 2, 3, 9, 2, 3, 8, 5, 3, 7, 2, 3];
  assertEquals(find(text, 3), 6); // 2 3 at 4
  assertEquals(find(text, 3, "earliest"), 3); // 2 3 at 1
  assertEquals(find(text, 1), 9); // 3 at 8
  assertEquals(find([1, 2, 3], 3), -1);
  assertEquals(find([4, 4], 3), 1);
  assertEquals(find([4], 3), -1);
  const least = (shortest: number) =>
    findContinuation(text, { ngram: 3, shortest, match: "latest" });
  assertEquals([least(2), least(3)], [6, -1]);
});

Deno.test("prompt_lookup proposes what followed, within the room, or nothing", () => {
  const propose = (tokens: readonly number[], room: number) =>
    promptLookup.propose({ tokens, room } as never, {
      ngram: 3,
      shortest: 1,
      draft: 4,
      match: "latest",
    });
  assertEquals(propose([1, 2, 3, 9, 8, 7, 6, 1, 2], 9), { kind: "tokens", tokens: [3, 9, 8, 7] });
  assertEquals(propose([1, 2, 3, 9, 1, 2], 1), { kind: "tokens", tokens: [3] });
  assertEquals(propose([1, 2, 3, 9, 1, 2], 0), { kind: "none" });
  assertEquals(propose([1, 2, 3], 9), { kind: "none" });
});
