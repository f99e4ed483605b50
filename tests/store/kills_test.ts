/**
 * SIGKILL at any point, then the same command: no cell lost, none doubled, the
 * same result to the last byte.
 *
 * 180 kills hit a process that does nothing but write units (opening, creating
 * tables, inserting, syncing, removing the journal); 24 hit whole `run`s, a policy
 * that drafts among them, between loading and the last report. Moments are drawn
 * from a seed.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { denoProcess, depthbench, ROOT, withFolder } from "./_folder.ts";
import { cellsOf, unitOf, WRITTEN } from "./writer.ts";

const WRITER_KILLS = 180;
const RUN_KILLS = 24;

/** Kills a process when `due` resolves; tells whether it was still running. */
async function killWhen(child: Deno.ChildProcess, due: Promise<unknown>): Promise<boolean> {
  await Promise.race([due, child.status]);
  try {
    child.kill("SIGKILL");
  } catch {
    // it has ended by itself
  }
  const { signal } = await child.status;
  return signal === "SIGKILL";
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves when a process has written `bytes` bytes to stdout, and drops what comes later. */
async function said(child: Deno.ChildProcess, bytes: number): Promise<void> {
  const reader = child.stdout.getReader();
  for (let count = 0; count < bytes;) {
    const { value, done } = await reader.read();
    if (done) break;
    count += value.length;
  }
  reader.releaseLock();
}

/** Returns when a file is there and not empty, looking without a pause; after 50 ms in any case. */
function seen(path: string): void {
  const end = performance.now() + 50;
  while (sizeOf(path) <= 0 && performance.now() < end);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return -1;
  }
}

Deno.test("SqliteStore keeps whole units, in order, through 180 kills of its writer", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/records.sqlite`;
    const command = denoProcess(folder, {
      script: `${ROOT}tests/store/writer.ts`,
      args: [path, "1000000"],
    });
    const random = createRandom(11);
    const whole: string[] = []; // cells of all units so far, in order
    let units = 0, journals = 0, grown = 0, last = 0;
    for (let kill = 0; kill < WRITER_KILLS; kill++) {
      const child = command.spawn();
      const drained = child.stderr.cancel();
      // One in nine while it starts, the others within a few units of its first; of these one in
      // three as soon as a journal is seen, which is a short time on a fast disk.
      const due = kill % 9 === 0
        ? passed(120 * random.uniform())
        : said(child, 1 + Math.floor(6 * random.uniform())).then(() =>
          kill % 3 === 1 ? seen(`${path}-journal`) : passed(4 * random.uniform())
        );
      assert(await killWhen(child, due), "the writer ended by itself");
      await Promise.all([due, drained]);
      await child.stdout.cancel();
      if (sizeOf(`${path}-journal`) > 0) journals++;
      if (sizeOf(path) <= 0) continue;
      const store = new SqliteStore(path);
      store.open(WRITTEN, []); // undoes what was half written
      const cells = [...store.done()].sort();
      store.close();
      while (whole.length < cells.length) whole.push(...cellsOf(units++));
      assertEquals(cells, whole, `after kill ${kill}`);
      assert(cells.length >= last, "cells were lost");
      if (cells.length > last) grown++;
      last = cells.length;
    }
    assert(journals >= 20, `only ${journals} kills left a journal to undo`);
    assert(grown >= 120, `only ${grown} kills came after something was written`);
    const written = new SqliteStore(path).read().records;
    const byCell = new Map(written.map((record) => [record.cell, record]));
    for (let unit = 0, seen = 0; seen < written.length; unit++) {
      for (const record of unitOf(unit)) {
        assertEquals(byCell.get(record.cell), record);
        seen++;
      }
    }
  });
});

const RUN = [
  "run",
  "--no-control",
  "--model",
  "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)",
  "--backend",
  "cpu",
  "--suite",
  "copy,recall",
  "--limit",
  "6",
  "--repetitions",
  "4",
  "--policies",
  "fixed_exit(exit=2), calm(threshold=0.2), layer_skip(exit=1)",
];

Deno.test("depthbench run comes to the same bytes through 24 kills", async () => {
  await withFolder(async (folder) => {
    const args = (out: string, ...clock: readonly string[]) => [...RUN, "--out", out, ...clock];
    const record = await depthbench(folder, args("recorded", "--record-clock", "clock.json"));
    assertStrictEquals(record.code, 0, record.err);
    const replay = ["--recorded-clock", "clock.json"];
    const begun = performance.now();
    assertStrictEquals((await depthbench(folder, args("whole", ...replay))).code, 0);
    const wholeMs = performance.now() - begun;

    const random = createRandom(12);
    const command = denoProcess(folder, {
      script: `${ROOT}main.ts`,
      args: args("killed", ...replay),
    });
    const path = `${folder}/killed/records.sqlite`;
    let kills = 0;
    for (let start = 0; kills < RUN_KILLS; start++) {
      assert(start < 8 * RUN_KILLS, `only ${kills} of ${start} kills met a running process`);
      if (sizeOf(`${folder}/killed/summary.json`) > 0) {
        // It came to its end between two kills: once more from the start.
        await Deno.remove(`${folder}/killed`, { recursive: true });
      }
      const child = command.spawn();
      const drained = Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
      // At any moment of the time that a run takes from start to end, loading and reports included;
      // one that goes on may end sooner, and is started over.
      const due = passed(wholeMs * random.uniform());
      if (await killWhen(child, due)) kills++;
      await Promise.all([drained, due]);
      // Reports are whole or absent.
      for (const name of ["report.html", "report.md", "summary.json"]) {
        assert(sizeOf(`${folder}/killed/${name}`) !== 0, `${name} is empty`);
      }
    }
    const end = await depthbench(folder, args("killed", ...replay));
    assertStrictEquals(end.code, 0, end.err);
    assertEquals(
      new SqliteStore(path).read(),
      new SqliteStore(`${folder}/whole/records.sqlite`).read(),
    );
    for (const name of ["report.html", "report.md", "summary.json"]) {
      assertEquals(
        await Deno.readTextFile(`${folder}/killed/${name}`),
        await Deno.readTextFile(`${folder}/whole/${name}`),
      );
    }
  });
});
