/**
 * A trace in one SQLite file. Each append is one transaction, durable when it
 * returns: a process killed at any point leaves whole items behind.
 *
 *     meta      schema version of this file
 *     manifest  one row: digest, JSON
 *     items     item → JSON of all but its numbers
 *     columns   item, name → type, length, little-endian bytes
 *
 * Nothing is created before `open`, so a trace that cannot be planned leaves no file.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../harness/contract/errors.ts";
import { columnBytes, columnOf, columnType } from "../harness/trace/column_bytes.ts";
import {
  TRACE_SCHEMA,
  type TraceColumn,
  type TracedItem,
  type TraceManifest,
  type TraceRow,
  type TraceStore,
  type UntracedItem,
} from "../harness/trace/trace_store.ts";
import { TOKEN_KEY } from "../harness/trace/traced_signal.ts";
import { fromRecordJson, toRecordJson } from "./record_json.ts";

/** Raised with every change of the tables below. */
const FILE_SCHEMA = 1;

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE manifest (digest TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE items (item TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE columns (
    item TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, length INTEGER NOT NULL,
    bytes BLOB NOT NULL, PRIMARY KEY (item, name)
  ) STRICT;
`;

/** Numbers of an item beside its columns, by name. */
const PER_POSITION = ["target", "finalToken", "finalMargin", "finalNll"] as const;

/** A store over the file at `path`. */
export class SqliteTraceStore implements TraceStore {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #done: Set<string> = new Set();

  /** Touches nothing; `open` creates or resumes, `manifest` and `rows` read. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Starts or resumes a trace. Throws `InputError` when the file holds another one. */
  open(manifest: TraceManifest): void {
    const database = this.#connect({ readOnly: false });
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      if (tables.length === 0) this.#create(database, manifest);
      else if (this.manifest().digest !== manifest.digest) {
        throw new InputError(
          `Cannot resume "${this.#path}": it holds another trace: choose another --out, or start over with --fresh`,
        );
      }
      const rows = database.prepare("SELECT item FROM items").all();
      this.#done = new Set(rows.map((row) => String(row.item)));
    } catch (error) {
      this.close();
      throw this.#unreadable(error);
    }
  }

  /** Items that have a row. */
  done(): ReadonlySet<string> {
    return this.#done;
  }

  /** Adds one item, all of it or nothing. */
  append(row: TraceRow): void {
    const database = this.#database;
    if (database === undefined) {
      throw new Error(
        `Cannot append to "${this.#path}": expected an open store: call open() first`,
      );
    }
    const { item } = row;
    database.exec("BEGIN IMMEDIATE");
    try {
      database.prepare("DELETE FROM columns WHERE item = ?").run(item);
      database.prepare("INSERT OR REPLACE INTO items VALUES (?, ?)").run(item, itemJson(row));
      const insert = database.prepare("INSERT INTO columns VALUES (?, ?, ?, ?, ?)");
      for (const [name, column] of numbersOf(row)) {
        insert.run(item, name, columnType(column), column.length, columnBytes(column));
      }
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
    this.#done.add(item);
  }

  /** The manifest. Throws `InputError` when the file is not there or no trace. */
  manifest(): TraceManifest {
    const database = this.#database ?? this.#connect({ readOnly: true });
    try {
      const row = database.prepare("SELECT json FROM manifest").get();
      if (row === undefined) throw new Error("it holds no trace");
      const manifest = fromRecordJson(String(row.json)) as TraceManifest;
      const version = database.prepare("SELECT value FROM meta WHERE key = 'trace'").get()?.value;
      if (version === undefined) throw new Error("it holds the records of a run");
      if (version !== FILE_SCHEMA || manifest.schema !== TRACE_SCHEMA) {
        throw new Error(
          `expected file schema ${FILE_SCHEMA} and trace schema ${TRACE_SCHEMA}, current are ${
            String(version)
          } and ${String(manifest.schema)}`,
        );
      }
      return manifest;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  /** Rows by item id. Throws `InputError` when numbers are missing or of another length. */
  *rows(): Iterable<TraceRow> {
    const manifest = this.manifest();
    const database = this.#database!;
    const items = database.prepare("SELECT item, json FROM items ORDER BY item").all();
    const columns = database.prepare(
      "SELECT name, type, length, bytes FROM columns WHERE item = ?",
    );
    for (const { item, json } of items) {
      try {
        const numbers = new Map(
          columns.all(String(item)).map((row) => [String(row.name), storedColumn(row)]),
        );
        yield rowOf(fromRecordJson(String(json)) as StoredItem, { numbers, manifest });
      } catch (error) {
        throw this.#unreadable(error);
      }
    }
  }

  /** Ends the use of the file. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #connect({ readOnly }: { readonly readOnly: boolean }): DatabaseSync {
    try {
      if (readOnly) Deno.statSync(this.#path); // the system's own words when it is not there
      this.#database = new DatabaseSync(this.#path, { readOnly });
      this.#database.exec("PRAGMA busy_timeout = 2000; PRAGMA synchronous = FULL;");
      return this.#database;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #create(database: DatabaseSync, manifest: TraceManifest): void {
    database.exec(`BEGIN IMMEDIATE; ${TABLES}`);
    database.prepare("INSERT INTO meta VALUES ('trace', ?)").run(FILE_SCHEMA);
    database.prepare("INSERT INTO manifest VALUES (?, ?)")
      .run(manifest.digest, toRecordJson(manifest));
    database.exec("COMMIT");
  }

  #unreadable(cause: unknown): Error {
    if (cause instanceof InputError) return cause;
    const why = cause instanceof Deno.errors.NotFound
      ? "no such file"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    return new InputError(
      `Cannot read trace "${this.#path}": expected what "trace" writes: ${why}: name its folder`,
      { cause },
    );
  }
}

/** An item without its numbers. */
type StoredItem =
  | UntracedItem
  | (Pick<TracedItem, "item" | "suite" | "group" | "outcome" | "promptTokens" | "limits"> & {
    readonly positions: number;
  });

function itemJson(row: TraceRow): string {
  if (row.outcome !== "ok") return toRecordJson(row);
  const { item, suite, group, outcome, promptTokens, limits, target } = row;
  const positions = target.length;
  return toRecordJson({ item, suite, group, outcome, promptTokens, limits, positions });
}

function numbersOf(row: TraceRow): readonly (readonly [string, TraceColumn])[] {
  if (row.outcome !== "ok") return [];
  return [
    ...PER_POSITION.map((name) => [name, row[name]] as const),
    ...Object.entries(row.columns).map(([key, column]) => [`column ${key}`, column] as const),
  ];
}

function storedColumn(row: Readonly<Record<string, unknown>>): TraceColumn {
  const { name, type, length, bytes } = row;
  if ((type !== "f32" && type !== "i32") || !(bytes instanceof Uint8Array)) {
    throw new Error(`column "${String(name)}" is of type "${String(type)}"`);
  }
  return columnOf(bytes, { type, length: Number(length) });
}

function rowOf(
  stored: StoredItem,
  { numbers, manifest }: {
    readonly numbers: ReadonlyMap<string, TraceColumn>;
    readonly manifest: TraceManifest;
  },
): TraceRow {
  if (stored.outcome !== "ok") return stored;
  const { positions, ...item } = stored;
  const find = (name: string, length: number): TraceColumn => {
    const column = numbers.get(name);
    if (column?.length === length) return column;
    throw new Error(
      `item "${item.item}" holds ${column?.length ?? "no"} numbers "${name}", expected ${length}`,
    );
  };
  const floats = (name: string, length: number) => find(name, length) as Float32Array;
  const whole = (name: string, length: number) => find(name, length) as Int32Array;
  const cells = positions * manifest.heights.length;
  const columns: Record<string, TraceColumn> = {
    [TOKEN_KEY]: whole(`column ${TOKEN_KEY}`, cells),
  };
  for (const key of [...manifest.signals.map(({ key }) => key), ...manifest.measures]) {
    columns[key] = floats(`column ${key}`, cells);
  }
  return {
    ...item,
    columns,
    target: whole("target", positions),
    finalToken: whole("finalToken", positions),
    finalMargin: floats("finalMargin", positions),
    finalNll: floats("finalNll", manifest.measures.includes("nll") ? positions : 0),
  };
}
