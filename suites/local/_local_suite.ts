/**
 * What suites over local files share: ids, order and sample.
 *
 *     id      = <suite>#<id of the row>, or else the hex SHA-256 of its canonical JSON:
 *               {"choices"?, "prompt", "suite", "target"}, keys in that order, no spaces
 *     order   = a shuffle drawn from the seed; a smaller request is a prefix of a larger one
 *     split   = "test" for the whole file: its author has split it already
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import type {
  ItemRequest,
  SuiteData,
  SuiteItem,
  SuiteMeasure,
  SuitePlugin,
} from "../../harness/contract/suite.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";

/** An item that has no id in the suite yet. */
export interface LocalDraft {
  /** The row's own id. */
  readonly id?: string | undefined;
  /** Text before the answer. */
  readonly prompt: string;
  /** The expected answer. */
  readonly target: string;
  /** Answers to choose from, the target among them. */
  readonly choices?: readonly string[] | undefined;
  /** Statistical cluster. */
  readonly group?: string | undefined;
  /** Label for breakdowns. */
  readonly level?: string | undefined;
}

/** What a suite over a file is made of. */
export interface LocalSuite {
  /** Its name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Raised whenever the reading or the scoring changes. */
  readonly version: number;
  /** What is measured. */
  readonly measure: SuiteMeasure;
  /** How prompts are framed. */
  readonly framing: "plain" | "chat";
  /** The file. */
  readonly data: SuiteData;
  /** All items in the order of the file. */
  readonly items: readonly SuiteItem[];
}

/** A standard set that a local copy may be read as. */
export interface LocalSet {
  /** Name before the path: `gsm8k:./test.jsonl`. */
  readonly name: string;
  /** One line for people: the file and the score. */
  readonly summary: string;
  /** Reads a copy. Rejects with `InputError`. */
  open(source: ByteSource): Promise<SuitePlugin>;
}

/** Items per size; `full` takes all. */
const SIZES = { smoke: 16, standard: 100, full: Infinity };

/** An item with its id. */
export function localItem(suite: string, draft: LocalDraft): SuiteItem {
  const { choices, prompt, target, group, level } = draft;
  const id = draft.id === undefined
    ? sha256Hex(JSON.stringify({ choices, prompt, suite, target }))
    : `${suite}#${draft.id}`;
  return {
    id,
    prompt,
    target,
    ...(group === undefined ? {} : { group }),
    ...(level === undefined ? {} : { level }),
  };
}

/** The plugin. Throws `InputError` without items, or when two have one id. */
export function localSuite({ items, ...suite }: LocalSuite): SuitePlugin {
  if (items.length === 0) {
    throw new InputError(`Cannot make suite "${suite.name}": expected rows: the file has none`);
  }
  const seen = new Map<string, number>();
  items.forEach(({ id }, at) => {
    const before = seen.get(id);
    if (before !== undefined) {
      throw new InputError(
        `Cannot make suite "${suite.name}": expected different items: items ${before + 1} and ` +
          `${at + 1} are the same: leave one out or give them different ids`,
      );
    }
    seen.set(id, at);
  });
  return { ...suite, items: (request) => sample(items, request) };
}

/** The first items of a seeded shuffle. */
function sample(items: readonly SuiteItem[], request: ItemRequest): readonly SuiteItem[] {
  if (request.split !== "test") return [];
  const count = Math.min(items.length, SIZES[request.size], request.limit ?? Infinity);
  const random = createRandom(request.seed);
  const pool = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + random.int(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}
