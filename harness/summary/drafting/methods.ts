/**
 * Definitions of the numbers about drafts, for readers.
 *
 * @module
 */
import type { Method } from "../../contract/summary.ts";

/** How each number is made. */
export const DRAFTING: readonly Method[] = [
  {
    term: "acceptance",
    definition:
      "Drafted tokens that full depth accepted ÷ tokens drafted, over the free pass. The " +
      "token that full depth adds to every round is not one of them. It is not α.",
  },
  {
    term: "α",
    definition:
      "Accepted ÷ examined drafted tokens: those before which every draft of the round was " +
      "accepted. By place in the draft, with Wilson's interval over rounds.",
  },
  {
    term: "tokens per round",
    definition:
      "Accepted tokens and full depth's one, per round; rounds that a text's end cuts count whole.",
  },
  {
    term: "expected speed-up of drafts",
    definition:
      "N / (γ·c + v), N = (1 − α^(γ+1)) / (1 − α): γ tokens drafted per round, c time of a " +
      "drafted token and v of a verification ÷ a full-depth step, all from the timed visits. " +
      "Beside it the same visits' measured one. Break-even is the α at which it is 1: cost " +
      "forbids a gain where even α = 1 does not reach it, acceptance where α is below it.",
  },
  {
    term: "certificate",
    definition:
      "Each generated text, token by token on its own prefix, against one-row full-depth " +
      "steps. A near-tie: the two logits lie within four times the largest difference between " +
      "one-row and many-row steps there. Anything else is a bug.",
  },
];
