/**
 * The line of totals under a generated text.
 *
 * @module
 */
import type { DraftRound } from "../harness/contract/round_record.ts";
import type { GeneratedToken } from "../harness/decode/generate.ts";
import { numberText } from "./summary_table.ts";

/** What the totals are of. */
export interface TotalsContext {
  /** Blocks of the model. */
  readonly layerCount: number;
  /** Time of all tokens after the first, ms; absent where reading for people cost time of its own. */
  readonly decodeMs?: number;
  /** Why the text ended. */
  readonly ended: string;
  /** Rounds of drafting and verifying, where there were any. */
  readonly rounds?: readonly DraftRound[];
}

/** What rounds of drafts came to. */
function roundsText(rounds: readonly DraftRound[]): string {
  const sum = (what: "drafted" | "accepted" | "emitted") =>
    rounds.reduce((total, round) => total + round[what], 0);
  const [drafted, accepted] = [sum("drafted"), sum("accepted")];
  const perRound = `${numberText(sum("emitted") / rounds.length)} tokens per round`;
  return drafted === 0
    ? `${perRound}, nothing drafted`
    : `${perRound}, ${numberText(100 * accepted / drafted)} % of ${drafted} drafts accepted`;
}

/** Tokens, blocks per token, share that left early, time per token, and the end. */
export function totals(
  made: readonly Pick<GeneratedToken, "blocksRun" | "exitHeight">[],
  { layerCount, decodeMs, ended, rounds = [] }: TotalsContext,
): string {
  const count = made.length;
  if (count === 0) return `0 tokens · ended: ${ended}`;
  const blocks = made.reduce((sum, token) => sum + token.blocksRun, 0) / count;
  const early = made.filter((token) => token.exitHeight < layerCount).length / count;
  const parts = [
    `${count} token${count === 1 ? "" : "s"}`,
    `${numberText(blocks)} of ${layerCount} blocks per token`,
    rounds.length > 0 ? roundsText(rounds) : `${numberText(100 * early)} % left early`,
  ];
  if (count > 1 && decodeMs !== undefined) {
    parts.push(`${numberText(decodeMs / (count - 1))} ms/token after the first`);
  }
  return [...parts, `ended: ${ended}`].join(" · ");
}
