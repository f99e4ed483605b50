import { assertAlmostEquals, assertEquals } from "@std/assert";
import { holmAdjusted } from "./holm.ts";

Deno.test("holmAdjusted() equals R's p.adjust(method = 'holm')", () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((value, i) => assertAlmostEquals(adjusted[i]!, value, 1e-15));
});

Deno.test("holmAdjusted() is monotone, at most 1, and leaves a single p-value alone", () => {
  assertEquals(holmAdjusted([]), []);
  assertEquals(holmAdjusted([0.2]), [0.2]);
  assertEquals(holmAdjusted([0.6, 0.5, 0.9]), [1, 1, 1]);
  assertEquals(holmAdjusted([0.02, 0.02]), [0.04, 0.04]);
});
