/**
 * Visits of all peers, interleaved: in every visit, for each measure, every arm
 * (peer and thread count) once, short measures several times, in seeded ABBA
 * order.
 *
 * @module
 */
import { armOrder } from "../../harness/measure/order.ts";
import { type Measure, nameOf, type Peer } from "./measure.ts";

/** A peer at a thread count. */
export interface PeerArm {
  /** Which of the peers. */
  readonly id: "ours" | "native" | "wllama";
  /** Threads. */
  readonly threads: number;
  /** The running peer. */
  readonly peer: Peer;
}

/** Times of one arm in one measure, ms, visit by visit; empty when its API does not permit it. */
export interface PeerTimes {
  /** Which of the peers. */
  readonly id: PeerArm["id"];
  /** Threads. */
  readonly threads: number;
  /** The measure. */
  readonly measure: Measure;
  /** Visit by visit, short measures several times in each, ms. */
  readonly timesMs: readonly number[];
}

/** Times of a short measure in one visit: they last some ms, and interruptions hit single ones. */
const SHORT_TIMES = 4;

/** Times every measure on every arm. The first visit warms up and is thrown away. */
export async function comparePeers(
  arms: readonly PeerArm[],
  { measures, visits, seed, aborted }: {
    readonly measures: readonly Measure[];
    readonly visits: number;
    readonly seed: number;
    /** Told of each unit of work; whether to stop before it. */
    aborted(unit: { readonly visit: number; readonly measure: Measure }): boolean;
  },
): Promise<readonly PeerTimes[]> {
  const all = measures.flatMap((measure) =>
    arms.map((arm) => ({ arm, measure, timesMs: [] as number[] }))
  );
  loop: for (let visit = -1; visit < visits; visit++) {
    for (const measure of measures) {
      if (aborted({ visit, measure })) break loop;
      const cells = all.filter((cell) => cell.measure === measure);
      const repeats = measure.kind === "prefill" || visit < 0 ? 1 : SHORT_TIMES;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const order = armOrder(cells.length, {
          seed,
          prompt: nameOf(measure),
          repetition: (visit + 1) * repeats + repeat,
        });
        for (const index of order) {
          const { arm, timesMs } = cells[index]!;
          // wllama's long prompts take half a minute; nothing in them warms up.
          if (visit < 0 && arm.id === "wllama" && measure.kind === "prefill") continue;
          const ms = await arm.peer.measure(measure);
          if (visit >= 0 && ms !== undefined) timesMs.push(ms);
        }
      }
    }
  }
  return all.map(({ arm: { id, threads }, measure, timesMs }) => ({
    id,
    threads,
    measure,
    timesMs,
  }));
}
