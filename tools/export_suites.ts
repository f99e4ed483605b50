/**
 * Exports items of suites as JSON Lines, for training:
 *
 *     deno task suites:export --split train|calibration|test --seed n --out <file>
 *         [--items n] [--suites all|name,name…]
 *
 * Without `--suites` these are the suites that the embedded models were trained
 * and evaluated on: the list and its order stay, so that their data can be remade.
 * Each line is `{"suite", "id", "prompt", "target", "level"}`, with `"group"`
 * where the suite clusters its items. `--items` is the number per suite
 * (default 1000); a suite that has fewer gives all it has. Items of one split
 * are never in another, whatever the seeds.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { exitCodeOf, sentenceOf } from "../cli/exit_code.ts";
import { UsageError } from "../harness/contract/errors.ts";
import type { Split, SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { createCatalog } from "../harness/registry.ts";
import { suites } from "../suites/mod.ts";

/** What to export. */
export interface ExportRequest {
  /** Which split. */
  readonly split: Split;
  /** Seed of the first draw; further draws use the next integers. */
  readonly seed: number;
  /** Items per suite. */
  readonly items: number;
}

/** What is exported when no suites are named. */
const DEFAULT_SUITES = "copy,recall,arithmetic,prose,reverse,induction,recall_many,sorting," +
  "brackets,parity,counting,arithmetic_hard,mixed,sentence_vote,keywords,markov,code,code_line";

/** All suites by name. */
const CATALOG = createCatalog(suites, { one: "suite", many: "suites" });

/** Consecutive seeds without a new item after which a suite counts as exhausted. */
const MAX_IDLE_SEEDS = 3;

/** Different items of one suite, drawn with consecutive seeds until there are enough. */
export async function exportSuite(
  suite: SuitePlugin,
  { split, seed, items }: ExportRequest,
): Promise<readonly SuiteItem[]> {
  const found = new Map<string, SuiteItem>();
  for (let next = seed, idle = 0; found.size < items && idle < MAX_IDLE_SEEDS; next++) {
    const before = found.size;
    for (const item of await suite.items({ size: "full", seed: next, split })) {
      if (found.size < items) found.set(item.id, item);
    }
    idle = found.size === before ? idle + 1 : 0;
  }
  return [...found.values()];
}

/** One item as a line of the export. */
export function exportLine(suite: string, item: SuiteItem): string {
  const { id, prompt, target, level, group } = item;
  return JSON.stringify({ suite, id, prompt, target, level, group });
}

const USAGE =
  "suites:export --split train|calibration|test --seed <integer> --out <file> [--items <integer>] [--suites all|<names>]";

/** Reads `--name value` pairs; anything else is refused. */
function readFlags(args: readonly string[]): Map<string, string> {
  const known = ["split", "seed", "out", "items", "suites"];
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!.replace(/^--/, "");
    const value = args[i + 1];
    if (!args[i]!.startsWith("--") || !known.includes(name) || value === undefined) {
      throw new UsageError(
        `Cannot export suites: expected ${USAGE}: current value is "${args[i]}"`,
      );
    }
    flags.set(name, value);
  }
  return flags;
}

/** The flag as an integer of at least `least`. */
function integerFlag(flags: Map<string, string>, name: string, least: number): number {
  const text = flags.get(name) ?? (name === "items" ? "1000" : "");
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(
      `Cannot read flag "--${name}": expected an integer >= ${least}: current value is "${text}"`,
    );
  }
  return value;
}

/** The suites of a list of names, each once, in the order of the list; `all` names every one. */
function suitesOf(names: string): readonly SuitePlugin[] {
  if (names === "all") return suites.filter(({ measure }) => measure.kind !== "speed");
  return [...new Set(names.split(","))].map((name) => CATALOG.find(name.trim()));
}

/** A whole command line. */
export interface ExportCommand extends ExportRequest {
  /** Path of the file to write. */
  readonly out: string;
  /** What it is filled with. */
  readonly suites: readonly SuitePlugin[];
}

/** Reads the command line: what to export, and where to. */
export function readExportRequest(args: readonly string[]): ExportCommand {
  const flags = readFlags(args);
  const split = flags.get("split");
  if (split !== "train" && split !== "calibration" && split !== "test") {
    throw new UsageError(
      `Cannot read flag "--split": expected train, calibration or test: current value is "${
        split ?? ""
      }"`,
    );
  }
  const out = flags.get("out");
  if (out === undefined) throw new UsageError(`Cannot export suites: expected ${USAGE}`);
  return {
    split,
    seed: integerFlag(flags, "seed", 0),
    items: integerFlag(flags, "items", 1),
    out,
    suites: suitesOf(flags.get("suites") ?? DEFAULT_SUITES),
  };
}

if (import.meta.main) {
  try {
    const request = readExportRequest(Deno.args);
    const lines: string[] = [];
    for (const suite of request.suites) {
      const items = await exportSuite(suite, request);
      for (const item of items) lines.push(exportLine(suite.name, item));
      console.error(`${suite.name}: ${items.length} items (${request.split})`);
    }
    const folder = request.out.replace(/[^/\\]*$/, "");
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(request.out, lines.join("\n") + "\n");
  } catch (error) {
    console.error(sentenceOf(error));
    Deno.exit(exitCodeOf(error));
  }
}
