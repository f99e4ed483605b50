/**
 * Times of the parts of a one-row decode step, taken between timed visits.
 *
 *     step      begin with the embedding, and commit
 *     block     all blocks in one call ÷ L; attention and MLP alone, the fills alike
 *     head      a readout of the whole vocabulary and the wait for its token
 *     signal    a mark, a cosine with it, and the wait for that
 *
 * Each part stands behind a whole untimed token, so that caches hold what they
 * hold in decoding, and is taken `ROUNDS` times, of which the median counts: other
 * work on the machine hits few of such short calls. The slot is left as it was.
 *
 * @module
 */
import type { Awaitable, DecoderSession, DecoderStep } from "../contract/backend.ts";
import type { PartTimes } from "../contract/record.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import { median } from "../numerics/quantile.ts";

/** Times that each part is taken in one visit. */
const ROUNDS = 3;

/** What is timed of a part. */
interface Part {
  readonly name: Exclude<keyof PartTimes, "step">;
  /** Calls that the time is divided by. */
  readonly calls: number;
  /** Untimed: what must be there before. */
  prepare?(step: DecoderStep): void;
  /** Timed. */
  run(step: DecoderStep): Awaitable<unknown> | void;
}

function partsOf(layerCount: number): readonly Part[] {
  const all = { from: 0, to: layerCount };
  const blocks = (name: "block" | "attention" | "mlp"): Part => ({
    name,
    calls: layerCount,
    run: (step) => step.run(all, name),
  });
  return [
    blocks("block"),
    blocks("attention"),
    blocks("mlp"),
    { name: "head", calls: 1, run: (step) => step.readToken(SHARED_READOUT) },
    {
      name: "signal",
      calls: 1,
      run: (step) => {
        const a = step.mark();
        return step.readSignals([{ kind: "state", signal: "cosine", a, b: undefined }]);
      },
    },
    { name: "project", calls: layerCount, run: (step) => step.fillKv(all, "project") },
    { name: "hole", calls: layerCount, run: (step) => step.fillKv(all, "hole") },
    {
      name: "copy",
      calls: layerCount - 1,
      prepare: (step) => step.run(0, "block"),
      run: (step) => step.fillKv({ from: 1, to: layerCount }, "copy"),
    },
  ];
}

/** Times every part on a slot that holds a prompt. */
export async function probeParts(
  session: DecoderSession,
  { slot, now }: { readonly slot: number; now(): number },
): Promise<PartTimes> {
  const { layerCount } = session.model;
  const row = { slot, position: session.length(slot), token: 0, phase: "decode" as const };
  const token = async () => {
    const step = session.begin([row]);
    step.run({ from: 0, to: layerCount }, "block");
    await step.readToken(SHARED_READOUT);
    step.commit([]);
  };
  const times = new Map<keyof PartTimes, number[]>();
  const keep = (name: keyof PartTimes, ms: number) => {
    const known = times.get(name);
    if (known === undefined) times.set(name, [ms]);
    else known.push(ms);
  };
  for (let round = 0; round < ROUNDS; round++) {
    await token();
    const start = now();
    session.begin([row]).commit([]);
    keep("step", now() - start);
    for (const { name, calls, prepare, run } of partsOf(layerCount)) {
      await token();
      const step = session.begin([row]);
      prepare?.(step);
      const begin = now();
      const pending = run(step);
      if (pending !== undefined) await pending;
      keep(name, (now() - begin) / Math.max(1, calls));
      step.commit([]);
    }
  }
  const middle = (name: keyof PartTimes) => median(times.get(name)!);
  return {
    step: middle("step"),
    block: middle("block"),
    attention: middle("attention"),
    mlp: middle("mlp"),
    head: middle("head"),
    signal: middle("signal"),
    project: middle("project"),
    hole: middle("hole"),
    copy: middle("copy"),
  };
}
