/**
 * Part times of an opened model, with what they moved, as results.
 *
 * @module
 */
import { storageOf } from "./bench_model.ts";
import type { BenchModel } from "./bench_model.ts";
import type { Machine } from "./machine.ts";
import { medianInterval } from "./median_interval.ts";
import { PARTS } from "./part.ts";
import { partCost } from "./part_cost.ts";
import { PART_RESULTS_SCHEMA, type PartResults } from "./part_results.ts";
import { type PartSlots, timeParts } from "./part_times.ts";

/** How parts are timed. */
export interface PartBench {
  /** Slots with and without a prefix. */
  readonly slots: PartSlots;
  /** Row counts. */
  readonly rowCounts: readonly number[];
  /** Timed visits. */
  readonly visits: number;
  /** Seed of order and resampling. */
  readonly seed: number;
  /** Context that the session was opened with. */
  readonly context: number;
  /** Where it runs. */
  readonly machine: Machine;
  /** Bytes per second of a streaming read. */
  readonly bandwidth: number;
  /** Whether to stop early. */
  aborted(visit: number): boolean;
}

/** Times every part at every row count. */
export async function benchParts(
  { model, session }: BenchModel,
  bench: PartBench,
): Promise<PartResults> {
  const { slots, rowCounts, visits, seed, context, machine, bandwidth, aborted } = bench;
  const storage = storageOf(session, model, context);
  const arms = rowCounts.flatMap((rows) => PARTS.map((part) => ({ part, rows })));
  const samples = await timeParts(session, { arms, slots, visits, seed, aborted });
  const { name, digest, layerCount } = session.model;
  return {
    schema: PART_RESULTS_SCHEMA,
    commit: machine.commit,
    cpu: machine.environment.cpu,
    cpuFlags: machine.cpuFlags,
    model: { name, digest, layerCount },
    backend: session.backend,
    bandwidth,
    parts: samples.map((sample) => ({
      ...sample,
      ms: medianInterval(sample.timesMs, { seed }),
      ...partCost(sample.part, { checkpoint: model.checkpoint, storage, call: sample }),
    })),
  };
}
