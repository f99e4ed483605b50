/**
 * An arm against a family of others at its own number of blocks.
 *
 * Of the family's settings, ordered by mean blocks run, the two around the arm's
 * mean m are mixed: setting i with weight 1 − w and setting i + 1 with weight w
 *
 *     w = (m − m_i) / (m_{i+1} − m_i)
 *
 * which is what a policy does that takes either by chance. Agreement of the
 * mixture is the same mean of agreements. Full depth ends the family. Means and
 * weights are those of the texts that all ran, fixed in resampling; intervals are
 * clustered by document.
 *
 * @module
 */
import type { LockstepRecord } from "../contract/record.ts";
import type { MatchedControl } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf } from "./clusters.ts";
import type { ArmRecords } from "./run_view.ts";
import { promptKey, type Resampling } from "./speed_up.ts";

/** Blocks and agreement of one setting, by text. */
interface Setting {
  readonly label: string;
  readonly blocks: readonly number[];
  readonly agreed: readonly number[];
  readonly meanBlocks: number;
}

/** Compares; `undefined` where the family does not reach the arm's blocks or shares no text. */
export function atEqualBlocks(
  arm: ArmRecords,
  family: readonly ArmRecords[],
  resampling: Resampling,
): MatchedControl | undefined {
  const inAll = [arm, ...family].map(({ lockstep }) =>
    new Map(lockstep.map((record) => [promptKey(record), record]))
  );
  const common = arm.lockstep.filter((record) =>
    record.flips.length > 0 && inAll.every((records) => records.has(promptKey(record)))
  );
  if (common.length === 0 || family.length === 0) return undefined;
  const { values, starts } = clusterBy(common, ({ suite, group }) => `${suite}/${group}`);
  const positions = values.map(({ flips }) => flips.length);
  const total = sum(positions);
  const settingOf = (label: string, records: ReadonlyMap<string, LockstepRecord>): Setting => {
    const own = values.map((record) => records.get(promptKey(record))!);
    const blocks = own.map(({ blocksRun }) => sum(blocksRun));
    const agreed = own.map(({ flips }) => flips.length - sum(flips));
    return { label, blocks, agreed, meanBlocks: sum(blocks) / total };
  };
  const wanted = settingOf(arm.arm.label, inAll[0]!);
  const settings = family.map(({ arm: { label } }, i) => settingOf(label, inAll[i + 1]!))
    .sort((a, b) => a.meanBlocks - b.meanBlocks);
  const mixture = mixtureAt(settings, wanted.meanBlocks);
  if (mixture === undefined) return undefined;
  const [agreement, difference] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      { numerators: mixture.agreed, denominators: positions, scale: "linear" },
      {
        numerators: wanted.agreed.map((value, i) => value - mixture.agreed[i]!),
        denominators: positions,
        scale: "linear",
      },
    ],
  }, resampling);
  return {
    blocksRun: wanted.meanBlocks,
    agreement: estimateOf(agreement!, { min: 0, max: 1 }),
    difference: estimateOf(difference!, { min: -1, max: 1 }),
    mixed: mixture.labels,
  };
}

function mixtureAt(
  settings: readonly Setting[],
  blocks: number,
): { readonly agreed: readonly number[]; readonly labels: readonly string[] } | undefined {
  const above = settings.findIndex(({ meanBlocks }) => meanBlocks >= blocks);
  const upper = settings[above];
  if (upper === undefined) return undefined;
  const lower = settings[above - 1];
  if (upper.meanBlocks === blocks) return { agreed: upper.agreed, labels: [upper.label] };
  if (lower === undefined) return undefined;
  const weight = (blocks - lower.meanBlocks) / (upper.meanBlocks - lower.meanBlocks);
  return {
    agreed: lower.agreed.map((value, i) => (1 - weight) * value + weight * upper.agreed[i]!),
    labels: [lower.label, upper.label],
  };
}
