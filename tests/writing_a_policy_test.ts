import { assert, assertEquals } from "@std/assert";
import { conformPolicy } from "../harness/conformance/policy.ts";
import { decideEntropyExit, entropyExit } from "../examples/own_policy/entropy_exit.ts";
import { blockPoint, pointOf } from "../harness/conformance/policy_samples.ts";

const TUTORIAL = new URL("../docs/writing_a_policy.md", import.meta.url);
const POLICY = new URL("../examples/own_policy/entropy_exit.ts", import.meta.url);

/** Contents of the fenced blocks of a language, in order. */
function fenced(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter((block) => block[1] === language).map((block) => block[2]!);
}

Deno.test("the tutorial shows the policy that is tested, in at most 80 lines", async () => {
  const [shown] = fenced(await Deno.readTextFile(TUTORIAL), "ts");
  const policy = await Deno.readTextFile(POLICY);
  assertEquals(shown, policy);
  assert(policy.trimEnd().split("\n").length <= 80);
});

Deno.test("the tutorial's policy conforms", async () => {
  assertEquals((await conformPolicy(entropyExit)).filter((finding) => !finding.ok), []);
});

Deno.test("the tutorial's rule is the tutorial's decision", async () => {
  const rule = fenced(await Deno.readTextFile(TUTORIAL), "ts ignore")[0]!;
  const asRule = {
    ...entropyExit,
    scope: "rule",
    // deno-lint-ignore no-explicit-any -- the page's own text, wrapped into an object
    ...(await import(dataModule(rule)) as { readonly default: any }).default,
  };
  assertEquals((await conformPolicy(asRule)).filter((finding) => !finding.ok), []);
  const { when } = asRule.rule(pointOf(12).model, { threshold: 0.5, at: [4] });
  assertEquals(when, { at: [4], signal: "entropy", is: "<=", value: 0.5, bound: 0 });
});

/** A module whose default export is an object of these properties. */
function dataModule(properties: string): string {
  const contract = new URL("../harness/contract/mod.ts", import.meta.url).href;
  const source = `import * as contract from ${JSON.stringify(contract)};\n` +
    `export default {\n${properties}};\n`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

Deno.test("decideEntropyExit() exits at an equal entropy, where it asked, unless off", () => {
  const decide = (height: number, entropy: number, threshold: number) =>
    decideEntropyExit(blockPoint(pointOf(12), { height, signals: { entropy } }), {
      threshold,
      at: [4, 8],
    });
  assertEquals(decide(4, 0.5, 0.5), "exit");
  assertEquals(decide(4, 0.6, 0.5), "run");
  assertEquals(decide(5, 0.1, 0.5), "run");
  assertEquals(decide(4, 0, 0), "run");
  assertEquals(decide(4, NaN, 0.5), "run");
});
