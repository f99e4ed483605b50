/**
 * What a policy's options accept, and samples of them to ask the policy with.
 *
 * Options are declared as data, but `parse` is code: it is tried with values of
 * every kind. Ranges are read from the text that people see (`expects`).
 *
 * @module
 */
import {
  type OptionInput,
  type OptionSpec,
  optionText,
  type OptionValue,
  parseOptions,
} from "../contract/options.ts";
import type { PolicyPlugin } from "../contract/policy.ts";
import { shown } from "./policy_shape.ts";
import { thrownText } from "./watch.ts";

/** Most samples that a policy is asked with. */
const MOST_SAMPLES = 32;
/** Most values tried of one option. */
const MOST_VALUES = 8;

const NUMBERS: readonly number[] = [0, 0.25, 0.5, 0.9, 1, 2, 3, 4, 10, 100];

/** Options by name, as `unknown` plugins declare them. */
export type Specs = Readonly<Record<string, OptionSpec<unknown>>>;

/** The options of a plugin. */
export function specsOf(plugin: PolicyPlugin): Specs {
  return plugin.options as Specs;
}

/** Bounds that an option states in words. */
function statedBounds(expects: string): { readonly min?: number; readonly max?: number } {
  const read = (sign: string): number | undefined => {
    const found = new RegExp(`${sign} (-?[0-9.]+(?:e[+-]?[0-9]+)?)`).exec(expects)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const min = read(">=");
  const max = read("<=");
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** Values that an option might accept, as people would write them. */
function candidates(spec: OptionSpec<unknown>): readonly OptionValue[] {
  const { min, max } = statedBounds(spec.expects);
  const bounds = [min, max].filter((bound) => bound !== undefined);
  const words = [...spec.expects.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
  const lists = [[], [1], [1, 2], [2, 1, 1]];
  return [...bounds, ...NUMBERS, true, false, ...words, "word", ...lists];
}

/** Whether a value is one that records can hold. */
function isOptionValue(value: unknown): value is OptionValue {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number" ||
    (Array.isArray(value) && value.every((each) => typeof each === "number"));
}

/** Distinct values that an option accepts of its candidates. */
function accepted(spec: OptionSpec<unknown>): readonly OptionValue[] {
  const seen = new Map<string, OptionValue>();
  for (const candidate of candidates(spec)) {
    const value = spec.parse(candidate);
    if (value !== undefined && isOptionValue(value)) seen.set(optionText(value), candidate);
  }
  return [...seen.values()];
}

/** One sentence on what an option does wrong, or `undefined`. */
function specFault(spec: OptionSpec<unknown>): string | undefined {
  const { min, max } = statedBounds(spec.expects);
  const wrong: readonly (readonly [OptionValue, string])[] = [
    ...(min === undefined ? [] : [[min - 1, "below its range"] as const]),
    ...(max === undefined ? [] : [[max + 1, "above its range"] as const]),
  ];
  for (const [value, where] of wrong) {
    if (spec.parse(value) !== undefined) {
      return `expected "${spec.expects}" to hold: it accepts ${value}, ${where}: ` +
        `return undefined for it`;
    }
  }
  if (spec.default !== undefined) {
    if (!isOptionValue(spec.default)) {
      return `expected a default that is a number, a word, true, false or a list of numbers: ` +
        `current value is ${shown(spec.default)}: correct it`;
    }
    const again = spec.parse(spec.default);
    if (again === undefined) {
      return `expected the default to be accepted: its own parse refuses ${shown(spec.default)}, ` +
        `because it must be ${spec.expects}: correct one of them`;
    }
    if (!isOptionValue(again) || optionText(again) !== optionText(spec.default)) {
      return `expected the default to stay as it is: its own parse turns ` +
        `${shown(spec.default)} into ${shown(again)}: correct one of them`;
    }
  }
  if ([true, -1e9, 0.5, "no_such_word"].every((value) => spec.parse(value) !== undefined)) {
    return `expected values of the wrong kind to be refused: it accepts true, 0.5 and ` +
      `"no_such_word" alike: return undefined for them`;
  }
  for (const value of candidates(spec)) {
    const read = spec.parse(value);
    if (read === undefined) continue;
    if (!isOptionValue(read)) {
      return `expected numbers, words, true, false or lists of numbers, which records can hold: ` +
        `it reads ${shown(value)} as ${shown(read)}: keep it as it was written`;
    }
    const again = spec.parse(read);
    if (!isOptionValue(again) || optionText(again) !== optionText(read)) {
      return `expected what it reads to be read alike again: ${shown(value)} becomes ` +
        `${shown(read)}, then ${shown(again)}: return one canonical value`;
    }
  }
  return accepted(spec).length === 0
    ? `expected some value to be accepted: it refuses numbers, words, true, false and lists: ` +
      `accept what "${spec.expects}" says`
    : undefined;
}

/** Sentences on what is wrong with a policy's options. */
export function optionFaults(plugin: PolicyPlugin): readonly string[] {
  return Object.entries(specsOf(plugin)).flatMap(([name, spec]) => {
    const place = `Cannot accept option "${name}" of policy "${plugin.name}": `;
    try {
      const found = specFault(spec);
      return found === undefined ? [] : [place + found];
    } catch (error) {
      return [
        `${place}expected parse to return undefined for what it refuses: ` +
        `it throws "${thrownText(error)}": return undefined instead`,
      ];
    }
  });
}

/** Sentences on options that accept NaN, alone or in a list. */
export function nanFaults(plugin: PolicyPlugin): readonly string[] {
  return Object.entries(specsOf(plugin)).flatMap(([name, spec]) => {
    let accepts = false;
    try {
      accepts = [NaN, [NaN]].some((value) => spec.parse(value) !== undefined);
    } catch {
      // Throwing is reported by optionFaults.
    }
    return accepts
      ? [
        `Cannot accept option "${name}" of policy "${plugin.name}": expected NaN to be refused, ` +
        `because no comparison with NaN holds: it accepts NaN: return undefined for it`,
      ]
      : [];
  });
}

/** Options as written that the policy can be asked with: the usual ones, then each one varied. */
export function sampleInputs(plugin: PolicyPlugin, given?: OptionInput): readonly OptionInput[] {
  const specs = specsOf(plugin);
  const values = new Map<string, readonly OptionValue[]>();
  for (const [name, spec] of Object.entries(specs)) values.set(name, accepted(spec));
  const base: Record<string, OptionValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const usual = isOptionValue(spec.default) ? spec.default : values.get(name)?.[0];
    if (usual !== undefined) base[name] = usual;
  }
  const samples: OptionInput[] = [
    ...(given === undefined ? [] : [{ ...base, ...given }]),
    base,
  ];
  for (let round = 0; round < MOST_VALUES; round++) { // each option gets its share of the samples
    for (const [name, list] of values) {
      const value = list[round];
      if (value === undefined || samples.length >= MOST_SAMPLES) continue;
      if (base[name] !== value) samples.push({ ...base, [name]: value });
    }
  }
  return samples;
}

/** Options as the policy gets them; `undefined` where its own schema refuses them. */
export function readSample(plugin: PolicyPlugin, input: OptionInput): unknown {
  try {
    return parseOptions({ kind: "policy", name: plugin.name }, { schema: plugin.options, input });
  } catch {
    return undefined;
  }
}

/** Why the schema refuses options that were written out, or `undefined`. Missing ones are sampled. */
export function refusalOf(plugin: PolicyPlugin, given: OptionInput): string | undefined {
  const base = Object.fromEntries(
    Object.entries(sampleInputs(plugin)[0] ?? {}).filter(([name]) => !(name in given)),
  );
  try {
    parseOptions({ kind: "policy", name: plugin.name }, {
      schema: plugin.options,
      input: { ...base, ...given },
    });
    return undefined;
  } catch (error) {
    return thrownText(error);
  }
}
