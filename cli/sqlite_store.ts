/**
 * Records in one SQLite file. Each append is one transaction, durable when it
 * returns: a process killed at any point leaves whole units of work behind.
 *
 *     meta     schema version of this file
 *     manifest one row: digest, JSON
 *     items    suite, item → JSON (SQLite's own text ends at a NUL)
 *     records  cell → JSON, read back in the order of the cells' digests
 *
 * Nothing is created before `open`, so a run that cannot be planned leaves no file.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../harness/contract/errors.ts";
import {
  type Manifest,
  RECORD_SCHEMA,
  type RecordStore,
  type RunRecord,
  type StoredItem,
  type StoredRun,
} from "../harness/contract/record.ts";
import { fromRecordJson, toRecordJson } from "./record_json.ts";

/** Raised with every change of the tables below. */
const FILE_SCHEMA = 1;

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE manifest (digest TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE items (
    suite TEXT NOT NULL, item TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (suite, item)
  ) STRICT;
  CREATE TABLE records (cell TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
`;

const NO_CELLS: ReadonlySet<string> = new Set();

/** A store over the file at `path`. */
export class SqliteStore implements RecordStore {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #done: Set<string> | undefined;

  /** Touches nothing; `open` creates or resumes, `read` reads. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Starts or resumes a run. Throws `InputError` when the file holds another one. */
  open(manifest: Manifest, items: readonly StoredItem[]): void {
    const database = this.#connect({ readOnly: false });
    const digest = this.#storedDigest(database);
    if (digest !== undefined && digest !== manifest.digest) {
      this.close();
      throw new InputError(
        `Cannot resume "${this.#path}": it holds another run: choose another --out, or start over with --fresh`,
      );
    }
    if (digest === undefined) this.#create(database, { manifest, items });
    const cells = database.prepare("SELECT cell FROM records").all();
    this.#done = new Set(cells.map((row) => String(row.cell)));
  }

  /** Cells that have a record. */
  done(): ReadonlySet<string> {
    return this.#done ?? NO_CELLS;
  }

  /** Adds records of one unit of work, all or none. */
  append(records: readonly RunRecord[]): void {
    const database = this.#database;
    if (database === undefined || this.#done === undefined) {
      throw new Error(
        `Cannot append to "${this.#path}": expected an open store: call open() first`,
      );
    }
    const insert = database.prepare(
      "INSERT INTO records VALUES (?, ?) ON CONFLICT (cell) DO UPDATE SET json = excluded.json",
    );
    transact(database, () => {
      for (const record of records) insert.run(record.cell, toRecordJson(record));
    });
    for (const { cell } of records) this.#done.add(cell);
  }

  /** Everything stored. Throws `InputError` when the file is not there or not a run. */
  read(): StoredRun {
    const database = this.#database ?? this.#connect({ readOnly: true });
    try {
      const manifest = database.prepare("SELECT json FROM manifest").get();
      if (manifest === undefined) throw new Error("it holds no run");
      this.#checkSchema(database);
      const items = database.prepare("SELECT json FROM items ORDER BY suite, item").all();
      const records = database.prepare("SELECT json FROM records ORDER BY cell").all();
      const parsed = fromRecordJson(String(manifest.json)) as Manifest;
      if (parsed.schema !== RECORD_SCHEMA) {
        throw new Error(`expected record schema ${RECORD_SCHEMA}, current is ${parsed.schema}`);
      }
      return {
        manifest: parsed,
        items: items.map((row) => fromRecordJson(String(row.json)) as StoredItem),
        records: records.map((row) => fromRecordJson(String(row.json)) as RunRecord),
      };
    } catch (error) {
      throw this.#unreadable(error);
    } finally {
      if (this.#done === undefined) this.close();
    }
  }

  /** Ends the use of the file. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#done = undefined;
  }

  #connect({ readOnly }: { readonly readOnly: boolean }): DatabaseSync {
    try {
      // Fails with the system's own words where SQLite would say "unable to open database file".
      if (readOnly) Deno.statSync(this.#path);
      this.#database = new DatabaseSync(this.#path, { readOnly });
      this.#database.exec("PRAGMA busy_timeout = 2000; PRAGMA synchronous = FULL;");
      return this.#database;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #storedDigest(database: DatabaseSync): string | undefined {
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      if (tables.length === 0) return undefined;
      this.#checkSchema(database);
      const row = database.prepare("SELECT digest FROM manifest").get();
      return row === undefined ? undefined : String(row.digest);
    } catch (error) {
      this.close();
      throw this.#unreadable(error);
    }
  }

  #checkSchema(database: DatabaseSync): void {
    const version = database.prepare("SELECT value FROM meta WHERE key = 'schema'").get()?.value;
    if (version !== FILE_SCHEMA) {
      throw new Error(`expected file schema ${FILE_SCHEMA}, current is ${String(version)}`);
    }
  }

  #create(database: DatabaseSync, run: Omit<StoredRun, "records">): void {
    transact(database, () => {
      database.exec(TABLES);
      database.prepare("INSERT INTO meta VALUES ('schema', ?)").run(FILE_SCHEMA);
      database.prepare("INSERT INTO manifest VALUES (?, ?)")
        .run(run.manifest.digest, toRecordJson(run.manifest));
      const insert = database.prepare("INSERT INTO items VALUES (?, ?, ?)");
      for (const item of run.items) insert.run(item.suite, item.item, toRecordJson(item));
    });
  }

  #unreadable(cause: unknown): Error {
    if (cause instanceof InputError) return cause;
    const why = cause instanceof Deno.errors.NotFound
      ? "no such file"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    return new InputError(
      `Cannot read records "${this.#path}": expected the records of a run: ${why}: ` +
        "name the folder that a run wrote",
      { cause },
    );
  }
}

/** Runs `work` in one transaction: all of it or nothing. */
function transact(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
