/**
 * Whether a value has the shape of a policy: names, card, functions of its scope.
 *
 * @module
 */
import type { PolicyFamily, PolicyPlugin, Workload } from "../contract/policy.ts";

const FAMILIES: readonly PolicyFamily[] = [
  "depth",
  "speculative",
  "input",
  "readout",
  "search",
  "placement",
];
const WORKLOADS: readonly Workload[] = ["generation", "scoring", "classification"];
const TRAINING: readonly string[] = ["none", "recommended", "required"];

/** Functions that a policy of each scope must have. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  run: ["plan"],
  token: ["plan"],
  block: ["heights", "signals", "decide"],
  rule: ["signals", "rule"],
  round: ["propose"],
  readout: ["keep"],
};

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** A value as it is shown in a sentence. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `[${value.map(shown).join(",")}]`;
  if (isFields(value)) return "an object";
  return String(value);
}

function words(list: readonly string[]): string {
  return list.map((word) => `"${word}"`).join(", ");
}

/** What is wrong with one field: its name, what was expected, what came. */
interface Fault {
  readonly field: string;
  readonly expected: string;
  readonly value: unknown;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function cardFault(card: unknown): Fault | undefined {
  if (!isFields(card)) return { field: "card", expected: "an object", value: card };
  for (const field of ["summary", "source", "layers"]) {
    if (!isText(card[field])) {
      return { field: `card.${field}`, expected: "one line of text", value: card[field] };
    }
  }
  const acts = card["acts"];
  const known = Array.isArray(acts) && acts.length > 0 &&
    acts.every((each) => WORKLOADS.some((workload) => workload === each));
  if (!known) {
    return { field: "card.acts", expected: `a list of ${words(WORKLOADS)}`, value: acts };
  }
  if (typeof card["lossless"] !== "boolean") {
    return { field: "card.lossless", expected: "true or false", value: card["lossless"] };
  }
  if (!TRAINING.some((each) => each === card["training"])) {
    return {
      field: "card.training",
      expected: `one of ${words(TRAINING)}`,
      value: card["training"],
    };
  }
  if (!isTextList(card["deviations"])) {
    return { field: "card.deviations", expected: "a list of sentences", value: card["deviations"] };
  }
  const deployable = card["deployable"];
  return deployable === undefined || deployable === false
    ? undefined
    : { field: "card.deployable", expected: "false or absent", value: deployable };
}

function optionsFault(options: unknown): Fault | undefined {
  if (!isFields(options)) {
    return { field: "options", expected: "an object of option declarations", value: options };
  }
  for (const [name, spec] of Object.entries(options)) {
    const field = `options.${name}`;
    if (name === "fill") {
      return { field, expected: "another name, the harness reads this one itself", value: spec };
    }
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
      return { field, expected: "a name in camelCase", value: name };
    }
    if (!isFields(spec)) return { field, expected: "an option declaration", value: spec };
    for (const text of ["help", "expects"]) {
      if (!isText(spec[text])) {
        return { field: `${field}.${text}`, expected: "one line of text", value: spec[text] };
      }
    }
    if (typeof spec["parse"] !== "function") {
      return { field: `${field}.parse`, expected: "a function", value: spec["parse"] };
    }
  }
  return undefined;
}

function stateFault(state: unknown): Fault | undefined {
  if (state === undefined) return undefined;
  if (!isFields(state)) return { field: "state", expected: "an object", value: state };
  const lives = ["token", "sequence", "stream"];
  if (!lives.some((life) => life === state["life"])) {
    return { field: "state.life", expected: `one of ${words(lives)}`, value: state["life"] };
  }
  for (const name of ["initial", "reduce"]) {
    if (typeof state[name] !== "function") {
      return { field: `state.${name}`, expected: "a function", value: state[name] };
    }
  }
  return undefined;
}

function fault(plugin: Fields): Fault | undefined {
  const { name, family, scope } = plugin;
  if (typeof name !== "string" || !/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name)) {
    return { field: "name", expected: "snake_case", value: name };
  }
  if (!FAMILIES.some((each) => each === family)) {
    return { field: "family", expected: `one of ${words(FAMILIES)}`, value: family };
  }
  const needed = typeof scope === "string" && Object.hasOwn(FUNCTIONS, scope)
    ? FUNCTIONS[scope]
    : undefined;
  if (needed === undefined) {
    return { field: "scope", expected: `one of ${words(Object.keys(FUNCTIONS))}`, value: scope };
  }
  for (const each of [...needed, "defaultFill"]) {
    if (typeof plugin[each] !== "function") {
      return { field: each, expected: "a function", value: plugin[each] };
    }
  }
  const optional = scope === "round" ? ["signals", "shadow", "heads", "decide"] : [];
  for (const each of ["actsOnPrompt", "readoutHead", "keep", "validate", ...optional]) {
    if (plugin[each] !== undefined && typeof plugin[each] !== "function") {
      return { field: each, expected: "a function or nothing", value: plugin[each] };
    }
  }
  return cardFault(plugin["card"]) ?? scoutsFault(plugin) ?? optionsFault(plugin["options"]) ??
    stateFault(plugin["state"]);
}

/** Looking ahead is for plans per token, and nobody can deploy it. */
function scoutsFault({ scouts, scope, card }: Fields): Fault | undefined {
  if (scouts === undefined) return undefined;
  if (scouts !== true || scope !== "token") {
    return { field: "scouts", expected: 'true, with scope "token", or absent', value: scouts };
  }
  const deployable = isFields(card) ? card["deployable"] : undefined;
  return deployable === false ? undefined : {
    field: "card.deployable",
    expected: "false, because it scouts",
    value: deployable,
  };
}

/** The plugin, or one sentence on why the value is none. */
export function readPolicyShape(value: unknown): PolicyPlugin | string {
  if (!isFields(value)) {
    return `Cannot accept policy: expected an object with name, scope and options: ` +
      `current value is ${shown(value)}: export the plugin object`;
  }
  const wrong = fault(value);
  if (wrong === undefined) return value as unknown as PolicyPlugin;
  const name = typeof value["name"] === "string" ? ` "${value["name"]}"` : "";
  return `Cannot accept policy${name}: expected "${wrong.field}" to be ${wrong.expected}: ` +
    `current value is ${shown(wrong.value)}: correct it`;
}
