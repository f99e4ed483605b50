/**
 * What rounding activations to eight bits costs on SmolLM2 and prose, against the
 * same backend in full precision, which the conformance suite holds to `cpu`.
 */
import { assert } from "@std/assert";
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

Deno.test({
  name: `wasm backend rounds SmolLM2's activations within its bounds${SMOLLM2_SKIPPED}`,
  ignore: !smolLm2IsThere(),
  async fn() {
    const { checkpoint, tokenizer } = await openModel(await fileSource(SMOLLM2_PATH));
    const options = { slots: 1, context: CONTEXT, threads: 1 };
    const exact = await wasmBackend.open(checkpoint, { ...options, exact: true });
    const rounded = await wasmBackend.open(checkpoint, options);
    const sums = { tokens: 0, kl: 0, same: 0, predicted: 0, exactLoss: 0, roundedLoss: 0 };
    const text = PROSE.map(({ text }) => text).join("\n\n");
    const tokens = tokenizer.encode(text).slice(0, TOKENS);
    for (let from = 0; from < TOKENS; from += CONTEXT) {
      const ids = tokens.slice(from, from + CONTEXT);
      const expected = await logitsOf(exact, ids);
      const actual = await logitsOf(rounded, ids);
      expected.forEach((p, i) => {
        const q = actual[i]!;
        sums.tokens++;
        sums.kl += klDivergence(p, q);
        if (argmax(p) === argmax(q)) sums.same++;
        const next = ids[i + 1];
        if (next === undefined) return;
        sums.predicted++;
        sums.exactLoss += logSumExp(p) - p[next]!;
        sums.roundedLoss += logSumExp(q) - q[next]!;
      });
    }
    exact.close();
    rounded.close();
    const kl = sums.kl / sums.tokens;
    const perplexityRatio = Math.exp((sums.roundedLoss - sums.exactLoss) / sums.predicted);
    const found = `${sums.tokens} tokens: KL ${kl}, same ${
      sums.same / sums.tokens
    }, perplexity × ${perplexityRatio}`;
    assert(kl < 0.002, found);
    assert(Math.abs(perplexityRatio - 1) < 0.005, found);
    assert(sums.same / sums.tokens >= 0.98, found);
  },
});
