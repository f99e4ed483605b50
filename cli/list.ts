/**
 * The `list` command: what can be named in a run.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { type OptionSpec, optionText } from "../harness/contract/options.ts";
import type { PolicyPlugin } from "../harness/contract/policy.ts";
import { didYouMean } from "../harness/nearest_name.ts";
import { embeddedParts } from "../models/embedded/parts.ts";
import type { Command } from "./command.ts";
import { namedModels } from "./model_files.ts";
import { BUILT_IN } from "./registry.ts";

const KINDS = ["policies", "suites", "studies", "backends", "models", "parts"] as const;

/** One entry of a list; `options` for policies only. */
interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly [detail: string]: unknown;
}

/** The `list` command. */
export const listCommand: Command = {
  name: "list",
  summary: "List policies, suites, studies, backends, models or trained parts",
  usage: "list [policies|suites|studies|backends|models|parts] [--json]",
  flags: { json: { kind: "switch", help: "Writes one JSON object" } },
  positional: { least: 0, most: 1 },
  async run({ positional: [wanted], flags }, io): Promise<number> {
    const kinds = KINDS.filter((kind) => wanted === undefined || kind === wanted);
    if (kinds.length === 0) {
      throw new UsageError(`Cannot list "${wanted}": ${didYouMean(wanted ?? "", KINDS)}`);
    }
    const lists = new Map<string, readonly Entry[]>();
    for (const kind of kinds) lists.set(kind, await entriesOf(kind));
    if (flags.has("json")) {
      io.write(`${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`);
      return 0;
    }
    for (const [kind, entries] of lists) io.write(listText(kind, entries));
    return 0;
  },
};

async function entriesOf(kind: typeof KINDS[number]): Promise<readonly Entry[]> {
  switch (kind) {
    case "policies":
      return BUILT_IN.policies.list.map(policyEntry);
    case "suites":
      return BUILT_IN.suites.list.map(({ name, summary, version, measure, framing }) => ({
        name,
        summary,
        version,
        measure: measure.kind,
        framing,
      }));
    case "studies":
      return BUILT_IN.studies.list.map(({ name, summary, suites, passes }) => ({
        name,
        summary,
        suites,
        passes,
      }));
    case "backends":
      return BUILT_IN.backends.list.map(({ name, summary }) => ({ name, summary }));
    case "parts":
      return embeddedParts.map(({ name, model, summary }) => ({
        name: `embedded:${name}`,
        summary: `${summary} (model ${model})`,
        model,
      }));
    case "models":
      return (await namedModels()).map((model) => ({ ...model }));
  }
}

function policyEntry({ name, family, scope, card, options }: PolicyPlugin): Entry {
  const schema = options as Readonly<Record<string, OptionSpec<unknown>>>;
  return {
    name,
    summary: card.summary,
    family,
    scope,
    source: card.source,
    lossless: card.lossless,
    training: card.training,
    options: Object.entries(schema).map(([option, spec]) => ({
      name: option,
      help: spec.help,
      expects: spec.expects,
      ...(spec.default === undefined ? {} : { default: spec.default }),
    })),
  };
}

function listText(kind: string, entries: readonly Entry[]): string {
  const width = Math.max(...entries.map((entry) => entry.name.length));
  const lines = entries.flatMap((entry) => [
    `  ${entry.name.padEnd(width)}  ${entry.summary}${
      entry.present === false ? " (not here: deno task model)" : ""
    }`,
    ...optionLines(entry).map((line) => `  ${"".padEnd(width)}    ${line}`),
  ]);
  return `${kind}:\n${lines.join("\n")}\n`;
}

function optionLines({ options }: Entry): readonly string[] {
  if (!Array.isArray(options)) return [];
  return options.map((option) =>
    `${option.name}${
      option.default === undefined ? "" : `=${optionText(option.default)}`
    }  ${option.help}: ${option.expects}`
  );
}
