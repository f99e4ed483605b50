/** `compare --gate` and `bless` as processes: exit codes, files, refusals. */
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { parseGateReport } from "../../harness/gate/schema.ts";
import { publishedSchemas } from "../../tools/write_schemas.ts";
import { depthbench, type Ended, ROOT, withFolder } from "../store/_folder.ts";

const MODEL = "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)";

function run(out: string, policies: string, ...more: readonly string[]): readonly string[] {
  return [
    ...["run", "--no-control", "--model", MODEL, "--backend", "cpu", "--suite", "copy,recall"],
    ...["--limit", "3", "--passes", "free,lockstep", "--policies", policies, "--out", out, ...more],
  ];
}

/** A policy that runs all blocks but, from the second token on, throws where asked to. */
function policy(fails: boolean): string {
  return `import { planUpTo } from "@depthbench/depthbench/contract";
    export default {
      name: "own", family: "depth", scope: "token",
      card: { summary: "s", source: "none", acts: ["generation", "scoring"], lossless: false,
        training: "none", layers: "l", deviations: [] },
      options: {}, defaultFill: () => "project",
      plan: ({ model, emitted }) => {
        if (${fails} && emitted > 1) throw new Error("no");
        return planUpTo(model.layerCount);
      },
    };`;
}

function expectCode({ code, out, err }: Ended, wanted: number, says = ""): void {
  assertStrictEquals(code, wanted, out + err);
  assertStringIncludes(out + err, says);
}

Deno.test("depthbench compare --gate and bless end with the exit codes of the design", async () => {
  await withFolder(async (folder) => {
    const call = (...args: readonly string[]) => depthbench(folder, args);
    const both = "fixed_exit(exit=1), fixed_exit(exit=2)";
    for (const out of ["a", "b"]) expectCode(await call(...run(out, both)), 0);

    // Equal runs pass, in every format.
    const files = ["--junit", "j.xml", "--markdown", "m.md", "--json"];
    const same = await call("compare", "a", "b", "--gate", ...files);
    expectCode(same, 0);
    const report = parseGateReport(JSON.parse(same.out));
    assert(report.checks.length > 10 && report.checks.every(({ outcome }) => outcome === "pass"));
    assertStringIncludes(await Deno.readTextFile(`${folder}/m.md`), "✅ **No regression**");
    assertStringIncludes(await Deno.readTextFile(`${folder}/j.xml`), 'failures="0"');

    // Two policies of one run: deeper is dearer, shallower is not.
    const deeper = ["--arm-a", "fixed_exit(exit=1)", "--arm-b", "fixed_exit(exit=2)"];
    expectCode(await call("compare", "a", "--gate", ...deeper), 1, "regression");
    expectCode(await call("compare", "a", "--gate"), 1, "blocks run");
    const enough = ["--tolerance", "1", "--quality-loss", "1"];
    expectCode(await call("compare", "a", "--gate", ...deeper, ...enough), 0, "noted");
    // A policy that B lacks cannot be judged.
    expectCode(await call(...run("one", "fixed_exit(exit=1)")), 0);
    expectCode(await call("compare", "a", "one", "--gate"), 2, "B has no such policy");

    // Failed rows, other runs, parts of runs and wrong flags.
    await Deno.writeTextFile(`${folder}/own.ts`, policy(false));
    expectCode(await call(...run("good", "./own.ts")), 0);
    await Deno.writeTextFile(`${folder}/own.ts`, policy(true));
    expectCode(await call(...run("bad", "./own.ts")), 3);
    expectCode(await call("compare", "good", "bad", "--gate"), 3, "rows failed");
    expectCode(await call("bless", "bad", "--reason", "x"), 3, "rows failed, the first with");
    expectCode(await call(...run("seed", both, "--seed", "1")), 0);
    expectCode(await call("compare", "a", "seed", "--gate"), 3, "their suites or items differ");
    expectCode(await call("compare", "a", "b", "--junit", "j.xml"), 64, "expected --gate with it");
    expectCode(await call("compare", "a", "b", "--gate", "--time-margin", "0.01"), 64, ">= 0.05");
    expectCode(await call("compare", "one", "--gate"), 64, "expected two policies");
    expectCode(
      await call("compare", "a", "a/summary.json", "--gate"),
      3,
      "a summary has no records",
    );

    // Blessing needs a reason, keeps the earlier ones, and is what later runs are compared with.
    expectCode(await call("bless", "a"), 64, "Cannot bless a run without a reason");
    expectCode(await call("bless", "one", "--reason", "first"), 0, "depthbench-baseline.json");
    expectCode(await call("bless", "a", "--reason", "two exits"), 0);
    const baseline = JSON.parse(await Deno.readTextFile(`${folder}/depthbench-baseline.json`));
    assertStrictEquals(baseline.reason, "two exits");
    assertEquals(baseline.history.map(({ reason }: { reason: string }) => reason), ["first"]);
    assert(/^\d{4}-\d\d-\d\dT/.test(baseline.blessed));
    assert(!/"\w*Ms"/.test(JSON.stringify(baseline)), "a baseline holds no times");
    expectCode(await call("compare", "depthbench-baseline.json", "b", "--gate"), 0, "pass");
    expectCode(await call("compare", "b", "depthbench-baseline.json", "--gate"), 3);
    baseline.facts.arms[1].items[0].counters.blocks /= 2;
    await Deno.writeTextFile(`${folder}/depthbench-baseline.json`, JSON.stringify(baseline));
    const worse = await call("compare", "depthbench-baseline.json", "b", "--gate");
    expectCode(worse, 1, "regression");
  });
});

Deno.test("docs/schemas hold the schemas that the code checks by", async () => {
  for (const [name, schema] of Object.entries(publishedSchemas())) {
    const path = `${ROOT}docs/schemas/${name}.json`;
    const text = await Deno.readTextFile(path).catch(() => "{}");
    assertEquals(JSON.parse(text), schema, `run "deno task update:schemas": ${path}`);
  }
});
