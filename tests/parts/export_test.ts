import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import { runNetwork } from "../../harness/signals/mod.ts";
import { memorySource } from "../../models/byte_source.ts";
import { partsLayoutJsonSchema } from "../../models/parts/layout.ts";
import { partsFor, readParts } from "../../models/parts/read_parts.ts";
import { openModel } from "../../models/mod.ts";
import golden from "../golden/parts/docs_example.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const bytesOf = (path: string) => Deno.readFile(new URL(path, ROOT));

async function example() {
  const model = memorySource("llama_tied.gguf", await bytesOf("tests/testdata/llama_tied.gguf"));
  const path = "tests/testdata/parts/docs_example.safetensors";
  const file = await readParts(memorySource("docs_example.safetensors", await bytesOf(path)));
  const { checkpoint } = await openModel(model);
  return { checkpoint, file, parts: partsFor(file, checkpoint.info) };
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert(Math.abs(actual[i]! - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!)));
  }
}

Deno.test("the export of docs/trained_parts.md is the one that the fixture was made with", async () => {
  const page = await Deno.readTextFile(new URL("docs/trained_parts.md", ROOT));
  const code = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  assertStrictEquals(sha256Hex(code), golden.code, "run tools/golden/parts.py");
});

Deno.test("docs/trained_parts.schema.json is the schema that files are checked with", async () => {
  const text = await Deno.readTextFile(new URL("docs/trained_parts.schema.json", ROOT));
  assertEquals(JSON.parse(text), partsLayoutJsonSchema());
});

Deno.test("parts exported from PyTorch compute what PyTorch computes", async () => {
  const { parts, file } = await example();
  assertEquals(file.layout.policies, [
    "calm(measure=classifier)",
    "valade_heads(at=[2],thresholds=[0.5])",
  ]);
  const width = file.layout.base.dModel;
  const head = parts.heads[0]!;
  golden.confidence.forEach((expected, r) => {
    const state = Float32Array.from(golden.states.slice(r * width, (r + 1) * width));
    assertNear(runNetwork(parts.probes[0]!.steps, state), [expected]);
    const x = runNetwork(head.steps, state);
    const { vocabSize } = file.layout.base;
    const logits = Array.from({ length: vocabSize }, (_, v) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += x[i]! * (head.unembedding[v * width + i] as number);
      return sum;
    });
    assertNear(logits, golden.logits.slice(r * vocabSize, (r + 1) * vocabSize));
  });
});

Deno.test("cpu and wasm read exported parts alike", async () => {
  const { checkpoint, parts } = await example();
  const read = async (backend: typeof cpuBackend) => {
    const options = { slots: 1, context: 8, parts, exact: true };
    const session = await backend.open(checkpoint, options);
    session.newSlot();
    const step = session.begin([3, 7].map((token, position) => ({
      slot: 0,
      position,
      token,
      phase: "prompt",
    })));
    step.run({ from: 0, to: 2 }, "block");
    const signals = await step.readSignals([{ kind: "probe", probe: "calm" }]);
    const confidence = [...signals.values.slice(0, 2)];
    const logits = [...await step.readLogits({ head: "valade.2" })];
    session.close();
    return [...confidence, ...logits];
  };
  assertNear(await read(wasmBackend), await read(cpuBackend));
});
