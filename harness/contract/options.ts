/**
 * Options of plugins: declared as data, so that ranges, defaults, help, JSON
 * and canonical names come from one place.
 *
 * @module
 */

/** An option as written in a spec or a JSON file. */
export type OptionValue = number | string | boolean | readonly number[];

/** Options as written, by name. */
export type OptionInput = Readonly<Record<string, OptionValue>>;

/** One option: what it expects, its default, how it is read. */
export interface OptionSpec<T> {
  /** What it does, one line. */
  readonly help: string;
  /** What is accepted, to complete "must be …". */
  readonly expects: string;
  /** Value when the option is not given; the option is required when `undefined`. */
  readonly default: T | undefined;
  /** The value, or `undefined` when the input is refused. */
  parse(input: OptionValue): T | undefined;
}

/** The options of a plugin, by name. */
export type OptionSchema<O> = { readonly [K in keyof O]: OptionSpec<O[K]> };

/** How a number option is declared. */
export interface NumberOption {
  /** What it does. */
  readonly help: string;
  /** Smallest value accepted. */
  readonly min?: number;
  /** Largest value accepted. */
  readonly max?: number;
  /** Whether only whole numbers are accepted. */
  readonly integer?: boolean;
  /** Value when not given; required when absent. */
  readonly default?: number;
}

function rangeText(spec: NumberOption): string {
  const kind = spec.integer ? "a whole number" : "a number";
  const bounds = [
    spec.min === undefined ? "" : `>= ${spec.min}`,
    spec.max === undefined ? "" : `<= ${spec.max}`,
  ].filter((text) => text !== "");
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(" and ")}`;
}

function inRange(value: unknown, spec: NumberOption): value is number {
  return typeof value === "number" && Number.isFinite(value) &&
    (!spec.integer || Number.isInteger(value)) &&
    (spec.min === undefined || value >= spec.min) &&
    (spec.max === undefined || value <= spec.max);
}

/** A finite number, optionally bounded or whole. */
export function numberOption(spec: NumberOption): OptionSpec<number> {
  return {
    help: spec.help,
    expects: rangeText(spec),
    default: spec.default,
    parse: (input) => inRange(input, spec) ? input : undefined,
  };
}

/** A number in [0, 1]. */
export function unitInterval(spec: { help: string; default?: number }): OptionSpec<number> {
  return numberOption({ ...spec, min: 0, max: 1 });
}

/** How a choice is declared. */
export interface ChoiceOption<T extends string> {
  /** What it does. */
  readonly help: string;
  /** Accepted words. */
  readonly choices: readonly T[];
  /** Value when not given; required when absent. */
  readonly default?: T;
}

/** One of some words. */
export function choiceOption<T extends string>(spec: ChoiceOption<T>): OptionSpec<T> {
  return {
    help: spec.help,
    expects: `one of ${spec.choices.map((choice) => `"${choice}"`).join(", ")}`,
    default: spec.default,
    parse: (input) => spec.choices.find((choice) => choice === input),
  };
}

/** `true` or `false`. */
export function flagOption(spec: { help: string; default: boolean }): OptionSpec<boolean> {
  return {
    help: spec.help,
    expects: "true or false",
    default: spec.default,
    parse: (input) => typeof input === "boolean" ? input : undefined,
  };
}

/** A list of numbers, each bounded like {@linkcode numberOption}; one number is a list of one. */
export function numbersOption(
  spec: Omit<NumberOption, "default"> & { readonly default?: readonly number[] },
): OptionSpec<readonly number[]> {
  const { default: fallback, ...each } = spec;
  return {
    help: spec.help,
    expects: `a list such as [1,2], each ${rangeText(each)}`,
    default: fallback,
    parse: (input) => {
      const list = typeof input === "number" ? [input] : input;
      return Array.isArray(list) && list.every((value) => inRange(value, each))
        ? list as readonly number[]
        : undefined;
    },
  };
}

/** An option as canonical text, the form that specs are written in. */
export function optionText(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(",")}]` : String(value);
}

/** What {@linkcode parseOptions} needs to name in its errors. */
export interface OptionsOwner {
  /** Kind of plugin: `"policy"`. */
  readonly kind: string;
  /** Name of the plugin. */
  readonly name: string;
}

/**
 * Reads options against a schema. Throws `RangeError` for a value out of range
 * or of the wrong type, for a missing required option and for an unknown name.
 */
export function parseOptions<O>(
  owner: OptionsOwner,
  { schema, input }: { readonly schema: OptionSchema<O>; readonly input: OptionInput },
): O {
  const specs = schema as Readonly<Record<string, OptionSpec<unknown>>>;
  const known = Object.keys(specs);
  const place = `of ${owner.kind} "${owner.name}"`;
  for (const name of Object.keys(input)) {
    if (!known.includes(name)) {
      throw new RangeError(
        `Cannot read option "${name}" ${place}: expected ${
          known.length === 0 ? "no options" : known.map((word) => `"${word}"`).join(", ")
        }: remove it or correct its name`,
      );
    }
  }
  const options: Record<string, unknown> = {};
  for (const name of known) {
    const spec = specs[name]!;
    const given = input[name];
    const value = given === undefined ? spec.default : spec.parse(given);
    if (value === undefined) {
      throw new RangeError(
        `Cannot read option "${name}" ${place}: must be ${spec.expects}: ${
          given === undefined ? "it is missing" : `current value is ${optionText(given)}`
        }`,
      );
    }
    options[name] = value;
  }
  return options as O;
}
