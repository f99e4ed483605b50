import { assert, assertEquals } from "@std/assert";
import type { PolicyPlugin, RoundPolicy } from "../../harness/contract/mod.ts";
import { certify } from "../../harness/decode/speculate/certify.ts";
import { layerSkip, promptLookup } from "../../policies/speculative/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import { bindRound, perfectDraft } from "./_arms.ts";
import { BREAKS, faultySession } from "./_faulty_session.ts";
import { generated } from "./_generated.ts";

const PROMPTS = [[3, 1, 4, 1, 5, 9, 2, 6, 3, 1, 4], [8, 8, 8, 8], [2, 7, 1, 8, 2, 8, 2, 7, 1]];
const EOS = 8;

/** A policy that always drafts the same tokens. */
function drafting(tokens: readonly number[]): RoundPolicy<Record<never, never>> {
  return { ...perfectDraft, propose: () => ({ kind: "tokens", tokens }) };
}

const ARMS = [
  [layerSkip as PolicyPlugin, { exit: 3, draft: 3 }],
  [promptLookup as PolicyPlugin, { ngram: 1, draft: 3 }],
  [drafting([1, EOS]) as PolicyPlugin, {}],
  [drafting([EOS]) as PolicyPlugin, {}],
] as const;

/** Verdicts of texts generated with a broken verification, certified by a whole one. */
async function verdicts(fault: (typeof BREAKS)[number]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const seed of [1, 2]) {
    const session = await openToy({ seed });
    const eos = [EOS];
    const faulty = faultySession(session, { fault, eos: EOS });
    for (const prompt of PROMPTS) {
      for (const arm of ARMS) {
        const text = await generated(faulty, bindRound(session, arm, { maxTokens: 24 }), {
          prompt,
          eos,
        });
        found.push((await certify(session, { prompt, eos, ...text })).verdict);
      }
    }
    session.close();
  }
  return found;
}

for (const fault of BREAKS) {
  Deno.test(`certify() finds a bug in a verifier that is broken: ${fault}`, async () => {
    assert((await verdicts(fault)).includes("bug"));
  });
}

Deno.test("certify() finds a text identical, and a changed token at its place", async () => {
  const session = await openToy();
  const prompt = PROMPTS[0]!;
  const text = await generated(session, bindRound(session, ARMS[0]!), { prompt });
  const whole = await certify(session, { prompt, eos: [], ...text });
  assertEquals([whole.verdict, whole.checked], ["identical", text.tokens.length]);
  const tokens = text.tokens.with(5, (text.tokens[5]! + 1) % 53);
  const changed = await certify(session, { prompt, eos: [], ...text, tokens });
  assertEquals(changed.verdict, "bug");
  assertEquals(changed.divergences[0]?.at, 5);
  assertEquals(changed.divergences[0]?.expected, text.tokens[5]);
  const cut = await certify(session, { prompt, eos: [7], tokens: text.tokens, ended: "eos" });
  assertEquals(cut.divergences.at(-1)?.actual, -1);
  session.close();
});
