/**
 * Claims about exits, their fills and their price, and about depth by position.
 *
 * @module
 */
import type { Estimate } from "../../contract/summary.ts";
import { sum } from "../../numerics/moments.ts";
import { bootstrapRatios } from "../bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed, ratioOf } from "../clusters.ts";
import { atEqualBlocks } from "../equal_blocks.ts";
import { fidelityOf } from "../fidelity.ts";
import type { ArmRecords, RunView } from "../run_view.ts";
import { pairTimes } from "../speed_up.ts";
import { armsWith } from "./arms.ts";
import { type Claim, isExitTrained, NEEDS_TRAINING } from "./claim.ts";
import { contrast, STUDY_RESAMPLES, type TextMetric } from "./contrast.ts";
import { positionSlope } from "./position_slope.ts";

const CALM = "Schuster et al. 2022, arXiv:2207.07061 (CALM)";
const FREE = "Bae et al. 2023, arXiv:2310.05424 (FREE)";
const EE = "Chen et al. 2024, arXiv:2312.04916 (EE-LLM), and the fills' definitions";
const SKIP_DECODE = "Del Corro et al. 2023, arXiv:2307.02628 (SkipDecode)";
const D3 = "Fan et al. 2025, arXiv:2503.08524 (D3)";
const UNIFIED = "Liu et al. 2024, arXiv:2404.06954 (unified layer skipping)";
const WEI = "Wei et al. 2026, arXiv:2603.23701";

function difference(
  view: RunView,
  metric: TextMetric,
  [a, b]: readonly [readonly ArmRecords[], readonly ArmRecords[]],
): Estimate | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  return contrast({ a, b, metric, seed: view.run.manifest.seed });
}

function resampling(view: RunView, purpose: string) {
  return {
    seed: purposeSeed(view.run.manifest.seed, "claim", purpose),
    resamples: STUDY_RESAMPLES,
  };
}

/** Full depth's decode time ÷ the arm's, geometric mean over prompts. */
function speedUp(view: RunView, arm: ArmRecords | undefined): Estimate | undefined {
  if (arm === undefined) return undefined;
  const { baseMs, armMs, starts } = pairTimes(view.baseline.timed, arm.timed);
  if (baseMs.length === 0) return undefined;
  const shares = starts.slice(1).flatMap((end, i) => {
    const visits = end - starts[i]!;
    return new Array<number>(visits).fill(1 / visits);
  });
  const [interval] = bootstrapRatios({
    starts,
    inside: "resampled",
    statistics: [{
      numerators: baseMs.map((base, k) => Math.log(base / armMs[k]!) * shares[k]!),
      denominators: shares,
      scale: "linear",
    }],
  }, resampling(view, arm.arm.label));
  return ratioOf(interval!);
}

/** Mean KL at the positions that ran to the top. */
function divergenceAtTop(view: RunView, arm: ArmRecords): Estimate | undefined {
  const { layerCount } = view.run.manifest.model;
  const atTop = arm.lockstep.map((record) => ({
    ...record,
    kl: record.kl.filter((_, t) => record.heights[t] === layerCount),
  })).filter(({ kl }) => kl.length > 0);
  if (atTop.length === 0) return undefined;
  const { values, starts } = clusterBy(atTop, ({ suite, group }) => `${suite}/${group}`);
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ kl }) => sum(kl)),
      denominators: values.map(({ kl }) => kl.length),
      scale: "linear",
    }],
  }, resampling(view, "divergence at the top"));
  return estimateOf(interval!, { min: 0 });
}

const positive = (estimate: Estimate | undefined, as: "percent" | "small") =>
  estimate === undefined ? undefined : { estimate, as, above: 0 };

function decay(view: RunView, skipOrder: string): readonly ArmRecords[] {
  return armsWith(view, "d3_position_decay", { skipOrder });
}

/** Whether the blocks of an arm beside a readout at each could ever pay, in blocks. */
function readoutBlocks(view: RunView): number {
  const { dModel, vocabSize, heads, kvHeads, headDim, ffnSize, gated } = view.run.manifest.model;
  const block = 2 * dModel * headDim * (heads + kvHeads) + (gated ? 3 : 2) * dModel * ffnSize;
  return vocabSize * dModel / block;
}

/** The claims, paper by paper. */
export const EXIT_CLAIMS: readonly Claim[] = [
  {
    paper: CALM,
    claim: "The softmax measure is at least as good as the state measure at equal depth",
    how:
      "agreement of calm(measure=softmax,threshold=0.9) minus the state measure's at equal blocks",
    criterion: "above 0, on a model trained with weighted exits",
    test: (view) => {
      if (!isExitTrained(view)) return { why: NEEDS_TRAINING };
      const [softmax] = armsWith(view, "calm", {
        measure: "softmax",
        threshold: 0.9,
        fill: "project",
      });
      const states = armsWith(view, "calm", { measure: "state" });
      if (softmax === undefined || states.length === 0) return undefined;
      const found = atEqualBlocks(
        softmax,
        [...states, view.baseline],
        resampling(view, "calm measures"),
      );
      return found === undefined
        ? { why: "no setting of the state measure runs as few blocks" }
        : { estimate: found.difference, as: "percent", above: 0 };
    },
  },
  {
    paper: CALM,
    claim: "Copying projected entries upwards breaks what projecting the exit state keeps",
    how: "agreement of oracle(agreement=first,minExit=1) with fill=project minus fill=copy",
    criterion: "above 0",
    test: (view) =>
      positive(
        difference(view, "agreement", [
          armsWith(view, "oracle", { agreement: "first", minExit: 1, fill: "project" }),
          armsWith(view, "oracle", { agreement: "first", minExit: 1, fill: "copy" }),
        ]),
        "percent",
      ),
  },
  {
    paper: CALM,
    claim: "On a model without exit training even the oracle saves few blocks",
    how: "mean height from which on the readout is full depth's, as a share of the blocks",
    criterion: "above one half on a model without exit training",
    test: (view) => {
      if (isExitTrained(view)) return { why: "this model was trained to be read out early" };
      const { layerCount } = view.run.manifest.model;
      const { oracle } = fidelityOf(view.baseline.lockstep, {
        layerCount,
        ...resampling(view, "oracle height"),
      }) ?? {};
      if (oracle === undefined) return undefined;
      const { value, low, high, clusters } = oracle.height;
      const share = {
        value: value / layerCount,
        low: low / layerCount,
        high: high / layerCount,
        clusters,
      };
      return { estimate: share, as: "percent", above: 0.5 };
    },
  },
  {
    paper: CALM,
    claim:
      "Where a readout outweighs a block, checking it at every block is slower than full depth",
    how: "full depth's decode time ÷ that of calm(measure=softmax,threshold=0.9)",
    criterion: "below 1",
    test: (view) => {
      const blocks = readoutBlocks(view);
      if (blocks < 1) {
        return { why: `a readout costs ${blocks.toFixed(2)} blocks here, less than one` };
      }
      const [arm] = armsWith(view, "calm", {
        measure: "softmax",
        threshold: 0.9,
        fill: "project",
      });
      const estimate = speedUp(view, arm);
      const remark = `a readout costs ${blocks.toFixed(1)} blocks of multiply-accumulates`;
      return estimate === undefined ? undefined : { estimate, as: "ratio", below: 1, remark };
    },
  },
  {
    paper: FREE,
    claim: "Entries recomputed in a batch keep more than entries filled from the exit state",
    how: "agreement of calm(measure=softmax,threshold=0.5) with fill=recompute minus fill=project",
    criterion: "above 0",
    test: (view) => {
      const arms = (fill: string) =>
        armsWith(view, "calm", { measure: "softmax", threshold: 0.5, fill });
      return positive(
        difference(view, "agreement", [arms("recompute"), arms("project")]),
        "percent",
      );
    },
  },
  {
    paper: FREE,
    claim: "At equal quality one shallow exit with parallel decoding is faster than CALM",
    how: "decode time of calm ÷ free_shallow_deep at equal agreement",
    criterion: "above 1, on a model trained for it",
    test: () => ({ why: NEEDS_TRAINING }),
  },
  {
    paper: EE,
    claim: "A token that runs to the top meets exact entries of those that left before it",
    how: "KL(full ‖ calm(measure=softmax,threshold=0.5,fill=recompute)) where it ran to the top",
    criterion: "below 0.0001",
    test: (view) => {
      const [arm] = armsWith(view, "calm", { threshold: 0.5, fill: "recompute" });
      const estimate = arm === undefined ? undefined : divergenceAtTop(view, arm);
      return estimate === undefined ? undefined : { estimate, as: "small", below: 1e-4 };
    },
  },
  {
    paper: SKIP_DECODE,
    claim: "Depth that never rises needs no refilled entries",
    how: "KL of skip_decode with fill=none minus fill=project",
    criterion: "exactly 0",
    test: (view) => {
      const estimate = difference(view, "kl", [
        armsWith(view, "skip_decode", { fill: "none" }),
        armsWith(view, "skip_decode", { fill: "project" }),
      ]);
      return estimate === undefined
        ? undefined
        : { estimate, as: "small", above: -1e-9, below: 1e-9 };
    },
  },
  {
    paper: SKIP_DECODE,
    claim: "Later tokens are easier",
    how: "rank correlation of full depth's −ln p with the position, mean over texts",
    criterion: "below 0",
    test: (view) => {
      const estimate = positionSlope(view.baseline.lockstep, view.run.manifest.seed);
      return estimate === undefined
        ? { why: "no text is long enough" }
        : { estimate, as: "ratio", below: 0 };
    },
  },
  {
    paper: SKIP_DECODE,
    claim: "At twice the speed quality is nearly kept",
    how: "score at a mean of half of the blocks",
    criterion: "non-inferior, on a model tuned under the schedule",
    test: () => ({ why: NEEDS_TRAINING }),
  },
  {
    paper: D3,
    claim: "Leaving out middle blocks first beats leaving out those under the top",
    how: "agreement of d3_position_decay(skipOrder=middle_out) minus top_down at equal budgets",
    criterion: "above 0",
    test: (view) =>
      positive(
        difference(view, "agreement", [decay(view, "middle_out"), decay(view, "top_down")]),
        "percent",
      ),
  },
  {
    paper: D3,
    claim: "Leaving out middle blocks first beats leaving out those above the bottom",
    how: "agreement of d3_position_decay(skipOrder=middle_out) minus bottom_up at equal budgets",
    criterion: "above 0",
    test: (view) =>
      positive(
        difference(view, "agreement", [decay(view, "middle_out"), decay(view, "bottom_up")]),
        "percent",
      ),
  },
  {
    paper: UNIFIED,
    claim: "The measured speed-up stays below the target",
    how: "measured ÷ target speed-up of unified_layer_skipping(ratio=5)",
    criterion: "below 1",
    test: (view) => {
      const ratio = 5;
      const [arm] = armsWith(view, "unified_layer_skipping", { ratio, spacing: "released" });
      const found = speedUp(view, arm);
      if (found === undefined) return undefined;
      const { value, low, high, clusters } = found;
      const estimate = { value: value / ratio, low: low / ratio, high: high / ratio, clusters };
      return { estimate, as: "percent", below: 1 };
    },
  },
  {
    paper: WEI,
    claim:
      "A model that was not trained for exits loses more than 5 % when its last blocks are cut",
    how: "agreement with full depth without the last block",
    criterion: "below 0.95 on a model without exit training",
    test: (view) => {
      if (isExitTrained(view)) return { why: "this model was trained to be read out early" };
      const exit = view.run.manifest.model.layerCount - 1;
      const arms = armsWith(view, "fixed_exit", { exit, fill: "none" });
      const estimate = contrast({ a: arms, metric: "agreement", seed: view.run.manifest.seed });
      return estimate === undefined ? undefined : { estimate, as: "percent", below: 0.95 };
    },
  },
  {
    paper: WEI,
    claim: "A model tuned for early exit adapts better than its twin without",
    how: "EAS of the tuned model minus its twin's",
    criterion: "intervals do not overlap",
    test: () => ({ why: "one run holds one model: compare the suitability of two runs" }),
  },
];
