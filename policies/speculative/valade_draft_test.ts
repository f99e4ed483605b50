import { assertEquals, assertThrows } from "@std/assert";
import { decideValadeDraft, valadeDraft } from "./valade_draft.ts";

const OPTIONS = { at: [2, 4], thresholds: [.8, .5], draft: 5, head: "trained" } as const;

Deno.test("decideValadeDraft() drafts on at or below the head's threshold and climbs else", () => {
  const decide = (height: number, entropy: number, thresholds: readonly number[] = [.8, .5]) =>
    decideValadeDraft({ height, signals: { entropy } } as never, { ...OPTIONS, thresholds });
  // papers/valade_self_supervised.md, section 6: entropies of its four rows of logits
  assertEquals([.119079, 1.048705, 1.386294, .696165].map((h) => decide(2, h)), [
    "go_on",
    "climb",
    "climb",
    "go_on",
  ]);
  assertEquals(decide(4, .5), "go_on");
  assertEquals(decide(4, .696165), "climb");
  assertEquals(decide(4, NaN), "climb");
  assertEquals(decide(2, 0, [0]), "climb");
});

Deno.test("valade_draft names its trained heads and refuses heights at the top", () => {
  const model = { layerCount: 6, name: "six" } as never;
  assertEquals(valadeDraft.heads!(model, OPTIONS), ["valade.2", "valade.4"]);
  assertEquals(valadeDraft.heads!(model, { ...OPTIONS, head: "shared" }), []);
  valadeDraft.validate!(model, OPTIONS);
  for (const at of [[6], [4, 2], []]) {
    assertThrows(() => valadeDraft.validate!(model, { ...OPTIONS, at }), RangeError);
  }
  assertThrows(() => valadeDraft.validate!(model, { ...OPTIONS, thresholds: [1, 2, 3] }));
});
