/**
 * Why a policy does not pay, in one sentence per arm: the quality that it lost,
 * the ledger term that forbids a gain, or that the run could not tell.
 *
 * @module
 */
import type { ArmSummary, CostView, SuiteQuality } from "../contract/summary.ts";
import { LENGTH_RANGE } from "./quality.ts";
import { percentText, timesText } from "./words.ts";

/** The reason, led by the arm's label. */
export function explain(arm: ArmSummary, layerCount: number): string {
  const reasons = [qualityReason(arm), costReason(arm, layerCount)]
    .filter((reason) => reason !== undefined);
  return reasons.length === 0
    ? `${arm.label} was not measured.`
    : `${arm.label} ${reasons.join("; it ")}.`;
}

function qualityReason({ quality, worstQuality }: ArmSummary): string | undefined {
  if (worstQuality !== "fail") return undefined;
  const worst = quality.filter(isFailed).reduce((a, b) => lowerEnd(b) < lowerEnd(a) ? b : a);
  const { lengthRatio, ratio, suite } = worst;
  if (lengthRatio !== undefined && breaksLength(lengthRatio)) {
    return `writes ${percentText(lengthRatio)} of full depth's length on ${suite}`;
  }
  return `keeps ${percentText(ratio!.value)} of full depth's quality on ${suite}${
    Number.isNaN(ratio!.low) ? "" : `, at least ${percentText(ratio!.low)}`
  }`;
}

function isFailed({ quality }: SuiteQuality): boolean {
  return quality === "fail";
}

function lowerEnd({ ratio }: SuiteQuality): number {
  return ratio === undefined || Number.isNaN(ratio.low) ? Infinity : ratio.low;
}

/** Whether a ratio of output lengths leaves the range that passes. */
export function breaksLength(lengthRatio: number): boolean {
  return lengthRatio < LENGTH_RANGE.min || lengthRatio > LENGTH_RANGE.max;
}

function costReason({ speed, cost }: ArmSummary, layerCount: number): string | undefined {
  const term = cost === undefined ? undefined : forbiddingTerm(cost, layerCount);
  if (speed === undefined) return term;
  const measured = `${timesText(speed.perPrompt)} as fast as full depth`;
  switch (speed.verdict) {
    case "faster":
      return `is ${measured}`;
    case "inconclusive":
      return `is ${measured}, which this run cannot tell from no gain${
        detectable(speed.minimumDetectable)
      }${term === undefined ? "" : `; it ${term}`}`;
    default:
      return `is ${measured}${term === undefined ? "" : `; it ${term}`}`;
  }
}

function detectable(effect: number): string {
  return Number.isNaN(effect) ? "" : ` (the least it can detect is ${percentText(effect)})`;
}

/** What a step is made of, and the term that keeps it from being cheaper than full depth. */
function forbiddingTerm(cost: CostView, layerCount: number): string {
  const { macShares, macs } = cost;
  const ran = `runs ${cost.blocksRun.value.toFixed(1)} of ${layerCount} blocks`;
  if (macs < 1) {
    return `${ran} for ${macs.toFixed(2)} × the multiply-accumulates of a full-depth step and ` +
      `waits for ${cost.reads.toFixed(1)} reads per token`;
  }
  if (macs < 1.005 && cost.blocksRun.value > layerCount - 0.05) return `${ran}: it saves nothing`;
  const total = `${ran}, yet its steps cost ${macs.toFixed(2)} × a full-depth step`;
  const { blocks, readouts, probes, fills } = macShares;
  if (readouts >= Math.max(probes, fills) && cost.readouts > 1.005) {
    return `${total}: it reads out ${
      cost.readouts.toFixed(1)
    } times per token, and readouts alone ` +
      `cost ${readouts.toFixed(2)} × a full-depth step`;
  }
  if (probes >= fills && probes > 0) return `${total}: probes cost ${probes.toFixed(2)} × of it`;
  if (fills > 0) return `${total}: KV fills cost ${fills.toFixed(2)} × of it`;
  return `${total}: its blocks alone cost ${blocks.toFixed(2)} × a full-depth step`;
}
