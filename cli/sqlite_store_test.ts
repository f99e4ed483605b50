import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import type { Manifest, RunRecord } from "../harness/contract/record.ts";
import { SqliteStore } from "./sqlite_store.ts";

const ROOT = decodeURIComponent(new URL("../.tmp/", import.meta.url).pathname);

/** A manifest as far as the store looks. */
function manifest(digest: string): Manifest {
  return { schema: 1, digest, harness: "test" } as Manifest;
}

function failed(cell: string, message = "no"): RunRecord {
  return {
    cell,
    suite: "copy",
    item: "i",
    group: "i",
    arm: "full_depth",
    repetition: 0,
    pass: "free",
    outcome: "failed",
    message,
  };
}

const ITEMS = [{ suite: "copy", item: "i", prompt: "p\u0000\n", target: "t" }];

function withFolder(use: (path: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    Deno.mkdirSync(ROOT, { recursive: true });
    const folder = Deno.makeTempDirSync({ dir: ROOT });
    try {
      await use(`${folder}/records.sqlite`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

Deno.test(
  "SqliteStore gives back what it was given, non-finite numbers included",
  withFolder((path) => {
    const store = new SqliteStore(path);
    store.open(manifest("a"), ITEMS);
    const record = {
      ...failed("2"),
      pass: "lockstep",
      outcome: "ok",
      kl: [0, 1.5e-300, NaN],
      fullMargins: [Infinity, -Infinity],
      text: '{"$number":"NaN"}',
    } as unknown as RunRecord;
    store.append([record, failed("1")]);
    assertEquals(store.read(), {
      manifest: manifest("a"),
      items: ITEMS,
      records: [failed("1"), record],
    });
    assertEquals([...store.done()].sort(), ["1", "2"]);
    store.close();
    assertEquals(new SqliteStore(path).read().records.length, 2);
  }),
);

Deno.test(
  "SqliteStore.open() resumes the same run and replaces a cell that comes again",
  withFolder((path) => {
    const first = new SqliteStore(path);
    first.open(manifest("a"), ITEMS);
    first.append([failed("1")]);
    first.close();
    const second = new SqliteStore(path);
    second.open(manifest("a"), ITEMS);
    assertEquals([...second.done()], ["1"]);
    second.append([failed("1", "again")]);
    assertEquals(second.read().records, [failed("1", "again")]);
    second.close();
  }),
);

Deno.test(
  "SqliteStore.open() refuses another run and leaves it as it is",
  withFolder((path) => {
    const first = new SqliteStore(path);
    first.open(manifest("a"), ITEMS);
    first.close();
    const before = Deno.readFileSync(path);
    assertThrows(() => new SqliteStore(path).open(manifest("b"), []), InputError, "another run");
    assertEquals(Deno.readFileSync(path), before);
  }),
);

Deno.test(
  "SqliteStore.append() adds all records of a unit or none",
  withFolder((path) => {
    const store = new SqliteStore(path);
    store.open(manifest("a"), ITEMS);
    const unserializable = { ...failed("2"), message: 1n } as unknown as RunRecord;
    assertThrows(() => store.append([failed("1"), unserializable]), TypeError);
    assertStrictEquals(store.done().size, 0);
    assertEquals(store.read().records, []);
    store.close();
  }),
);

Deno.test(
  "SqliteStore.read() refuses a missing file, another file and another schema",
  withFolder((path) => {
    assertThrows(() => new SqliteStore(path).read(), InputError, "no such file");
    Deno.writeTextFileSync(path, "not a database, but long enough to look like one ".repeat(40));
    assertThrows(() => new SqliteStore(path).read(), InputError, "file is not a database");
    assertThrows(() => new SqliteStore(path).open(manifest("a"), []), InputError, "Cannot read");
    Deno.removeSync(path);
    const store = new SqliteStore(path);
    store.open({ ...manifest("a"), schema: 99 }, []);
    assertThrows(() => store.read(), InputError, "expected record schema 1, current is 99");
    store.close();
  }),
);

/** Appends units of two records, each with a large message, until it is killed. */
const WRITER = `
import { SqliteStore } from "./cli/sqlite_store.ts";
const store = new SqliteStore(Deno.args[0]);
store.open({ schema: 1, digest: "a" }, []);
console.log("open");
for (let i = 0; i < 1e6; i++) {
  store.append(["a", "b"].map((half) => ({ cell: String(i).padStart(7, "0") + half, message: "x".repeat(20000) })));
  if (i === 5) console.log("going");
}`;

Deno.test(
  "SqliteStore survives a kill in the middle with whole units and resumes",
  withFolder(async (path) => {
    const script = path.replace("records.sqlite", "writer.ts");
    Deno.writeTextFileSync(script, WRITER.replace("./cli/", new URL("./", import.meta.url).href));
    const writer = new Deno.Command("deno", {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--allow-read=.",
        `--allow-write=${path}`,
        script,
        path,
      ],
      stdout: "piped",
    }).spawn();
    let said = "";
    const decoder = new TextDecoder();
    for await (const chunk of writer.stdout) {
      said += decoder.decode(chunk);
      if (said.includes("going")) writer.kill("SIGKILL");
    }
    await writer.status;
    const store = new SqliteStore(path);
    store.open(manifest("a"), []);
    const cells = [...store.done()].sort();
    assertStrictEquals(cells.length % 2, 0);
    const wanted = Array.from({ length: cells.length / 2 }, (_, i) => String(i).padStart(7, "0"));
    assertEquals(cells, wanted.flatMap((each) => [`${each}a`, `${each}b`]));
    store.append([failed("z")]);
    store.close();
  }),
);
