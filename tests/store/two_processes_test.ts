/** Two processes on one store: neither corrupts it, loses a cell or gives up. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { denoProcess, depthbench, ROOT, withFolder } from "./_folder.ts";
import { unitOf } from "./writer.ts";

Deno.test("SqliteStore takes the units of two processes at once", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/records.sqlite`;
    const units = 120;
    const command = denoProcess(folder, {
      script: `${ROOT}tests/store/writer.ts`,
      args: [path, String(units)],
    });
    const [one, two] = await Promise.all([command.output(), command.output()]);
    for (const { code, stderr } of [one, two]) {
      assertStrictEquals(code, 0, new TextDecoder().decode(stderr));
    }
    const wanted = Array.from({ length: units }, (_, unit) => unitOf(unit)).flat();
    assertEquals(new SqliteStore(path).read().records, wanted);
  });
});

Deno.test("depthbench run in two processes on one folder ends with every cell once", async () => {
  await withFolder(async (folder) => {
    const args = [
      "run",
      "--model",
      "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)",
      "--backend",
      "cpu",
      "--suite",
      "copy,recall",
      "--limit",
      "6",
      "--policies",
      "fixed_exit(exit=2)",
      "--passes",
      "free,lockstep",
      "--out",
    ];
    const both = await Promise.all([
      depthbench(folder, [...args, "both"]),
      depthbench(folder, [...args, "both"]),
    ]);
    for (const { code, err } of both) assertStrictEquals(code, 0, err);
    assertStrictEquals((await depthbench(folder, [...args, "one"])).code, 0);
    const records = (name: string) => new SqliteStore(`${folder}/${name}/records.sqlite`).read();
    assertEquals(records("both").records, records("one").records);
  });
});
