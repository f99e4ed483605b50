import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { periodOf, rhythmDraft } from "../../examples/own_draft/rhythm_draft.ts";
import { conformPolicy } from "../../harness/conformance/policy.ts";
import type { PolicyPlugin, Proposal, RoundPolicy } from "../../harness/contract/mod.ts";
import { speculativePolicies } from "../../policies/speculative/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import { bindFull, bindRound } from "./_arms.ts";
import { generated } from "./_generated.ts";

Deno.test("the tutorial shows the draft policy that is tested", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  assertStringIncludes(
    await read("docs/writing_a_policy.md"),
    "```ts\n" + await read("examples/own_draft/rhythm_draft.ts") + "```",
  );
});

Deno.test("the tutorial's draft policy conforms, finds periods and is lossless", async () => {
  assertEquals((await conformPolicy(rhythmDraft)).filter(({ ok }) => !ok), []);
  assertEquals(
    [[1, 2, 1, 2], [1, 1], [1, 2, 3], [4, 1, 2, 3, 1, 2, 3]].map((tokens) => periodOf(tokens, 8)),
    [2, 1, 0, 3],
  );
  const session = await openToy();
  const prompt = [3, 1, 3, 1, 3, 1];
  const arm = [rhythmDraft as PolicyPlugin, { longest: 4 }] as const;
  const text = await generated(session, bindRound(session, arm), { prompt });
  assertEquals(text.tokens, (await generated(session, bindFull(session), { prompt })).tokens);
  session.close();
});

/** Sentences on a policy that proposes or decides as given. */
async function faults(
  more: Partial<RoundPolicy<unknown>> | { readonly propose: () => unknown },
): Promise<string> {
  const plugin = { ...rhythmDraft, state: undefined, ...more };
  return (await conformPolicy(plugin)).filter(({ ok }) => !ok).map((each) => each.message).join();
}

Deno.test("conformPolicy() names what a round policy does wrong", async () => {
  const proposals: readonly (readonly [unknown, string])[] = [
    [{ kind: "tokens", tokens: [999] }, "tokens outside 0 to 255"],
    [{ kind: "tokens", tokens: [0.5] }, "tokens outside"],
    [{ kind: "plan", plan: [{ block: 99, part: "block" }], maxTokens: 2 }, "visits block 99"],
    [{ kind: "plan", plan: [], maxTokens: -1 }, "drafts at most -1"],
    [{ kind: "exits", exits: [], maxTokens: 2 }, "no exits"],
    [{ kind: "exits", exits: [{ height: 99, head: "shared" }], maxTokens: 2 }, "heights [99]"],
    [{ kind: "measure", plan: [], rows: 0, what: "matches" }, "measures 0 rows"],
    [{ kind: "guess" }, "none of none, tokens, plan"],
  ];
  for (const [proposal, part] of proposals) {
    assertStringIncludes(await faults({ propose: () => proposal as Proposal }), part);
  }
  const decides = await faults({ decide: () => "perhaps" as never });
  assertStringIncludes(decides, "to answer one of go_on, stop, climb");
  const impure = await faults({ propose: () => ({ kind: "none", at: Math.random() }) as never });
  assertStringIncludes(impure, "Math.random");
  assertStringIncludes(await faults({ propose: undefined as never }), '"propose" to be a function');
  const undeclared = await faults({
    decide: ({ signals }) => signals["entropy"]! > 1 ? "stop" : "go_on",
  });
  assertStringIncludes(undeclared, 'it reads "entropy"');
  const shadow = await faults({ shadow: () => ({ heights: [3, 1], promptRows: 0 }) });
  assertStringIncludes(shadow, "shadow heights that the model has");
  assert(speculativePolicies.length > 0);
});
