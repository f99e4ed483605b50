/**
 * A plan restricted to one shard.
 *
 * Items are dealt out in turn over all suites: item k belongs to shard
 * k mod n + 1, with all of its arms and repetitions, so that what is paired is
 * measured in one process. An arm whose state passes from item to item is not
 * split: its quality passes belong to shard 1 as a whole. The session is opened
 * for the longest item of the whole run, whatever the shard.
 *
 * @module
 */
import { UsageError } from "./contract/errors.ts";
import type { Pass, Shard } from "./contract/record.ts";
import { type PassArm, type PassItem, runsIn, takesPart } from "./passes/cells.ts";
import { isStream } from "./passes/streams.ts";
import type { RunPlan } from "./run_request.ts";

/**
 * The part of a plan that belongs to one shard; the session stays the plan's. Throws
 * `UsageError` for a plan with a time budget, whose cells nobody knows before.
 */
export function shardPlan(plan: RunPlan, shard: Shard): RunPlan {
  if (plan.manifest.timeBudgetMs !== undefined) {
    throw new UsageError(
      "Cannot split a run with a time budget: expected a fixed number of visits: pass " +
        "--repetitions in place of --time-budget",
    );
  }
  const owner = new Map(plan.encoded.map((item, k) => [item, k % shard.count + 1]));
  const owns = (item: PassItem, arm: PassArm, pass: Pass): boolean => {
    const index = pass !== "timed" && isStream(arm) ? 1 : owner.get(item);
    return index === shard.index;
  };
  const planned = cellsOf({ ...plan, owns });
  return {
    ...plan,
    manifest: { ...plan.manifest, shard },
    cells: planned.length,
    owns,
    planned,
  };
}

/** Cells of a plan, pass by pass, item by item. */
export function cellsOf(
  { request, context, encoded, owns }: Pick<RunPlan, "request" | "context" | "encoded" | "owns">,
): readonly string[] {
  return request.passes.flatMap((pass) =>
    encoded.filter((item) => runsIn(item, pass)).flatMap((item) =>
      context.arms.filter((arm) => takesPart(arm, pass) && (owns?.(item, arm, pass) ?? true))
        .flatMap((arm) =>
          Array.from(
            { length: pass === "timed" ? request.repetitions : 1 },
            (_, repetition) => context.cell(item, { arm, pass, repetition }),
          )
        )
    )
  );
}
