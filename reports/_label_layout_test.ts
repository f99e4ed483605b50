import { assert, assertEquals } from "@std/assert";
import { placeLabels } from "./_label_layout.ts";

const FIELD = { frame: { x: 0, y: 0, width: 400, height: 300 }, bars: [], lineHeight: 16 };

Deno.test("placeLabels() puts a lone label to the right of its point", () => {
  const places = placeLabels([{ x: 100, y: 100, width: 80 }], FIELD);
  assertEquals(places, [{ x: 110, y: 100, anchor: "start" }]);
});

Deno.test("placeLabels() turns left at the right edge", () => {
  const [place] = placeLabels([{ x: 390, y: 100, width: 80 }], FIELD);
  assertEquals(place, { x: 380, y: 100, anchor: "end" });
});

Deno.test("placeLabels() avoids an interval bar", () => {
  const bars = [{ x: 60, y: 98, width: 80, height: 4 }];
  const [place] = placeLabels([{ x: 100, y: 100, width: 80 }], { ...FIELD, bars });
  assert(Math.abs(place!.y - 100) >= 10);
});

Deno.test("placeLabels() separates labels of points that lie together", () => {
  const requests = Array.from({ length: 5 }, (_, i) => ({ x: 200 + i, y: 150 + i, width: 120 }));
  const boxes = placeLabels(requests, FIELD).map(({ x, y, anchor }) => ({
    left: anchor === "start" ? x : x - 120,
    top: y - 8,
  }));
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const apart = Math.abs(a.left - b.left) >= 120 || Math.abs(a.top - b.top) >= 14;
      assert(apart, `labels overlap: ${JSON.stringify([a, b])}`);
    }
  }
});
