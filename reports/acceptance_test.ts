import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DraftingView, Summary } from "../harness/contract/summary.ts";
import { html } from "./html.ts";
import { SUMMARY } from "./testdata/summary.ts";

const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1, clusters: 9 });

const DRAFTING: DraftingView = {
  rounds: 40,
  drafted: 160,
  accepted: 96,
  acceptance: estimate(.6),
  alpha: estimate(.8),
  tokensPerRound: estimate(3.4),
  draftLength: 4,
  height: 4,
  draftShare: .4,
  places: [
    { place: 1, examined: 40, rate: estimate(.85) },
    { place: 2, examined: 34, rate: estimate(.75) },
  ],
  certificates: { identical: 8, nearTie: 1, bug: 0 },
  speed: {
    times: { draftMs: 2, verifyMs: 5, measureMs: 0, restMs: .1, stepMs: 4 },
    draftCost: .125,
    verifyCost: 1.25,
    expected: 1.92,
    measured: 1.9,
    breakEven: .3,
  },
};

const DRAFTED: Summary = {
  ...SUMMARY,
  arms: SUMMARY.arms.map((arm, i) => i === 1 ? { ...arm, drafting: DRAFTING } : arm),
  draftGrids: [{
    policy: "layer_skip",
    cells: [2, 4].flatMap((exit) =>
      [2, 8].map((draft) => ({
        exit,
        draft,
        acceptance: .5,
        speedUp: exit / draft,
        arm: `layer_skip(exit=${exit},draft=${draft})`,
      }))
    ),
  }],
};

Deno.test("the page shows acceptance by place, a round's parts and the grid of depth and length", async () => {
  const page = await html.render(DRAFTED);
  assertStringIncludes(page, "1: 85.0 %, 2: 75.0 %.");
  assertStringIncludes(page, "draft 2.00, verify 5.00, measure 0.00, rest 0.10; a full-depth step");
  assertStringIncludes(page, "height 4, length 2: 2.00");
  assertStringIncludes(page, "8 identical, 1 near-tie");
});

Deno.test("the page has no section on drafts where nothing was drafted", async () => {
  assertEquals((await html.render(SUMMARY)).includes('id="drafts"'), false);
});
