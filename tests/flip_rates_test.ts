import { assert, assertEquals } from "@std/assert";
import { flipSpecs } from "../benches/flip_arms.ts";
import { countFlips, type FlipText } from "../benches/flip_count.ts";
import { loadModel } from "../cli/model_files.ts";
import { resolveArms } from "../cli/policy_arms.ts";
import { BUILT_IN } from "../cli/registry.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { depthPolicies } from "../policies/depth/mod.ts";

const model = await loadModel("tiny");
const { info } = model.checkpoint;
const EXACT = { signal: 1e-3, state: 1e-4, logit: 0.01 };
const ROUNDED = { signal: 0.03, state: 0.003, logit: 0.5 };

/** A short text of two suites. */
async function shortTexts(): Promise<readonly FlipText[]> {
  const texts: FlipText[] = [];
  for (const name of ["mixed", "prose"]) {
    const request = { size: "full", seed: 0, split: "test", limit: 1 } as const;
    for (const { prompt, target } of await BUILT_IN.suites.find(name).items(request)) {
      const encode = (text: string) => [...model.tokenizer.encode(text)];
      texts.push({ prompt: encode(prompt).slice(-20), target: encode(target).slice(0, 14) });
    }
  }
  return texts;
}

async function bindOn(session: DecoderSession, spec: string) {
  const [arm] = await resolveArms([spec], { policies: BUILT_IN.policies, model: info });
  const { plugin, options, fill } = arm!;
  const limits = { maxTokens: 14, context: 40 };
  const bound = bindPolicy(plugin, { options, fill, model: session.model, limits });
  if (bound.kind === "round") throw new Error(`${spec} goes in rounds`);
  return { session, bound };
}

Deno.test("every depth policy decides alike on cpu and wasm, away from near-ties", async () => {
  const open = (name: string, exact: boolean) =>
    BUILT_IN.backends.find(name).open(model.checkpoint, { slots: 2, context: 40, exact });
  const [cpu, exact, rounded] = [
    await open("cpu", true),
    await open("wasm", true),
    await open("wasm", false),
  ];
  const texts = await shortTexts();
  let decisions = 0;
  for (const spec of flipSpecs(info.layerCount)) {
    const reference = await bindOn(cpu, spec);
    const equal = await countFlips([reference, await bindOn(exact, spec)], {
      texts,
      tolerance: EXACT,
    });
    assertEquals([equal.flipsAway, equal.tokenFlipsAway], [0, 0], spec);
    const near = await countFlips([reference, await bindOn(rounded, spec)], {
      texts,
      tolerance: ROUNDED,
    });
    assert(near.flipsAway < 0.01 * Math.max(1, near.decisions), spec);
    assert(near.tokenFlipsAway < 0.01 * near.tokens, spec);
    decisions += equal.decisions;
  }
  assert(decisions > 300, `${decisions} decisions`);
  for (const session of [cpu, exact, rounded]) session.close();
});

Deno.test("countFlips() counts what one threshold decides and another does not", async () => {
  const session = await BUILT_IN.backends.find("wasm").open(model.checkpoint, {
    slots: 2,
    context: 40,
  });
  const texts = await shortTexts();
  const strict = await bindOn(session, "calm(threshold=0.9)");
  const loose = await bindOn(session, "calm(threshold=0.1)");
  const found = await countFlips([strict, loose], { texts, tolerance: EXACT });
  assert(found.flips > 5 && found.flipsAway > 5, JSON.stringify(found));
  const same = await countFlips([strict, strict], { texts, tolerance: EXACT });
  assertEquals([same.flips, same.tokenFlips], [0, 0]);
  session.close();
});

Deno.test("flipSpecs() names every depth policy that needs no trained parts", () => {
  const named = new Set(flipSpecs(12).map((spec) => spec.split("(")[0]!));
  const trained = new Set(["valade_heads", "d_llm", "glavas_controller"]);
  const missing = depthPolicies.filter(({ name }) => !named.has(name) && !trained.has(name));
  assertEquals(missing.map(({ name }) => name), []);
});
