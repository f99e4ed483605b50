/**
 * The parts of a step that are timed alone, and what runs before each.
 *
 * All blocks go in one call, so that every weight is read once, as in decoding.
 * Costs per block are the call's divided by the number of blocks.
 *
 * @module
 */
import type { DecoderStep, EntryFill } from "../harness/contract/backend.ts";
import { type RowSet, SHARED_READOUT } from "../harness/contract/signal.ts";

/** Parts by name; `step` is begin (with the embedding) and commit without anything between. */
export const PARTS = [
  "step",
  "attention",
  "mlp",
  "block",
  "head",
  "project",
  "hole",
  "copy",
] as const;

/** A part that is timed. */
export type PartName = typeof PARTS[number];

/** Whether the part's call covers all blocks. */
export function isPerBlock(part: PartName): boolean {
  return part !== "step" && part !== "head";
}

/** Where a part is run. */
export interface PartCall {
  /** The open step. */
  readonly step: DecoderStep;
  /** Its rows. */
  readonly rows: RowSet;
  /** Blocks of the model. */
  readonly layerCount: number;
}

/** Untimed: what must have happened before the part can run. */
export function preparePart(part: PartName, { step, rows }: PartCall): void {
  if (part === "copy") step.run(0, "block", rows); // there must be an entry to copy
}

/** Timed. Waits only where the backend does. */
export function runPart(
  part: Exclude<PartName, "step">,
  { step, rows, layerCount }: PartCall,
): PromiseLike<unknown> | undefined {
  const all = { from: 0, to: layerCount };
  switch (part) {
    case "attention":
    case "mlp":
    case "block":
      step.run(all, part, rows);
      return undefined;
    case "project":
    case "hole":
    case "copy":
      step.fillKv(all, part satisfies EntryFill, rows);
      return undefined;
    case "head": {
      const choice = step.readToken(SHARED_READOUT, rows);
      return "then" in choice ? choice : undefined;
    }
  }
}
