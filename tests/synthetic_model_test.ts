/**
 * Synthetic models behave like models when they are run.
 *
 * @module
 */
import { assert } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import { SHARED_READOUT } from "../harness/contract/mod.ts";
import { syntheticModel, type SyntheticShape } from "../models/synthetic.ts";

const BASE = { kvHeads: 2, ffnSize: 96, context: 64, tiedHead: true, seed: 1 };
const SHAPES: readonly SyntheticShape[] = [
  { ...BASE, layerCount: 2, dModel: 32, heads: 4, headDim: 8, vocabSize: 97 },
  { ...BASE, layerCount: 6, dModel: 64, heads: 4, headDim: 16, vocabSize: 300, seed: 2 },
  { ...BASE, layerCount: 4, dModel: 48, heads: 6, headDim: 8, vocabSize: 500, tiedHead: false },
  { ...BASE, layerCount: 3, dModel: 64, heads: 4, headDim: 16, vocabSize: 300, type: "q4_0" },
];

for (const shape of SHAPES) {
  const { layerCount, dModel, tiedHead, type = "f32" } = shape;
  const title = `${layerCount} blocks x ${dModel}, ${tiedHead ? "tied" : "untied"}, ${type}`;
  Deno.test(`greedy output of a synthetic model wanders: ${title}`, async () => {
    const { checkpoint } = syntheticModel(shape);
    const session = await cpuBackend.open(checkpoint, { slots: 1, context: 64 });
    const slot = session.newSlot();
    const chosen: number[] = [];
    let deviation = 0;
    let token = 5;
    for (let position = 0; position < 40; position++) {
      const step = session.begin([{ slot, position, token, phase: "decode" }]);
      step.run({ from: 0, to: layerCount }, "block");
      const logits = await step.readLogits(SHARED_READOUT);
      const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length;
      const variance = logits.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logits.length;
      deviation += Math.sqrt(variance) / 40;
      token = logits.indexOf(Math.max(...logits));
      chosen.push(token);
      step.commit();
    }
    session.close();
    const distinct = new Set(chosen).size;
    assert(distinct >= 10, `${distinct} distinct tokens: ${chosen.join(" ")}`);
    assert(deviation > 1 && deviation < 9, `logits deviate by ${deviation}`);
  });
}
