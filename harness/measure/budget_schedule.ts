/**
 * Spending a time budget where verdicts are open.
 *
 * The budget is cut into equal parts; after each comes a look at the verdicts, at
 * all visits that started before. Between looks prompts are visited in turn, the
 * one with the fewest visits first, two visits at a time so that a pair runs its
 * arms forwards and backwards. What a look saw depends on the records alone, so a
 * run that was cut off goes on as it would have.
 *
 * @module
 */

/** A budget and how much of it is spent. */
export interface BudgetState {
  /** Time in all, ms. */
  readonly budgetMs: number;
  /** Looks, the last one at the end. */
  readonly looks: number;
  /** Time spent, ms. */
  readonly elapsedMs: number;
}

/** Looks that are due by now, 0 to `looks`. */
export function looksDue({ budgetMs, looks, elapsedMs }: BudgetState): number {
  return Math.max(0, Math.min(looks, Math.floor(elapsedMs * looks / budgetMs)));
}

/** End of the part that a look closes, ms since the start; `look` is 1-based. */
export function lookAtMs(
  look: number,
  { budgetMs, looks }: Omit<BudgetState, "elapsedMs">,
): number {
  return budgetMs * look / looks;
}

/** Index of the prompt to visit next: the first with the fewest visits; none when all are out. */
export function nextPrompt(
  visits: readonly number[],
  isOut: (prompt: number) => boolean,
): number | undefined {
  let best: number | undefined;
  visits.forEach((count, prompt) => {
    if (!isOut(prompt) && (best === undefined || count < visits[best]!)) best = prompt;
  });
  return best;
}

/** Repetitions of the next turn of a prompt: up to the end of the pair. */
export function nextRepetitions(visits: number): readonly number[] {
  return visits % 2 === 0 ? [visits, visits + 1] : [visits];
}

/** Things of several kinds, one of each kind in turn; kinds keep their order, and so do things. */
export function inTurn<T>(things: readonly T[], kindOf: (thing: T) => unknown): readonly T[] {
  const place = new Map<unknown, number>();
  return things.map((thing) => {
    const kind = kindOf(thing);
    const rank = place.get(kind) ?? 0;
    place.set(kind, rank + 1);
    return { thing, rank };
  }).sort((a, b) => a.rank - b.rank).map(({ thing }) => thing);
}
