/**
 * Tables of a run's file, and the way from older ones to today's.
 *
 *     meta     schema version of this file
 *     manifest one row: digest, JSON
 *     items    suite, item → JSON (SQLite's own text ends at a NUL)
 *     records  cell → JSON and its SHA-256, read back in the order of the cells' digests
 *     plan     cells that a shard's file is to hold; empty in the file of a whole run
 *
 *     schema 1   no plan, no digests of the JSON (until 0.1.0)
 *     schema 2   both
 *
 * A change of the tables adds a step to {@linkcode MIGRATIONS}, and a database
 * of the version before it to the fixtures of the tests.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** The version that this code writes. */
export const FILE_SCHEMA = 2;

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE manifest (digest TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE items (
    suite TEXT NOT NULL, item TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (suite, item)
  ) STRICT;
  CREATE TABLE records (cell TEXT PRIMARY KEY, json TEXT NOT NULL, content TEXT NOT NULL) STRICT;
  CREATE TABLE plan (cell TEXT PRIMARY KEY) STRICT;
`;

/** Step i leads from version i + 1 to i + 2. */
const MIGRATIONS: readonly ((database: DatabaseSync) => void)[] = [
  (database) => {
    database.exec(`
      CREATE TABLE plan (cell TEXT PRIMARY KEY) STRICT;
      ALTER TABLE records ADD COLUMN content TEXT NOT NULL DEFAULT '';
    `);
    const update = database.prepare("UPDATE records SET content = ? WHERE cell = ?");
    for (const { cell, json } of database.prepare("SELECT cell, json FROM records").all()) {
      update.run(contentDigest(String(json)), String(cell));
    }
  },
];

/** SHA-256 of a record's JSON, in hexadecimal: what was written is what is read. */
export function contentDigest(json: string): string {
  return createHash("sha256").update(json).digest("hex");
}

/** Makes the tables of today's version, inside the caller's transaction. */
export function createTables(database: DatabaseSync): void {
  database.exec(TABLES);
  database.prepare("INSERT INTO meta VALUES ('schema', ?)").run(FILE_SCHEMA);
}

/** Whether the file has any table. */
export function hasTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table'").get() !== undefined;
}

/** Version of the file. Throws when this code cannot read it. */
export function schemaOf(database: DatabaseSync): number {
  const version = database.prepare("SELECT value FROM meta WHERE key = 'schema'").get()?.value;
  if (typeof version === "number" && version >= 1 && version <= FILE_SCHEMA) return version;
  const newer = typeof version === "number" && version > FILE_SCHEMA;
  throw new Error(
    `expected file schema 1 to ${FILE_SCHEMA}, current is ${String(version)}${
      newer ? ", written by a newer depthbench" : ""
    }`,
  );
}

/** Brings the file to today's version, inside the caller's transaction. */
export function migrate(database: DatabaseSync): void {
  const from = schemaOf(database);
  if (from === FILE_SCHEMA) return;
  for (const step of MIGRATIONS.slice(from - 1)) step(database);
  database.prepare("UPDATE meta SET value = ? WHERE key = 'schema'").run(FILE_SCHEMA);
}
