/**
 * What the logit lens sees: full depth's readout at every height against the one
 * at the top, summed over the target's positions.
 *
 *     agree_h    [argmax z_h = argmax z_L]        z_h [vocabSize], logits at height h
 *     cosine_h   z_h · z_L / (‖z_h‖ ‖z_L‖)        centred_h the same of z − mean(z)
 *     state_h    cosine of the residual states       blocks_l  cosine of h_l and h_{l+1}
 *     shuffled   z_h(t) against z_L(t') of another position t' of the same text
 *
 * The other position lies half of the positions read together away, so that no
 * position meets itself.
 *
 * Cost: a full-depth pass with L + 1 readouts per target token, untimed.
 *
 * @module
 */
import type { DecoderStep, Row } from "../contract/backend.ts";
import type { Lens } from "../contract/record.ts";
import { type HiddenMark, SHARED_READOUT, type SignalRequest } from "../contract/signal.ts";
import { guarded } from "../decode/guarded.ts";
import type { PassContext, PassItem } from "./cells.ts";
import { withSlot } from "./cells.ts";

/** Positions that enter a step together. */
const CHUNK = 32;

/** Sums that are being made. */
interface Sums {
  positions: number;
  readonly agree: number[];
  readonly cosine: number[];
  readonly centred: number[];
}

/** Length and mean of a vector of logits. */
interface Moments {
  readonly top: number;
  readonly mean: number;
  readonly square: number;
}

function momentsOf(z: Float32Array): Moments {
  let top = 0, sum = 0, square = 0;
  for (let i = 0; i < z.length; i++) {
    const value = z[i]!;
    if (value > z[top]!) top = i;
    sum += value;
    square += value * value;
  }
  return { top, mean: sum / z.length, square };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Cosine from a dot product and two squared lengths; 0 when a length is 0. */
function cosineOf(product: number, a: number, b: number): number {
  return a > 0 && b > 0 ? product / Math.sqrt(a * b) : 0;
}

function emptySums(heights: number): Sums {
  const zeros = () => new Array<number>(heights).fill(0);
  return { positions: 0, agree: zeros(), cosine: zeros(), centred: zeros() };
}

/** Adds one comparison at height `h`. */
function add(
  sums: Sums,
  h: number,
  { a, b }: {
    readonly a: { readonly z: Float32Array; readonly of: Moments };
    readonly b: { readonly z: Float32Array; readonly of: Moments };
  },
): void {
  const product = dot(a.z, b.z);
  const count = a.z.length;
  sums.agree[h]! += a.of.top === b.of.top ? 1 : 0;
  sums.cosine[h]! += cosineOf(product, a.of.square, b.of.square);
  const centredSquare = ({ mean, square }: Moments) => square - count * mean * mean;
  sums.centred[h]! += cosineOf(
    product - count * a.of.mean * b.of.mean,
    centredSquare(a.of),
    centredSquare(b.of),
  );
}

/** Reads full depth of an item's text at every height. */
export async function lensOf(
  { session }: Pick<PassContext, "session">,
  { prompt, target }: Pick<PassItem, "prompt" | "target">,
): Promise<Lens> {
  const { layerCount } = session.model;
  const own = emptySums(layerCount + 1), shuffled = emptySums(layerCount + 1);
  const state = new Array<number>(layerCount + 1).fill(0);
  const blocks = new Array<number>(layerCount).fill(0);
  const inputs = [...prompt, ...target.slice(0, -1)];
  await withSlot(session, async (slot) => {
    for (let from = 0; from < inputs.length; from += CHUNK) {
      const entering = inputs.slice(from, from + CHUNK).map((token, i): Row => ({
        slot,
        position: from + i,
        token,
        phase: from + i < prompt.length ? "prompt" : "decode",
      }));
      const read = entering.map((_, row) => row).filter((row) => from + row >= prompt.length - 1);
      const step = session.begin(entering);
      await guarded(
        step,
        () => readChunk(step, { read, layerCount, own, shuffled, state, blocks }),
      );
      step.commit();
    }
  });
  return { ...own, state, blocks, shuffled };
}

/** Runs the rows up and compares every height of those that are read. */
async function readChunk(
  step: DecoderStep,
  { read, layerCount, own, shuffled, state, blocks }: {
    readonly read: readonly number[];
    readonly layerCount: number;
    readonly own: Sums;
    readonly shuffled: Sums;
    readonly state: number[];
    readonly blocks: number[];
  },
): Promise<void> {
  if (read.length === 0) return step.run({ from: 0, to: layerCount }, "block");
  const marks = [];
  for (let l = 0; l < layerCount; l++) {
    marks.push(step.mark(read));
    step.run(l, "block");
  }
  const tops = [];
  for (const row of read) {
    const z = Float32Array.from(await step.readLogits(SHARED_READOUT, [row]));
    tops.push({ z, of: momentsOf(z) });
  }
  const apart = Math.floor(read.length / 2);
  for (let h = 0; h <= layerCount; h++) {
    const mark = marks[h];
    for (const [r, row] of read.entries()) {
      const z = await step.readLogits({ ...SHARED_READOUT, mark }, [row]);
      const a = { z, of: momentsOf(z) };
      add(own, h, { a, b: tops[r]! });
      if (apart > 0) add(shuffled, h, { a, b: tops[(r + apart) % read.length]! });
    }
    const cosine = (a: HiddenMark | undefined, b: HiddenMark | undefined): SignalRequest => ({
      kind: "state",
      signal: "cosine",
      a,
      b,
    });
    const pairs = h < layerCount
      ? [cosine(mark, undefined), cosine(mark, marks[h + 1])]
      : [cosine(mark, undefined)];
    const { values, offsets } = await step.readSignals(pairs, read);
    for (let r = 0; r < read.length; r++) {
      state[h]! += values[offsets[0]! + r]!;
      if (h < layerCount) blocks[h]! += values[offsets[1]! + r]!;
    }
  }
  own.positions += read.length;
  if (apart > 0) shuffled.positions += read.length;
}
