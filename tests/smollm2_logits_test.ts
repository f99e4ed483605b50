/**
 * Full-depth logits and greedy continuations of SmolLM2 against transformers in
 * f32 on the dequantised weights; tools/golden/logits.py made the answers.
 */
import { assert } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import { fileSource } from "../cli/file_source.ts";
import { type DecoderSession, type Row, SHARED_READOUT } from "../harness/contract/mod.ts";
import { logSumExp } from "../harness/numerics/logits.ts";
import { openModel } from "../models/open.ts";
import { SMOLLM2_PATH, SMOLLM2_SKIPPED, smolLm2IsThere } from "./smollm2.ts";

/** Largest distance of a logit from the oracle's. */
const TOLERANCE = 1e-3;

interface GoldenPosition {
  readonly position: number;
  readonly topIds: readonly number[];
  readonly topLogits: readonly number[];
  readonly probeLogits: readonly number[];
  readonly logSumExp: number;
}

interface Golden {
  readonly probeIds: readonly number[];
  readonly prompts: readonly {
    readonly name: string;
    readonly ids: readonly number[];
    readonly positions: readonly GoldenPosition[];
    readonly greedy: readonly number[];
    readonly greedyMargins: readonly number[];
  }[];
}

const golden: Golden = JSON.parse(
  Deno.readTextFileSync(new URL("golden/logits/smollm2.json", import.meta.url)),
);

function farthest(logits: Float32Array, ids: readonly number[], expected: readonly number[]) {
  return ids.reduce((most, id, i) => Math.max(most, Math.abs(logits[id]! - expected[i]!)), 0);
}

async function checkPrompt(session: DecoderSession, prompt: Golden["prompts"][number]) {
  const { layerCount, vocabSize } = session.model;
  const slot = session.newSlot();
  const rows: Row[] = prompt.ids.map((token, position) => ({
    slot,
    position,
    token,
    phase: "prompt",
  }));
  const step = session.begin(rows);
  step.run({ from: 0, to: layerCount }, "block");
  const compared = prompt.positions.map(({ position }) => position);
  const logits = await step.readLogits(SHARED_READOUT, compared);
  prompt.positions.forEach((answer, i) => {
    const row = logits.subarray(i * vocabSize, (i + 1) * vocabSize);
    const distance = Math.max(
      farthest(row, answer.topIds, answer.topLogits),
      farthest(row, golden.probeIds, answer.probeLogits),
      Math.abs(logSumExp(row) - answer.logSumExp),
    );
    assert(distance <= TOLERANCE, `${prompt.name} at ${answer.position}: distance ${distance}`);
  });
  const choice = await step.readToken(SHARED_READOUT, [prompt.ids.length - 1]);
  let token = choice.tokens[0]!;
  step.commit();
  for (const [i, expected] of prompt.greedy.entries()) {
    if (token !== expected) {
      const margin = prompt.greedyMargins[i]!;
      assert(margin <= TOLERANCE, `${prompt.name}: token ${i} differs at margin ${margin}`);
      break; // a near-tie: what follows is another text
    }
    const next = session.begin([{ slot, position: prompt.ids.length + i, token, phase: "decode" }]);
    next.run({ from: 0, to: layerCount }, "block");
    token = (await next.readToken(SHARED_READOUT)).tokens[0]!;
    next.commit();
  }
  session.release(slot);
}

Deno.test({
  name:
    `cpu backend gives SmolLM2's logits and continuations as transformers does${SMOLLM2_SKIPPED}`,
  ignore: !smolLm2IsThere(),
  async fn(t) {
    const { checkpoint } = await openModel(await fileSource(SMOLLM2_PATH));
    const session = await cpuBackend.open(checkpoint, { slots: 1, context: 128 });
    for (const prompt of golden.prompts) {
      await t.step(prompt.name, () => checkPrompt(session, prompt));
    }
    session.close();
  },
});
