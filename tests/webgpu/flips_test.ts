/** How often a decision by the margin differs between webgpu and wasm, on real text. */
import { assert, assertEquals } from "@std/assert";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import type { BackendPlugin, SignalRequest } from "../../harness/contract/mod.ts";
import { embeddedModels } from "../../models/embedded/mod.ts";
import { openModel } from "../../models/open.ts";
import { PROSE } from "../../suites/_prose_text.ts";
import { gpuTest } from "./adapter.ts";

/** Tokens judged at every height below the top. */
const TOKENS = 64;
/** Thresholds of the margin. */
const THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9];
/** Margins nearer to the threshold are near-ties. */
const NEAR = 1e-3;

/** Margins of all rows at heights 1 to L − 1, height after height. */
async function marginsOn(backend: BackendPlugin): Promise<Float32Array> {
  const { checkpoint, tokenizer } = await openModel(await embeddedModels[0]!.source());
  const session = await backend.open(checkpoint, { slots: 1, context: TOKENS, exact: true });
  const slot = session.newSlot();
  const ids = tokenizer.encode(PROSE[1]!.text).slice(0, TOKENS);
  const step = session.begin(
    ids.map((token, position) => ({ slot, position, token, phase: "prompt" })),
  );
  const requests: SignalRequest[] = [];
  for (let height = 1; height < session.model.layerCount; height++) {
    step.run(height - 1, "block");
    const readout = { head: "shared", mark: step.mark() };
    requests.push({ kind: "readout", signal: "margin", readout });
  }
  const { values } = await step.readSignals(requests);
  const margins = values.slice(0, ids.length * requests.length);
  step.commit();
  session.close();
  return margins;
}

gpuTest("decisions by the margin flip between webgpu and wasm only at near-ties", async () => {
  const mine = await marginsOn(webgpuBackend);
  const theirs = await marginsOn(wasmBackend);
  assertEquals(mine.length, theirs.length);
  let decisions = 0;
  let near = 0;
  let flips = 0;
  for (const threshold of THRESHOLDS) {
    for (const [i, margin] of mine.entries()) {
      if (Math.abs(margin - threshold) < NEAR) near++;
      else {
        decisions++;
        if ((margin >= threshold) !== (theirs[i]! >= threshold)) flips++;
      }
    }
  }
  assertEquals(flips, 0, `${flips} of ${decisions} decisions flip`);
  assert(near < 0.01 * decisions, `${near} decisions are near-ties`);
  assert(mine.some((margin) => margin > 0.9) && mine.some((margin) => margin < 0.1));
});
