/**
 * Dynamic self-speculation by exit heads: each token is drafted by the first head
 * that is sure of it, and one that none is sure of is full depth's and ends the draft.
 *
 *     at heights b_1 < … < b_M:  take argmax z_m and draft on  iff  H(softmax z_m) ≤ θ_m
 *     past b_M: take full depth's token and verify
 *
 * A token that climbs past earlier drafts takes them along, so it sees their true
 * entries and the work counts towards verification. θ = 0 never leaves.
 *
 * Source: Valade 2026, arXiv:2407.21082v2, "Dynamic Self-Speculative Decoding".
 * Cost: one readout per head asked; blocks are never run twice.
 * Output: lossless.
 * Errors: `RangeError` if heights and thresholds do not fit; `UsageError` without the
 * trained parts "valade.<height>".
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode valadeDraft}. */
export interface ValadeDraftOptions {
  /** Heights of the heads, ascending, each in 1..L−1. */
  readonly at: readonly number[];
  /** Largest entropy in nats that drafts, of each head or one for all; 0 never does. */
  readonly thresholds: readonly number[];
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Trained heads, or the model's own at every height. */
  readonly head: "trained" | "shared";
}

/** Names of the trained heads begin so. */
const HEADS = "valade";

function headAt(height: number, { head }: ValadeDraftOptions): string {
  return head === "shared" ? "shared" : contract.partName(HEADS, { height, perHeight: true });
}

/** What follows the token of a head. A NaN entropy climbs. */
export function decideValadeDraft(
  { height, signals }: contract.DraftPoint,
  { at, thresholds }: ValadeDraftOptions,
): contract.Continuation {
  const threshold = thresholds[at.indexOf(height)] ?? thresholds[0]!;
  return threshold > 0 && signals["entropy"]! <= threshold ? "go_on" : "climb";
}

/** Valade's self-speculation as a plugin. */
export const valadeDraft: contract.RoundPolicy<ValadeDraftOptions> = {
  name: "valade_draft",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts each token by the first exit head that is sure of it",
    source: "Valade 2026, arXiv:2407.21082v2; its body was not at hand, its code was",
    acts: ["generation"],
    lossless: true,
    training: "required",
    layers: "A head at height b reads the state after b blocks; the released code's index b " +
      "names the block whose output is read, which is height b + 1 here",
    deviations: [
      "A token is drafted at an entropy equal to the threshold: with the released strict < the calibrated coverage would miss its last sample",
      "Drafted ends of text are verified like any token; the released demo ends unverified",
      "Earlier drafts climb along with a token that goes deeper, where the released code recomputes the prefix",
      "The first token is full depth's; the demo gates the last prompt position too",
      "head=shared reads out by the model's own head, which needs no training",
    ],
  },
  options: {
    at: contract.numbersOption({
      help: "Heights of the heads, ascending",
      min: 1,
      integer: true,
    }),
    thresholds: contract.numbersOption({
      help: "Largest entropy in nats that drafts, of each head or one for all; 0 never does",
      min: 0,
    }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 10,
    }),
    head: contract.choiceOption<"trained" | "shared">({
      help: "Trained heads, or the model's own at every height",
      choices: ["trained", "shared"],
      default: "trained",
    }),
  },
  defaultFill: () => "none",
  validate: ({ layerCount, name }, { at, thresholds }) => {
    const ascending = at.every((height, m) => m === 0 || height > at[m - 1]!);
    if (at.length === 0 || !ascending || at.at(-1)! >= layerCount) {
      throw new RangeError(
        `Cannot draft by heads at heights [${at.join(",")}]: expected ascending heights from 1 ` +
          `to ${layerCount - 1}, below the top of model "${name}": correct option "at"`,
      );
    }
    if (thresholds.length !== 1 && thresholds.length !== at.length) {
      throw new RangeError(
        `Cannot compare ${at.length} heads with ${thresholds.length} thresholds: expected one ` +
          `for each head, or one for all: correct option "thresholds"`,
      );
    }
  },
  heads: (_model, options) =>
    options.head === "shared" ? [] : options.at.map((height) => headAt(height, options)),
  signals: () => ["entropy"],
  propose: (_point, options) => ({
    kind: "exits",
    exits: options.at.map((height) => ({ height, head: headAt(height, options) })),
    maxTokens: options.draft,
  }),
  decide: decideValadeDraft,
};
