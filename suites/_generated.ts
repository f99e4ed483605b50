/**
 * What generated suites share: canonical items, their ids, and splits.
 *
 *     canonical(item) = JSON of {"prompt", "suite", "target"}, keys in that order, no spaces
 *     id              = lower-case hex SHA-256 of its UTF-8 bytes
 *     bucket          = (first byte · 256 + second byte) mod 100
 *     split           = train if bucket < 80, calibration if bucket < 90, else test
 *
 * The split depends on the item alone, never on a seed, so an item is in one
 * split for ever and no export for training can hold a test item. Items are
 * drawn level by level in turn; duplicates and items of other splits are drawn
 * again, and a level without a new item after many draws is exhausted.
 *
 * @module
 */
import type { ItemRequest, Split, SuiteItem, SuiteSize } from "../harness/contract/suite.ts";
import { createRandom, type Random } from "../harness/numerics/random.ts";

/** Prompt and answer of an item that has no id yet. */
export interface DraftItem {
  /** Text before the answer. */
  readonly prompt: string;
  /** The expected answer. */
  readonly target: string;
  /** Difficulty, where the suite knows it only after drawing. Defaults to the level's name. */
  readonly level?: string;
}

/** One rung of difficulty. */
export interface Level {
  /** Name such as `"length-8"`. */
  readonly name: string;
  /**
   * Who gets its items, if not everybody: training alone, where the embedded
   * models do not learn what is asked, or evaluation alone, where the level is
   * beyond what they were trained on.
   */
  readonly only?: "train" | "evaluation";
  /** Draws one item; the same stream gives the same item. */
  draw(random: Random): DraftItem;
}

/** Number of items of a generated suite, by size. */
export const GENERATED_SIZES: Readonly<Record<SuiteSize, number>> = {
  smoke: 16,
  standard: 100,
  full: 1000,
};

/** Draws without a new item after which a level counts as exhausted. */
const MAX_IDLE_DRAWS = 1000;

/** Lower-case hex SHA-256 of the UTF-8 bytes of `text`. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The id of an item: SHA-256 of its canonical JSON. */
export function itemId(suite: string, item: DraftItem): Promise<string> {
  return sha256Hex(JSON.stringify({ prompt: item.prompt, suite, target: item.target }));
}

/** The split of a hex digest: 80 % train, 10 % calibration, 10 % test. */
export function splitOf(digest: string): Split {
  const bucket = parseInt(digest.slice(0, 4), 16) % 100;
  return bucket < 80 ? "train" : bucket < 90 ? "calibration" : "test";
}

/** How many items a request wants of a suite with these sizes. */
export function requestedCount(
  request: ItemRequest,
  sizes: Readonly<Record<SuiteSize, number>>,
): number {
  const limit = request.limit ?? Infinity;
  if (limit !== Infinity && (!Number.isInteger(limit) || limit < 1)) {
    throw new RangeError(
      `Cannot take items: expected a limit that is an integer >= 1: current value is ${limit}`,
    );
  }
  return Math.min(sizes[request.size], limit);
}

/**
 * Draws items of one split: one of each level in turn until the request is
 * filled or every level is exhausted. A smaller request is a prefix of a larger one.
 */
export async function drawItems(
  suite: string,
  levels: readonly Level[],
  request: ItemRequest,
): Promise<readonly SuiteItem[]> {
  const count = requestedCount(request, GENERATED_SIZES);
  const random = createRandom(request.seed);
  const items = new Map<string, SuiteItem>();
  const omitted = request.split === "train" ? "evaluation" : "train";
  let open = levels.filter((level) => level.only !== omitted);
  while (items.size < count && open.length > 0) {
    const still: Level[] = [];
    for (const level of open) {
      if (items.size >= count) break;
      const item = await drawNew(suite, { level, split: request.split, random, seen: items });
      if (item === undefined) continue;
      items.set(item.id, item);
      still.push(level);
    }
    if (items.size < count) open = still;
  }
  return [...items.values()];
}

/** Where {@linkcode drawNew} draws from and what it must avoid. */
interface DrawContext {
  readonly level: Level;
  readonly split: Split;
  readonly random: Random;
  readonly seen: ReadonlyMap<string, SuiteItem>;
}

/** An item of the split that was not seen before, or `undefined` when the level has no more. */
async function drawNew(suite: string, at: DrawContext): Promise<SuiteItem | undefined> {
  for (let idle = 0; idle < MAX_IDLE_DRAWS; idle++) {
    const draft = at.level.draw(at.random);
    const id = await itemId(suite, draft);
    if (splitOf(id) !== at.split || at.seen.has(id)) continue;
    const { prompt, target, level = at.level.name } = draft;
    return { id, prompt, target, level };
  }
  return undefined;
}

/** Exact match after cutting white space around both texts: 1 or 0. */
export function exactMatch(answer: string, item: SuiteItem): number {
  return answer.trim() === item.target.trim() ? 1 : 0;
}

/** `count` symbols of `alphabet`, each drawn independently. */
export function drawSymbols(
  random: Random,
  alphabet: readonly string[],
  count: number,
): string[] {
  return Array.from({ length: count }, () => alphabet[random.int(alphabet.length)]!);
}

/** `count` different members of `from` in random order (a partial Fisher–Yates shuffle). */
export function drawDistinct<T>(random: Random, from: readonly T[], count: number): T[] {
  const pool = [...from];
  for (let i = 0; i < count; i++) {
    const j = i + random.int(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}

/** The level as one for training alone. */
export function trainOnly(level: Level): Level {
  return { ...level, only: "train" };
}

/** The letters a to z. */
export const LETTERS: readonly string[] = [..."abcdefghijklmnopqrstuvwxyz"];

/** The digits 0 to 9. */
export const DIGITS: readonly string[] = [..."0123456789"];
