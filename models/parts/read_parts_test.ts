import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ModelFormatError, UsageError } from "../../harness/contract/mod.ts";
import { modelOf } from "../../harness/conformance/policy_samples.ts";
import { runNetwork } from "../../harness/signals/mod.ts";
import { writeSafetensors, type WrittenTensor } from "../../tests/safetensors_writer.ts";
import { memorySource } from "../byte_source.ts";
import { HEIGHT_CONVENTION, PARTS_KEY } from "./layout.ts";
import { joinParts, partsFor, readParts } from "./read_parts.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ones = (...shape: readonly number[]): WrittenTensor => ({
  shape,
  values: new Array(shape.reduce((product, size) => product * size, 1)).fill(1),
});

const LAYOUT = {
  layout: 1,
  summary: "A test",
  base: { name: "test", digest: DIGEST, layerCount: 3, dModel: 2, vocabSize: 5 },
  heights: HEIGHT_CONVENTION,
  parts: [
    {
      kind: "probe",
      name: "gate",
      height: 1,
      steps: [
        { kind: "rmsNorm", epsilon: 1e-5 },
        { kind: "residualLowRank", rank: 1 },
        { kind: "linear", outputs: 3, bias: true },
        { kind: "activation", activation: "relu" },
      ],
    },
    { kind: "head", name: "exit", steps: [], unembedding: "own" },
    { kind: "head", name: "lens", steps: [{ kind: "rmsNorm", epsilon: 1 }], unembedding: "shared" },
  ],
  policies: ["calm"],
};

const TENSORS: Readonly<Record<string, WrittenTensor>> = {
  "gate.1.0.weight": ones(2),
  "gate.1.1.down": ones(1, 2),
  "gate.1.1.up": ones(2, 1),
  "gate.1.2.weight": ones(3, 2),
  "gate.1.2.bias": ones(3),
  "exit.unembedding": ones(5, 2),
  "lens.0.weight": ones(2),
};

function fileOf(layout: unknown, tensors = TENSORS) {
  const text = typeof layout === "string" ? layout : JSON.stringify(layout);
  return memorySource("parts.safetensors", writeSafetensors(tensors, { [PARTS_KEY]: text }));
}

Deno.test("readParts() gives probes and heads by name and height", async () => {
  const { parts, layout, values } = await readParts(fileOf(LAYOUT));
  assertEquals(parts.probes.map(({ name, outputs }) => [name, outputs]), [["gate.1", 3]]);
  assertEquals(parts.heads.map(({ name }) => name), ["exit", "lens"]);
  assertEquals(parts.heads[0]!.unembedding, new Float32Array(10).fill(1));
  assertEquals(parts.heads[1]!.unembedding, "shared");
  assertEquals(layout.policies, ["calm"]);
  assertEquals(values, 2 + 4 + 9 + 10 + 2);
  const [output] = runNetwork(parts.probes[0]!.steps, Float32Array.of(3, 3));
  // norm (1, 1), low rank (3, 3), linear 3 + 3 + 1
  assertAlmostEquals(output!, 7, 1e-4);
});

/** The layout with one part replaced, or one field. */
function spoilt(change: (layout: typeof LAYOUT) => void): unknown {
  const copy = structuredClone(LAYOUT);
  change(copy);
  return copy;
}

// deno-lint-ignore no-explicit-any -- hostile layouts have no type
type Loose = any;

const HOSTILE: readonly (readonly [what: string, layout: unknown, refusal: string])[] = [
  ["text that is no JSON", "{", "JSON text"],
  ["null", null, "expected object"],
  ["another version", spoilt((it) => it.layout = 2), "layout"],
  ["another height convention", spoilt((it) => it.heights = "l" as Loose), "heights"],
  ["no parts", spoilt((it) => it.parts = []), "parts"],
  ["an unknown field", spoilt((it) => (it as Loose).extra = 1), "extra"],
  ["a digest that is none", spoilt((it) => it.base.digest = "sha256:1"), "base.digest"],
  ["a width of 0", spoilt((it) => it.base.dModel = 0), "base.dModel"],
  ["a name with a slash", spoilt((it) => it.parts[0]!.name = "../x"), "parts.0.name"],
  ["a head called shared", spoilt((it) => it.parts[1]!.name = "shared"), "parts.1.name"],
  ["a part twice", spoilt((it) => it.parts.push(it.parts[0]!)), "comes twice"],
  ["a probe named like a head", spoilt((it) => it.parts[2]!.name = "exit"), "comes twice"],
  ["a height above the top", spoilt((it) => it.parts[0]!.height = 4), "heights of 0 to 3"],
  [
    "a probe with an unembedding",
    spoilt((it) => (it.parts[0] as Loose).unembedding = "own"),
    "unembedding",
  ],
  ["a head without", spoilt((it) => delete (it.parts[1] as Loose).unembedding), "unembedding"],
  [
    "an unknown activation",
    spoilt((it) => (it.parts[0]!.steps[3] as Loose).activation = "eval"),
    "activation",
  ],
  [
    "an epsilon of 0",
    spoilt((it) => (it.parts[0]!.steps[0] as Loose).epsilon = 0),
    "epsilon",
  ],
  [
    "an output count that the tensor lacks",
    spoilt((it) => (it.parts[0]!.steps[2] as Loose).outputs = 4),
    "shape [4, 2]: current shape is [3, 2]",
  ],
  [
    "a rank of 2^24",
    spoilt((it) => (it.parts[0]!.steps[1] as Loose).rank = 1 << 24),
    "expected a tensor of shape [16777216, 2]",
  ],
  ["another vocabulary", spoilt((it) => it.base.vocabSize = 6), "shape [6, 2]"],
  [
    "a head that ends too wide",
    spoilt((it) => it.parts[1]!.steps = [{ kind: "linear", outputs: 3, bias: false }] as Loose),
    "it is missing",
  ],
];

for (const [what, layout, refusal] of HOSTILE) {
  Deno.test(`readParts() refuses a layout with ${what}`, async () => {
    await assertRejects(() => readParts(fileOf(layout)), ModelFormatError, refusal);
  });
}

Deno.test("readParts() refuses heads of a wrong width, tensors of no part, and no layout", async () => {
  const wide = spoilt((it) => {
    it.parts[1]!.steps = [{ kind: "linear", outputs: 3, bias: false }] as Loose;
  });
  await assertRejects(
    () => readParts(fileOf(wide, { ...TENSORS, "exit.0.weight": ones(3, 2) })),
    ModelFormatError,
    "end with 2 values",
  );
  await assertRejects(
    () => readParts(fileOf(LAYOUT, { ...TENSORS, "gate.2.0.weight": ones(1) })),
    ModelFormatError,
    "none has it",
  );
  await assertRejects(
    () => readParts(memorySource("x", writeSafetensors(TENSORS, { format: "pt" }))),
    ModelFormatError,
    "expected the layout",
  );
});

Deno.test("partsFor() refuses another model than the parts' own", async () => {
  const file = await readParts(fileOf(LAYOUT));
  const model = { ...modelOf(3), digest: DIGEST };
  assertEquals(partsFor(file, model), file.parts);
  const other = { ...model, name: "other", digest: `sha256:${"b".repeat(64)}` };
  assertThrows(
    () => partsFor(file, other),
    UsageError,
    'Cannot use trained parts of model "test" (aaaaaaaa): expected model "other" (bbbbbbbb)',
  );
});

Deno.test("joinParts() joins files of different names under a digest of its own", async () => {
  const { parts } = await readParts(fileOf(LAYOUT));
  const probes = parts.probes.map((probe) => ({ ...probe, name: "second" }));
  const other = { digest: "sha256:1", probes, heads: [] };
  assertEquals(joinParts([]), undefined);
  assertEquals(joinParts([parts]), parts);
  const joined = joinParts([parts, other])!;
  assertEquals(joined.probes.map(({ name }) => name), ["gate.1", "second"]);
  assertEquals(joined.digest, joinParts([other, parts])!.digest);
  assertThrows(() => joinParts([parts, parts]), UsageError, '"gate.1" comes twice');
});
