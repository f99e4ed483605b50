/** `run --plan`: what it counts is what runs; nothing is written. */
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { depthbench, withFolder } from "../store/_folder.ts";
import { SqliteStore } from "../../cli/sqlite_store.ts";

const RUN = [
  ...["run", "--no-control", "--model", "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)"],
  ...["--backend", "cpu", "--suite", "copy,recall", "--limit", "4", "--repetitions", "3"],
  ...["--policies", "fixed_exit(exit=2), calm(threshold=0.2)", "--out", "o"],
];

Deno.test("depthbench run --plan counts cells and prices them, and writes nothing", async () => {
  await withFolder(async (folder) => {
    const text = await depthbench(folder, [...RUN, "--plan"]);
    assertStrictEquals(text.code, 0, text.err);
    assertStringIncludes(text.out, "minutes left");
    assert(/Memory: [\d.]+ [kM]?B: weights/.test(text.out), text.out);
    assertEquals([...Deno.readDirSync(folder)], []);

    const before = JSON.parse((await depthbench(folder, [...RUN, "--plan", "--json"])).out);
    assert(before.ms > 0 && before.probeMs > 0);
    for (const bytes of ["weightBytes", "kvBytes", "scratchBytes"]) {
      assert(before.memory[bytes] > 0, bytes);
    }
    const part = await depthbench(folder, [...RUN, "--plan", "--json", "--shard", "1/4"]);
    assertStrictEquals(JSON.parse(part.out).cells * 4, before.cells);

    assertStrictEquals((await depthbench(folder, RUN)).code, 0);
    const { records } = new SqliteStore(`${folder}/o/records.sqlite`).read();
    assertStrictEquals(records.length, before.cells);
    const after = JSON.parse((await depthbench(folder, [...RUN, "--plan", "--json"])).out);
    assertEquals([after.cells, after.done, after.ms], [before.cells, before.cells, 0]);
    // Another plan in the same folder finds nothing done.
    const other = await depthbench(folder, [...RUN, "--plan", "--json", "--seed", "1"]);
    assertStrictEquals(JSON.parse(other.out).done, 0);
  });
});
