/**
 * The order of arms within a block.
 *
 * A block is one visit to a prompt in which all arms run back-to-back. Visits
 * go in pairs: the first draws a random permutation, the second runs it
 * backwards, so that a linear drift within the pair cancels. For two arms a
 * pair is ABBA or BAAB. The permutation depends on seed, prompt and visit
 * alone, so a resumed or sharded run has the same order.
 *
 * @module
 */
import { hash32 } from "../numerics/hash.ts";
import { createRandom } from "../numerics/random.ts";
import { hashText } from "../numerics/text_hash.ts";

/** Which block is ordered. */
export interface PromptVisit {
  /** Seed of the run. */
  readonly seed: number;
  /** The prompt: suite name and item id, or any text that is unique to it. */
  readonly prompt: string;
  /** 0-based visit of this prompt. */
  readonly repetition: number;
}

/** Indices 0 to `arms` − 1 in the order in which the arms run in this block. */
export function armOrder(
  arms: number,
  { seed, prompt, repetition }: PromptVisit,
): readonly number[] {
  const pair = Math.floor(repetition / 2);
  const random = createRandom(hash32(seed, hashText(prompt), pair));
  const order = Array.from({ length: arms }, (_, arm) => arm);
  for (let i = arms - 1; i > 0; i--) { // Fisher–Yates
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return repetition % 2 === 0 ? order : order.reverse();
}
