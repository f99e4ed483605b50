import { assert, assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import type { BackendPlugin, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm } from "../../policies/depth/calm.ts";
import { d3PositionDecay } from "../../policies/depth/d3_position_decay.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { freeShallowDeep } from "../../policies/depth/free_shallow_deep.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { oracle } from "../../policies/depth/oracle.ts";
import { randomExit } from "../../policies/depth/random_exit.ts";
import { randomSkip } from "../../policies/depth/random_skip.ts";
import { sequenceOracle } from "../../policies/depth/sequence_oracle.ts";
import { shortGpt } from "../../policies/depth/short_gpt.ts";
import { skipDecode } from "../../policies/depth/skip_decode.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { depthPolicies } from "../../policies/depth/mod.ts";
import { bind, decode } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const BACKENDS: readonly BackendPlugin[] = [cpuBackend, wasmBackend];
const INFLUENCE = [6, 2, 3, 1, 4, 5];

/** Every policy with options that act, and with options that never do, where it has such. */
const ARMS: readonly (readonly [object, OptionInput, OptionInput | undefined])[] = [
  [fullDepth, {}, {}],
  [fixedExit, { exit: 4 }, { exit: 6 }],
  [layerList, { skip: [2], swap: [3], skipMlp: [4], repeat: [1] }, { order: [0, 1, 2, 3, 4, 5] }],
  [unifiedLayerSkipping, { ratio: 2 }, { ratio: 1 }],
  [
    skipDecode,
    { scheduleLength: 6, maxActive: 5, minActive: 2 },
    { scheduleLength: 6, maxActive: 6, minActive: 6 },
  ],
  [shortGpt, { influence: INFLUENCE, remove: 2 }, { influence: INFLUENCE, remove: 0 }],
  [shortGpt, { influence: INFLUENCE, remove: 2, mode: "gen" }, undefined],
  [d3PositionDecay, { refLength: 16, alpha: 0.9 }, { refLength: 16, alpha: 1 }],
  [calm, { threshold: 0.2 }, { threshold: 1 }],
  [calm, { measure: "state", threshold: 0.7 }, { measure: "state", threshold: 1 }],
  [
    freeShallowDeep,
    { exit: 2, threshold: 0.2, minSamples: 3 },
    { exit: 2, threshold: 1 },
  ],
  [randomSkip, { blocks: 4.5 }, { blocks: 6 }],
  [randomSkip, { blocks: 4.5, route: "sequence", draw: 2 }, undefined],
  [randomExit, { blocks: 4.5 }, { blocks: 6 }],
  [oracle, { minExit: 1 }, { minExit: 6 }],
  [oracle, { agreement: "stable" }, undefined],
  [sequenceOracle, { choices: [5, 3] }, { choices: [4, 3] }],
];

async function open(backend: BackendPlugin) {
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
  return await backend.open(checkpoint, { slots: 2, context: 64, exact: true });
}

for (const [policy, acting, never] of ARMS) {
  const plugin = policy as PolicyPlugin;
  const text = `${plugin.name} with ${JSON.stringify(acting)}`;
  Deno.test(`${text} decides alike on cpu and on exact wasm`, async () => {
    const outcomes = [];
    for (const backend of BACKENDS) {
      const session = await open(backend);
      const bound = bind(session, plugin, { input: acting, maxTokens: 40 });
      outcomes.push(await decode(session, bound, PROMPT));
      session.close();
    }
    assertEquals(outcomes[1], outcomes[0]);
  });

  if (never === undefined) continue;
  Deno.test(`${plugin.name} with ${JSON.stringify(never)} is full depth on every backend`, async () => {
    for (const backend of BACKENDS) {
      const session = await open(backend);
      const full = await decode(session, bind(session, fullDepth, { maxTokens: 40 }), PROMPT);
      const bound = bind(session, plugin, { input: never, maxTokens: 40 });
      assertEquals(await decode(session, bound, PROMPT), full, backend.name);
      session.close();
    }
  });
}

Deno.test("oracle under recompute decides alike on both backends, and is full depth", async () => {
  for (const backend of BACKENDS) {
    const session = await open(backend);
    const full = await decode(session, bind(session, fullDepth, { maxTokens: 40 }), PROMPT);
    const bound = bind(session, oracle, { fill: "recompute", maxTokens: 40 });
    const free = await decode(session, bound, PROMPT);
    assertEquals(free.tokens, full.tokens, backend.name);
    assert(free.heights.slice(1).some((height) => height < 6));
    session.close();
  }
});

/** Policies that read trained parts; conformance compares the probes and heads of backends. */
const TRAINED: ReadonlySet<string> = new Set(["valade_heads", "d_llm", "glavas_controller"]);

Deno.test("every depth policy that needs no trained parts is compared across backends", () => {
  assertEquals(
    new Set(ARMS.map(([policy]) => (policy as PolicyPlugin).name)),
    new Set(depthPolicies.map(({ name }) => name).filter((name) => !TRAINED.has(name))),
  );
});
