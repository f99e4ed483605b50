/**
 * Stretching a session: its scratch grows to the largest unit of work seen and
 * never shrinks, so what a visit records of memory would depend on what the
 * process happened to run before: all of a run, one shard of it, or what was left
 * when a killed run went on.
 *
 * Before the timed pass the longest items go through lockstep, where the run has
 * that pass, and through the preparation of a visit, with all arms; nothing is
 * kept. Then the same memory is seen by every process of a run. It also warms the
 * code up.
 *
 * @module
 */
import type { Pass } from "../contract/record.ts";
import { StreamState } from "../decode/stream_state.ts";
import { type PassContext, type PassItem, takesPart } from "./cells.ts";
import { lockstepPass } from "./lockstep_pass.ts";
import type { TimedOptions } from "./timed_decode.ts";
import { TimedItem } from "./timed_pass.ts";

/** Runs the longest of `items`, whichever shard they belong to. */
export async function stretchSession(
  context: PassContext,
  items: readonly PassItem[],
  { passes, timed }: { readonly passes: readonly Pass[]; readonly timed: TimedOptions },
): Promise<void> {
  const runnable = items.filter(({ refusal, item }) =>
    refusal === undefined && item.shape === undefined
  );
  const longest = new Set([
    largest(runnable, ({ prompt }) => prompt.length),
    largest(runnable, ({ prompt, target }) => prompt.length + target.length),
  ]);
  for (const item of longest) {
    if (item === undefined) continue;
    if (passes.includes("lockstep")) {
      const arms = context.arms.filter((arm) => takesPart(arm, "lockstep"));
      await lockstepPass(context, item, { arms, streamOf: () => new StreamState() });
    }
    const arms = context.arms.filter((arm) => takesPart(arm, "timed"));
    const visits = new TimedItem({ ...context, arms }, item, timed);
    try {
      await visits.prepare();
      await visits.visit(0);
    } finally {
      visits.close();
    }
  }
}

/** The first item of the largest size. */
function largest(
  items: readonly PassItem[],
  sizeOf: (item: PassItem) => number,
): PassItem | undefined {
  return items.reduce<PassItem | undefined>(
    (best, item) => best === undefined || sizeOf(item) > sizeOf(best) ? item : best,
    undefined,
  );
}
