/**
 * A row on its way up, and what became of it.
 *
 * @module
 */
import type { Phase } from "../contract/backend.ts";
import { type HiddenMark, SHARED_READOUT, type VocabularySubset } from "../contract/signal.ts";

/** What a policy read of a row at one height. */
export interface Reading {
  /** Height at which it was asked. */
  readonly height: number;
  /** Values of its signals, in the order in which it declares them. */
  readonly values: readonly number[];
}

/** One row, reused from token to token. */
export interface Climber {
  /** Row of the open step. */
  row: number;
  /** What the row is for. */
  phase: Phase;
  /** Position in its slot. */
  position: number;
  /** Tokens emitted before this forward pass. */
  emitted: number;
  /** Whether it runs all blocks, undecided: prompts of most policies. */
  fullDepth: boolean;
  /** Height at which it is read out. */
  exitHeight: number;
  /** Name of the head that reads it out. */
  head: string;
  /** Tokens that the readout is over; all when absent. */
  vocabulary: VocabularySubset | undefined;
  /** Token chosen among those, where they were read out; else the argmax of the logits counts. */
  choice: number | undefined;
  /** Blocks that ran up to the readout, parts by halves. */
  blocksRun: number;
  /** Whether the policy ended the generation here. */
  stopped: boolean;
  /** State to be read out when the row has gone on since. */
  exitMark: HiddenMark | undefined;
  /** Whether {@linkcode reading} is wanted; never in timed passes, where it would allocate. */
  watched: boolean;
  /** The last reading of this forward pass, where it is wanted and a policy was asked. */
  reading: Reading | undefined;
}

/** A climber at height 0. */
export function climber(): Climber {
  return {
    row: 0,
    phase: "decode",
    position: 0,
    emitted: 0,
    fullDepth: false,
    exitHeight: 0,
    head: SHARED_READOUT.head,
    vocabulary: undefined,
    choice: undefined,
    blocksRun: 0,
    stopped: false,
    exitMark: undefined,
    watched: false,
    reading: undefined,
  };
}
