/**
 * Replay on the wasm backend: a trace runs many rows at once, a free run one by
 * one. Where exits differ, the signal must lie within 1e-5 of the threshold.
 */
import { assert } from "@std/assert";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { Replayer } from "../../harness/replay/replayer.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm } from "../../policies/mod.ts";
import { freeRun, settingOf, type ToyText, toyTexts, traceToy } from "./_fixture.ts";

const NEAR_TIE = 1e-5;

for (const exact of [true, false]) {
  Deno.test(`replay gives a free run's exits on wasm, ${exact ? "exact" : "rounded"}`, async () => {
    const { checkpoint } = syntheticModel({
      layerCount: 6,
      dModel: 64,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      ffnSize: 96,
      vocabSize: 53,
      context: 64,
      tiedHead: true,
      seed: 1,
      type: "q8_0",
    });
    const session = await wasmBackend.open(checkpoint, { slots: 2, context: 64, exact });
    try {
      for (const threshold of [0.1, 0.2, 0.3]) {
        const setting = settingOf(calm, { input: { threshold } });
        const texts: ToyText[] = [];
        const heights: number[] = [];
        for (const { item, prompt } of toyTexts(3, 1)) {
          const run = await freeRun(session, setting, { item, prompt });
          texts.push({ item, prompt, target: run.tokens });
          heights.push(...run.heights);
        }
        const replayer = new Replayer(await traceToy(session, texts));
        const margins = replayer.table.columns.get("margin@shared")!;
        assert(new Set(heights).size > 2, "the policy hardly acted");
        replayer.exits(setting).forEach((height, p) => {
          if (height === heights[p]) return;
          const margin = margins[6 * p + Math.min(height, heights[p]!)]!;
          assert(Math.abs(margin - threshold) < NEAR_TIE, `position ${p}: margin ${margin}`);
        });
      }
    } finally {
      session.close();
    }
  });
}
