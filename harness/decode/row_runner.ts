/**
 * Running rows through blocks, with the rows that wait at each height.
 *
 * @module
 */
import type { DecoderStep, Span } from "../contract/backend.ts";
import type { Climber } from "./climber.ts";
import type { Companions } from "./kv_fill/recompute.ts";

/** Adds blocks run to rows that have not been read out yet. */
export function credit(rows: readonly Climber[], blocks: number): void {
  for (const row of rows) if (row.exitMark === undefined) row.blocksRun += blocks;
}

/** Step rows of climbers. */
export function rowsOf(climbers: readonly Climber[]): number[] {
  return climbers.map(({ row }) => row);
}

/** Runs a span of whole blocks; waiting rows join at the height at which they were left. */
export function runSpan(
  step: DecoderStep,
  rows: readonly number[],
  { span, companions }: { readonly span: Span; readonly companions: Companions | undefined },
): void {
  if (rows.length === 0 || span.to <= span.from) return;
  if (companions === undefined || companions.count === 0) return step.run(span, "block", rows);
  for (let l = span.from; l < span.to; l++) {
    step.run(l, "block", [...companions.joinAt(step, l), ...rows]);
    companions.passed(l);
  }
}

/** Runs a block on rows of which some want attention only and some the MLP only. */
export function runParts(
  step: DecoderStep,
  { block, attending, feeding }: {
    readonly block: number;
    readonly attending: readonly number[];
    readonly feeding: readonly number[];
  },
): void {
  const same = attending.length === feeding.length &&
    attending.every((row, i) => row === feeding[i]);
  if (same) return step.run(block, "block", attending);
  step.run(block, "attention", attending);
  step.run(block, "mlp", feeding);
}

/** Marks rows where they are read out although they go on. */
export function markExits(step: DecoderStep, rows: readonly Climber[]): void {
  if (rows.length === 0) return;
  const mark = step.mark(rowsOf(rows));
  for (const row of rows) row.exitMark = mark;
}
