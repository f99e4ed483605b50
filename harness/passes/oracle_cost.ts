/**
 * Whether oracle heights are worth their readouts.
 *
 *     cost = L · V · D  ÷  (L · block + V · D)        full passes, visible positions left out
 *     block = 2·D·A + 2·D·K + 3·D·F (2·D·F when not gated)
 *
 * One readout of SmolLM2-135M costs as much as 8 blocks: 6.3 passes for all of
 * its heights. Small vocabularies cost a fraction of one.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";

/** Full passes that readouts at all heights may cost when nobody asked for them. */
export const MOST_ORACLE_COST = 3;

/** Multiply-accumulates of readouts at all heights below L ÷ those of a full pass. */
export function oracleCost(model: ModelInfo): number {
  const { layerCount, dModel, ffnSize, gated, heads, kvHeads, headDim, vocabSize } = model;
  const block = dModel * (2 * heads * headDim + 2 * kvHeads * headDim + (gated ? 3 : 2) * ffnSize);
  const readout = vocabSize * dModel;
  return layerCount * readout / (layerCount * block + readout);
}

/** Why oracle heights are not read; `undefined` when they are. `asked` overrules their cost. */
export function oracleRefusal(model: ModelInfo, asked: boolean): string | undefined {
  const cost = oracleCost(model);
  if (asked || cost <= MOST_ORACLE_COST) return undefined;
  return `Cannot read oracle heights of model "${model.name}" by default: readouts at all ` +
    `${model.layerCount} heights cost ${cost.toFixed(1)} full passes, expected at most ` +
    `${MOST_ORACLE_COST}: ask for them with --oracle-heights`;
}
