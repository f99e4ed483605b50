import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../harness/contract/errors.ts";
import type { Manifest } from "../harness/contract/record.ts";
import { traceManifest } from "../harness/trace/trace_items.ts";
import type { TracedItem, TraceManifest, TraceRow } from "../harness/trace/trace_store.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { SqliteTraceStore } from "./sqlite_trace_store.ts";

const ROOT = decodeURIComponent(new URL("../.tmp/", import.meta.url).pathname);

function manifest(seed = 1): TraceManifest {
  return traceManifest({
    harness: "test",
    seed,
    model: { layerCount: 4 } as TraceManifest["model"],
    tokenizer: "t",
    backend: { name: "none", kernels: "none", features: [] },
    suites: [],
    text: { kind: "target" },
    heights: [1, 3],
    signals: [{
      key: "margin@shared",
      declaration: { name: "margin", kind: "readout", signal: "margin", head: "shared" },
      macs: 0,
    }],
    measures: ["nll"],
  });
}

function traced(item: string): TracedItem {
  return {
    item,
    suite: "copy",
    group: "g",
    outcome: "ok",
    promptTokens: 2,
    limits: { maxTokens: 4, context: 8 },
    columns: {
      "token@shared": Int32Array.of(1, 2, 3, -4),
      "margin@shared": Float32Array.of(0, NaN, 1 / 3, Infinity),
      nll: Float32Array.of(1, 2, 3, 4),
    },
    target: Int32Array.of(7, 8),
    finalToken: Int32Array.of(7, 9),
    finalMargin: Float32Array.of(0.5, Infinity),
    finalNll: Float32Array.of(1, 2),
  };
}

const FAILED: TraceRow = { item: "c", suite: "copy", group: "g", outcome: "failed", reason: "no" };

function withFolder(use: (path: string) => void): () => void {
  return () => {
    Deno.mkdirSync(ROOT, { recursive: true });
    const folder = Deno.makeTempDirSync({ dir: ROOT });
    try {
      use(`${folder}/trace.sqlite`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

Deno.test(
  "SqliteTraceStore gives back what it was given, by item",
  withFolder((path) => {
    const store = new SqliteTraceStore(path);
    const wanted = manifest();
    store.open(wanted);
    for (const row of [traced("b"), FAILED, traced("a"), traced("b")]) store.append(row);
    store.close();
    const again = new SqliteTraceStore(path);
    assertEquals(again.manifest(), wanted);
    assertEquals([...again.rows()], [traced("a"), traced("b"), FAILED]);
    again.close();
  }),
);

Deno.test(
  "SqliteTraceStore resumes the same trace and refuses another",
  withFolder((path) => {
    const first = new SqliteTraceStore(path);
    first.open(manifest());
    first.append(traced("a"));
    first.close();
    const second = new SqliteTraceStore(path);
    second.open({ ...manifest(), started: "later" });
    assertEquals([...second.done()], ["a"]);
    second.close();
    assertThrows(() => new SqliteTraceStore(path).open(manifest(2)), InputError, "another trace");
  }),
);

Deno.test(
  "SqliteTraceStore refuses what is no trace of its schema",
  withFolder((path) => {
    assertThrows(() => new SqliteTraceStore(path).manifest(), InputError, "no such file");
    const records = new SqliteStore(path);
    records.open({ schema: 1, digest: "d" } as Manifest, []);
    records.close();
    assertThrows(() => new SqliteTraceStore(path).manifest(), InputError, "the records of a run");
    assertThrows(() => new SqliteTraceStore(path).open(manifest()), InputError, "records of a run");
    Deno.removeSync(path);

    const store = new SqliteTraceStore(path);
    store.open(manifest());
    store.append(traced("a"));
    store.close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE columns SET bytes = x'0000' WHERE name = 'target'");
    assertThrows(() => [...new SqliteTraceStore(path).rows()], InputError, "expected 8 bytes");
    database.exec("DELETE FROM columns WHERE name = 'target'");
    assertThrows(() => [...new SqliteTraceStore(path).rows()], InputError, "no numbers");
    database.exec("UPDATE meta SET value = 99");
    database.close();
    assertThrows(() => new SqliteTraceStore(path).manifest(), InputError, "current are 99");
  }),
);

Deno.test("SqliteTraceStore creates nothing before it is opened", () => {
  const path = `${ROOT}never/trace.sqlite`;
  assertStrictEquals(new SqliteTraceStore(path).done().size, 0);
  assertThrows(() => new SqliteTraceStore(path).append(FAILED), Error, "call open() first");
});
