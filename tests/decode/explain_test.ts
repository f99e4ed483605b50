import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { DecisionNotes, type ExplainedToken } from "../../cli/explain.ts";
import { explainTable } from "../../cli/explain_table.ts";
import { lensSession } from "../../cli/lens_session.ts";
import type { KvFill, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { generate } from "../../harness/decode/generate.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm } from "../../policies/depth/calm.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { oracle } from "../../policies/depth/oracle.ts";
import { bind, decode, openToy } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const { tokenizer } = syntheticModel({
  layerCount: 2,
  dModel: 8,
  heads: 1,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 8,
  vocabSize: 300,
  context: 64,
  tiedHead: true,
  seed: 1,
});

/** Explains ten tokens, and decodes the same without. */
async function explained<O>(
  plugin: PolicyPlugin<O>,
  input: OptionInput,
  fill?: KvFill,
): Promise<{ readonly made: readonly ExplainedToken[]; readonly plain: readonly number[] }> {
  const session = await openToy();
  const settings = { input, maxTokens: 10, ...(fill === undefined ? {} : { fill }) };
  const plain = await decode(session, bind(session, plugin, settings), PROMPT);
  const notes = new DecisionNotes(bind(session, plugin, settings), plugin as PolicyPlugin);
  const lens = lensSession(session);
  const slot = lens.newSlot();
  const request = { bound: notes.bound, slot, prompt: PROMPT, eos: [], seed: 3, item: 5 };
  const made: ExplainedToken[] = [];
  for await (const { token, exitHeight, blocksRun } of generate(lens, request)) {
    made.push(notes.take(
      { index: made.length, token, text: "x", exitHeight, blocksRun },
      { readings: lens.take(), tokenizer },
    ));
  }
  lens.release(slot);
  session.close();
  return { made, plain: plain.tokens };
}

for (const fill of ["project", "recompute", "hole"] as const) {
  Deno.test(`explaining changes no token, and the lens at the exit says it (${fill})`, async () => {
    const { made, plain } = await explained(calm, { threshold: 0.15 }, fill);
    assertEquals(made.map(({ token }) => token), plain);
    assertEquals(made[0]!.heights, []);
    assert(made.some(({ exitHeight }) => exitHeight < 6), "nothing left early");
    for (const { token, exitHeight, heights, fill: shown } of made.slice(1)) {
      assertEquals(heights.find(({ height }) => height === exitHeight)!.lens!.token, token);
      assertEquals(shown, exitHeight < 6 ? fill : undefined);
    }
  });
}

Deno.test("an explained token shows every signal with its threshold and decision", async () => {
  const { made } = await explained(calm, { threshold: 0.15 });
  const left = made.find(({ exitHeight }) => exitHeight < 6)!;
  const decided = left.heights.filter(({ action }) => action !== undefined);
  assertEquals(decided.map(({ action }) => action), [
    ...new Array(decided.length - 1).fill("run"),
    "exit",
  ]);
  for (const { tests, signals, action } of decided) {
    assertEquals(tests, [{ signal: "margin", is: ">=", value: 0.15 }]);
    assertEquals(signals!.margin! >= 0.15, action === "exit");
  }
  const table = explainTable(left, 6);
  assertStringIncludes(table, `read out at ${left.exitHeight} of 6`);
  assertStringIncludes(table, "fill project");
  assertStringIncludes(table, "margin >= 0.150");
});

Deno.test("a threshold at the signal's bound shows as off", async () => {
  const { made } = await explained(calm, { threshold: 1 });
  const tests = made[1]!.heights.flatMap((at) => at.tests ?? []);
  assert(tests.length > 0 && tests.every(({ value }) => value === undefined));
  assertStringIncludes(explainTable(made[1]!, 6), "margin off");
});

Deno.test("plans are explained block by block, and scouted heights above an exit too", async () => {
  const list = await explained(layerList, { skip: [2], skipMlp: [4], repeat: [1], prompt: false });
  const actions = list.made[1]!.heights.map(({ action }) => action);
  assertEquals(actions, ["run", "repeat", "skip", "run", "attention", "run", undefined]);
  const scouting = await explained(oracle, { minExit: 1 });
  assertEquals(scouting.made.map(({ token }) => token), scouting.plain);
  const early = scouting.made.find(({ exitHeight }) => exitHeight < 6)!;
  assertEquals(early.heights.find(({ action }) => action === "exit")!.height, early.exitHeight);
  assertAlmostEquals(early.blocksRun, early.exitHeight, 0);
});
