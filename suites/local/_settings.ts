/**
 * The settings file of own rows, such as `my.suite.json` beside `my.jsonl`.
 *
 *     { "fields": { "prompt": "question", "target": "answer" }, "score": "number" }
 *
 *     fields     our field → the file's; each is called the same unless it is named here
 *     measure    "generation" (default) or "likelihood" of the target
 *     score      "exact" (default), "squad", "number", "f1", "rouge_l", "edit" or "prefix";
 *                by default the choice that the answer begins with, in rows with choices
 *     stop       text that ends an answer, default "\n"
 *     maxTokens  longest answer, default 64
 *     framing    "plain" (default) or "chat"
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import { editSimilarity } from "../metrics/edit_similarity.ts";
import { exactMatch } from "../metrics/exact_match.ts";
import { prefixAccuracy } from "../metrics/prefix_accuracy.ts";
import { rougeL } from "../metrics/rouge_l.ts";
import { squadF1 } from "../metrics/token_f1.ts";

/** Our fields of a row. */
export const FIELDS = ["id", "prompt", "target", "choices", "label", "group"] as const;

/** Name of one of our fields. */
export type Field = typeof FIELDS[number];

/** Scores by name: answer, target → [0, 1]. */
export const SCORES: Readonly<Record<string, (answer: string, target: string) => number>> = {
  exact: (answer, target) => exactMatch(answer, target, "raw"),
  squad: (answer, target) => exactMatch(answer, target, "squad"),
  number: (answer, target) => exactMatch(answer, target, "number"),
  f1: squadF1,
  "rouge_l": (answer, target) => rougeL(answer, target).f1,
  edit: editSimilarity,
  prefix: prefixAccuracy,
};

/** How rows are read and scored. */
export interface Settings {
  /** Our field → the file's. */
  readonly fields: Readonly<Record<Field, string>>;
  /** What is measured. */
  readonly measure: "generation" | "likelihood";
  /** Name of the score; absent for exact match, or the choice in rows with choices. */
  readonly score: string | undefined;
  /** Text that ends an answer. */
  readonly stop: string;
  /** Longest answer in tokens. */
  readonly maxTokens: number;
  /** How prompts are framed. */
  readonly framing: "plain" | "chat";
}

/** Most tokens that an answer may be given. */
const MOST_TOKENS = 4096;

const KEYS = ["fields", "measure", "score", "stop", "maxTokens", "framing"];

/** Reads settings; `undefined` gives the defaults. Throws `InputError`. */
export function readSettings(text: string | undefined, name: string): Settings {
  const given = objectOf(text === undefined ? {} : parse(text, name), name, KEYS);
  const one = (key: string, wanted: readonly string[]): string | undefined => {
    const value = given[key];
    if (value === undefined || wanted.includes(value as string)) return value as string | undefined;
    return refuse(name, key, `one of ${wanted.map((each) => `"${each}"`).join(", ")}`, value);
  };
  const { stop = "\n", maxTokens = 64 } = given;
  if (typeof stop !== "string" || stop === "") return refuse(name, "stop", "a text", stop);
  if (!isTokenCount(maxTokens)) {
    return refuse(name, "maxTokens", `a whole number from 1 to ${MOST_TOKENS}`, maxTokens);
  }
  return {
    fields: readFields(given["fields"] ?? {}, name),
    measure: (one("measure", ["generation", "likelihood"]) ?? "generation") as Settings["measure"],
    score: one("score", Object.keys(SCORES)),
    stop,
    maxTokens,
    framing: (one("framing", ["plain", "chat"]) ?? "plain") as Settings["framing"],
  };
}

function isTokenCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_TOKENS;
}

function readFields(value: unknown, name: string): Readonly<Record<Field, string>> {
  const given = objectOf(value, name, FIELDS);
  const entries = FIELDS.map((field) => {
    const theirs = given[field] ?? field;
    return typeof theirs === "string"
      ? [field, theirs] as const
      : refuse(name, `fields.${field}`, "the name of a field", theirs);
  });
  return Object.fromEntries(entries) as Record<Field, string>;
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`Cannot read settings "${name}": expected JSON: correct the file`, {
      cause,
    });
  }
}

function objectOf(
  value: unknown,
  name: string,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`Cannot read settings "${name}": expected a JSON object`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new InputError(
      `Cannot read settings "${name}": expected only ${
        keys.map((each) => `"${each}"`).join(", ")
      }: current value is ${JSON.stringify(unknown)}`,
    );
  }
  return value as Record<string, unknown>;
}

function refuse(name: string, key: string, wanted: string, value: unknown): never {
  throw new InputError(
    `Cannot read "${key}" in settings "${name}": expected ${wanted}: current value is ${
      JSON.stringify(value)
    }`,
  );
}
