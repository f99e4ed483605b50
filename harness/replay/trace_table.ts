/**
 * A trace as one table: the positions of all items below each other.
 *
 *     P positions, H traced heights; columns [P, H] row-major
 *     level e = 0..H − 1 stands for the traced heights, level H for full depth
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type { Limits } from "../contract/policy.ts";
import type {
  TraceColumn,
  TracedItem,
  TraceManifest,
  TraceRow,
  UntracedItem,
} from "../trace/trace_store.ts";
import { TOKEN_KEY } from "../trace/traced_signal.ts";

/** An item's place in the table. */
export interface TableItem {
  /** Item id. */
  readonly item: string;
  /** Suite name. */
  readonly suite: string;
  /** Statistical cluster. */
  readonly group: string;
  /** Tokens of the prompt. Its last row is the item's first position. */
  readonly promptTokens: number;
  /** Bounds that a policy is told. */
  readonly limits: Limits;
  /** First position in the table. */
  readonly from: number;
  /** One past the last position. */
  readonly to: number;
}

/** All positions of a trace. */
export interface TraceTable {
  /** What was traced. */
  readonly manifest: TraceManifest;
  /** Number of positions P. */
  readonly size: number;
  /** Height of each level: the traced heights, then L. */
  readonly levels: readonly number[];
  /** Items with positions, in the order of the rows. */
  readonly items: readonly TableItem[];
  /** Items without. */
  readonly untraced: readonly UntracedItem[];
  /** Columns by signal key or measure, [P, H]. */
  readonly columns: ReadonlyMap<string, TraceColumn>;
  /** Text [P]. */
  readonly target: Int32Array;
  /** Greedy token of each level [P, H + 1]. */
  readonly tokens: Int32Array;
  /** 1 where the readout of a level has full depth's greedy token, [P, H + 1]. */
  readonly agrees: Uint8Array;
  /** −ln p of the target at each level in nats, [P, H + 1]; empty when not traced. */
  readonly nll: Float32Array;
  /** KL(full ‖ level) in nats, [P, H + 1]; empty when not traced. */
  readonly kl: Float32Array;
}

/** Joins the rows of a store. Rejects with `InputError` when no item was traced. */
export async function traceTable(
  manifest: TraceManifest,
  rows: AsyncIterable<TraceRow> | Iterable<TraceRow>,
): Promise<TraceTable> {
  const all: TraceRow[] = [];
  for await (const row of rows) all.push(row);
  return joinRows(manifest, all);
}

/** Joins rows. Throws `InputError` when no item was traced. */
export function joinRows(manifest: TraceManifest, rows: readonly TraceRow[]): TraceTable {
  const traced: TracedItem[] = [];
  const untraced: UntracedItem[] = [];
  for (const row of rows) {
    if (row.outcome === "ok") traced.push(row);
    else untraced.push(row);
  }
  if (traced.length === 0) {
    throw new InputError(
      `Cannot replay a trace without positions: expected one traced item at least: ${
        untraced[0]?.reason ?? "it holds none: trace some"
      }`,
    );
  }
  const items: TableItem[] = [];
  let size = 0;
  for (const { item, suite, group, promptTokens, limits, target } of traced) {
    items.push({ item, suite, group, promptTokens, limits, from: size, to: size + target.length });
    size += target.length;
  }
  const width = manifest.heights.length;
  const columns = new Map<string, TraceColumn>();
  for (const key of [TOKEN_KEY, ...manifest.signals.map(({ key }) => key), ...manifest.measures]) {
    const column = key === TOKEN_KEY
      ? new Int32Array(size * width)
      : new Float32Array(size * width);
    traced.forEach((row, i) => column.set(row.columns[key]!, items[i]!.from * width));
    columns.set(key, column);
  }
  const finalToken = joined(new Int32Array(size), traced.map((row) => row.finalToken));
  const finalNll = joined(new Float32Array(size), traced.map((row) => row.finalNll));
  const shape = { size, width };
  const greedy = columns.get(TOKEN_KEY)!;
  const tokens = withTop(new Int32Array(size * (width + 1)), {
    ...shape,
    column: greedy,
    top: (p) => finalToken[p]!,
  });
  const agrees = Uint8Array.from(
    tokens,
    (token, i) => token === finalToken[Math.floor(i / (width + 1))] ? 1 : 0,
  );
  const measured = (name: string, top: (position: number) => number): Float32Array => {
    const column = columns.get(name);
    const into = new Float32Array(column === undefined ? 0 : size * (width + 1));
    return column === undefined ? into : withTop(into, { ...shape, column, top });
  };
  return {
    manifest,
    size,
    levels: [...manifest.heights, manifest.model.layerCount],
    items,
    untraced,
    columns,
    target: joined(new Int32Array(size), traced.map((row) => row.target)),
    tokens,
    agrees,
    nll: measured("nll", (p) => finalNll[p]!),
    kl: measured("kl", () => 0),
  };
}

function joined<T extends Int32Array | Float32Array>(into: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
  return into;
}

/** Writes [P, H] and the values of full depth to [P, H + 1]. */
function withTop<T extends TraceColumn>(
  into: T,
  { column, size, width, top }: {
    readonly column: TraceColumn;
    readonly size: number;
    readonly width: number;
    top(position: number): number;
  },
): T {
  for (let p = 0; p < size; p++) {
    into.set(column.subarray(p * width, (p + 1) * width), p * (width + 1));
    into[p * (width + 1) + width] = top(p);
  }
  return into;
}
