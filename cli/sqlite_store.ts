/**
 * Records in one SQLite file. Every unit of work is one synced transaction, so
 * a process killed at any point leaves whole units behind: SQLite writes and
 * syncs the pages first and removes the journal, its commit marker, last.
 *
 * Nothing is created before `open`, so a run that cannot be planned leaves no
 * file. Older files are brought to today's tables when they are opened, and
 * read as they are. Several processes may work on one file: each waits for the
 * other's transaction, and a cell that both ran is replaced as a whole unit.
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
import { shardText } from "../harness/shard.ts";
import { fromRecordJson, toRecordJson } from "./record_json.ts";
import { contentDigest, createTables, hasTables, migrate, schemaOf } from "./store_schema.ts";

/** How long a process waits for another one's transaction, ms. */
const BUSY_MS = 30_000;

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

  /**
   * Starts or resumes a run; `planned` are the cells that a shard is to run. Throws
   * `InputError` when the file holds another run, or another shard of it.
   */
  open(
    manifest: Manifest,
    items: readonly StoredItem[],
    planned: readonly string[] = [],
  ): void {
    const database = this.#connect({ readOnly: false });
    try {
      transact(database, () => {
        if (!hasTables(database)) create(database, { manifest, items, planned });
        schemaOf(database);
        const stored = database.prepare("SELECT json FROM manifest").get();
        this.#expectSame(fromRecordJson(String(stored?.json)) as Manifest, manifest);
        migrate(database);
      });
      const cells = database.prepare("SELECT cell FROM records").all();
      this.#done = new Set(cells.map((row) => String(row.cell)));
    } catch (error) {
      this.close();
      throw this.#unreadable(error);
    }
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
      "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (cell) " +
        "DO UPDATE SET json = excluded.json, content = excluded.content",
    );
    transact(database, () => {
      for (const record of records) {
        const json = toRecordJson(record);
        insert.run(record.cell, json, contentDigest(json));
      }
    });
    for (const { cell } of records) this.#done.add(cell);
  }

  /** Everything stored. Throws `InputError` when the file is not there, not a run, or damaged. */
  read(): StoredRun {
    return this.#reading((database) => {
      const manifest = database.prepare("SELECT json FROM manifest").get();
      if (manifest === undefined) throw new Error("it holds no run");
      const hasContent = schemaOf(database) >= 2;
      const items = database.prepare("SELECT json FROM items ORDER BY suite, item").all();
      const records = database.prepare("SELECT * FROM records ORDER BY cell").all();
      const parsed = fromRecordJson(String(manifest.json)) as Manifest;
      if (parsed.schema !== RECORD_SCHEMA) {
        throw new Error(`expected record schema ${RECORD_SCHEMA}, current is ${parsed.schema}`);
      }
      return {
        manifest: parsed,
        items: items.map((row) => fromRecordJson(String(row.json)) as StoredItem),
        records: records.map(({ cell, json, content }) => {
          if (hasContent && contentDigest(String(json)) !== content) {
            throw new Error(`the record of cell "${String(cell)}" is damaged`);
          }
          return fromRecordJson(String(json)) as RunRecord;
        }),
      };
    });
  }

  /** Cells that the file is to hold; empty for a whole run. */
  planned(): readonly string[] {
    return this.#reading((database) =>
      schemaOf(database) < 2
        ? []
        : database.prepare("SELECT cell FROM plan ORDER BY cell").all().map(({ cell }) =>
          String(cell)
        )
    );
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
      this.#database = new DatabaseSync(this.#path, {
        readOnly: readOnly && !isInterrupted(this.#path),
      });
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      this.#database.exec("PRAGMA synchronous = FULL;");
      return this.#database;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  /** Runs `work` on the open file, or opens it for that time only. */
  #reading<T>(work: (database: DatabaseSync) => T): T {
    const database = this.#database ?? this.#connect({ readOnly: true });
    try {
      return work(database);
    } catch (error) {
      throw this.#unreadable(error);
    } finally {
      if (this.#done === undefined) this.close();
    }
  }

  #expectSame(stored: Manifest, wanted: Manifest): void {
    const holds = stored.digest !== wanted.digest
      ? "another run"
      : shardText(stored.shard) !== shardText(wanted.shard)
      ? `${shardText(stored.shard)} of this run, not ${shardText(wanted.shard)}`
      : undefined;
    if (holds === undefined) return;
    throw new InputError(
      `Cannot resume "${this.#path}": it holds ${holds}: choose another --out, or start over with --fresh`,
    );
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

function create(
  database: DatabaseSync,
  run: Omit<StoredRun, "records"> & { readonly planned: readonly string[] },
): void {
  createTables(database);
  database.prepare("INSERT INTO manifest VALUES (?, ?)")
    .run(run.manifest.digest, toRecordJson(run.manifest));
  const insertItem = database.prepare("INSERT INTO items VALUES (?, ?, ?)");
  for (const item of run.items) insertItem.run(item.suite, item.item, toRecordJson(item));
  const insertCell = database.prepare("INSERT INTO plan VALUES (?)");
  for (const cell of run.planned) insertCell.run(cell);
}

/** Whether a killed process left a journal: reading then first undoes what was half written. */
function isInterrupted(path: string): boolean {
  try {
    return Deno.statSync(`${path}-journal`).size > 0;
  } catch {
    return false;
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
