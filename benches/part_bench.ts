/**
 * Part times of an opened model, with what they moved, as results.
 *
 * @module
 */
import type { BenchModel } from "./bench_model.ts";
import type { Machine } from "./machine.ts";
import { medianInterval } from "./median_interval.ts";
import { partCost, type Storage } from "./part_cost.ts";
import { PART_RESULTS_SCHEMA, type PartResults } from "./part_results.ts";
import type { PartSamples } from "./part_times.ts";

/** Times, and what they are put together with. */
export interface PartBench {
  /** Times of all parts. */
  readonly samples: readonly PartSamples[];
  /** How the session stores weights and entries. */
  readonly storage: Storage;
  /** Seed of the resampling. */
  readonly seed: number;
  /** Where it runs. */
  readonly machine: Machine;
  /** Bytes per second of a streaming read. */
  readonly bandwidth: number;
}

/** Results out of times. */
export function partResultsOf(
  { model, session }: BenchModel,
  { samples, storage, seed, machine, bandwidth }: PartBench,
): PartResults {
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
