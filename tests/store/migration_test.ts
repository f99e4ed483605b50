/**
 * Older files: `testdata/records_schema_1.sqlite` was written by the code of
 * file schema 1 (a random model of 3 blocks, suite copy, two items).
 *
 * @module
 */
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { contentDigest, FILE_SCHEMA } from "../../cli/store_schema.ts";
import { InputError } from "../../harness/contract/errors.ts";
import { summarize } from "../../harness/summary/mod.ts";
import { withFolder } from "./_folder.ts";

const OLD = new URL("testdata/records_schema_1.sqlite", import.meta.url);

async function withOldFile(use: (path: string) => void): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/records.sqlite`;
    await Deno.copyFile(OLD, path);
    use(path);
  });
}

function ask(path: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(path);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

Deno.test("SqliteStore reads a file of schema 1 as it is and leaves it so", async () => {
  await withOldFile((path) => {
    const before = Deno.readFileSync(path);
    const run = new SqliteStore(path).read();
    assertStrictEquals(run.records.length, 14);
    assertStrictEquals(run.manifest.arms.length, 3);
    assertEquals(new SqliteStore(path).planned(), []);
    assertStrictEquals(summarize(run, { resamples: 100 }).arms.length, 2);
    assertEquals(Deno.readFileSync(path), before);
  });
});

Deno.test("SqliteStore brings a file of schema 1 to today's when it resumes, without loss", async () => {
  await withOldFile((path) => {
    const run = new SqliteStore(path).read();
    const store = new SqliteStore(path);
    store.open(run.manifest, run.items);
    assertEquals([...store.done()].sort(), run.records.map(({ cell }) => cell));
    store.append([run.records[0]!]);
    assertEquals(store.read(), run);
    store.close();
    assertEquals(
      ask(path, "SELECT value FROM meta"),
      [{ value: FILE_SCHEMA }].map((row) => ({ ...row })),
    );
    for (const { json, content } of ask(path, "SELECT json, content FROM records")) {
      assertStrictEquals(content, contentDigest(String(json)));
    }
    assertEquals(new SqliteStore(path).read(), run);
  });
});

Deno.test("SqliteStore refuses another run in an old file without migrating it", async () => {
  await withOldFile((path) => {
    const before = Deno.readFileSync(path);
    const { manifest } = new SqliteStore(path).read();
    const other = { ...manifest, digest: "sha256:other" };
    assertThrows(() => new SqliteStore(path).open(other, []), InputError, "another run");
    assertEquals(Deno.readFileSync(path), before);
  });
});

Deno.test("SqliteStore refuses a newer file and a damaged record", async () => {
  await withOldFile((path) => {
    const { manifest, items } = new SqliteStore(path).read();
    const store = new SqliteStore(path);
    store.open(manifest, items);
    store.close();
    const [row] = ask(path, "SELECT cell, json FROM records LIMIT 1");
    const database = new DatabaseSync(path);
    database.prepare("UPDATE records SET json = ? WHERE cell = ?")
      .run(
        String(row!.json).replace("full_depth", "half_depth").replace("fixed", "faked"),
        String(row!.cell),
      );
    assertThrows(
      () => new SqliteStore(path).read(),
      InputError,
      `the record of cell "${String(row!.cell)}" is damaged`,
    );
    database.exec("UPDATE meta SET value = 99");
    database.close();
    assertThrows(() => new SqliteStore(path).read(), InputError, "written by a newer depthbench");
    assertThrows(
      () => new SqliteStore(path).open(manifest, items),
      InputError,
      "written by a newer depthbench",
    );
  });
});
