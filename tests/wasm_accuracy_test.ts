/**
 * SmolLM2 on prose, wasm against the reference backend: what rounding
 * activations to eight bits costs, and that full precision costs nothing.
 */
import { assert } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import { wasmBackend } from "../backends/wasm/mod.ts";
import { fileSource } from "../cli/file_source.ts";
import { type DecoderSession, SHARED_READOUT } from "../harness/contract/mod.ts";
import { argmax, klDivergence, logSumExp } from "../harness/numerics/logits.ts";
import { openModel } from "../models/open.ts";
import { PROSE } from "../suites/_prose_text.ts";
import { SMOLLM2_PATH, SMOLLM2_SKIPPED, smolLm2IsThere } from "./smollm2.ts";

/** Tokens of prose, judged in two contexts of half as many. */
const TOKENS = 1024;
const CONTEXT = TOKENS / 2;
/** Rows per step. */
const ROWS = 64;

async function logitsOf(session: DecoderSession, ids: readonly number[]): Promise<Float32Array[]> {
  const { layerCount, vocabSize } = session.model;
  const slot = session.newSlot();
  const logits: Float32Array[] = [];
  for (let from = 0; from < ids.length; from += ROWS) {
    const part = ids.slice(from, from + ROWS);
    const step = session.begin(
      part.map((token, i) => ({ slot, position: from + i, token, phase: "prompt" })),
    );
    step.run({ from: 0, to: layerCount }, "block");
    const all = await step.readLogits(SHARED_READOUT);
    part.forEach((_, i) => logits.push(all.slice(i * vocabSize, (i + 1) * vocabSize)));
    step.commit();
  }
  session.release(slot);
  return logits;
}

/** Largest distance of two rows' logits over the largest logit of the first. */
function relativeDistance(expected: Float32Array, actual: Float32Array): number {
  let largest = 0, farthest = 0;
  for (const [i, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value));
    farthest = Math.max(farthest, Math.abs(value - actual[i]!));
  }
  return farthest / largest;
}

Deno.test({
  name: `wasm backend gives SmolLM2's logits of cpu within its bounds${SMOLLM2_SKIPPED}`,
  ignore: !smolLm2IsThere(),
  async fn() {
    const { checkpoint, tokenizer } = await openModel(await fileSource(SMOLLM2_PATH));
    const options = { slots: 1, context: CONTEXT };
    const sessions = {
      reference: await cpuBackend.open(checkpoint, options),
      exact: await wasmBackend.open(checkpoint, { ...options, exact: true }),
      rounded: await wasmBackend.open(checkpoint, options),
    };
    const sums = { tokens: 0, kl: 0, same: 0, predicted: 0, loss: 0, roundedLoss: 0, exact: 0 };
    const text = PROSE.map(({ text }) => text).join("\n\n");
    const tokens = tokenizer.encode(text).slice(0, TOKENS);
    for (let from = 0; from < TOKENS; from += CONTEXT) {
      const ids = tokens.slice(from, from + CONTEXT);
      const expected = await logitsOf(sessions.reference, ids);
      const exact = await logitsOf(sessions.exact, ids);
      const rounded = await logitsOf(sessions.rounded, ids);
      expected.forEach((p, i) => {
        const q = rounded[i]!;
        sums.tokens++;
        sums.exact = Math.max(sums.exact, relativeDistance(p, exact[i]!));
        sums.kl += klDivergence(p, q);
        if (argmax(p) === argmax(q)) sums.same++;
        const next = ids[i + 1];
        if (next === undefined) return;
        sums.predicted++;
        sums.loss += logSumExp(p) - p[next]!;
        sums.roundedLoss += logSumExp(q) - q[next]!;
      });
    }
    for (const session of Object.values(sessions)) session.close();
    const kl = sums.kl / sums.tokens;
    const perplexityRatio = Math.exp((sums.roundedLoss - sums.loss) / sums.predicted);
    const found = `${sums.tokens} tokens: exact within ${sums.exact}, KL ${kl}, same ${
      sums.same / sums.tokens
    }, perplexity × ${perplexityRatio}`;
    assert(sums.tokens === TOKENS, found);
    assert(sums.exact < 1e-4, found);
    assert(kl < 0.002, found);
    assert(Math.abs(perplexityRatio - 1) < 0.005, found);
    assert(sums.same / sums.tokens >= 0.98, found);
  },
});
