/**
 * Rhythm draft: when the text repeats itself, draft the next turn of the repetition.
 *
 *     period p ≤ longest: the smallest p with x_{T−i} = x_{T−p−i} for i = 0..p−1
 *     draft x_{T+1−p}, x_{T+2−p}, … for up to `turns` periods; halve after a miss
 *
 * Cost: no model work to draft; rows in the verification.
 * Output: lossless, like every draft: the harness verifies it.
 *
 * @module
 */
import * as contract from "@depthbench/depthbench/contract";

/** Options of {@linkcode rhythmDraft}. */
export interface RhythmDraftOptions {
  /** Longest period that is looked for. */
  readonly longest: number;
  /** Periods drafted at most. */
  readonly turns: number;
}

/** The smallest period of the text's end, or 0. */
export function periodOf(tokens: readonly number[], longest: number): number {
  const last = tokens.length - 1;
  for (let period = 1; period <= longest && 2 * period <= tokens.length; period++) {
    let equal = 0;
    while (equal < period && tokens[last - equal] === tokens[last - period - equal]) equal++;
    if (equal === period) return period;
  }
  return 0;
}

/** Rhythm drafts as a plugin; the state is the number of turns drafted next. */
export const rhythmDraft: contract.RoundPolicy<RhythmDraftOptions, number> = {
  name: "rhythm_draft",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts the next turn of a text that repeats itself",
    source: "none",
    acts: ["generation"],
    lossless: true,
    training: "none",
    layers: "No layers: drafts come from the text",
    deviations: [],
  },
  options: {
    longest: contract.numberOption({
      help: "Longest period",
      min: 1,
      max: 64,
      integer: true,
      default: 8,
    }),
    turns: contract.numberOption({
      help: "Periods drafted at most",
      min: 1,
      max: 8,
      integer: true,
      default: 2,
    }),
  },
  defaultFill: () => "none",
  state: {
    life: "sequence",
    initial: (_point, { turns }) => turns,
    reduce: (state, event, { turns }) => {
      if (event.kind !== "round" || event.drafted.length === 0) return state;
      return event.accepted < event.drafted.length ? Math.max(1, state >> 1) : turns;
    },
  },
  propose: ({ tokens, state, room }, { longest }) => {
    const period = periodOf(tokens, longest);
    if (period === 0 || room === 0) return { kind: "none" };
    const turn = tokens.slice(tokens.length - period);
    const draft = Array.from({ length: state }, () => turn).flat();
    return { kind: "tokens", tokens: draft.slice(0, room) };
  },
};

export default rhythmDraft;
