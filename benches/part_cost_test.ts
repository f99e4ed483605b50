import { assertEquals } from "@std/assert";
import { syntheticModel } from "../models/synthetic.ts";
import { partCost, visiblePositions } from "./part_cost.ts";

const { checkpoint } = syntheticModel({
  layerCount: 3,
  dModel: 8,
  heads: 2,
  kvHeads: 1,
  headDim: 4,
  ffnSize: 16,
  vocabSize: 10,
  context: 32,
  tiedHead: true,
  seed: 1,
});
const storage = { allF32: true, kvElementBytes: 4 };

Deno.test("visiblePositions() counts each row's own position and those before", () => {
  assertEquals(visiblePositions({ rows: 1, prefix: 0 }), 1);
  assertEquals(visiblePositions({ rows: 3, prefix: 5 }), 6 + 7 + 8);
});

Deno.test("partCost() counts weights once and rows apart", () => {
  const cost = (part: Parameters<typeof partCost>[0], rows: number, prefix = 0) =>
    partCost(part, { checkpoint, storage, call: { rows, prefix } });
  assertEquals(cost("mlp", 2), { bytes: 3 * 3 * 8 * 16 * 4, macs: 3 * 2 * 3 * 8 * 16 });
  assertEquals(cost("head", 2), { bytes: 10 * 8 * 4, macs: 2 * 10 * 8 });
  const attentionWeights = 8 * 8 + 4 * 8 + 4 * 8 + 8 * 8;
  assertEquals(cost("attention", 1, 6), {
    bytes: 3 * (attentionWeights * 4 + 2 * 4 * 4 * (1 + 7)),
    macs: 3 * (attentionWeights + 2 * 8 * 7),
  });
  assertEquals(cost("block", 4).macs, cost("attention", 4).macs + cost("mlp", 4).macs);
  assertEquals(cost("project", 1), { bytes: 3 * (64 * 4 + 32), macs: 3 * 64 });
  assertEquals(cost("hole", 5), { bytes: 0, macs: 0 });
  assertEquals(cost("copy", 1).bytes, 2 * 3 * 2 * 4 * 4);
});

Deno.test("partCost() takes weights as stored where the backend keeps them so", () => {
  const stored = partCost("mlp", {
    checkpoint,
    storage: { allF32: false, kvElementBytes: 2 },
    call: { rows: 1, prefix: 0 },
  });
  const bytes = ["gate", "up", "down"] as const;
  assertEquals(
    stored.bytes,
    3 * bytes.reduce((sum, role) => sum + checkpoint.blockTensor(0, role).byteLength, 0),
  );
});
