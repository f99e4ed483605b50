import { assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import { syntheticModel } from "../models/mod.ts";
import { resolveArms } from "./policy_arms.ts";
import { BUILT_IN } from "./registry.ts";

const MODEL = syntheticModel({
  layerCount: 4,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 16,
  vocabSize: 300,
  context: 64,
  tiedHead: true,
  seed: 0,
}).checkpoint.info;
const context = { policies: BUILT_IN.policies, model: MODEL };
const ROOT = decodeURIComponent(new URL("../.tmp/", import.meta.url).pathname);

/** A policy file's text, whose policy is called `name`. */
function policyFile(name: string, exported = "export default"): string {
  return `import { planUpTo, unitInterval } from "@depthbench/depthbench/contract";
${exported} {
  name: "${name}", family: "depth", scope: "run",
  card: { summary: "s", source: "none", acts: ["generation"], lossless: false,
    training: "none", layers: "l", deviations: [] },
  options: { threshold: unitInterval({ help: "h", default: 0.5 }) },
  defaultFill: () => "project",
  plan: ({ model }) => planUpTo(model.layerCount),
};`;
}

async function withFiles(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  await Deno.mkdir(ROOT, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: ROOT, prefix: "it's 100% " });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("resolveArms() finds built-ins, fills in defaults, labels and digests", async () => {
  const arms = await resolveArms(
    ["full_depth, calm(threshold=0.5)", "fixed_exit(exit=2)"],
    context,
  );
  assertEquals(arms.map((arm) => arm.label), [
    "full_depth",
    "calm(threshold=0.5)",
    "fixed_exit(exit=2)",
  ]);
  assertStrictEquals(arms[1]!.options.measure, "softmax");
  assertNotEquals(arms[1]!.sourceDigest, arms[2]!.sourceDigest);
});

Deno.test("resolveArms() refuses unknown names, options, heights, fills and doubles", async () => {
  const messages: readonly (readonly [string, string])[] = [
    ["clam", 'Cannot find policy "clam": did you mean "calm"?'],
    ["calm(threshold=1.4)", "must be a number >= 0 and <= 1: current value is 1.4"],
    ["calm(treshold=0.5)", 'Cannot read option "treshold" of policy "calm"'],
    ["fixed_exit", 'Cannot read option "exit" of policy "fixed_exit"'],
    ["fixed_exit(exit=9)", "expected a height from 1 to 4"],
    ["calm(fill=none)", 'Cannot cross policy "calm" with KV fill "none"'],
    ["calm(threshold=0.9),calm", "comes twice"],
    ["calm(threshold=0.50), calm(threshold=0.5)", "comes twice"],
  ];
  for (const [text, message] of messages) {
    await assertRejects(() => resolveArms([text], context), UsageError, message, text);
  }
});

Deno.test("resolveArms() loads policies from files: default, only, several exports", async () => {
  await withFiles({
    "default.ts": policyFile("mine"),
    "named.ts": `export const other = 1;\n${policyFile("yours", "export const policy =")}`,
    "two.ts": `export const a = { name: "a", scope: "run", options: {} };
      export const b = { ...a };`,
    "none.ts": "export const a = 1;",
    "broken.ts": "export default {",
    "throws.ts": 'throw new Error("at load\\n\\x1b[31m");',
    "taken.ts": policyFile("calm"),
  }, async (folder) => {
    const text = (name: string, rest = "") => `"${folder}/${name}"${rest}`;
    const arms = await resolveArms(
      [text("default.ts", "(threshold=0.25..0.75/3)"), text("named.ts")],
      context,
    );
    assertEquals(arms.map((arm) => arm.label), [
      "mine(threshold=0.25)",
      "mine(threshold=0.5)",
      "mine(threshold=0.75)",
      "yours",
    ]);
    const fails: readonly (readonly [string, string])[] = [
      ["absent.ts", "there is no such file"],
      ["two.ts", "2 exports are"],
      ["none.ts", 'none is: exports are "a"'],
      ["broken.ts", "correct the file"],
      ["throws.ts", "at load: correct the file"],
    ];
    for (const [name, message] of fails) {
      const error = await assertRejects(
        () => resolveArms([text(name)], context),
        InputError,
        message,
      );
      assertStrictEquals(error.message.includes("\n"), false);
    }
    await assertRejects(
      () => resolveArms([text("taken.ts")], context),
      UsageError,
      '"calm" is taken: rename it',
    );
  });
});
