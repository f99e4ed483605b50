import { assertEquals, assertThrows } from "@std/assert";
import { CpuEngine } from "../../backends/cpu/engine.ts";
import { readWeights } from "../../backends/cpu/weights.ts";
import type {
  DecoderStep,
  HiddenMark,
  Readout,
  SignalRequest,
} from "../../harness/contract/mod.ts";
import { type HeadBatch, SteppedSession } from "../../harness/stepping/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";

const { checkpoint } = syntheticModel({
  layerCount: 3,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 24,
  vocabSize: 29,
  context: 64,
  tiedHead: true,
  seed: 3,
});
const OPTIONS = { slots: 1, context: 64 };

/** Notes how many states each call of a head reads out. */
class CountingEngine extends CpuEngine {
  readonly calls: number[] = [];

  override logits(head: number, batch: HeadBatch): void {
    this.calls.push(batch.count);
    super.logits(head, batch);
  }
}

interface Climbed {
  readonly step: DecoderStep;
  readonly engine: CountingEngine;
  /** A mark of all rows at each height. */
  readonly marks: readonly HiddenMark[];
}

async function climbed(rows: number): Promise<Climbed> {
  const engine = new CountingEngine(checkpoint, OPTIONS, await readWeights(checkpoint));
  const backend = { name: "cpu", kernels: "", features: [] };
  const session = new SteppedSession({ engine, backend, info: checkpoint.info }, OPTIONS);
  const slot = session.newSlot();
  const step = session.begin(
    Array.from({ length: rows }, (_, position) => ({
      slot,
      position,
      token: position % 29,
      phase: "prompt",
    })),
  );
  const marks = [step.mark()];
  for (let block = 0; block < 3; block++) {
    step.run(block, "block");
    marks.push(step.mark());
  }
  return { step, engine, marks };
}

const at = (mark: HiddenMark): Readout => ({ head: "shared", mark });
const entropy = (mark: HiddenMark): SignalRequest => ({
  kind: "readout",
  signal: "entropy",
  readout: at(mark),
});

Deno.test("readSignals() reads out the marks of all heights by one call of the head", async () => {
  const { step, engine, marks } = await climbed(3);
  const requests = [
    ...marks.map(entropy),
    { ...entropy(marks[1]!), signal: "margin" } as SignalRequest,
  ];
  await step.readSignals(requests);
  assertEquals(engine.calls, [12]);
  await step.readSignals(requests);
  await step.readToken({ head: "shared" });
  assertEquals(engine.calls, [12]);
});

Deno.test("readSignals() takes what comparisons read out for the other requests", async () => {
  const { step, engine, marks } = await climbed(4);
  await step.readSignals([
    entropy(marks[0]!),
    { kind: "kl", p: at(marks[3]!), q: at(marks[0]!) },
    { kind: "logitCosine", a: at(marks[3]!), b: at(marks[1]!), centred: true },
  ]);
  assertEquals(engine.calls, [12]);
});

Deno.test("readSignals() and readLogits() of many rows go by the rows that are held", async () => {
  const { step, engine, marks } = await climbed(20);
  await step.readSignals([entropy(marks[0]!), entropy(marks[3]!)]);
  assertEquals(engine.calls, [16, 16, 8]);
  engine.calls.length = 0;
  await step.readLogits({ head: "shared" });
  assertEquals(engine.calls, [16, 4]);
});

Deno.test("a read that fails leaves nothing behind", async () => {
  const { step, marks } = await climbed(2);
  const unknown = { mark: 99 };
  assertThrows(
    () => step.readSignals([entropy(marks[1]!), entropy(unknown)]),
    RangeError,
    "expected one of the open step",
  );
  const { values } = await step.readSignals([entropy(marks[1]!)]);
  const first = values[0]!;
  const fresh = await climbed(2);
  assertEquals((await fresh.step.readSignals([entropy(fresh.marks[1]!)])).values[0], first);
});

Deno.test("extend() that is refused adds no row", async () => {
  const { step } = await climbed(2);
  const row = { slot: 0, position: 2, token: 1, phase: "decode" } as const;
  assertThrows(() => step.extend([row, { ...row, position: 7 }]), RangeError, "position 3");
  assertEquals(step.rowCount, 2);
  assertEquals(Array.from(step.extend([row])), [2]);
});
