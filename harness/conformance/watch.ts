/**
 * Watches one call of a plugin's function: what it returns or throws, which
 * impure globals it touches, what it reads that it was not given, what it writes.
 *
 * Globals are trapped only while the call runs, and it is synchronous, so nobody
 * else meets the traps. A function that took a reference to a global earlier
 * escapes them; asking in several orders finds most of those.
 *
 * @module
 */

/** What a watched call did. */
export interface Watched {
  /** What it returned. */
  readonly answer: unknown;
  /** What it threw, as text, unless a trap made it throw. */
  readonly thrown: string | undefined;
  /** Impure globals that it touched: `"Math.random"`. */
  readonly globals: readonly string[];
  /** Fields that it read and was not given: `"signals.margin"`. */
  readonly unknownReads: readonly string[];
  /** Fields that it tried to write: `"point.height"`. */
  readonly writes: readonly string[];
}

/** Wraps a value so that the call's reads and writes of it are watched. */
export type Guard = <T>(value: T, name: string) => T;

/** Globals that give time, chance, input, output or another thread. */
const IMPURE_GLOBALS: readonly string[] = [
  "Date",
  "Temporal",
  "performance",
  "crypto",
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "Worker",
  "navigator",
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "requestAnimationFrame",
  "console",
  "process",
  "Deno",
];

/** Read by the language itself on any object. */
const READ_BY_LANGUAGE: readonly string[] = ["toJSON", "then"];

/** Thrown by a trap, to end the call. */
class TrapError extends Error {
  override readonly name = "TrapError";
}

/** Puts a trap in place of `owner[key]`; returns what undoes it. */
function trap(
  owner: object,
  key: string,
  onUse: () => never,
): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  if (before === undefined) {
    if (!(key in owner)) return () => {};
    Object.defineProperty(owner, key, { get: onUse, set: onUse, configurable: true });
    return () => {
      Reflect.deleteProperty(owner, key);
    };
  }
  if (!before.configurable) return () => {};
  Object.defineProperty(owner, key, {
    get: onUse,
    set: onUse,
    configurable: true,
    enumerable: before.enumerable ?? false,
  });
  return () => {
    Object.defineProperty(owner, key, before);
  };
}

/** Globals touched by the watched call that is running. */
let touched: string[] = [];
/** How many calls of {@linkcode withTraps} are open: only the outermost sets the traps. */
let open = 0;

/** Runs `batch` with every impure global trapped; nested calls share the traps. Synchronous. */
export function withTraps<T>(batch: () => T): T {
  const report = (name: string) => (): never => {
    touched.push(name);
    throw new TrapError(`"${name}" is not for plugins`);
  };
  const undo = open > 0 ? [] : [
    trap(Math, "random", report("Math.random")),
    ...IMPURE_GLOBALS.map((name) => trap(globalThis, name, report(name))),
  ];
  open++;
  try {
    return batch();
  } finally {
    open--;
    for (const each of undo.reverse()) each();
  }
}

/** Plain objects and lists are guarded; maps and typed arrays would break behind a proxy. */
function isPlain<T>(value: T): value is T & object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/** A guard that notes unknown reads and writes. */
function guardInto(unknownReads: string[], writes: string[]): Guard {
  const write = (name: string): false => {
    writes.push(name);
    return false; // strict code throws a TypeError
  };
  const guard: Guard = (value, name) => {
    if (!isPlain(value)) return value;
    const isState = name === "point.state" || name.startsWith("point.state.");
    return new Proxy(value, {
      get(target, key) {
        const found: unknown = Reflect.get(target, key);
        const known = typeof key === "symbol" || key in target || Array.isArray(target) ||
          isState || READ_BY_LANGUAGE.includes(key);
        if (!known) {
          unknownReads.push(`${name}.${key}`);
          throw new TrapError(`"${name}.${key}" was not given`);
        }
        const own = Reflect.getOwnPropertyDescriptor(target, key);
        const isFixed = own !== undefined && !own.configurable && own.writable === false;
        return isFixed ? found : guard(found, `${name}.${String(key)}`);
      },
      set: (_target, key) => write(`${name}.${String(key)}`),
      defineProperty: (_target, key) => write(`${name}.${String(key)}`),
      deleteProperty: (_target, key) => write(`${name}.${String(key)}`),
      setPrototypeOf: () => write(`${name}'s prototype`),
      preventExtensions: () => write(name),
    });
  };
  return guard;
}

/** The message of anything that was thrown. */
export function thrownText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Runs `call` and notes what it does. */
export function watch(call: (guard: Guard) => unknown): Watched {
  const globals: string[] = [];
  const unknownReads: string[] = [];
  const writes: string[] = [];
  touched = globals;
  let answer: unknown;
  let thrown: string | undefined;
  try {
    answer = withTraps(() => call(guardInto(unknownReads, writes)));
  } catch (error) {
    thrown = thrownText(error);
  }
  const trapped = globals.length + unknownReads.length + writes.length > 0;
  return { answer, thrown: trapped ? undefined : thrown, globals, unknownReads, writes };
}
