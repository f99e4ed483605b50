/**
 * Exits whose later readouts run over the likeliest tokens of the first: against the paper's
 * pseudocode, written here over whole vectors of logits.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { composeReadout } from "../../harness/compose_readout.ts";
import type { DecoderSession, PolicyPlugin } from "../../harness/contract/mod.ts";
import { parseOptions } from "../../harness/contract/options.ts";
import { SHARED_READOUT } from "../../harness/contract/signal.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm, fixedExit, vocabularyPruning } from "../../policies/mod.ts";
import { bind, decode } from "./_fixture.ts";

const LAYERS = 6;
const VOCAB = 53;
const PROMPT = [5, 9, 13, 2];

const { checkpoint } = syntheticModel({
  layerCount: LAYERS,
  dModel: 24,
  heads: 4,
  kvHeads: 2,
  headDim: 6,
  ffnSize: 40,
  vocabSize: VOCAB,
  context: 64,
  tiedHead: true,
  seed: 1,
});

function pruned(k: number, pruneAt: number = 0): PolicyPlugin {
  const options = parseOptions({ kind: "policy", name: "vocabulary_pruning" }, {
    schema: vocabularyPruning.options,
    input: { k, pruneAt },
  });
  const first = { plugin: calm as PolicyPlugin, options: {}, label: "calm" };
  const plugin = vocabularyPruning as Extract<PolicyPlugin, { scope: "readout" }>;
  return composeReadout(first, { plugin, options, label: "vocabulary_pruning" });
}

/** Gap of the two largest probabilities of some logits, and the index of the largest. */
function gapOf(z: readonly number[]): { readonly gap: number; readonly best: number } {
  const largest = Math.max(...z);
  const weights = z.map((x) => Math.exp(x - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  const [first = 0, second = 0] = weights.toSorted((a, b) => b - a);
  return { gap: (first - second) / sum, best: z.indexOf(largest) };
}

/** The k largest, lowest index first among equals. */
function likeliest(z: readonly number[], k: number): number[] {
  return z.map((_, i) => i).toSorted((a, b) => z[b]! - z[a]! || a - b).slice(0, k);
}

/** The paper's loop over logits by height: heights asked, from the first that may choose. */
function paper(
  logits: ReadonlyMap<number, readonly number[]>,
  { k, pruneAt, threshold, asked, top }: {
    readonly k: number;
    readonly pruneAt: number;
    readonly threshold: number;
    readonly asked: readonly number[];
    readonly top: number;
  },
): { readonly height: number; readonly token: number } {
  let kept: number[] | undefined;
  for (const height of asked) {
    const z = logits.get(height)!;
    const ids = kept ?? z.map((_, i) => i);
    const { gap, best } = gapOf(ids.map((id) => z[id]!));
    if (gap >= threshold) return { height, token: ids[best]! };
    if (kept === undefined && height >= pruneAt) kept = likeliest(z, k);
  }
  return { height: top, token: gapOf(logits.get(top)!).best };
}

Deno.test("the pseudocode gives the card's worked example", () => {
  const logits = new Map([
    [1, [2.0, 1.0, 1.5, -1.0, 0.0, 0.5]],
    [2, [2.5, 0.5, 3.0, -1.0, 2.0, 0.0]],
    [3, [1.0, 0.0, 5.0, -2.0, 3.0, 0.0]],
    [4, [1.0, 0.0, 5.0, -2.0, 3.0, 0.0]],
  ]);
  assertEquals(likeliest(logits.get(1)!, 3), [0, 2, 1]);
  const kept = (height: number) => gapOf([0, 2, 1].map((id) => logits.get(height)![id]!)).gap;
  assertAlmostEquals(gapOf(logits.get(1)!).gap, 0.165139, 1e-6);
  assertAlmostEquals(kept(2), 0.233013, 1e-6);
  assertAlmostEquals(kept(3), 0.957691, 1e-6);
  const at = (threshold: number, k: number) =>
    paper(logits, { k, pruneAt: 1, threshold, asked: [1, 2, 3], top: 4 });
  assertEquals(at(0.2, 3), { height: 2, token: 2 });
  assertEquals(at(0.2, 6), { height: 3, token: 2 });
  assertEquals(at(0.9, 3), { height: 3, token: 2 });
  assertEquals(at(0.9, 6), { height: 4, token: 2 });
  assertEquals(at(0.16, 3), { height: 1, token: 0 });
});

/** Logits of every height that predict each token after the prompt, on full-depth states. */
async function logitsByHeight(
  session: DecoderSession,
  text: readonly number[],
): Promise<Map<number, readonly number[]>[]> {
  const slot = session.newSlot();
  const rows = text.map((token, position) => ({ slot, position, token, phase: "prompt" as const }));
  const step = session.begin(rows);
  const found: Map<number, readonly number[]>[] = rows.map(() => new Map());
  for (let height = 0; height <= LAYERS; height++) {
    if (height > 0) step.run(height - 1, "block");
    for (const [row, map] of found.entries()) {
      map.set(height, [...await step.readLogits(SHARED_READOUT, [row])]);
    }
  }
  step.commit();
  session.release(slot);
  return found;
}

for (const backend of [cpuBackend, wasmBackend]) {
  Deno.test(`calm + vocabulary_pruning decides as the paper's loop on ${backend.name}`, async () => {
    const options = { slots: 2, context: 64, exact: backend === wasmBackend };
    const session = await backend.open(checkpoint, options);
    let early = 0, kept = 0;
    for (const [k, pruneAt] of [[2, 0], [3, 2], [8, 3], [VOCAB, 0]] as const) {
      for (const threshold of [0.05, 0.2, 0.5]) {
        const input = { threshold };
        const bound = bind(session, pruned(k, pruneAt), {
          input,
          fill: "recompute",
          maxTokens: 20,
        });
        assert(bound.kind === "decide");
        const { tokens, heights } = await decode(session, bound, PROMPT);
        const text = [...PROMPT, ...tokens.slice(0, -1)];
        const logits = await logitsByHeight(session, text);
        for (let i = 1; i < tokens.length; i++) { // the first token is full depth
          const expected = paper(logits[PROMPT.length - 1 + i]!, {
            k,
            pruneAt,
            threshold,
            asked: bound.heights,
            top: LAYERS,
          });
          assertEquals({ height: heights[i], token: tokens[i] }, expected, `k ${k}, token ${i}`);
          if (expected.height < LAYERS) early++;
          if (expected.height > Math.max(pruneAt, bound.heights[0]!)) kept++;
        }
      }
    }
    session.close();
    assert(early > 30 && kept > 10, `${early} left early, ${kept} over kept tokens`);
  });

  Deno.test(`vocabulary_pruning of the whole vocabulary is calm alone on ${backend.name}`, async () => {
    const session = await backend.open(checkpoint, { slots: 2, context: 64 });
    for (const fill of ["project", "recompute", "hole"] as const) {
      const setting = { input: { threshold: 0.3 }, fill, maxTokens: 30 };
      const alone = await decode(session, bind(session, calm as PolicyPlugin, setting), PROMPT);
      const whole = await decode(session, bind(session, pruned(VOCAB), setting), PROMPT);
      assertEquals(whole, alone, fill);
      assert(alone.heights.slice(1).some((height) => height < LAYERS));
    }
    session.close();
  });
}

Deno.test("the ledger charges kept readouts by the tokens kept", async () => {
  const session = await cpuBackend.open(checkpoint, { slots: 2, context: 64 });
  const rowsOf = async (plugin: PolicyPlugin) => {
    const metered = new MeteredSession(session);
    // A threshold of 1 never leaves: all heights are read, then the top in full.
    const bound = bind(metered, plugin, { input: { threshold: 0.999999 }, maxTokens: 12 });
    assert(bound.kind === "decide");
    metered.ledger.reset();
    const { tokens, heights } = await decode(metered, bound, PROMPT);
    const { vocabularyRows } = metered.ledger.total();
    assert(heights.every((height) => height === LAYERS));
    return { vocabularyRows, decoded: tokens.length - 1, asked: bound.heights.length };
  };
  const alone = await rowsOf(calm as PolicyPlugin);
  const kept = await rowsOf(pruned(4));
  const { decoded, asked } = alone;
  const saved = decoded * (asked - 1) * (VOCAB - 4);
  assertStrictEquals(alone.vocabularyRows - kept.vocabularyRows, saved);
  session.close();
});

Deno.test("composeReadout() refuses policies that read out at no height, and two of the readout", () => {
  const readout = {
    plugin: vocabularyPruning as Extract<PolicyPlugin, { scope: "readout" }>,
    options: { k: 4, pruneAt: 0 },
    label: "vocabulary_pruning(k=4)",
  };
  const fixed = {
    plugin: fixedExit as PolicyPlugin,
    options: { exit: 2 },
    label: "fixed_exit(exit=2)",
  };
  assertThrows(() => composeReadout(fixed, readout), RangeError, "reads none");
  const twice = { plugin: pruned(4), options: {}, label: "calm + vocabulary_pruning(k=4)" };
  assertThrows(() => composeReadout(twice, readout), RangeError, "already");
});
