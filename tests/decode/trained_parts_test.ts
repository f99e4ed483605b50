import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type DecoderSession,
  type ExitHead,
  type NetworkStep,
  type Probe,
  type TrainedParts,
  UsageError,
} from "../../harness/contract/mod.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { requireParts } from "../../harness/decode/needed_parts.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import {
  calm,
  dLlm,
  fullDepth,
  glavasController,
  layerList,
  valadeHeads,
} from "../../policies/mod.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const LAYERS = 6;
const WIDTH = 24;
const VOCABULARY = 53;
const random = createRandom(23);
const normals = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, () => scale * random.normal());

/** A linear unit behind a norm: outputs of about unit size whatever the state's. */
function probe(name: string, outputs: number, last: "sigmoid" | "softmax"): Probe {
  const steps: readonly NetworkStep[] = [
    { kind: "rmsNorm", weight: new Float32Array(WIDTH).fill(1), epsilon: 1e-6 },
    { kind: "linear", weight: normals(WIDTH * outputs, 0.4), bias: undefined, outputs },
    { kind: "activation", activation: last },
  ];
  return { name, steps, outputs };
}

function head(name: string): ExitHead {
  const weight = new Float32Array(WIDTH).fill(1);
  return {
    name,
    steps: [{ kind: "rmsNorm", weight, epsilon: 1e-6 }],
    unembedding: normals(VOCABULARY * WIDTH, 0.6),
  };
}

const heights = Array.from({ length: LAYERS }, (_, height) => height);
const parts: TrainedParts = {
  digest: "sha256:0",
  probes: [
    probe("calm", 1, "sigmoid"),
    ...heights.flatMap((height) =>
      ["d_llm", "glavas_hidden", "glavas_constant"].map((name) =>
        probe(`${name}.${height}`, 2, "softmax")
      )
    ),
  ],
  heads: [head("valade.2"), head("valade.4")],
};

const prompt = [3, 9, 27, 28, 31, 40, 14, 2];
const target = [5, 11, 6, 50, 33, 7, 1, 20];

function assertSame(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((row, i) =>
    row.forEach((value, v) => {
      const wanted = expected[i]![v]!;
      assert(
        Math.abs(value - wanted) <= 2e-4 * Math.max(1, Math.abs(wanted)),
        `${value} ${wanted}`,
      );
    })
  );
}

const ROUTED = [
  { name: "d_llm", plugin: dLlm, input: {} },
  { name: "d_llm at full-depth prompt", plugin: dLlm, input: { prompt: false } },
  { name: "d_llm without reserve", plugin: dLlm, input: { reserve: 0, startLayer: 0 } },
  { name: "glavas_controller", plugin: glavasController, input: { input: "hidden" } },
  { name: "glavas_controller, drawn", plugin: glavasController, input: { stochastic: true } },
  { name: "calm by classifier", plugin: calm, input: { measure: "classifier", threshold: 0.5 } },
  {
    name: "valade_heads",
    plugin: valadeHeads,
    input: { at: [2, 4], thresholds: [2.6, 3.2] },
  },
  {
    name: "valade_heads with projected entries",
    plugin: valadeHeads,
    input: { at: [2, 4], thresholds: [2.6, 3.2] },
    fill: "project",
  },
] as const;

for (const { name, plugin, input, ...crossed } of ROUTED) {
  Deno.test(`${name}: a batch equals token by token, in decisions and logits`, async () => {
    const session = await openToy({ parts, layerCount: LAYERS });
    const bound = bind(session, plugin as typeof calm, { input, ...crossed });
    const batch = await see(session, bound, { prompt, target });
    const single = await see(session, bound, { prompt, target, inOrder: true });
    assertEquals(batch.blocksRun, single.blocksRun);
    assertEquals(batch.heights, single.heights);
    assertSame(batch.logits, single.logits);
    const decoded = batch.blocksRun.slice(1);
    assert(decoded.some((blocks) => blocks < LAYERS), "something is skipped");
    session.close();
  });
}

Deno.test("d_llm asks each block's own module", async () => {
  const module = (height: number, execute: number): Probe => ({
    name: `d_llm.${height}`,
    steps: [{
      kind: "linear",
      weight: new Float32Array(2 * WIDTH),
      bias: Float32Array.of(1 - execute, execute),
      outputs: 2,
    }],
    outputs: 2,
  });
  const probes = [2, 3, 4, 5].map((height) => module(height, height === 3 || height === 4 ? 0 : 1));
  const session = await openToy({ layerCount: LAYERS, parts: { ...parts, probes } });
  const routed = await see(session, bind(session, dLlm, { input: { reserve: 0 } }), {
    prompt,
    target,
  });
  const listed = await see(session, bind(session, layerList, { input: { skip: [3, 4] } }), {
    prompt,
    target,
  });
  assertEquals(routed.blocksRun, new Array(target.length).fill(LAYERS - 2));
  assertSame(routed.logits, listed.logits);
  session.close();
});

Deno.test("d_llm at threshold 0 is full depth", async () => {
  const session = await openToy({ parts, layerCount: LAYERS });
  const full = await see(session, bind(session, fullDepth), { prompt, target });
  const all = await see(session, bind(session, dLlm, { input: { threshold: 0 } }), {
    prompt,
    target,
  });
  assertEquals(all.blocksRun, new Array(target.length).fill(LAYERS));
  assertSame(all.logits, full.logits);
  session.close();
});

Deno.test("d_llm leaves a hole for each block that it skips, and pays for every module", async () => {
  const session = await openToy({ parts, layerCount: LAYERS });
  const ledgerOf = async (tokens: readonly number[], reserve: number) => {
    const metered = new MeteredSession(session, parts);
    await see(metered, bind(session, dLlm, { input: { reserve } }), {
      prompt: tokens,
      target: target.slice(0, 1),
    });
    return metered.ledger.total();
  };
  const { attention, mlp, rows, fills, kvWritten, probeMacs } = await ledgerOf(prompt, 2);
  assertStrictEquals(rows, prompt.length);
  assert(fills.hole > 0, "something is skipped");
  assertEquals([attention, mlp], [rows * LAYERS - fills.hole, rows * LAYERS - fills.hole]);
  assertStrictEquals(kvWritten, attention * 24); // 2 · 2 KV heads · 6 numbers an entry
  assertStrictEquals(probeMacs, rows * (LAYERS - 2) * 2 * WIDTH);
  assertStrictEquals((await ledgerOf(prompt.slice(0, 3), 3)).fills.hole, 0);
  assert((await ledgerOf(prompt.slice(0, 3), 0)).fills.hole > 0);
  session.close();
});

Deno.test("valade_heads emits the token of the head by which it left", async () => {
  const session = await openToy({ parts, layerCount: LAYERS });
  const everywhere = { at: [2], thresholds: [100] };
  const bound = bind(session, valadeHeads, { input: everywhere });
  const { logits, heights } = await see(session, bound, { prompt, target });
  assertEquals(heights, [LAYERS, ...new Array(target.length - 1).fill(2)]);
  const free = await decode(session, bound, prompt);
  assertEquals(free.heights.slice(1), new Array(free.heights.length - 1).fill(2));
  const shared = { ...valadeHeads, readoutHead: () => "shared" };
  const other = await see(session, bind(session, shared, { input: everywhere }), {
    prompt,
    target,
  });
  assertSame(logits.slice(0, 1), other.logits.slice(0, 1)); // the first comes from the prompt
  assertNotEquals([...logits[1]!], [...other.logits[1]!]);
  assertSame([logits[1]!], [await headLogits(session, prompt.concat(target[0]!))]);
  session.close();
});

/** Logits of head "valade.2" at the last token, all tokens at full depth before it. */
async function headLogits(session: DecoderSession, tokens: readonly number[]) {
  const slot = session.newSlot();
  const step = session.begin(tokens.map((token, position) => ({
    slot,
    position,
    token,
    phase: "prompt",
  })));
  step.run({ from: 0, to: 2 }, "block");
  const logits = Float32Array.from(
    await step.readLogits({ head: "valade.2" }, [tokens.length - 1]),
  );
  step.commit([]);
  session.release(slot);
  return logits;
}

Deno.test("valade_heads at thresholds of 0 is full depth, and so is calm's classifier at 1", async () => {
  const session = await openToy({ parts, layerCount: LAYERS });
  const full = await see(session, bind(session, fullDepth), { prompt, target });
  for (
    const bound of [
      bind(session, valadeHeads, { input: { at: [2, 4], thresholds: [0] } }),
      bind(session, calm, { input: { measure: "classifier", threshold: 1 } }),
    ]
  ) {
    const seen = await see(session, bound, { prompt, target });
    assertEquals(seen.heights, full.heights);
    assertSame(seen.logits, full.logits);
  }
  session.close();
});

Deno.test("requireParts() refuses policies whose parts are not there, in one sentence", async () => {
  const session = await openToy({ parts, layerCount: LAYERS });
  const refused = (
    plugin: typeof calm,
    { input = {}, given, says }: {
      readonly input?: Record<string, string | number | readonly number[]>;
      readonly given?: TrainedParts;
      readonly says: string;
    },
  ) => {
    const bound = bind(session, plugin, { input });
    assertThrows(() => requireParts(bound, given), UsageError, says);
  };
  refused(dLlm as unknown as typeof calm, {
    says: 'Cannot run policy "d_llm": training required: expected trained parts with probe ' +
      '"d_llm.2" and 3 more for model',
  });
  refused(calm, { input: { measure: "classifier" }, says: 'with probe "calm" for model' });
  refused(valadeHeads as unknown as typeof calm, {
    input: { at: [2, 3], thresholds: [1] },
    given: parts,
    says: 'with head "valade.3" for model "synthetic',
  });
  requireParts(bind(session, dLlm), parts);
  requireParts(bind(session, calm), undefined);
  requireParts(bind(session, fullDepth), undefined);
  session.close();
});
