import { assert, assertEquals, assertThrows } from "@std/assert";
import { UnsupportedError } from "../../harness/contract/mod.ts";
import { Replayer } from "../../harness/replay/replayer.ts";
import { oracle } from "../../policies/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import { sinking } from "../decode/_policies.ts";
import { realExits, settingOf, toyTexts, traceToy } from "./_fixture.ts";

Deno.test("Replayer.exits() scouts in the trace: a real run's exits under recompute", async () => {
  const session = await openToy();
  const texts = toyTexts(6, 24);
  const replayer = new Replayer(await traceToy(session, texts));
  for (const agreement of ["first", "stable"]) {
    const setting = settingOf(oracle, { input: { agreement } });
    const real = await realExits(session, setting, texts);
    assertEquals([...replayer.exits(setting)], real.heights);
    assert(new Set(real.heights).size > 2);
  }
});

Deno.test("Replayer.point() believes a scout up to its first departure", async () => {
  const session = await openToy();
  const texts = toyTexts(8, 24);
  const replayer = new Replayer(await traceToy(session, texts));
  const setting = settingOf(oracle, { input: { agreement: "stable" }, fill: "project" });
  const replayed = [...replayer.exits(setting)];
  const real = await realExits(session, setting, texts);
  let exact = 0;
  for (const { from, to } of replayer.table.items) {
    for (let p = from; p < to; p++) {
      assertEquals(replayed[p], real.heights[p], `position ${p}`);
      exact++;
      if (replayed[p]! < 6) break;
    }
  }
  assertEquals(replayer.point(setting).basis.exact, exact);
  assert(replayed.join() !== real.heights.join());
});

Deno.test("Replayer refuses to scout heights that were not traced", async () => {
  const session = await openToy();
  const replayer = new Replayer(await traceToy(session, toyTexts(2, 8), { heights: [1, 3] }));
  assertThrows(
    () => replayer.exits(settingOf(oracle)),
    UnsupportedError,
    "it looks at every height, and only 1, 3, 6 were traced",
  );
});

Deno.test("Replayer refuses a state that passes from item to item", async () => {
  const session = await openToy();
  const replayer = new Replayer(await traceToy(session, toyTexts(2, 8)));
  assert(sinking.scope === "block");
  const stream = { ...sinking, state: { ...sinking.state!, life: "stream" as const } };
  assertThrows(() => replayer.exits(settingOf(stream)), UnsupportedError, "from item to item");
});
