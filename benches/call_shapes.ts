/**
 * Calls of a session by shape, and what each shape costs alone: time is told before
 * it is measured.
 *
 *     predicted = Σ over shapes of count × time        block, attention, MLP and head by rows
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Part, Row } from "../harness/contract/backend.ts";
import type { Readout, RowSet, SignalRequest } from "../harness/contract/signal.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";

/** Calls by shape: `"block 1"` is one block on one row, `"head 4"` a readout of four rows. */
export type Shapes = Map<string, number>;

function add(shapes: Shapes, key: string, count: number): void {
  if (count > 0) shapes.set(key, (shapes.get(key) ?? 0) + count);
}

/** A session that counts its calls into `shapes` and passes them on. */
export function shapedSession(session: DecoderSession, shapes: Shapes): DecoderSession {
  return new Proxy(session, {
    get(target, key) {
      if (key === "begin") {
        return (rows: readonly Row[]) => {
          add(shapes, "step", 1);
          return shapedStep(target.begin(rows), shapes, rows.length);
        };
      }
      if (key === "fork") add(shapes, "fork", 1);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function shapedStep(step: DecoderStep, shapes: Shapes, entered: number): DecoderStep {
  let count = entered;
  const read = (rows: RowSet | undefined, readouts: number) =>
    add(shapes, `head ${rows?.length ?? count}`, readouts);
  const overrides: Partial<DecoderStep> = {
    extend(rows) {
      count += rows.length;
      return step.extend(rows);
    },
    run(blocks, part, rows, pass) {
      const size = typeof blocks === "number" ? 1 : blocks.to - blocks.from;
      add(shapes, `${part} ${rows?.length ?? count}`, size);
      step.run(blocks, part, rows, pass);
    },
    readToken(readout, rows, sampler) {
      read(rows, 1);
      return step.readToken(readout, rows, sampler);
    },
    readSignals(requests, rows) {
      read(rows, distinctReadouts(requests));
      return step.readSignals(requests, rows);
    },
  };
  return new Proxy(step, {
    get(target, key) {
      const own: unknown = Reflect.get(overrides, key);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function distinctReadouts(requests: readonly SignalRequest[]): number {
  const keys = new Set<string>();
  const note = ({ head, mark }: Readout) => keys.add(`${head} ${mark?.mark ?? ""}`);
  for (const request of requests) if (request.kind === "readout") note(request.readout);
  return keys.size;
}

/** Times of shapes, ms, at a position in the middle of a text. */
export interface ShapePrices {
  /** Milliseconds by shape. */
  readonly ms: ReadonlyMap<string, number>;
}

/**
 * Times the shapes, each `repetitions` times in turn; medians. Every taking follows a
 * whole step, so that caches hold what they hold in decoding.
 */
export async function priceShapes(
  session: DecoderSession,
  keys: Iterable<string>,
  { position, repetitions }: { readonly position: number; readonly repetitions: number },
): Promise<ShapePrices> {
  const { layerCount } = session.model;
  const slot = session.newSlot();
  const rowsAt = (count: number): Row[] =>
    Array.from({ length: count }, (_, i) => ({
      slot,
      position: session.length(slot) + i,
      token: i % session.model.vocabSize,
      phase: "draft",
    }));
  const first = session.begin(rowsAt(position));
  first.run({ from: 0, to: layerCount }, "block");
  first.commit();
  const wanted = [...keys];
  const samples = new Map<string, number[]>(wanted.map((key) => [key, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const key of wanted) {
      const [kind, size] = key.split(" ");
      const rows = rowsAt(Number(size ?? 1));
      const warm = session.begin(rowsAt(1));
      warm.run({ from: 0, to: layerCount }, "block");
      await warm.readToken(SHARED_READOUT);
      warm.commit([]);
      const start = performance.now();
      let divide = 1;
      if (kind === "fork") session.release(session.fork(slot));
      else {
        const step = session.begin(rows);
        let from = start;
        if (kind === "head") {
          step.run({ from: 0, to: layerCount }, "block");
          from = performance.now();
          await step.readToken(SHARED_READOUT);
        } else if (kind !== "step") {
          from = performance.now();
          runParts(step, kind as Part, layerCount);
          divide = layerCount;
        }
        const ended = performance.now();
        step.commit([]);
        const spent = kind === "step" ? performance.now() - start : ended - from;
        samples.get(key)!.push(spent / divide);
        continue;
      }
      samples.get(key)!.push(performance.now() - start);
    }
  }
  session.release(slot);
  return { ms: new Map([...samples].map(([key, values]) => [key, median(values)])) };
}

/** All blocks by one part; whole blocks in one call, as decoding runs them. */
function runParts(step: DecoderStep, part: Part, layerCount: number): void {
  if (part === "block") return step.run({ from: 0, to: layerCount }, "block");
  for (let block = 0; block < layerCount; block++) {
    step.run(block, "attention");
    if (part === "mlp") step.run(block, "mlp");
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Σ count × time; shapes without a price throw. */
export function predictedMs(shapes: Shapes, { ms }: ShapePrices): number {
  let sum = 0;
  for (const [key, count] of shapes) {
    const price = ms.get(key);
    if (price === undefined) throw new RangeError(`Cannot price "${key}": it was not timed`);
    sum += count * price;
  }
  return sum;
}
