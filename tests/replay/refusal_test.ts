/** What replay refuses, in one sentence. */
import { assert, assertStringIncludes, assertThrows } from "@std/assert";
import { declareSignals, type PolicyPlugin, UnsupportedError } from "../../harness/contract/mod.ts";
import { Replayer } from "../../harness/replay/replayer.ts";
import { calm, fixedExit, unifiedLayerSkipping } from "../../policies/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import {
  cosineExit,
  listPlan,
  randomActions,
  randomPlans,
  sinking,
  stopAt,
} from "../decode/_policies.ts";
import { settingOf, toyTexts, traceToy } from "./_fixture.ts";

Deno.test("Replayer refuses what a trace cannot answer", async () => {
  const session = await openToy();
  const replayer = new Replayer(
    await traceToy(session, toyTexts(3, 12), {
      heights: [1, 2, 3, 5],
      signals: declareSignals("margin"),
    }),
  );
  const skippingRule: PolicyPlugin = {
    ...calm as PolicyPlugin,
    rule: () => ({
      when: { at: [2], signal: "margin", is: ">=", value: 0.1 },
      then: "skip",
    }),
  } as PolicyPlugin;
  const onPrompt: PolicyPlugin = {
    ...sinking,
    heights: () => [1],
    actsOnPrompt: () => true,
  } as PolicyPlugin;
  const at = { at: [1, 2, 3, 5] };
  const cases: readonly (readonly [ReturnType<typeof settingOf>, string])[] = [
    [settingOf(unifiedLayerSkipping, { input: { ratio: 2 }, fill: "project" }), "its plan skips"],
    [settingOf(listPlan([0, 2, 1]), { fill: "none" }), "its plan skips, repeats or reorders"],
    [settingOf(randomPlans, { fill: "project" }), "its plan skips"],
    [settingOf(fixedExit, { input: { exit: 4 } }), "height 4 was not traced"],
    [settingOf(calm), "height 4 was not traced"],
    [settingOf(calm, { input: { ...at, measure: "state" } }), '"cosine~previous_block" was not'],
    [settingOf(cosineExit(0.5, "previous_check")), "not one block lower"],
    [settingOf(skippingRule, { fill: "project" }), 'its rule leads to "skip"'],
    [settingOf(onPrompt), "its state depends on prompt positions"],
    [settingOf(stopAt(3)), 'it decides "stop" at height 2'],
    [settingOf(randomActions(["run"]), { fill: "project" }), "height 0 was not traced"],
  ];
  for (const [setting, sentence] of cases) {
    const { message } = assertThrows(() => replayer.point(setting), UnsupportedError);
    assertStringIncludes(message, sentence);
    assert(message.startsWith("Cannot ") && !message.endsWith(".") && !message.includes("\n"));
  }
  replayer.point(settingOf(calm, { input: { ...at, threshold: 0.2 } }));
});
