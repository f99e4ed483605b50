import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { PolicyPlugin } from "../contract/policy.ts";
import { declareSignals } from "../contract/signal.ts";
import { testTable } from "./_test_table.ts";
import { curveOf, type CurvePoint, frontPoints, fullMacs } from "./curve.ts";
import type { ItemTotals } from "./item_sums.ts";
import { Replayer, type ReplayPoint } from "./replayer.ts";
import type { ReplaySetting } from "./setting.ts";

const TABLE = testTable({ items: 12, length: 10, heights: [1, 2, 3, 4, 5, 6, 7] });

function settingOf(value: number, is: ">=" | "<=" = ">="): ReplaySetting {
  const plugin = {
    card: {},
    name: `margin ${is}`,
    scope: "rule",
    options: {},
    defaultFill: () => "recompute",
    signals: () => declareSignals("margin"),
    rule: () => ({
      when: { at: [1, 2, 3, 4, 5, 6, 7], signal: "margin", is, value },
      then: "exit",
    }),
  } as unknown as PolicyPlugin;
  return { plugin, options: { value }, fill: "project", label: `${is} ${value}` };
}

const OPTIONS = { seed: 1, resamples: 200 };

Deno.test("curveOf() divides sums by rows and marks the front", () => {
  const replayer = new Replayer(TABLE);
  const settings = [0, 0.3, 0.6, 2].map((value) => settingOf(value));
  const points = settings.map((setting) => replayer.point(setting));
  const curve = curveOf(TABLE, points, OPTIONS);
  assertEquals(curve.map(({ label }) => label), [">= 0", ">= 0.3", ">= 0.6", ">= 2"]);
  curve.forEach((point, i) => {
    const exits = replayer.exits(settings[i]!);
    let blocks = 0, agreed = 0, kl = 0;
    for (const { from, to } of TABLE.items) {
      for (let p = from; p < to; p++) {
        const level = TABLE.levels.indexOf(exits[p]!);
        if (p > from) blocks += exits[p]!;
        agreed += TABLE.agrees[p * 8 + level]!;
        kl += TABLE.kl[p * 8 + level]!;
      }
    }
    assertAlmostEquals(point.blocksRun.value, blocks / (TABLE.size - 12), 1e-9);
    assertAlmostEquals(point.agreement.value, agreed / TABLE.size, 1e-9);
    assertAlmostEquals(point.kl!.value, kl / TABLE.size, 1e-6);
    assertStrictEquals(point.blocksRun.clusters, 12);
    assert(point.agreement.low <= point.agreement.value);
    assert(point.agreement.high >= point.agreement.value);
  });
  const never = curve[3]!;
  assertStrictEquals(never.agreement.value, 1);
  assertStrictEquals(never.blocksRun.value, 8);
  assertStrictEquals(never.basis.kind, "exact");
  const readout = 100 * 16;
  const checks = 7 * readout * (TABLE.size - 12);
  const full = fullMacs(TABLE).reduce((sum, macs) => sum + macs, 0);
  assertAlmostEquals(never.macRatio.value, 1 + checks / full, 1e-12);
  for (const point of curve) {
    const better = curve.some((other) =>
      other.macRatio.value <= point.macRatio.value &&
      other.agreement.value >= point.agreement.value &&
      (other.macRatio.value < point.macRatio.value || other.agreement.value > point.agreement.value)
    );
    assertStrictEquals(point.onFront, !better);
  }
});

Deno.test("Replayer.point() does not depend on what was replayed before", () => {
  const shared = new Replayer(TABLE);
  const order = [0.5, 0.1, 0.9, 0.5, 0.49, 0.51].flatMap((value) => [
    settingOf(value),
    { ...settingOf(value), fill: "recompute" as const },
    settingOf(value / 2, "<="),
    { ...settingOf(value), fill: "hole" as const },
  ]);
  for (const setting of order) {
    assertEquals(shared.point(setting), new Replayer(TABLE).point(setting));
  }
  const [first, second] = [0.5, 0.51].map((value) => shared.point(settingOf(value)));
  assert(first!.items.some((item, i) => item === second!.items[i]), "no sums were kept");
});

Deno.test("curveOf() takes a point off the front that is worse in one number and equal in the other", () => {
  const base = new Replayer(TABLE).point(settingOf(0.5));
  const changed = (change: (item: ItemTotals) => Partial<ItemTotals>): ReplayPoint => ({
    ...base,
    items: base.items.map((item) => ({ ...item, ...change(item) })),
  });
  const points = [
    base,
    changed(({ agreed }) => ({ agreed: agreed - 1 })),
    changed(({ macs }) => ({ macs: macs + 1 })),
    changed(() => ({})),
  ];
  const front = curveOf(TABLE, points, OPTIONS).map(({ onFront }) => onFront);
  assertEquals(front, [true, false, false, true]);
});

Deno.test("curveOf() keeps upper bounds off the front, and lets them bar nothing from it", () => {
  const base = new Replayer(TABLE).point(settingOf(0.5));
  const bound: ReplayPoint = {
    ...base,
    setting: {
      ...base.setting,
      plugin: { ...base.setting.plugin, card: { deployable: false } } as unknown as PolicyPlugin,
    },
    items: base.items.map((item) => ({ ...item, macs: item.macs - 1 })),
  };
  const curve = curveOf(TABLE, [base, bound], OPTIONS);
  assertEquals(curve.map(({ onFront }) => onFront), [true, false]);
  assertEquals(curve.map(({ upperBound }) => upperBound), [undefined, true]);
});

Deno.test("frontPoints() takes points evenly, alike ones once", () => {
  const at = (mac: number, agreement: number, onFront = true) =>
    ({
      label: `${mac}`,
      macRatio: { value: mac },
      agreement: { value: agreement },
      onFront,
    }) as CurvePoint;
  const points = [at(3, 3), at(1, 1), at(5, 5), at(2, 2), at(4, 4), at(2.5, 0, false), at(2, 2)];
  const labels = (count: number) => frontPoints(points, count).map(({ label }) => label);
  assertEquals(labels(9), ["1", "2", "3", "4", "5"]);
  assertEquals(labels(3), ["1", "3", "5"]);
  assertEquals(labels(2), ["1", "5"]);
  assertEquals(labels(1), ["1"]);
});
