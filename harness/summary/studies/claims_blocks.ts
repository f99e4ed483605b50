/**
 * Claims about blocks: what deleting, swapping and choosing them does.
 *
 * @module
 */
import type { Estimate } from "../../contract/summary.ts";
import { sum } from "../../numerics/moments.ts";
import type { ArmRecords, RunView } from "../run_view.ts";
import { armsWith, intervention, interventionsOf, middleBlocks } from "./arms.ts";
import { type Claim, isExitTrained, NEEDS_TRAINING } from "./claim.ts";
import { contrast, metricSum, type TextMetric } from "./contrast.ts";
import { blockInfluences } from "./influence.ts";

const LAD = "Lad et al. 2024, arXiv:2406.19384";
const SHORT_GPT = "Men et al. 2024, arXiv:2403.03853 (ShortGPT)";
const GLAVAS = "Glavas et al. 2024, arXiv:2410.20022";
const UNIFIED = "Liu et al. 2024, arXiv:2404.06954 (unified layer skipping)";

function layers(view: RunView): number {
  return view.run.manifest.model.layerCount;
}

function difference(
  view: RunView,
  metric: TextMetric,
  [a, b]: readonly [readonly (ArmRecords | undefined)[], readonly (ArmRecords | undefined)[]],
): Estimate | undefined {
  const there = (arms: readonly (ArmRecords | undefined)[]) =>
    arms.filter((arm) => arm !== undefined);
  const [first, second] = [there(a), there(b)];
  if (first.length === 0 || second.length === 0) return undefined;
  return contrast({ a: first, b: second, metric, seed: view.run.manifest.seed });
}

function total(arm: ArmRecords, metric: TextMetric): number {
  return sum(arm.lockstep.map((record) => metricSum(record, metric)));
}

function middle(view: RunView, kind: "skip" | "swap"): readonly ArmRecords[] {
  return interventionsOf(view, kind, middleBlocks(layers(view))).map(({ arm }) => arm);
}

/** KL of the deletion of an end minus that of the worst middle block. */
function endAgainstMiddle(view: RunView, end: number) {
  const worst = [...middle(view, "skip")].sort((a, b) => total(b, "kl") - total(a, "kl"))[0];
  const estimate = difference(view, "kl", [[intervention(view, "skip", end)], [worst]]);
  if (estimate === undefined || worst === undefined) return undefined;
  const remark = `the worst middle one is ${worst.arm.label}`;
  return { estimate, as: "small" as const, above: 0, remark };
}

/** Agreement of even spreads minus that of exits, at half of the blocks and above. */
function spreadAgainst(view: RunView, other: "fixed_exit" | "random_skip"): Estimate | undefined {
  const L = layers(view);
  const budgets = [L / 2, 2 * L / 3, 5 * L / 6].map(Math.round);
  const even = budgets.map((blocks) =>
    armsWith(view, "unified_layer_skipping", { ratio: L / blocks, spacing: "even" })[0]
  );
  const others = budgets.map((blocks) =>
    other === "fixed_exit"
      ? armsWith(view, "fixed_exit", { exit: blocks, fill: "none" })[0]
      : armsWith(view, "random_skip", { blocks, route: "token", protectLast: 0 })[0]
  );
  return difference(view, "agreement", [even, others]);
}

const above = (estimate: Estimate | undefined, as: "percent" | "small") =>
  estimate === undefined ? undefined : { estimate, as, above: 0 };

/** The claims, paper by paper. */
export const BLOCK_CLAIMS: readonly Claim[] = [
  {
    paper: LAD,
    claim: "Deleting the first block is worse than deleting any middle one",
    how: "KL of the deletion of block 0 minus KL of the worst deletion between 20 and 80 % depth",
    criterion: "above 0",
    test: (view) => endAgainstMiddle(view, 0),
  },
  {
    paper: LAD,
    claim: "Deleting the last block hurts the law more than deleting any middle one",
    how: "KL of the deletion of the last block minus KL of the worst middle deletion",
    criterion: "above 0",
    test: (view) => endAgainstMiddle(view, layers(view) - 1),
  },
  {
    paper: LAD,
    claim: "Swapping middle neighbours hurts less than deleting middle blocks",
    how: "mean KL of middle deletions minus mean KL of middle swaps",
    criterion: "above 0",
    test: (view) =>
      above(difference(view, "kl", [middle(view, "skip"), middle(view, "swap")]), "small"),
  },
  {
    paper: LAD,
    claim: "A middle deletion keeps 72 to 95 % of the greedy tokens",
    how: "agreement of the median deletion between 20 and 80 % depth",
    criterion: "within 0.72 and 0.95",
    test: (view) => {
      const ordered = [...middle(view, "skip")]
        .sort((a, b) => total(a, "agreement") - total(b, "agreement"));
      const median = ordered[Math.floor(ordered.length / 2)];
      if (median === undefined) return undefined;
      const estimate = contrast({ a: [median], metric: "agreement", seed: view.run.manifest.seed });
      if (estimate === undefined) return undefined;
      return { estimate, as: "percent", above: 0.72, below: 0.95, remark: median.arm.label };
    },
  },
  {
    paper: SHORT_GPT,
    claim: "Blocks of low influence are the ones to remove",
    how:
      "mean KL of single deletions of the third with the highest block influence minus that of " +
      "the third with the lowest; influence is 1 − mean cosine of a block's input and output",
    criterion: "above 0",
    test: (view) => {
      const influences = blockInfluences(view.baseline.lockstep);
      if (influences === undefined) return undefined;
      const order = influences.map((_, block) => block)
        .sort((a, b) => influences[a]! - influences[b]! || a - b);
      const third = Math.max(1, Math.floor(order.length / 3));
      const deletions = (blocks: readonly number[]) =>
        blocks.map((block) => intervention(view, "skip", block));
      const estimate = difference(view, "kl", [
        deletions(order.slice(-third)),
        deletions(order.slice(0, third)),
      ]);
      return estimate === undefined ? undefined : {
        estimate,
        as: "small",
        above: 0,
        remark: `lowest influence: blocks ${order.slice(0, third).join(", ")}`,
      };
    },
  },
  {
    paper: GLAVAS,
    claim: "Leaving blocks out in between is more robust than leaving them out on top",
    how:
      "agreement of evenly spaced blocks minus that of an exit at 1/2, 2/3 and 5/6 of the blocks",
    criterion: "above 0",
    test: (view) => above(spreadAgainst(view, "fixed_exit"), "percent"),
  },
  {
    paper: GLAVAS,
    claim: "A controller that reads hidden states is no better than one that reads a constant",
    how:
      "agreement of glavas_controller(input=hidden) minus that of the constant one that draws, " +
      "so that both run about as many blocks",
    criterion: "below 1 point",
    test: (view) => {
      const hidden = armsWith(view, "glavas_controller", { input: "hidden", stochastic: false });
      const constant = armsWith(view, "glavas_controller", { input: "constant", stochastic: true });
      const estimate = difference(view, "agreement", [hidden, constant]);
      if (estimate === undefined) {
        return {
          why: `${NEEDS_TRAINING}; with trained parts, name both controllers among the policies`,
        };
      }
      return { estimate, as: "percent", below: 0.01 };
    },
  },
  {
    paper: UNIFIED,
    claim: "At equal blocks an even spread beats the contiguous prefix of early exit",
    how: "agreement of unified_layer_skipping(spacing=even) minus fixed_exit at half of the blocks",
    criterion: "above 0",
    test: (view) => {
      const L = layers(view), blocks = Math.round(L / 2);
      const even = armsWith(view, "unified_layer_skipping", {
        ratio: L / blocks,
        spacing: "even",
      });
      const exit = armsWith(view, "fixed_exit", { exit: blocks, fill: "none" });
      return above(difference(view, "agreement", [even, exit]), "percent");
    },
  },
  {
    paper: UNIFIED,
    claim: "An even spread beats random blocks, drawn anew for every token",
    how: "agreement of the even spread minus random_skip's, at 1/2, 2/3 and 5/6 of the blocks",
    criterion: "above 0",
    test: (view) => above(spreadAgainst(view, "random_skip"), "percent"),
  },
  {
    paper: "Elhoushi et al. 2024, arXiv:2404.16710 (LayerSkip)",
    claim: "Without the training recipe an exit at half depth drafts poorly",
    how: "agreement of fixed_exit at half of the blocks with exact entries: the share of drafted " +
      "tokens that full depth would accept",
    criterion: "below one half on a model without the recipe",
    test: (view) => {
      if (isExitTrained(view)) return { why: "this model was trained to be read out early" };
      const exit = Math.round(layers(view) / 2);
      const arms = armsWith(view, "fixed_exit", { exit, fill: "recompute" });
      const estimate = contrast({ a: arms, metric: "agreement", seed: view.run.manifest.seed });
      return estimate === undefined ? undefined : { estimate, as: "percent", below: 0.5 };
    },
  },
];
