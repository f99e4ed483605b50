/** Policies decide on webgpu as on the reference. */
import { assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import type { KvFill, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm } from "../../policies/depth/calm.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { randomExit } from "../../policies/depth/random_exit.ts";
import { skipDecode } from "../../policies/depth/skip_decode.ts";
import { bind, decode } from "../decode/_fixture.ts";
import { gpuTest } from "./adapter.ts";

const PROMPT = [3, 1, 4, 1, 5];
const { checkpoint } = syntheticModel({
  layerCount: 6,
  dModel: 24,
  heads: 4,
  kvHeads: 2,
  headDim: 6,
  ffnSize: 40,
  vocabSize: 53,
  context: 64,
  tiedHead: true,
  seed: 1,
});

const ARMS: readonly (readonly [object, OptionInput, KvFill | undefined])[] = [
  [layerList, { skip: [2], swap: [3], skipMlp: [4], repeat: [1] }, undefined],
  [skipDecode, { scheduleLength: 6, maxActive: 5, minActive: 2 }, undefined],
  [calm, { threshold: 0.2 }, undefined],
  [calm, { threshold: 0.2 }, "hole"],
  [calm, { threshold: 0.6, decay: 4, minExit: 2 }, undefined],
  [calm, { threshold: 0.2 }, "recompute"],
  [calm, { measure: "state", threshold: 0.7 }, "hole"],
  [randomExit, { blocks: 4.5 }, "copy"],
];

for (const [policy, input, fill] of ARMS) {
  const { name } = policy as PolicyPlugin;
  const filled = fill === undefined ? "" : ` and fill "${fill}"`;
  gpuTest(`${name} with ${JSON.stringify(input)}${filled} decides as on cpu`, async () => {
    const outcomes = [];
    for (const backend of [cpuBackend, webgpuBackend]) {
      const session = await backend.open(checkpoint, { slots: 2, context: 64, exact: true });
      const bound = bind(session, policy as PolicyPlugin, {
        input,
        maxTokens: 16,
        ...(fill === undefined ? {} : { fill }),
      });
      outcomes.push(await decode(session, bound, PROMPT));
      session.close();
    }
    assertEquals(outcomes[1], outcomes[0]);
  });
}
